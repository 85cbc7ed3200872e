"""Silence and its end, as the daemon notices them: by time that really passed, and told once."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from maildesk.casework.alarms import AlarmWriter
from maildesk.casework.hearing import HearingBook
from maildesk.daemon.hearing_duty import HearingDuty
from maildesk.desk.policy.people import People
from maildesk.errors import ConnectionLost, LoginRefused, StoreFull
from maildesk.store import hearing
from maildesk.store.database import Database
from maildesk.store.outbox_views import outbox_rows
from tests.unit.desk.letter_matters import writer
from tests.unit.desk.matters import DESK, NOW

OPERATED = replace(DESK, people=People(operators=("ops@acme.example",)))
GONE, REFUSED = ConnectionLost("the server ended the connection"), LoginRefused("the login is refused")


@dataclass(eq=False)
class Box:
    """A receiver as the duty knows it, and the time as it passes."""

    store: Database
    now: datetime = NOW
    steady: float = 0.0
    heard_at: datetime | None = None
    box: Any = field(default_factory=lambda: SimpleNamespace(identity="m" * 64, name="support"))

    def starts(self) -> None:
        """The desk starts, or starts again."""
        self.heard_at = None
        book = HearingBook(AlarmWriter(OPERATED, writer(OPERATED)), timedelta(minutes=10))
        clock: Any = SimpleNamespace(now=lambda: self.now)
        receivers: Any = [self]
        self.duty = HearingDuty(self.store, book, receivers, clock, lambda: self.steady, asyncio.Event())

    async def passes(self, minutes: float) -> None:
        self.now += timedelta(minutes=minutes)
        self.steady += minutes * 60
        await self.duty.look()

    async def answers(self) -> None:
        self.heard_at = self.now
        await self.noted()

    async def noted(self, problem: Exception | str = "") -> None:
        receiver: Any = self
        await self.duty.noted(receiver, problem)

    def told(self) -> list[str]:
        """The subjects of all that operators were told."""
        rows = self.store.read_now(lambda conn: outbox_rows(conn))
        return ["again" if "again" in row["subject"] else "silent" for row in rows]

    def outages(self) -> float | None:
        known = self.store.read_now(hearing.known)[self.box.identity]
        return self.store.read_now(
            lambda conn: hearing.measured(conn, known, self.now, timedelta(minutes=10))
        )


@pytest.fixture
async def box(store: Database) -> Box:
    """A mailbox that was heard right after the start of the desk."""
    box = Box(store)
    box.starts()
    await box.answers()
    return box


async def test_a_server_that_hangs_without_an_error_is_silent_too(box: Box) -> None:
    await box.passes(9.9)
    assert box.told() == []
    await box.passes(0.1)
    await box.passes(60)
    assert box.told() == ["silent"]
    await box.answers()
    assert box.told() == ["silent", "again"]


async def test_a_failure_that_passes_in_time_is_told_nobody(box: Box) -> None:
    await box.noted(GONE)
    await box.passes(9)
    await box.noted(GONE)
    await box.answers()
    await box.passes(9)
    assert box.told() == []
    assert box.outages() == 100


async def test_what_a_person_must_mend_is_told_at_once_but_once_a_day(box: Box) -> None:
    for _ in range(3):
        await box.passes(1)
        await box.noted(REFUSED)
        await box.passes(0)
        await box.answers()
    assert box.told() == ["silent", "again"]
    await box.noted(REFUSED)
    await box.passes(10)
    assert box.told() == ["silent", "again", "silent"], "but that it lasts is told each time"


async def test_a_clock_that_is_set_forward_is_no_silence(box: Box) -> None:
    box.now += timedelta(days=2)
    await box.noted(GONE)
    await box.passes(1)
    await box.answers()
    assert box.told() == []
    assert box.outages() == 100


async def test_trouble_of_our_own_is_told_elsewhere(box: Box) -> None:
    await box.noted(StoreFull("only 3 MiB are free"))
    await box.passes(60)
    assert box.told() == []


async def test_a_desk_that_starts_in_an_outage_tells_at_its_first_failure_and_not_twice(box: Box) -> None:
    box.now += timedelta(minutes=30)
    box.starts()
    await box.passes(0)
    assert box.told() == [], "nothing has failed yet"
    await box.noted(GONE)
    assert box.told() == ["silent"]
    box.starts()
    await box.noted(GONE)
    await box.passes(60)
    assert box.told() == ["silent"]
    await box.answers()
    assert box.told() == ["silent", "again"]
    assert box.outages() == 0


async def test_hearing_is_written_once_a_minute_at_most(box: Box) -> None:
    written = set[datetime | None]()
    for seconds in range(0, 300, 20):
        box.now, box.steady = NOW + timedelta(seconds=seconds), float(seconds)
        await box.answers()
        written.add(box.store.read_now(hearing.known)[box.box.identity].heard_at)
    assert written == {NOW + timedelta(minutes=minute) for minute in range(5)}
