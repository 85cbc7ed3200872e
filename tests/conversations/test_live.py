"""The daemon's loops as they run for real: woken by the server, by the command line, and by trouble."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from email.policy import SMTP

import pytest

from maildesk.casework.acting import act
from maildesk.daemon.clock import SystemClock, since_boot
from maildesk.daemon.desk_store import open_store
from maildesk.daemon.notify import Notifier
from maildesk.daemon.service import build
from maildesk.daemon.watching import DaemonLoops
from maildesk.desk.decisions import acts
from maildesk.desk.decisions.actor import Actor
from tests.world.desk import DeskWorld, mailbox_of
from tests.world.dovecot import Dovecot
from tests.world.fault_proxy import FaultProxy
from tests.world.forking import ForkedReader

pytestmark = pytest.mark.dovecot

BOTH = {"support": "secret", "sales": "secret"}
SOON = 120.0
"""Seconds, half as many as pass between two looks that nobody asks for."""


@contextlib.asynccontextmanager
async def watching(world: DeskWorld, clock: SystemClock | None = None) -> AsyncIterator[None]:
    """The desk's real loops on the machine's clock; at the end they stop."""
    await world.service.close()
    world.service = build(world.settings, {}, clock or SystemClock(), ForkedReader)
    stop = asyncio.Event()
    steady = clock.passed if isinstance(clock, JumpingClock) else since_boot
    running = asyncio.create_task(DaemonLoops(world.service, stop, Notifier({}), steady=steady).run())
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
    soon = today() + timedelta(minutes=1)  # by a clock that is ahead: after the first start
    await world.dovecot.append(mailbox, mail, date=soon)


async def filed(world: DeskWorld, mailbox: str = "support") -> None:
    """Wait until nothing lies in the mailbox any more, which nothing else tells of."""
    async with asyncio.timeout(SOON):
        while await world.dovecot.folder(mailbox):  # noqa: ASYNC110 - it sets no event
            await asyncio.sleep(0.1)


def today() -> datetime:
    return datetime.now(UTC)


@pytest.mark.parametrize("idle", [True, False], ids=["told by the server", "looking by itself"])
async def test_a_mail_is_acknowledged_as_it_comes(idle: bool) -> None:
    dovecot = await Dovecot.start(users=BOTH, idle=idle)
    mailbox = {} if idle else {"poll": "1s"}
    async with (
        await DeskWorld.start(at=today(), dovecot=dovecot, mailbox=mailbox) as world,
        watching(world),
    ):
        for number in (1, 2):
            await mail_lies(world, f"Matter {number}")
            # The team hears of each; Bo's fixed words go out once a day.
            await world.relay.wait_for(number + 1)
        await filed(world)


async def test_what_the_command_line_does_is_sent_without_waiting_for_a_look() -> None:
    async with await DeskWorld.start(at=today()) as world:
        await world.person("bo@client.example").writes("Printer", "It burns.")
        ref = (await world.case())["ref"]
        async with watching(world):
            store = await asyncio.to_thread(open_store, world.settings, {})
            hand = Actor("agent@acme.example", today(), "agent@acme.example")
            step = [lambda case: acts.answer(case, world.office.desk, "Try water.", hand)]
            await asyncio.to_thread(act, store, world.office, ref, step, today())
            await store.close()
            await world.relay.wait_for(3)


async def test_a_connection_the_server_ends_while_idling_is_made_again() -> None:
    """Mail that arrived meanwhile is handled."""
    async with await DeskWorld.start(at=today()) as world, watching(world):
        await mail_lies(world, "Before")
        await world.relay.wait_for(2)
        await world.dovecot.kick("support")
        await mail_lies(world, "Meanwhile")
        await world.relay.wait_for(3)


async def test_a_mail_server_that_restarts_is_found_again() -> None:
    async with await DeskWorld.start(at=today()) as world, watching(world):
        await mail_lies(world, "Before")
        await world.relay.wait_for(2)
        await world.dovecot.crash()
        await world.dovecot.restart()
        await mail_lies(world, "After")
        await world.relay.wait_for(3)


async def test_a_mailbox_that_is_silent_does_not_hold_the_other_one_up() -> None:
    dovecot = await Dovecot.start(users=BOTH)
    proxy = await FaultProxy.start(dovecot.host, dovecot.imap_port)
    sales = mailbox_of(dovecot, "sales", proxy.port)
    async with await DeskWorld.start(at=today(), dovecot=dovecot, mailboxes=[sales]) as world:
        async with watching(world):
            await mail_lies(world, "First")
            await world.relay.wait_for(2)
            proxy.fall_silent()
            await mail_lies(world, "Second")
            await world.relay.wait_for(3)
            proxy.heal()
        await proxy.stop()
        world.provoked = {"not-compared"}


async def test_a_login_that_is_refused_is_an_alarm_and_the_other_mailbox_runs() -> None:
    dovecot = await Dovecot.start(users=BOTH)
    sales = mailbox_of(dovecot, "sales")
    sales["imap"] = sales["imap"] | {"password": "wrong"}
    async with (
        await DeskWorld.start(at=today(), dovecot=dovecot, mailboxes=[sales]) as world,
        watching(world),
    ):
        await mail_lies(world, "Printer")
        await world.relay.wait_for(3)
        alarm = world.operator.hears("A mailbox cannot be read")
        assert "sales" in alarm.as_string()
        world.provoked = {"not-compared"}


async def alarms(world: DeskWorld, number: int) -> None:
    """The operators have heard of so many things."""
    others = sum(mail.recipients != ("ops@acme.example",) for mail in world.relay.mails)
    await world.relay.wait_for(others + number)


class JumpingClock(SystemClock):
    """The machine's clock, until somebody lets time pass: what it shows then has really passed."""

    jumped = timedelta(0)

    def jumps(self, span: timedelta) -> None:
        self._moved += span
        self.jumped += span

    def passed(self) -> float:
        return since_boot() + self.jumped.total_seconds()


