"""The daemon's loops as they run for real: woken by the server, by the command line, and by trouble."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from email.policy import SMTP

import pytest

from maildesk.daemon.acting import act
from maildesk.daemon.clock import SystemClock
from maildesk.daemon.notify import Notifier
from maildesk.daemon.parts import open_store
from maildesk.daemon.service import build
from maildesk.daemon.watching import Watch
from maildesk.desk import acts
from maildesk.desk.acts import Hand
from tests.world.desk import DeskWorld, mailbox_of
from tests.world.dovecot import Dovecot
from tests.world.fault_proxy import FaultProxy

pytestmark = pytest.mark.dovecot

BOTH = {"support": "secret", "sales": "secret"}
SOON = 10.0


@contextlib.asynccontextmanager
async def watching(world: DeskWorld) -> AsyncIterator[None]:
    """The desk's real loops on the machine's clock; at the end they stop within seconds."""
    await world.service.close()
    world.service = build(world.settings, {}, SystemClock())
    stop = asyncio.Event()
    running = asyncio.create_task(Watch(world.service, stop, Notifier({})).run())
    try:
        yield
        assert not running.done(), running.exception()
    finally:
        stop.set()
        async with asyncio.timeout(SOON):
            await running


async def mail_lies(world: DeskWorld, subject: str, mailbox: str = "support") -> None:
    bo = world.person("bo@client.example")
    mail = bo.composes(subject, "Help.", to=f"{mailbox}@acme.example").as_bytes(policy=SMTP)
    await world.dovecot.append(mailbox, mail)


def today() -> datetime:
    return datetime.now(UTC)


@pytest.mark.parametrize("idle", [True, False], ids=["told by the server", "looking by itself"])
async def test_a_mail_is_acknowledged_within_seconds(idle: bool) -> None:
    dovecot = await Dovecot.start(users=BOTH, idle=idle)
    mailbox = {} if idle else {"poll": "1s"}
    async with await DeskWorld.start(at=today(), dovecot=dovecot, mailbox=mailbox) as world:
        async with watching(world):
            for number in (1, 2):
                await mail_lies(world, f"Matter {number}")
                # The team hears of each; Bo's fixed words go out once a day.
                await world.relay.wait_for(number + 1, within=SOON)
        assert await dovecot.folder("support") == []


async def test_what_the_command_line_does_is_sent_within_seconds() -> None:
    async with await DeskWorld.start(at=today()) as world:
        await world.person("bo@client.example").writes("Printer", "It burns.")
        ref = (await world.case())["ref"]
        async with watching(world):
            store = await asyncio.to_thread(open_store, world.settings, {})
            hand = Hand("agent@acme.example", today(), "agent@acme.example")
            step = [lambda case: acts.answer(case, "Try water.", hand)]
            await asyncio.to_thread(act, store, world.pen, ref, step, today())
            await store.close()
            await world.relay.wait_for(3, within=SOON)


async def test_a_connection_the_server_ends_while_idling_is_made_again() -> None:
    """T07: mail that arrived meanwhile is handled."""
    async with await DeskWorld.start(at=today()) as world, watching(world):
        await mail_lies(world, "Before")
        await world.relay.wait_for(2, within=SOON)
        await world.dovecot.kick("support")
        await mail_lies(world, "Meanwhile")
        await world.relay.wait_for(3, within=SOON)


async def test_a_mail_server_that_restarts_is_found_again() -> None:
    async with await DeskWorld.start(at=today()) as world, watching(world):
        await mail_lies(world, "Before")
        await world.relay.wait_for(2, within=SOON)
        await world.dovecot.crash()
        await world.dovecot.restart()
        await mail_lies(world, "After")
        await world.relay.wait_for(3, within=SOON)


async def test_a_mailbox_that_is_silent_does_not_hold_the_other_one_up() -> None:
    dovecot = await Dovecot.start(users=BOTH)
    proxy = await FaultProxy.start(dovecot.host, dovecot.imap_port)
    sales = mailbox_of(dovecot, "sales", proxy.port)
    async with await DeskWorld.start(at=today(), dovecot=dovecot, mailboxes=[sales]) as world:
        async with watching(world):
            await mail_lies(world, "First")
            await world.relay.wait_for(2, within=SOON)
            proxy.fall_silent()
            await mail_lies(world, "Second")
            await world.relay.wait_for(3, within=SOON)
            proxy.heal()
        await proxy.stop()


async def test_a_login_that_is_refused_is_an_alarm_and_the_other_mailbox_runs() -> None:
    dovecot = await Dovecot.start(users=BOTH)
    sales = mailbox_of(dovecot, "sales")
    sales["imap"] = sales["imap"] | {"password": "wrong"}
    async with (
        await DeskWorld.start(at=today(), dovecot=dovecot, mailboxes=[sales]) as world,
        watching(world),
    ):
        await mail_lies(world, "Printer")
        await world.relay.wait_for(3, within=SOON)
        alarm = world.operator.hears("A mailbox cannot be read")
        assert "sales" in alarm.as_string()


async def test_a_daemon_that_stops_lets_another_one_start() -> None:
    async with await DeskWorld.start(at=today()) as world:
        async with watching(world):
            await mail_lies(world, "First")
            await world.relay.wait_for(2, within=SOON)
        async with watching(world):
            await mail_lies(world, "Second")
            await world.relay.wait_for(3, within=SOON)
