"""A mailbox is a port: the daemon works on one that is a plain object, and no server is anywhere."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest

from maildesk.config.loading import load
from maildesk.daemon.crashing import CrashPoints
from maildesk.daemon.once import OnceResult, run_once
from maildesk.daemon.processed_folder import KEYWORD
from maildesk.daemon.receiving import Receiver
from maildesk.daemon.service import Service, build
from maildesk.daemon.verifying import Verifier
from maildesk.desk.case.guarantee import Breach
from maildesk.mail.identity.keys import KeyRing
from maildesk.store.inbox_views import inbox_rows
from maildesk.transport.mailbox import MailServer
from tests.world.desk import MONDAY, HeldClock
from tests.world.forking import ForkedReader
from tests.world.memory_mailbox import Folder, MemoryMailbox
from tests.world.smtp_server import SmtpServer

CONFIG = """\
desk: {{name: Acme Support, address: support@acme.example, tag: Acme, secret: {{file: secret.key}}}}
store: {{url: "sqlite:///desk.db"}}
mailboxes:
  - name: support
    address: support@acme.example
    existing_mail: file
    imap: {{host: memory.example, username: support, password: secret}}
smtp: {{host: 127.0.0.1, port: {port}, security: none}}
"""
MAIL = b"From: Bo <bo@client.example>\r\nTo: support@acme.example\r\nMessage-ID: <1@client.example>\r\n"
MAIL += b"Subject: Printer\r\n\r\nIt does not print.\r\n"
OTHER = MAIL.replace(b"<1@", b"<2@").replace(b"print", b"scan")


@dataclass
class MemoryDesk:
    """A desk whose mailbox is in memory."""

    mailbox: MemoryMailbox
    relay: SmtpServer
    service: Service

    async def works(self) -> OnceResult:
        return await run_once(self.service, asyncio.Event())

    @property
    def verdicts(self) -> list[str | None]:
        return [row["verdict"] for row in self.service.store.read_now(inbox_rows)]

    async def breaches(self) -> tuple[Breach, ...]:
        boxes = [receiver.box for receiver in self.service.receivers]
        verifier = Verifier(self.service.store, boxes, self.service.clock.now)
        return (await verifier.verify(lambda: asyncio.sleep(0))).breaches


@asynccontextmanager
async def memory_desk(folder: Path, mailbox: MemoryMailbox) -> AsyncIterator[MemoryDesk]:
    (folder / "secret.key").touch(mode=0o600)
    (folder / "secret.key").write_text(KeyRing.generate(b"k" * 32).render())
    async with await SmtpServer.start() as relay:
        (folder / "config.yaml").write_text(CONFIG.format(port=relay.port))
        clock = HeldClock(MONDAY + timedelta(hours=3))
        service = build(load(folder / "config.yaml"), {}, clock, ForkedReader)
        server: MailServer = mailbox
        boxes = [replace(receiver.box, server=server) for receiver in service.receivers]
        service.receivers = [Receiver(box, service.store, service.clock, CrashPoints()) for box in boxes]
        try:
            yield MemoryDesk(mailbox, relay, service)
        finally:
            await service.close()


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[MemoryDesk]:
    async with memory_desk(tmp_path, MemoryMailbox()) as desk:
        yield desk


async def test_mail_in_a_plain_object_is_filed_answered_and_moved_on(desk: MemoryDesk) -> None:
    desk.mailbox.inbox.add(MAIL)
    result = await desk.works()
    assert (result.stored, result.filed, result.problems) == (1, 1, [])
    assert len(desk.relay.letters_to("bo@client.example")) == 1
    assert not desk.mailbox.inbox.messages
    assert [one.raw for one in desk.mailbox.folders["Processed"].messages.values()] == [MAIL]
    assert await desk.breaches() == ()


async def test_a_server_that_cannot_move_has_filed_mail_marked(tmp_path: Path) -> None:
    async with memory_desk(tmp_path, MemoryMailbox(can_move=False)) as desk:
        desk.mailbox.inbox.add(MAIL)
        assert not (await desk.works()).problems
        assert [one.flags for one in desk.mailbox.inbox.messages.values()] == [{KEYWORD}]
        assert (await desk.works()).stored == 0
        assert await desk.breaches() == ()


async def test_whoever_waits_is_told_of_new_mail(desk: MemoryDesk) -> None:
    (receiver,) = desk.service.receivers
    await receiver.look(asyncio.Event())
    waiting = asyncio.create_task(receiver.wait(asyncio.Event()))
    await asyncio.sleep(0)
    desk.mailbox.delivers(MAIL)
    assert await waiting
    assert (await receiver.look(asyncio.Event())).stored == 1


async def test_mail_that_got_another_key_is_seen_and_not_filed_twice(tmp_path: Path) -> None:
    async with memory_desk(tmp_path, MemoryMailbox(can_move=False)) as desk:
        desk.mailbox.inbox.add(MAIL)
        await desk.works()
        desk.mailbox.numbers_anew()
        assert not (await desk.works()).problems
        assert desk.verdicts == ["opened", "seen"]


async def test_a_mail_under_a_key_that_another_had_is_filed_as_its_own(tmp_path: Path) -> None:
    async with memory_desk(tmp_path, MemoryMailbox(can_move=False)) as desk:
        key = desk.mailbox.inbox.add(MAIL)
        await desk.works()
        desk.mailbox.folders["INBOX"] = Folder()
        assert desk.mailbox.inbox.add(OTHER) == key
        desk.mailbox.open[-1].abort()
        assert not (await desk.works()).problems
        assert desk.verdicts == ["opened", "opened"]


async def test_what_another_desk_moved_beside_us_is_told(desk: MemoryDesk) -> None:
    desk.mailbox.inbox.add(MAIL)
    await desk.works()
    desk.mailbox.folders["Processed"].add(OTHER)
    (receiver,) = desk.service.receivers
    assert list((await receiver.look(asyncio.Event())).alarms) == ["neighbour:support"]
