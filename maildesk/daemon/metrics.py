"""The metrics of a desk: numbers by mailbox, verdict, phase and team; none by a person, address or case."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from maildesk import __version__
from maildesk.casework.promise_counts import PromiseCounts, PromiseLine
from maildesk.daemon.findings import CheckOutcome
from maildesk.daemon.health import Signs
from maildesk.daemon.metrics_text import Metric, counter, gauge, histogram, info
from maildesk.store.database import Connection, Database
from maildesk.store.metric_rows import AT_ONCE, FiledMail, Standing, filed_after, newest_filed, standing

DELAYS: Final = (1.0, 10.0, 60.0, 600.0)
"""The seconds between being stored and being filed that are told apart."""


@dataclass(frozen=True, slots=True)
class MetricsDesk:
    """The desk itself, as its metrics name it. `sent` counts the letters that relays took, by whose words."""

    policy: str
    database: str
    sent: Mapping[str, int]


@dataclass(slots=True)
class _Filed:
    """The mails that were filed since the daemon started."""

    last: int | None = None
    mails: Counter[tuple[str, str]] = field(default_factory=Counter)
    delays: Counter[float] = field(default_factory=Counter)
    number: int = 0
    seconds: float = 0.0

    def add(self, mail: FiledMail) -> None:
        self.last = mail.id
        self.mails[mail.mailbox, mail.verdict] += 1
        delay = max(0.0, (mail.filed_at - mail.received_at).total_seconds())
        self.number += 1
        self.seconds += delay
        self.delays.update(edge for edge in DELAYS if delay <= edge)


class MetricsReader:
    """Reads the metrics; what counts up counts from the first time that it is asked, but for promises."""

    def __init__(
        self, store: Database, desk: MetricsDesk, promises: PromiseCounts, now: Callable[[], datetime]
    ) -> None:
        self._store = store
        self._desk = desk
        self._promises = promises
        self._now = now
        self._started = now()
        self._filed = _Filed()
        self._reading = asyncio.Lock()

    async def begin(self) -> None:
        """Count the mails that are filed from now on."""
        if self._filed.last is None:
            self._filed.last = await self._store.read(newest_filed)

    async def read(self, signs: Signs) -> list[Metric]:
        """All metrics of this moment, with the signs of health that were found."""
        async with self._reading:
            await self.begin()
            await self._count()
        now = self._now()
        found = list(self._all(signs, await self._store.read(lambda conn: standing(conn, now))))
        decided = await self._promises.read()
        return found if decided is None else [*found, _of_promises(decided)]

    async def _count(self) -> None:
        while True:
            found = await self._store.read(self._next)
            for mail in found:
                self._filed.add(mail)
            if len(found) < AT_ONCE:
                return

    def _next(self, conn: Connection) -> list[FiledMail]:
        return filed_after(conn, self._filed.last or 0)

    def _all(self, signs: Signs, now: Standing) -> Iterator[Metric]:
        yield from self._of_the_daemon(signs)
        yield from self._of_mails(now)
        yield from self._of_letters(now)
        yield from _of_cases(now)

    def _of_the_daemon(self, signs: Signs) -> Iterator[Metric]:
        desk = self._desk
        what = {"version": __version__, "policy": desk.policy, "database": desk.database}
        yield info("maildesk", "What runs.", what)
        yield gauge(
            "maildesk_start_time_seconds",
            "When this daemon began or took up its configuration, in seconds since 1970.",
            [(self._started.timestamp(), {})],
        )
        healthy = {each.finding.name: each.finding.outcome is not CheckOutcome.FAIL for each in signs}
        known = ((int(good), {"check": name}) for name, good in healthy.items())
        yield gauge("maildesk_healthy", "Each line of /healthz: 1 unless it says FAIL.", known)
        yield gauge(
            "maildesk_mailbox_heard_time_seconds",
            "When a mailbox was last heard, in seconds since 1970.",
            _heard(signs),
        )

    def _of_mails(self, now: Standing) -> Iterator[Metric]:
        filed = self._filed
        mails = (
            (number, {"mailbox": box, "verdict": verdict})
            for (box, verdict), number in sorted(filed.mails.items())
        )
        yield counter("maildesk_mails", "Mails filed since the start, by verdict.", mails)
        yield histogram(
            "maildesk_filing_delay_seconds",
            "From being stored to being filed, of the mails filed since the start.",
            {edge: filed.delays[edge] for edge in DELAYS},
            filed.number,
            filed.seconds,
        )
        yield gauge("maildesk_unfiled_mails", "Mails stored and not yet filed.", [(now.unfiled, {})])
        yield gauge(
            "maildesk_quarantined_mails", "Mails that a person must look at.", [(now.quarantined, {})]
        )

    def _of_letters(self, now: Standing) -> Iterator[Metric]:
        states = ((number, {"state": state}) for state, number in now.letters.items())
        yield gauge("maildesk_letters", "Letters that are not done with or went wrong, by state.", states)
        since = "Since when the oldest unsent letter is due; absent if none is."
        due = [now.oldest_due] if now.oldest_due else []
        yield gauge("maildesk_oldest_letter_due_time_seconds", since, ((at.timestamp(), {}) for at in due))
        sent = ((number, {"kind": kind}) for kind, number in self._desk.sent.items())
        yield counter("maildesk_letters_sent", "Letters that a relay took since the start.", sent)


def _heard(signs: Signs) -> Iterator[tuple[float, Mapping[str, str]]]:
    for each in signs:
        at, name = each.facts.get("heard_at"), each.finding.name
        if at and name.startswith("mailbox "):
            yield datetime.fromisoformat(at).timestamp(), {"mailbox": name.removeprefix("mailbox ")}


def _of_cases(now: Standing) -> Iterator[Metric]:
    alive = ((number, {"phase": phase, "team": team}) for (phase, team), number in sorted(now.cases.items()))
    yield gauge("maildesk_cases", "Cases that are not ended, by phase and team.", alive)
    late = ((number, {"team": team}) for team, number in sorted(now.overdue.items()))
    yield gauge("maildesk_overdue_cases", "Open cases whose promised answer is late.", late)


def _of_promises(decided: Mapping[PromiseLine, int]) -> Metric:
    since = "Promises decided since the database was made, by what was promised, priority and result."
    return counter("maildesk_promises", since, ((number, line._asdict()) for line, number in decided.items()))