async def test_a_held_acknowledgement_ends_after_a_day_while_nothing_else_happens() -> None:
    limits = {"free_space": "1MiB", "acks_per_hour": 0}
    async with await DeskWorld.start(at=today(), limits=limits) as world:
        await world.person("bo@client.example").writes("Printer", "It burns.")
        await world.agent.closes()  # no deadline is left that would wake anybody
        assert (await world.letter_states("bo@client.example"))[0] == ("acknowledgement-fixed", "held")
        clock = JumpingClock()
        async with watching(world, clock):
            await world.dovecot.append("support", b"From: agent@acme.example\r\n\r\nAbout no case.\r\n")
            await alarms(world, 2)  # held, and now quarantined: every loop is at work
            clock.jumps(timedelta(hours=25))
            async with asyncio.timeout(SOON):
                while (await world.letter_states("bo@client.example"))[0][1] == "held":  # noqa: ASYNC110
                    await asyncio.sleep(0.1)  # nothing is sent that would tell of a letter dropped
        assert (await world.letter_states("bo@client.example"))[0][1] == "dropped"


async def test_a_disk_without_room_pauses_intake_and_alarms() -> None:
    """Nothing is fetched, the mail waits on the server."""
    async with await DeskWorld.start(at=today()) as world:
        world.configure(limits={"free_space": "100000GiB"})
        async with watching(world):
            await mail_lies(world, "Printer")
            await world.relay.wait_for(1)
        world.operator.hears("The disk is nearly full")
        assert await world.inbox() == []
        assert len(await world.dovecot.folder("support")) == 1
        world.provoked = {"not-received"}


async def test_a_daemon_that_stops_lets_another_one_start() -> None:
    async with await DeskWorld.start(at=today()) as world:
        async with watching(world):
            await mail_lies(world, "First")
            await filed(world)
        async with watching(world):
            await mail_lies(world, "Second")
            await filed(world)
            await world.relay.wait_for(3)
        assert [row["state"] for row in await world.outbox()] == ["sent"] * 3
