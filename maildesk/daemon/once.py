"""One run to quiet: passes over everything until nothing is due now."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from maildesk.casework.alarms import AlarmWriter
from maildesk.daemon.receiving import Receiver
from maildesk.daemon.service import Service
from maildesk.errors import MaildeskError
from maildesk.store import outbox
from maildesk.store.database import Connection
from maildesk.transport.relay import Relay


@dataclass(slots=True)
class OnceResult:
    """What a run to quiet did, and a line for each thing that kept it from its end."""

    stored: int = 0
    filed: int = 0
    tried: int = 0
    problems: list[str] = field(default_factory=list)


async def run_once(service: Service, stop: asyncio.Event) -> OnceResult:
    """Receive, file, clear, keep time and send, again and again until a pass changes nothing."""
    result = OnceResult()
    watched, moving = list(service.receivers), list(service.receivers)
    while not stop.is_set():
        one = _Pass(service, stop, moving)
        await one.run(watched)
        result.problems.extend([*(look.problem for look in one.looks if look.problem), *one.problems])
        watched = [look.receiver for look in one.looks if not look.problem]
        moving = one.moving
        stored = sum(look.stored for look in one.looks)
        result.stored, result.filed, result.tried = (
            result.stored + stored,
            result.filed + one.filed,
            result.tried + one.tried,
        )
        if one.unreachable or not (stored or one.filed or one.due or one.tried):
            break
    return result


class _Pass:
    """One pass over everything. Its stages work side by side, each woken by what the one before hands on."""

    def __init__(self, service: Service, stop: asyncio.Event, moving: Sequence[Receiver]) -> None:
        self._service = service
        self._stop = stop
        self._arrived, self._owed = asyncio.Event(), asyncio.Event()
        self.moving = list(moving)
        self.looks: list[_Look] = []
        self.filed = self.due = self.tried = 0
        self.unreachable: dict[Relay, MaildeskError] = {}
        self.problems: list[str] = []

    async def run(self, watched: Sequence[Receiver]) -> None:
        """Every stage to its end; a stage that fails ends those after it, and its error is then raised."""
        receiving = asyncio.create_task(self._receive(watched), name="receiving")
        filing = asyncio.create_task(_follow(receiving, self._arrived, self._file), name="filing")
        tidying = asyncio.create_task(self._tidy(filing), name="tidying")
        sending = asyncio.create_task(_follow(tidying, self._owed, self._send), name="sending")
        stages = (receiving, filing, tidying, sending)
        await asyncio.gather(*stages, return_exceptions=True)
        for stage in stages:
            stage.result()
        self.problems.extend(f"smtp: {problem}" for problem in self.unreachable.values())

    async def _receive(self, watched: Sequence[Receiver]) -> None:
        looks = (_look(each, self._service, self._stop, self._arrived) for each in watched)
        self.looks = await asyncio.gather(*looks)

    async def _file(self) -> None:
        filed = await self._service.filer.drain(self._stop, self._owed)
        self.filed += filed.filed

    async def _tidy(self, filing: asyncio.Task[None]) -> None:
        """Once all is filed: move it on, and see what time has made due."""
        await filing
        gone = [look.receiver for look in self.looks if look.gone]
        self.moving = [each for each in self.moving if each not in gone]
        await self._clear()
        self.due = await self._service.timekeeper.drain()

    async def _clear(self) -> None:
        for receiver in list(self.moving):
            try:
                await receiver.clear()
            except MaildeskError as problem:
                receiver.abort()
                self.moving.remove(receiver)
                self.problems.append(f"mailbox {receiver.box.name}: {problem}")

    async def _send(self) -> None:
        """What is owed so far; a relay that could not be reached is not asked again in this pass."""
        sent = await self._service.sender.drain(self._stop, self.unreachable)
        self.tried += sent.tried
        self.unreachable.update(sent.unreachable)


async def _follow(
    before: asyncio.Task[None], woken: asyncio.Event, work: Callable[[], Awaitable[None]]
) -> None:
    """Do the work whenever the stage before wakes us, and a last time when it has ended."""
    before.add_done_callback(lambda _: woken.set())
    over = False
    while not over:
        await woken.wait()
        woken.clear()
        over = before.done()
        await work()


@dataclass(frozen=True, slots=True)
class _Look:
    """One look: mails stored, and the line that says why the mailbox was not listed to its end.

    `gone`: nothing at all can be done in this mailbox for now, moving filed mail neither.
    """

    receiver: Receiver
    stored: int = 0
    problem: str = ""
    gone: bool = False


async def _look(receiver: Receiver, service: Service, stop: asyncio.Event, arrived: asyncio.Event) -> _Look:
    name = receiver.box.name
    try:
        intake = await receiver.look(stop, arrived)
    except MaildeskError as problem:
        receiver.abort()
        return _Look(receiver, problem=f"mailbox {name}: {problem}", gone=True)
    if intake.undecided:
        return _Look(receiver, problem=f"mailbox {name}: {intake.undecided}", gone=True)
    now = service.clock.now()
    for alarm in sorted(intake.alarms.items()):
        await service.store.write(partial(_raise_alarm, alarms=service.alarms, alarm=alarm, now=now))
    problem_line = f"mailbox {name}: {intake.problem}" if intake.problem else ""
    return _Look(receiver, intake.stored, problem_line)


def _raise_alarm(conn: Connection, alarms: AlarmWriter, alarm: tuple[str, str], now: datetime) -> None:
    kind, detail = alarm
    outbox.add(conn, alarms.raised(conn, kind, now, detail))
