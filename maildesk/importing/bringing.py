"""The second look: threads are read again, a few at a time, and each few is written in one transaction."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Final

from maildesk.casework.read_mail import believe
from maildesk.desk.screening.heard import HeardMail
from maildesk.importing.finding import FoundMail
from maildesk.importing.writing import ImportedMail, Place, Tally, Thread, write
from maildesk.simulating.own_cases import BYTES_AT_ONCE, Read
from maildesk.store.database import Database
from maildesk.store.ledger import WaitingMail, pack

MAILS_AT_ONCE: Final = 200
"""Mails in one transaction, but always one thread at least: what a commit costs, they share."""


async def bring_in(
    store: Database,
    place: Place,
    threads: Sequence[Sequence[FoundMail]],
    read: Read,
    progress: Callable[[int], None],
    stopped: Callable[[], bool],
    at_once: int = MAILS_AT_ONCE,
) -> Tally:
    """Write the threads, the oldest first, until `stopped`; while some are written the next are read.

    No transaction has more than so many mails `at_once`, unless they are of one thread.
    """
    groups = _together(threads, at_once)
    tally = Tally()
    few = next(groups, None)
    ahead = await _read(few, place, read) if few else []
    while few and not stopped():
        after = next(groups, None)
        reading = asyncio.create_task(_read(after, place, read), name="read-ahead") if after else None
        try:
            tally = tally.and_(await store.write(partial(write, place=place, threads=ahead)))
        except BaseException:
            if reading:
                reading.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await reading
            raise
        progress(sum(map(len, few)))
        few, ahead = after, await reading if reading else []
    return tally


async def _read(threads: Sequence[Sequence[FoundMail]], place: Place, read: Read) -> list[Thread]:
    there = [list(_with_bytes(mails)) for mails in threads]
    raws = [raw for mails in there for _, raw in mails]
    readings = iter(await read(raws))
    read_again = [
        [_imported(each, raw, next(readings), place) for each, raw in mails]  # in the order of reading
        for mails in there
    ]
    kept = ([one for one in mails if one] for mails in read_again)
    return [mails for mails in kept if any(one.found.by_customer for one in mails)]


def _with_bytes(mails: Sequence[FoundMail]) -> Iterator[tuple[FoundMail, bytes]]:
    """Each with its bytes; one that was moved since the first look waits for the next command."""
    for each in mails:
        with contextlib.suppress(OSError):
            yield each, each.bytes()


def _imported(found: FoundMail, raw: bytes, reading: object, place: Place) -> ImportedMail | None:
    if not isinstance(reading, HeardMail):
        return None  # the first look could read it: the file is being written to
    row = WaitingMail(0, place.identity, place.mailbox, 0, 0, found.at, place.now, len(raw), "", b"")
    heard = believe(row, reading, place.desk, place.keys)
    return ImportedMail(found, pack(raw), heard.mail, heard.heard)


def _together(threads: Sequence[Sequence[FoundMail]], at_once: int) -> Iterator[list[Sequence[FoundMail]]]:
    group: list[Sequence[FoundMail]] = []
    count = size = 0
    for mails in threads:
        more = sum(each.mail.size for each in mails)
        if group and (count + len(mails) > at_once or size + more > BYTES_AT_ONCE):
            yield group
            group, count, size = [], 0, 0
        group.append(mails)
        count, size = count + len(mails), size + more
    if group:
        yield group
