"""The daemon as it runs for real: woken by mail, by the command line and by systemd, and hard to kill."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from maildesk.store.schema import outbox
from tests.daemon.conftest import BO, CY, PATIENCE, Desk, MakeDesk, until
from tests.daemon.heard import Heard
from tests.daemon.watched import ShortPauses, watched
from tests.world.forking import STDERR
from tests.world.postgres import Postgres
from tests.world.processes import free_ports

pytestmark = pytest.mark.dovecot


async def test_mail_and_commands_are_noticed_without_waiting_for_a_look(
    make_desk: MakeDesk, database_url: str
) -> None:
    desk = await make_desk(store=database_url)
    relay = desk.world.relay
    await desk.run()
    await desk.lies(desk.mail(BO))
    await relay.wait_for(2)
    code, _, err = await desk.command("deliver", stdin=desk.mail(CY))
    assert code == 0, err
    await relay.wait_for(4)
    (ref,) = [case["ref"] for case in await desk.world.cases() if case["requester"] == CY]
    code, _, err = await desk.command("case", "reply", ref, "Try water.")
    assert code == 0, err
    await relay.wait_for(5)
    assert b"Try water." in desk.copies(CY)[-1].raw
    assert await desk.world.verdicts() == ["opened"] * 2


async def test_systemd_hears_that_it_is_ready_alive_and_stopping(desk: Desk, tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(str(tmp_path / "notify"))
        systemd.setblocking(False)
        heard = Heard(systemd)
        daemon = await desk.run(
            ready=False, NOTIFY_SOCKET=str(tmp_path / "notify"), WATCHDOG_USEC="400000", JOURNAL_STREAM=STDERR
        )
        await heard.hears("READY=1\nSTATUS=watching 1 mailboxes")
        await heard.hears("WATCHDOG=1", times=3)
        lines = await daemon.stops()
        await heard.hears("STOPPING=1")
    assert heard.words.index("STOPPING=1") == len(heard.words) - 1
    assert lines[0].startswith("<6>INFO "), "journald stamps the lines itself, and reads how grave they are"


async def test_a_systemd_that_does_not_listen_changes_nothing(desk: Desk, tmp_path: Path) -> None:
    daemon = await desk.run(NOTIFY_SOCKET=str(tmp_path / "nobody"), WATCHDOG_USEC="400000")
    await desk.lies(desk.mail())
    await desk.world.relay.wait_for(2)
    await daemon.stops()


async def test_a_second_daemon_is_refused_on_either_database(make_desk: MakeDesk, database_url: str) -> None:
    desk = await make_desk(store=database_url)
    first = await desk.run()
    second = await desk.run(ready=False)
    assert await second.over() == 1
    (line,) = second.lines
    assert "daemon" in line
    assert "stop it first" in line
    await first.stops()


async def test_a_reader_that_is_killed_is_replaced(desk: Desk) -> None:
    daemon = await desk.run(PYTHONUNBUFFERED="1")  # not forked: its reader is its own child
    await desk.lies(desk.mail(BO))
    await desk.world.relay.wait_for(2)
    for number, pid in enumerate(children(daemon.process.pid)):
        os.kill(pid, signal.SIGKILL)
        await desk.lies(desk.mail(CY, subject=f"Matter {number}"))
    await desk.world.relay.wait_for(4)
    await desk.filed()
    await daemon.stops()
    await desk.is_whole(2)


def children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


async def test_a_daemon_that_is_killed_leaves_no_child_behind(desk: Desk) -> None:
    daemon = await desk.run(PYTHONUNBUFFERED="1")  # not forked: its reader is its own child
    await desk.lies(desk.mail())
    await desk.world.relay.wait_for(2)
    (reader,) = children(daemon.process.pid)
    daemon.process.kill()
    assert await daemon.over() == -signal.SIGKILL
    await until(lambda: not Path(f"/proc/{reader}/exe").exists())


async def test_a_letter_whose_time_is_up_is_ended_then_and_wakes_nobody_any_more(make_desk: MakeDesk) -> None:
    """Its relay was out of reach for all of it, and the next round of the timekeeper is minutes away."""
    desk = await make_desk(smtp_port=free_ports(1)[0])
    await desk.lies(desk.mail())
    async with watched(desk, ShortPauses()) as service:
        await comes(desk, "queued")
        soon = service.clock.now() + timedelta(seconds=1)
        await service.store.write(lambda conn: conn.execute(update(outbox).values(expires_at=soon)))
        await comes(desk, "failed")
    (reason,) = [row["reason"] for row in await desk.outbox(BO)]
    assert reason == "tried for 24 hours; last: the relay was out of reach"


async def comes(desk: Desk, state: str) -> None:
    """Bo's letter is in that state, as soon as it is."""
    async with asyncio.timeout(120):
        while [row["state"] for row in await desk.outbox(BO)] != [state]:  # noqa: ASYNC110 - it tells nobody
            await asyncio.sleep(0.02)


async def test_a_mail_server_that_is_killed_is_found_again(desk: Desk) -> None:
    daemon = await desk.run()
    await desk.lies(desk.mail(BO))
    await desk.world.relay.wait_for(2)
    await desk.world.dovecot.crash()
    await daemon.says("mailbox failed")
    await desk.world.dovecot.restart()
    await desk.lies(desk.mail(CY))
    await desk.world.relay.wait_for(4)
    await desk.filed()
    await daemon.stops()
    await desk.is_whole(2)


@pytest.mark.postgresql
async def test_a_database_server_that_is_killed_is_found_again(
    make_desk: MakeDesk, postgres: Postgres
) -> None:
    desk = await make_desk(store=postgres.new_database())
    daemon = await desk.run()
    await desk.lies(desk.mail(BO))
    await desk.world.relay.wait_for(2)
    await asyncio.to_thread(postgres.crash)
    try:
        await desk.lies(desk.mail(CY))
        # Whoever was in the middle of asking waits for the database, for a minute, before anybody says so.
        await daemon.says("database not readable", within=3 * PATIENCE)
    finally:
        await asyncio.to_thread(postgres.restart)
    await desk.world.relay.wait_for(4)
    await desk.filed()
    await daemon.stops()
    await desk.is_whole(2)
    assert {row["state"] for row in await desk.outbox()} <= {"sent", "uncertain"}
