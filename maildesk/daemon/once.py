"""One run to quiet: passes over everything until nothing is due now."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from maildesk.daemon.alarms import AlarmWriter
from maildesk.daemon.receiving import Receiver
from maildesk.daemon.service import Service
from maildesk.errors import MaildeskError
from maildesk.store import outbox
from maildesk.store.database import Connection


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
        looks = await asyncio.gather(*(_look(each, service, stop) for each in watched))
        stored = sum(look.stored for look in looks)
        result.problems.extend(look.problem for look in looks if look.problem)
        watched = [look.receiver for look in looks if not look.problem]
        moving = [each for each in moving if not any(look.gone and look.receiver is each for look in looks)]
        filed = await service.filer.drain(stop)
        await _clear(moving, result)
        due = await service.timekeeper.drain()
        sent = await service.sender.drain(stop)
        result.stored, result.filed, result.tried = (
            result.stored + stored,
            result.filed + filed.filed,
            result.tried + sent.tried,
        )
        if sent.unreachable:
            result.problems.extend(f"smtp: {problem}" for problem in sent.unreachable.values())
            break
        if not (stored or filed.filed or due or sent.tried):
            break
    return result


@dataclass(frozen=True, slots=True)
class _Look:
    """One look: mails stored, and the line that says why the mailbox was not listed to its end.

    `gone`: nothing at all can be done in this mailbox for now, moving filed mail neither.
    """

    receiver: Receiver
    stored: int = 0
    problem: str = ""
    gone: bool = False


async def _look(receiver: Receiver, service: Service, stop: asyncio.Event) -> _Look:
    name = receiver.box.name
    try:
        intake = await receiver.look(stop)
    except MaildeskError as problem:
        receiver.abort()
        return _Look(receiver, problem=f"mailbox {name}: {problem}", gone=True)
    if intake.undecided:
        return _Look(receiver, problem=f"mailbox {name}: {UNDECIDED}", gone=True)
    now = service.clock.now()
    for kind in sorted(intake.alarms):
        await service.store.write(partial(_raise_alarm, alarms=service.alarms, kind=kind, now=now))
    problem_line = f"mailbox {name}: {intake.problem}" if intake.problem else ""
    return _Look(receiver, intake.stored, problem_line)


def _raise_alarm(conn: Connection, alarms: AlarmWriter, kind: str, now: datetime) -> None:
    outbox.add(conn, alarms.raised(conn, kind, now))


async def _clear(receivers: list[Receiver], result: OnceResult) -> None:
    for receiver in list(receivers):
        try:
            await receiver.clear()
        except MaildeskError as problem:
            receiver.abort()
            receivers.remove(receiver)
            result.problems.append(f"mailbox {receiver.box.name}: {problem}")


UNDECIDED = (
    "there is mail from before the desk's first start, so it is left untouched; "
    "set existing_mail: file to make cases of it, or existing_mail: leave to leave it where it is"
)
