"""Mail of another desk as histories: customers' mails open cases by thread, the desk's own answer them."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import BinaryIO, Final

from maildesk.desk.case.events import Event, EventKind
from maildesk.desk.case.letter_order import LetterKind
from maildesk.desk.case.threads import Threads
from maildesk.desk.policy.desk import Desk
from maildesk.desk.screening.heard import HeardMail, UnreadMail
from maildesk.mail.addr_spec import Addresses
from maildesk.mail.message import IncomingMail
from maildesk.mail.mime.dates import date_in
from maildesk.simulating.history import ActStep, History, MailStep, Step
from maildesk.simulating.mbox import MboxMail, bytes_of, mails_in
from maildesk.simulating.own_cases import AT_ONCE, BYTES_AT_ONCE, LeftOut, Read
from maildesk.store.ledger import WaitingMail


@dataclass(frozen=True, slots=True)
class _Known:
    """The little that is kept of every mail of the file: where it is, and no word of it."""

    mail: MboxMail
    at: datetime
    message_id: str | None
    ours: bool


@dataclass(slots=True)
class OtherDesk:
    """The threads of an mbox, the oldest first, and what of it is no case; `last` is its last mail's time.

    `answers` counts what is by the other desk.
    """

    threads: list[list[_Known]] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    last: datetime | None = None
    answers: int = 0


async def threads_in(file: BinaryIO, desk: Desk, read: Read, largest: int) -> OtherDesk:
    """Go through the file once; mails that cannot be read, or are larger than `largest`, are named."""
    found = OtherDesk()
    known: list[_Known] = []
    threads = Threads()
    had: set[bytes] = set()
    for few in _in_groups(mails_in(file), found, largest):
        raws = [bytes_of(file, each) for each in few]
        for mail, raw, reading in zip(few, raws, await read(raws), strict=True):
            one = _known(mail, raw, reading, desk)
            if isinstance(one, LeftOut):
                found.left_out.append(one)
            elif isinstance(reading, HeardMail) and (content := _digest(reading.mail)) not in had:
                had.add(content)
                known.append(one)
                threads.add(one.message_id, reading.mail.ids.thread)
                found.answers += one.ours
    _into_threads(known, threads.numbers(), found)
    return found


def _known(mail: MboxMail, raw: bytes, reading: HeardMail | UnreadMail, desk: Desk) -> _Known | LeftOut:
    name = f"mail {mail.number}"
    if isinstance(reading, UnreadMail):
        return LeftOut(name, reading.sentence)
    at = came_at(raw, reading.mail)
    if at is None:
        return LeftOut(name, "it says no time")
    ours = is_ours(reading.mail, desk)
    if ours and reading.mail.by_machine:
        return LeftOut(name, "a program of the other desk wrote it")
    return _Known(mail, at, reading.mail.ids.message_id, ours)


def _digest(mail: IncomingMail) -> bytes:
    """A short name for what a mail says: so few bytes are kept of every mail."""
    return bytes.fromhex(mail.digests.content)[:16]


def _into_threads(known: Sequence[_Known], numbers: Sequence[int], found: OtherDesk) -> None:
    by_thread: dict[int, list[_Known]] = {}
    for number, one in zip(numbers, known, strict=True):
        by_thread.setdefault(number, []).append(one)
    for mails in by_thread.values():
        mails.sort(key=lambda each: (each.at, each.mail.number))
        asked = next((at for at, each in enumerate(mails) if not each.ours), None)
        if asked is None:
            found.left_out.append(LeftOut(f"mail {mails[0].mail.number}", "no customer wrote in its thread"))
            continue
        found.threads.append(mails[asked : asked + MOST_MAILS])
        for each in mails[asked + MOST_MAILS :]:
            found.left_out.append(LeftOut(f"mail {each.mail.number}", "its thread is too long"))
    found.threads.sort(key=lambda mails: mails[0].at)
    found.last = max((mails[-1].at for mails in found.threads), default=None)


MOST_MAILS: Final = 1000
"""Mails of a thread that are replayed: a robot's loop is no history."""


