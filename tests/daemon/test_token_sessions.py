"""Sessions that end with their token: the daemon begins another at once, and nobody hears of it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from maildesk.daemon.notify import Notifier
from maildesk.daemon.watching import DaemonLoops
from maildesk.errors import CommandRefused, MaildeskError, ServerBusy, SessionEnded
from maildesk.transport.mailbox import Fetched, MessageKey
from tests.daemon.test_ports import MAIL, OTHER, MemoryDesk, memory_desk
from tests.daemon.watched import ShortPauses
from tests.world.memory_mailbox import MemoryConnection, MemoryMailbox

ENDED = "the server ended the connection: Session invalidated - AccessTokenExpired"


@dataclass(eq=False)
class EndingMailbox(MemoryMailbox):
    """Ends so many sessions while somebody waits, and so many in the middle of the mails it hands out.

    `refusal` is what it answers to the first wish to move mail; `asked` and `moved` tell of that wish, and
    `last_session` that so many `sessions` have begun.
    """

    waits: int = 0
    fetches: int = 0
    refusal: MaildeskError | None = None
    asked: asyncio.Event = field(default_factory=asyncio.Event)
    moved: asyncio.Event = field(default_factory=asyncio.Event)
    sessions: int = 2
    last_session: asyncio.Event = field(default_factory=asyncio.Event)

    async def connect(self, *, hurried: bool = False) -> MemoryConnection:
        self.open.append(EndingConnection(self))
        if len(self.open) == self.sessions:
            self.last_session.set()
        return self.open[-1]


class EndingConnection(MemoryConnection):
    """A session of it."""

    server: EndingMailbox

    async def wait(self, *, until: asyncio.Event, at_most: float) -> bool:
        if self.server.waits:
            self.server.waits -= 1
            self.ends()
        return await super().wait(until=until, at_most=at_most)

    async def fetch(self, keys: Sequence[MessageKey]) -> AsyncGenerator[Fetched, None]:
        async for one in super().fetch(keys):
            yield one
            if self.server.fetches:
                self.server.fetches -= 1
                self.ends()

    async def move(self, keys: Sequence[MessageKey], folder: str) -> list[MessageKey] | None:
        self.server.asked.set()
        refusal, self.server.refusal = self.server.refusal, None
        if refusal:
            raise refusal
        gone = await super().move(keys, folder)
        self.server.moved.set()
        return gone

    def ends(self) -> None:
        self.closed = True
        raise SessionEnded(ENDED)


@asynccontextmanager
async def at_work(folder: Path, mailbox: MemoryMailbox) -> AsyncIterator[tuple[MemoryDesk, ShortPauses]]:
    """The desk's own loops, until the end of the block."""
    async with memory_desk(folder, mailbox) as desk:
        clock, stop = ShortPauses(), asyncio.Event()
        desk.service.clock = clock
        running = asyncio.create_task(DaemonLoops(desk.service, stop, Notifier({})).run())
        try:
            yield desk, clock
        finally:
            stop.set()
            await running


async def test_a_session_that_ends_while_we_wait_is_followed_by_another(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    mailbox = EndingMailbox(waits=1)
    async with at_work(tmp_path, mailbox) as _:
        await asyncio.wait_for(mailbox.last_session.wait(), 60)
        mailbox.delivers(MAIL)
        await asyncio.wait_for(mailbox.moved.wait(), 60)
        assert len(mailbox.open) == 2
    assert "session ended mailbox=support" in caplog.text
    assert not [each for each in caplog.records if each.levelno >= logging.WARNING]


async def test_a_session_that_ends_between_two_mails_costs_neither(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    mailbox = EndingMailbox(fetches=1)
    mailbox.inbox.add(MAIL)
    mailbox.inbox.add(OTHER)
    async with memory_desk(tmp_path, mailbox) as desk:
        result = await desk.works()
        assert (result.filed, result.problems) == (2, [])
        assert await desk.breaches() == ()
        assert not desk.service.receivers[0]._lone_failures, "no mail is blamed for the end of a session"
    assert not [each for each in caplog.records if each.levelno >= logging.WARNING]


async def test_sessions_that_end_one_after_another_are_trouble(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    mailbox = EndingMailbox(waits=4, sessions=5)
    async with at_work(tmp_path, mailbox) as (_, clock):
        await asyncio.wait_for(mailbox.last_session.wait(), 60)
        assert len([each for each in clock.pauses if 1 <= each < 10]) >= 3, "a second, two, four"
    assert "mailbox failed mailbox=support" in caplog.text


@pytest.mark.parametrize(
    ("refusal", "alone"),
    [(ServerBusy("throttled", wait=92.4), True), (CommandRefused("NO"), False)],
    ids=["throttled", "refused"],
)
async def test_a_server_that_throttles_is_left_alone_as_long_as_it_says(
    tmp_path: Path, refusal: MaildeskError, alone: bool
) -> None:
    mailbox = EndingMailbox(refusal=refusal)
    mailbox.inbox.add(MAIL)
    async with at_work(tmp_path, mailbox) as (_, clock):
        await asyncio.wait_for((mailbox.moved if alone else mailbox.asked).wait(), 60)
        assert any(each >= 92.4 for each in clock.pauses) is alone
