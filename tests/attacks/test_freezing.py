"""One mail that was made to keep the desk busy: it is filed as any other, and the next mail with it."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeVar

import pytest

from maildesk.casework.filed_counts import FiledCount
from maildesk.desk.case.letter_order import LetterOrder
from maildesk.desk.letters.audiences import Addressee
from maildesk.desk.letters.letter_context import LetterContext
from maildesk.desk.letters.letter_writer import LetterWriter, WrittenLetter
from maildesk.store.database import Database, Work
from tests.cost import no_collector
from tests.world.desk import TRUSTING, DeskWorld
from tests.world.people import Person

pytestmark = pytest.mark.dovecot

T = TypeVar("T")
SMALL, LARGE = 8 * 2**10, 64 * 2**10
MOST_TIMES = 20
"""How many times the cost of the small mail the large one may have. It is eight times as large: the square is
sixty-four."""
LEAST = 0.01
"""Seconds below which a cost says nothing: any mail has it."""
TRIES = 4
"""How often a pair is weighed before it counts as too dear: what is quadratic is so each time."""

HOSTILE: dict[str, Callable[[int], str]] = {
    "blanks before the end": lambda size: "#note a" + " " * size + "b",
    "no-break spaces": lambda size: "#note a" + "\u00a0" * size + "b",
    "tabs on a line that is no command": lambda size: "#no a" + "\t" * size + "#b",
    "full-width sign": lambda size: "\uff03note a" + "\u3000" * size + "b",
    "below words": lambda size: "Hello,\n#note a" + " " * size + "b",
    "mistyped commands": lambda size: "#abcdefgh\n" * (size // 10),
    "mistyped commands below words": lambda size: "Hello,\n" + "#clsoe a b\n" * (size // 11),
    "commands on one line": lambda size: "#take " * (size // 6),
    "signs": lambda size: "#" * size,
    "accents": lambda size: "yes" + "\u0301\u0316" * (size // 4),
    "accents behind a command": lambda size: "#wait " + "\u0301\u0316" * (size // 4),
    "a notice's foot that never comes": lambda size: "this notice" + " " * size + "b",
    "dashes and a notice": lambda size: "notice\n" + "-" * size + "x",
    "a foot's beginnings": lambda size: "notice " + "end of this " * (size // 12),
    "no line end": lambda size: "a" * size,
    "words of the policy": lambda size: "xescalate " * (size // 10),
}


class Timed(Database):
    """The desk's own database, which counts the CPU that transactions that write take."""

    def __init__(self, store: Database) -> None:
        self.__dict__.update(store.__dict__)
        self.seconds = 0.0

    async def write(self, work: Work[T]) -> T:
        def timed(conn: object) -> T:
            with no_collector():
                began = time.thread_time()
                try:
                    return work(conn)  # type: ignore[arg-type]  # handed on as it came
                finally:
                    self.seconds += time.thread_time() - began

        return await super().write(timed)


async def cost_of(world: DeskWorld, sends: Callable[[str], object], text: str) -> float:
    timed = Timed(world.service.store)
    world.service.filer._store = timed
    await sends(text)  # type: ignore[misc]  # a coroutine of a person's
    return max(timed.seconds, LEAST)


async def costs(world: DeskWorld, sends: Callable[[str], object], made: Callable[[int], str]) -> float:
    """How many times as much the large one costs."""
    await sends("Hello.")  # type: ignore[misc]  # what only the first mail costs
    least = math.inf
    for _ in range(TRIES):
        small = await cost_of(world, sends, made(SMALL))
        least = min(least, await cost_of(world, sends, made(LARGE)) / small)
        if least < MOST_TIMES:
            break
    return least


@pytest.mark.parametrize("name", HOSTILE)
async def test_a_strangers_mail_holds_the_transaction_no_longer_than_its_size(name: str) -> None:
    async with await DeskWorld.start() as world:
        eve = world.person("eve@evil.example")
        assert await costs(world, lambda text: eve.writes("Hello", text), HOSTILE[name]) < MOST_TIMES
        assert set(await world.verdicts()) == {"opened"}


@pytest.mark.parametrize("name", HOSTILE)
async def test_a_mail_in_an_agents_name_does_not_freeze_the_desk(name: str) -> None:
    """Nobody vouches for it: it answers no notice, and its author is asked."""
    async with await DeskWorld.start(trust=TRUSTING) as world:
        bo = world.person("bo@client.example")
        await bo.writes("Printer", "It burns.", border="dmarc=pass")
        ref = (await world.case())["ref"]
        forger = Person(world, world.agent.address, "Ana Agent")
        subject = f"[Acme #{ref}] Printer"
        assert await costs(world, lambda text: forger.writes(subject, text), HOSTILE[name]) < MOST_TIMES
        await bo.writes("Screen", "It is dark.", border="dmarc=pass")
        assert (await world.verdicts())[-1] == "opened"


@pytest.mark.parametrize("name", HOSTILE)
async def test_an_agents_own_mail_does_not_freeze_the_desk(name: str) -> None:
    async with await DeskWorld.start() as world:
        bo = world.person("bo@client.example")
        await bo.writes("Printer", "It burns.")
        notice = world.agent.hears("New: Printer")

        async def answers(text: str) -> None:
            await world.agent.answers_notice(notice, text, border=None, quote="nowhere")

        assert await costs(world, answers, HOSTILE[name]) < MOST_TIMES


# --- told to stop -----------------------------------------------------------------------------------


class StopsAt(LetterWriter):
    """Somebody stops the daemon while the nth letter is written."""

    def __init__(self, writer: LetterWriter, stop: asyncio.Event, nth: int) -> None:
        self.__dict__.update(writer.__dict__)
        self._stop = stop
        self._left = nth

    def write(
        self, order: LetterOrder, occasion: LetterContext, to: Sequence[Addressee]
    ) -> list[WrittenLetter]:
        self._left -= 1
        if not self._left:
            self._stop.set()
        return super().write(order, occasion, to)


@pytest.mark.parametrize("nth", [1, 3, 10])
async def test_a_stop_is_heard_between_two_mails_of_a_batch_and_none_is_lost(nth: int) -> None:
    async with await DeskWorld.start() as world:
        people = [world.person(f"bo@client-{number}.example") for number in range(10)]
        await world.lies(*(each.composes("Printer", "It burns.").as_bytes() for each in people))
        (receiver,) = world.service.receivers
        await receiver.look(asyncio.Event(), asyncio.Event())
        filer, stop = world.service.filer, asyncio.Event()
        tools = filer._office
        filer._office = replace(tools, writer=StopsAt(tools.writer, stop, nth))
        stopped: FiledCount = await filer.drain(stop)
        assert stopped.filed == nth
        assert [row["verdict"] for row in await world.inbox()].count("opened") == nth
        filer._office = tools
        await world.works()
        assert await world.verdicts() == ["opened"] * 10
        assert len(await world.cases()) == 10
        for each in people:
            each.hears("received")
            each.hears_nothing()
