"""One run to quiet: passes over everything until nothing is due now."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from maildesk.daemon.receiving import Receiver
from maildesk.daemon.service import Service
from maildesk.errors import MaildeskError
from maildesk.store import outbox


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
    receivers = list(service.receivers)
    while not stop.is_set():
        stored = 0
        for receiver, outcome in zip(
            list(receivers),
            await asyncio.gather(*(_look(each, service, stop) for each in receivers)),
            strict=True,
        ):
            if isinstance(outcome, str):
                receivers.remove(receiver)
                result.problems.append(outcome)
            else:
                stored += outcome
        filed = await service.filer.drain(stop)
        await _clear(receivers, result)
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


async def _look(receiver: Receiver, service: Service, stop: asyncio.Event) -> int | str:
    """How many mails were stored, or the line that says why the mailbox was not listed to its end."""
    name = receiver.box.name
    try:
        intake = await receiver.look(stop)
    except MaildeskError as problem:
        receiver.abort()
        return f"mailbox {name}: {problem}"
    if intake.undecided:
        return f"mailbox {name}: {UNDECIDED}"
    if intake.too_large:
        now = service.clock.now()
        await service.store.write(
            lambda conn: outbox.add(conn, service.alarms.raised(conn, "too-large", now))
        )
    return intake.stored


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
