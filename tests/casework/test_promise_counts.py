"""The running count of promises: each once, whenever it is asked and however often the daemon starts."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from maildesk.casework.erasing import erase_case
from maildesk.casework.promise_counts import PromiseCounts, PromiseLine
from maildesk.desk.decisions import acts, status_acts
from maildesk.desk.decisions.actor import Actor
from maildesk.store.database import Connection
from tests.simulating.test_simulating import at, says
from tests.world.past_desk import ANA, PastDesk

LONG = 120.0
KEPT, BROKEN = (PromiseLine("first_response", "normal", result) for result in ("kept", "broken"))


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[PastDesk]:
    with closing(PastDesk(tmp_path)) as desk:
        yield desk


class Counted:
    """The database as the count asks it: so many questions, and what one asks."""

    def __init__(self, desk: PastDesk) -> None:
        self._store, self.questions = desk.store, 0
        self.held: asyncio.Event | None = None

    async def read(self, work: Callable[[Connection], Any]) -> Any:
        self.questions += 1
        if self.held:
            await self.held.wait()
        return await self._store.read(work)


def starts(desk: PastDesk, store: Any = None) -> PromiseCounts:
    """A daemon that has just started."""
    return PromiseCounts(store or desk.store, desk.office.desk.policy)


async def found(counts: PromiseCounts) -> dict[PromiseLine, int]:
    """What is more than nothing."""
    read = await counts.read(LONG)
    assert read is not None
    return {of: number for of, number in read.items() if number}


async def test_each_promise_counts_once_however_often_it_is_asked_for(desk: PastDesk) -> None:
    counts = starts(desk)
    assert await found(counts) == {}
    first, second = desk.mail("It hums.", at=at(4)), desk.mail("It burns.", at=at(4), subject="Fire")
    desk.acts(first, says(), at=at(4, "11:00"))
    assert await found(counts) == await found(counts) == {KEPT: 1}
    desk.until(at(7))
    assert await found(counts) == {KEPT: 1, BROKEN: 1}
    desk.acts(second, says(), at=at(7, "11:00"))
    desk.acts(first, partial(status_acts.close), at=at(7, "12:00"))
    assert await found(counts) == {KEPT: 1, BROKEN: 1}
    assert await found(starts(desk)) == {KEPT: 1, BROKEN: 1}, "the same after a start"


async def test_what_came_due_while_no_daemon_ran_is_counted_by_the_next(desk: PastDesk) -> None:
    desk.mail("It hums.", at=at(4))
    assert await found(starts(desk)) == {}
    desk.until(at(7))
    assert await found(starts(desk)) == {BROKEN: 1}


async def test_what_is_erased_has_been_promised_all_the_same(desk: PastDesk) -> None:
    ref = desk.mail("It hums.", at=at(4))
    desk.until(at(7))
    desk.acts(ref, says(), partial(status_acts.close), at=at(7, "11:00"))
    running = starts(desk)
    assert await found(running) == {BROKEN: 1}
    erase_case(desk.store, desk.office.desk.people, ref, lambda: Actor("cli:root", desk.now, ANA))
    assert await found(running) == await found(starts(desk)) == {BROKEN: 1}


async def test_a_desk_where_nothing_happens_is_asked_for_its_newest_event_alone(desk: PastDesk) -> None:
    for number in range(120):  # more than fit into one transaction
        desk.mail("It hums.", at=at(4), subject=f"Printer {number}", sender=f"bo{number}@client.example")
    desk.until(at(7))
    store = Counted(desk)
    counts = starts(desk, store)
    assert await found(counts) == {BROKEN: 120}
    assert store.questions == 2 + 2
    assert await found(counts) == {BROKEN: 120}
    assert store.questions == 2 + 2 + 1


async def test_a_count_that_takes_long_is_told_when_it_is_whole(desk: PastDesk) -> None:
    """Half of it would look as if the desk had broken the other half a minute later."""
    desk.mail("It hums.", at=at(4))
    desk.until(at(7))
    store = Counted(desk)
    store.held = asyncio.Event()
    counts = starts(desk, store)
    assert await counts.read(0.01) is None
    assert await counts.read(0.01) is None
    assert store.questions == 1, "one count at a time"
    store.held.set()
    assert await found(counts) == {BROKEN: 1}


async def test_its_lines_name_what_was_promised_and_stand_there_from_the_start(desk: PastDesk) -> None:
    ref = desk.mail("It hums.", at=at(4), subject="Printer of Bo")
    desk.acts(ref, partial(acts.change, field="priority", value="high"), says(), at=at(4, "11:00"))
    read = await starts(desk).read(LONG)
    assert read is not None
    assert list(read.items()) == [
        (PromiseLine("first_response", priority, result), int((priority, result) == ("high", "kept")))
        for priority in ("high", "low", "normal", "urgent")
        for result in ("kept", "broken")
    ]
