"""The tick of the daemon: what came due or was written elsewhere is noticed within a second."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from maildesk.daemon.clock_duty import ClockDuty
from maildesk.daemon.hearing_duty import HearingDuty
from maildesk.daemon.login_duty import LoginDuty
from maildesk.daemon.service import Service
from maildesk.store import outbox
from maildesk.store.due_now import due_now

TICK = 1.0
"""Seconds between looks at what the command line changed and what came due."""
SETTLED = timedelta(minutes=1)
"""The time for which the first notice of a digest waits for more: they come with several commits."""
ROUND = timedelta(minutes=5)
"""The time between two rounds where nothing due asks for one: letters that were held too long do not."""


@dataclass(frozen=True, slots=True)
class Wakes:
    """Events that wake each loop. `filed`: by mailbox, that mail of it was filed and is to be moved on."""

    filed: Mapping[str, asyncio.Event]
    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    outgoing: asyncio.Event = field(default_factory=asyncio.Event)
    due: asyncio.Event = field(default_factory=asyncio.Event)
    tick: asyncio.Event = field(default_factory=asyncio.Event)
    words: asyncio.Event = field(default_factory=asyncio.Event)

    def written_elsewhere(self) -> None:
        """Wake whoever goes on with the mails that another process may have written."""
        self.arrived.set()
        self.words.set()

    def everybody(self) -> None:
        """Wake every loop."""
        for event in (
            self.arrived,
            self.outgoing,
            self.due,
            self.tick,
            self.words,
            *self.filed.values(),
        ):
            event.set()


class Ticker:
    """Sees to the lock, the clock, silent mailboxes and logins, and wakes whoever has something to do."""

    def __init__(
        self,
        service: Service,
        wakes: Wakes,
        clock_duty: ClockDuty,
        hearing: HearingDuty,
        logins: LoginDuty,
    ) -> None:
        self._service = service
        self._wakes = wakes
        self.clock_duty = clock_duty
        self._hearing = hearing
        self._logins = logins
        self._round_at = service.clock.now() + ROUND

    async def look(self) -> None:
        """Notice what the command line wrote, and wake whoever has something due."""
        store, clock, wakes = self._service.store, self._service.clock, self._wakes
        await asyncio.to_thread(self._service.lock.confirm)
        await self.clock_duty.look(clock.now())
        await self._hearing.look()
        await self._logins.look()
        if await store.changed_elsewhere():
            wakes.written_elsewhere()
        now, boxes = clock.now(), self._service.boxes
        due = await store.read(lambda conn: due_now(conn, boxes, now, digests_by=now - SETTLED))
        if due.letters:
            wakes.outgoing.set()
        keeper = self._service.timekeeper
        at_its_hour = (keeper.summaries, keeper.mornings, keeper.reports)
        if due.by_time or any(each.is_due(now) for each in at_its_hour) or self._round_at <= now:
            wakes.due.set()
            self._round_at = now + ROUND
        await self._tell_of_templates(now)
        self._round_at = min(self._round_at, now + ROUND)  # a clock that was set back

    async def _tell_of_templates(self, now: datetime) -> None:
        """Raise the alarms of templates for which our own letters stood in: digests and alarms among them."""
        alarms = self._service.alarms
        if alarms.are_owed:
            await self._service.store.write(lambda conn: outbox.add(conn, alarms.of_templates(conn, now)))
            self._wakes.outgoing.set()