def _in_groups(mails: Iterator[MboxMail], found: OtherDesk, largest: int) -> Iterator[list[MboxMail]]:
    group: list[MboxMail] = []
    size = 0
    for mail in mails:
        if mail.size > largest:
            found.left_out.append(LeftOut(f"mail {mail.number}", "it is larger than limits.store_size"))
            continue
        if group and (len(group) == AT_ONCE or size + mail.size > BYTES_AT_ONCE):
            yield group
            group, size = [], 0
        group.append(mail)
        size += mail.size
    if group:
        yield group


_RECEIVED: Final = re.compile(
    rb"^Received:(?:[^\r\n]|\r?\n[ \t]){0,4000}?;([^;\r\n]{1,200})\r?$", re.I | re.M
)
_HEAD: Final = 2**16


def came_at(raw: bytes, mail: IncomingMail) -> datetime | None:
    """The moment at which the last server had it, else the one that its author claims."""
    head = raw[:_HEAD].partition(b"\n\n")[0].partition(b"\r\n\r\n")[0]
    received = _RECEIVED.search(head)
    return (date_in(received[1].strip()) if received else None) or mail.date


def is_ours(mail: IncomingMail, desk: Desk) -> bool:
    author = mail.author.addr_spec
    return desk.people.is_own(author) or desk.people.is_desk_person(author)


# --- histories ----------------------------------------------------------------------------------------


async def histories_of(
    file: BinaryIO, threads: Sequence[Sequence[_Known]], desk: Desk, read: Read
) -> AsyncIterator[list[History | LeftOut]]:
    """The histories of these threads, some at a time; their mails are read once more."""
    for few in _together(threads):
        readings = iter(await read([bytes_of(file, each.mail) for mails in few for each in mails]))
        both = [[(one, next(readings)) for one in mails] for mails in few]
        yield [
            _history([(one, each.mail) for one, each in mails if isinstance(each, HeardMail)], desk)
            for mails in both
        ]


def _together(threads: Sequence[Sequence[_Known]]) -> Iterator[list[Sequence[_Known]]]:
    group: list[Sequence[_Known]] = []
    size = 0
    for mails in threads:
        size += sum(each.mail.size for each in mails)
        if group and (len(group) == AT_ONCE or size > BYTES_AT_ONCE):
            yield group
            group, size = [], sum(each.mail.size for each in mails)
        group.append(mails)
    if group:
        yield group


def _history(mails: Sequence[tuple[_Known, IncomingMail]], desk: Desk) -> History | LeftOut:
    if not mails:
        return LeftOut("a thread", "its mails could not be read again")
    first, opening = mails[0]
    ref = first.message_id or f"mail {first.mail.number}"
    steps = [_step(one, mail, ref, desk, opens=one is first) for one, mail in mails]
    return History(
        refs=(ref,),
        subject=opening.subject,
        steps=tuple(steps),
        places=tuple((each.at, at) for at, each in enumerate(steps)),
    )


def _step(one: _Known, mail: IncomingMail, ref: str, desk: Desk, *, opens: bool) -> Step:
    if one.ours:
        answered = Event(one.at, EventKind.ANSWERED, mail.author.addr_spec or desk.address)
        return ActStep(one.at, ref, (answered,), frozenset({LetterKind.ANSWER}))
    named = mail.addressing.recipients
    boxes = (each.name for each in desk.mailboxes.values() if Addresses(named) & Addresses(each.addresses))
    row = WaitingMail(
        id=one.mail.number,
        mailbox="",
        mailbox_name=next(boxes, ""),
        uidvalidity=0,
        uid=one.mail.number,
        internal_date=one.at,
        received_at=one.at,
        size=one.mail.size,
        raw_sha256=mail.digests.raw,
        raw=b"",
    )
    return MailStep(one.at, row, mail, ref, ref if opens else "")
