"""A child that reads mails is handed on where it owes nothing, and to its like alone."""

from __future__ import annotations

import asyncio
import os
import signal
from dataclasses import replace
from itertools import count

from maildesk.daemon.reader_frames import Setup
from maildesk.desk.screening.heard import HeardMail
from maildesk.mail.identity.authenticity import Trust
from maildesk.mail.mime.limits import ReadingLimits
from tests.world.kept_readers import KeptReader

MAIL = b"From: ana@client.example\r\nSubject: Printer\r\n\r\nIt prints only cats.\r\n"
NUMBERS = count()


def setup() -> Setup:
    """Like no other daemon's of this run."""
    return Setup(Trust(authserv_id=f"mx{next(NUMBERS)}.example"), ReadingLimits(), 10)


async def reads(reader: KeptReader) -> int:
    """The process that read a mail."""
    (read,) = await reader.read([MAIL])
    assert isinstance(read, HeardMail)
    assert read.mail.subject == "Printer"
    assert reader.child
    return reader.child.pid


async def test_a_child_that_owes_nothing_reads_for_the_next_daemon_like_its_own() -> None:
    ours = setup()
    first, second, other = KeptReader(ours), KeptReader(ours), KeptReader(replace(ours, seconds=11))
    pid = await reads(first)
    await first.close()
    assert await reads(other) != pid
    assert await reads(second) == pid
    assert await reads(first) != pid  # the second one has it
    for reader in (first, second, other):
        await reader.close()


async def test_a_child_that_was_killed_or_called_off_reads_for_nobody_more() -> None:
    ours = setup()
    first = KeptReader(ours)
    pid = await reads(first)
    assert first.child
    os.kill(pid, signal.SIGKILL)
    while first.child.returncode is None:  # noqa: ASYNC110 - it tells nobody
        await asyncio.sleep(0)
    again = await reads(first)
    assert again != pid
    called_off = asyncio.create_task(first.read([MAIL] * 300))
    await asyncio.sleep(0)
    called_off.cancel()
    await asyncio.gather(called_off, return_exceptions=True)
    await first.close()
    second = KeptReader(ours)
    assert await reads(second) not in (pid, again)
    await second.close()
