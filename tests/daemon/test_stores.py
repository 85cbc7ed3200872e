"""Disks that fill and databases that others hold: mail waits where it is safe, and work goes on."""

from __future__ import annotations

import asyncio
import socket
from dataclasses import replace
from pathlib import Path

import pytest

from maildesk.daemon.clock import SystemClock
from maildesk.daemon.once import run_once
from maildesk.daemon.service import build
from maildesk.errors import StoreBusy
from tests.daemon.conftest import BO, CY, Desk, MakeDesk, locked, proxied, until
from tests.daemon.heard import Heard
from tests.daemon.watched import ShortPauses, watched
from tests.world.forking import ForkedReader

pytestmark = pytest.mark.dovecot


async def test_intake_pauses_while_the_disk_is_full_and_goes_on_when_there_is_room(
    make_desk: MakeDesk,
) -> None:
    """It pauses before anything is fetched, tells the operators, and is back within a minute."""
    desk, proxy = await proxied(make_desk)
    desk.world.configure(limits={"free_space": "900000GiB"})
    clock = ShortPauses()
    large = desk.mail(text="word " * 20_000)
    async with watched(desk, clock) as service:
        await desk.lies(large)
        await desk.world.relay.wait_for(1)
        assert "disk" in str(desk.world.operator.hears("The disk is nearly full"))
        await until(lambda: len([pause for pause in clock.pauses if pause > 40]) > 1)
        assert max(clock.pauses) <= 60
        assert proxy.bytes_down < len(large), "it was fetched"
        assert await desk.world.inbox() == []
        assert len(await desk.world.dovecot.folder("support")) == 1
        (receiver,) = service.receivers
        receiver.box = replace(receiver.box, free_space=1)
        await desk.world.relay.wait_for(3)
    await desk.works()
    await desk.is_whole(1)


async def test_a_database_that_another_process_holds_costs_nothing_but_time(
    desk: Desk, tmp_path: Path
) -> None:
    """Five seconds of a backup, say. Readers read, writers wait, and systemd hears that we live."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(str(tmp_path / "notify"))
        systemd.setblocking(False)
        heard = Heard(systemd)
        daemon = await desk.run(NOTIFY_SOCKET=str(tmp_path / "notify"), WATCHDOG_USEC="1000000")
        await daemon.says("mailbox opened")
        with locked(desk):
            await desk.lies(desk.mail(BO))
            delivering = asyncio.create_task(desk.command("deliver", stdin=desk.mail(CY)))
            code, out, err = await desk.command("case", "list", "--json")
            assert (code, out.strip()) == (0, "[]"), err
            await heard.hears("WATCHDOG=1", times=10)  # one each half second
            assert not delivering.done()
        code, _, err = await delivering
        assert code == 0, err
        await desk.world.relay.wait_for(4)
        await daemon.stops()
    assert await desk.world.verdicts() == ["opened"] * 2
    assert {row["state"] for row in await desk.outbox()} == {"sent"}


async def test_an_outcome_that_could_not_be_written_is_not_forgotten(desk: Desk) -> None:
    """The relay took the letter and the database fails us: written when it works again, and sent once."""
    answered = asyncio.Event()
    desk.world.relay.stall_dot(answered)
    await desk.lies(desk.mail())
    service = build(desk.world.settings, {}, SystemClock(), ForkedReader)
    working = asyncio.create_task(run_once(service, asyncio.Event()))
    await desk.world.relay.wait_for(2)
    service.store.hurry()
    with locked(desk):
        answered.set()
        with pytest.raises(StoreBusy):
            await working
    assert {row["state"] for row in await desk.outbox()} == {"sending"}
    await service.sender.drain(asyncio.Event())
    assert {row["state"] for row in await desk.outbox()} == {"sent"}
    assert len(desk.world.relay.mails) == 2
    await service.close()
