"""The two phases: requests become cases and are acknowledged, replies find their cases."""

from __future__ import annotations

import asyncio
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from bench.desk import BenchDesk
from bench.mails import WAYS, address_of, replies, requests
from bench.measuring import Cost, cost_of
from bench.sink import Captured, Sink
from tests.world.dovecot import Dovecot


@dataclass(frozen=True, slots=True)
class Phase:
    """What a phase cost us and the floor, and what was wrong with its outcome."""

    name: str
    mails: int
    letters: int
    ours: Cost
    floor: Cost
    wrong: list[str]


@dataclass(slots=True)
class Bench:
    """One desk, one Dovecot, one sink."""

    folder: Path
    store_url: str
    maildesk: Sequence[str]
    agents: int
    policy: str = "default"
    acknowledgements: dict[str, Captured] = field(default_factory=dict)
    dovecot: Dovecot = field(init=False)
    sink: Sink = field(init=False)
    desk: BenchDesk = field(init=False)

    async def __aenter__(self) -> Self:
        self.dovecot = await Dovecot.start()
        self.sink = Sink(self.folder / "letters")
        self.desk = BenchDesk(self.folder, self.store_url)
        self.desk.configure(self.dovecot.imap_port, self.sink.port, self.agents, self.policy)
        return self

    async def __aexit__(self, *_: object) -> None:
        self.sink.stop()
        await self.dovecot.stop()

    async def start_up(self) -> Cost:
        """A run that finds nothing to do; the very first one also makes the tables, and is not counted."""
        await self._drain()
        return await self._drain()

    async def requests(self, count: int) -> Phase:
        """Drain `count` requests; each must be one case with one acknowledgement."""
        before = len(self.sink.mails())
        await self.dovecot.append_all("support", requests(count))
        ours = await self._drain()
        letters = self.sink.mails()[before:]
        heard = Counter(letter.recipient for letter in letters)
        self.acknowledgements = {letter.recipient: letter for letter in letters}
        rows = self.desk.inbox()
        cases = {row["case"] for row in rows if row["verdict"] == "opened"}
        wrong = _unequal("mails in the ledger", len(rows), count)
        wrong += _unequal("cases", len(cases), count)
        once = sum(heard[address_of(number)] == 1 for number in range(count))
        wrong += _unequal("customers with one acknowledgement", once, count)
        floor = await self._floor("requests", (1, count), letters)
        return Phase("requests", count, len(letters), ours, floor, wrong)

    async def replies(self) -> Phase:
        """Drain a reply to every acknowledgement; each must stand on its case."""
        before = len(self.sink.mails())
        rows = self.desk.inbox()
        case_of = {row["from"]: row["case"] for row in rows}
        numbers = [number for number in range(len(rows)) if address_of(number) in self.acknowledgements]
        raws = [self.acknowledgements[address_of(number)].raw for number in numbers]
        await self.dovecot.append_all("support", replies(raws, numbers))
        ours = await self._drain()
        letters = self.sink.mails()[before:]
        new = {row["id"]: row for row in self.desk.inbox()}
        for row in rows:
            new.pop(row["id"])
        wrong = _unequal("replies in the ledger", len(new), len(numbers))
        wrong += _astray(list(new.values()), case_of)
        floor = await self._floor("replies", (len(rows) + 1, len(rows) + len(numbers)), letters)
        return Phase("replies", len(numbers), len(letters), ours, floor, wrong)

    async def _drain(self) -> Cost:
        words = [*self.maildesk, "run", "--once", "-c", str(self.desk.config)]
        return await asyncio.to_thread(cost_of, words, self.folder)

    async def _floor(self, name: str, uids: tuple[int, int], letters: Sequence[Captured]) -> Cost:
        """The same mails from the folder they were moved to, the same letters to a sink of its own."""
        given = self.folder / f"{name}.letters"
        given.write_bytes(b"".join(letter.packed() for letter in letters))
        sink = Sink(self.folder / f"{name}.floor")
        words = [sys.executable, "-m", "bench.floor", "--imap", str(self.dovecot.imap_port)]
        words += ["--smtp", str(sink.port), "--first", str(uids[0]), "--last", str(uids[1])]
        words += ["--letters", str(given), "--database", str(self.folder / f"{name}.db")]
        try:
            return await asyncio.to_thread(cost_of, words, self.folder)
        finally:
            sink.stop()


def _unequal(what: str, found: int, wanted: int) -> list[str]:
    return [] if found == wanted else [f"{what}: {found}, not {wanted}"]


def _astray(rows: Sequence[dict[str, Any]], case_of: dict[str, str]) -> list[str]:
    """A line for each way of replying by which any reply missed its case."""
    missed = Counter(
        WAYS[at % len(WAYS)]
        for at, row in enumerate(rows)
        if row["verdict"] != "appended" or row["case"] != case_of.get(row["from"])
    )
    return [f"{count} replies by {way} are not on their case" for way, count in missed.items()]
