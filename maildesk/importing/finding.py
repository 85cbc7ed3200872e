"""The first look at the mail of another desk: its mails, whose they are, and which threads they make."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from maildesk.desk.case.threads import Threads
from maildesk.desk.policy.desk import Desk
from maildesk.desk.screening.heard import UnreadMail
from maildesk.importing.sources import Source, SourceMail, Sources
from maildesk.mail.message import IncomingMail, Standing
from maildesk.simulating.other_desk import came_at, is_ours
from maildesk.simulating.own_cases import AT_ONCE, BYTES_AT_ONCE, LeftOut, Read

MOST_MAILS: Final = 1000
"""Mails of a thread that become one case: a robot's loop is no history."""
_EARLIEST: Final = datetime(1980, 1, 1, tzinfo=UTC)
"""No desk answered mail before: a clock that was never set says 1970."""


@dataclass(frozen=True, slots=True)
class FoundMail:
    """The little that is kept of every mail: where it is, and no word of it."""

    source: Source
    mail: SourceMail
    at: datetime
    ours: bool
    by_machine: bool

    @property
    def by_customer(self) -> bool:
        """Tell whether a person wrote it who is none of the desk's."""
        return not self.ours and not self.by_machine

    def bytes(self) -> bytes:
        return self.source.bytes_of(self.mail)


@dataclass(slots=True)
class Found:
    """The threads, the oldest first, and what is no case, with the reason why."""

    threads: list[list[FoundMail]] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    mails: int = 0
    answers: int = 0


def last_word(thread: Sequence[FoundMail]) -> FoundMail:
    """The last mail of a thread that a person wrote."""
    return [each for each in thread if not each.by_machine][-1]


def stays_open(last: FoundMail, open_since: datetime) -> bool:
    """Tell whether a case with that last word still wants somebody."""
    return last.by_customer and last.at >= open_since


async def threads_in(sources: Sources, desk: Desk, read: Read, largest: int, now: datetime) -> Found:
    """Go through all mails once; those that cannot be read, or are larger than `largest`, are named."""
    found, known, threads = Found(), list[FoundMail](), Threads()
    had: set[bytes] = set()
    for group in _in_groups(sources, found, largest):
        few = list(_with_bytes(group, found))
        for (source, mail, raw), reading in zip(few, await read([raw for *_, raw in few]), strict=True):
            if isinstance(reading, UnreadMail):
                found.left_out.append(LeftOut(mail.name, reading.sentence))
                continue
            at = _came(raw, reading.mail, mail.laid, now)
            one = _found(source, mail, at, reading.mail, desk)
            if isinstance(one, LeftOut):
                found.left_out.append(one)
            elif (said := _digest(reading.mail)) not in had:
                had.add(said)
                known.append(one)
                threads.add(reading.mail.ids.message_id, reading.mail.ids.thread)
                found.answers += one.ours
    _into_threads(known, threads.numbers(), found)
    return found


def _with_bytes(
    mails: Sequence[tuple[Source, SourceMail]], found: Found
) -> Iterator[tuple[Source, SourceMail, bytes]]:
    """Each with its bytes; one that was moved meanwhile, as a mail server does, is named and left out."""
    for source, mail in mails:
        try:
            raw = source.bytes_of(mail)
        except OSError:
            found.left_out.append(LeftOut(mail.name, "its file cannot be read, or lies elsewhere by now"))
        else:
            yield source, mail, raw


def _came(raw: bytes, read: IncomingMail, laid: datetime | None, now: datetime) -> datetime | None:
    """Find when a mail came, as the first says that may be right; never later than now."""
    said = [each for each in (came_at(raw, read), read.date, laid) if each and each >= _EARLIEST]
    return next((each for each in said if each <= now), now if said else None)


def _found(
    source: Source, mail: SourceMail, at: datetime | None, read: IncomingMail, desk: Desk
) -> FoundMail | LeftOut:
    if at is None:
        return LeftOut(mail.name, "it says no time")
    ours = is_ours(read, desk)
    if ours and read.author.standing is Standing.FAILED:
        return LeftOut(
            mail.name, "it says that the desk wrote it, which the server that took it in did not believe"
        )
    return FoundMail(source, mail, at, ours, read.by_machine)


def _digest(mail: IncomingMail) -> bytes:
    """A short name for what a mail says: a copy in another folder is the same mail."""
    return bytes.fromhex(mail.digests.content)[:16]


def _into_threads(known: Sequence[FoundMail], numbers: Sequence[int], found: Found) -> None:
    by_thread: dict[int, list[FoundMail]] = {}
    for number, one in zip(numbers, known, strict=True):
        by_thread.setdefault(number, []).append(one)
    for mails in by_thread.values():
        mails.sort(key=lambda each: each.at)
        kept = mails[:MOST_MAILS]
        found.left_out += [LeftOut(each.mail.name, "its thread is too long") for each in mails[MOST_MAILS:]]
        if any(each.by_customer for each in kept):
            found.threads.append(kept)
            continue
        why = "nobody but programs wrote" if not all(each.ours for each in kept) else "no customer wrote"
        found.left_out += [LeftOut(each.mail.name, f"{why} in its thread") for each in kept]
    found.threads.sort(key=lambda mails: mails[0].at)


def _in_groups(sources: Sources, found: Found, largest: int) -> Iterator[list[tuple[Source, SourceMail]]]:
    group: list[tuple[Source, SourceMail]] = []
    size = 0
    for source, mail in sources.mails():
        found.mails += 1
        if mail.size > largest:
            found.left_out.append(LeftOut(mail.name, "it is larger than limits.store_size"))
            continue
        if group and (len(group) == AT_ONCE or size + mail.size > BYTES_AT_ONCE):
            yield group
            group, size = [], 0
        group.append((source, mail))
        size += mail.size
    if group:
        yield group
