"""The loops of the daemon over every server: a mail that comes while the desk waits, and after a restart."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from email.policy import SMTP

import pytest

from maildesk.daemon.clock import SystemClock
from maildesk.daemon.notify import Notifier
from maildesk.daemon.service import build
from maildesk.daemon.watching import DaemonLoops
from tests.world.desk import DeskWorld
from tests.world.imap_server import ImapServer

pytestmark = [pytest.mark.servers, pytest.mark.dovecot]

PATIENCE = 120.0


@asynccontextmanager
async def watching(world: DeskWorld) -> AsyncIterator[None]:
    """The desk's real loops on the machine's clock; at the end they stop."""
    await world.service.close()
    world.service = build(world.settings, {}, SystemClock())
    stop = asyncio.Event()
    running = asyncio.create_task(DaemonLoops(world.service, stop, Notifier({})).run())
    try:
        yield
        assert not running.done(), running.exception()
    finally:
        stop.set()
        async with asyncio.timeout(PATIENCE):
            await running


async def test_a_mail_that_comes_while_the_desk_waits_is_answered(server: ImapServer) -> None:
    """Also where the server tells of nothing: then the desk looks by itself, each second here."""
    now = datetime.now(UTC)
    async with await DeskWorld.start(at=now, dovecot=server, mailbox={"poll": "1s"}) as world:
        async with watching(world):
            for number in (1, 2):
                await _lies(world, f"bo{number}@client.example")
                await world.relay.wait_for(2 * number)  # an acknowledgement and a notice for each
            await server.crash()
            await server.restart()
            await _lies(world, "cy@client.example")
            await world.relay.wait_for(6)
        await world.works()
        assert await world.verdicts() == ["opened"] * 3


async def _lies(world: DeskWorld, sender: str) -> None:
    mail = world.person(sender).composes("Printer", "Help.")
    await world.server.append("support", mail.as_bytes(policy=SMTP))
