"""The daemon on a machine in trouble: mail waits on the server, the reason is said, work resumes."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from maildesk.daemon.clock import since_boot
from maildesk.daemon.clock_duty import ClockDuty
from maildesk.daemon.notify import Notifier
from maildesk.daemon.service import build
from maildesk.daemon.watching import DaemonLoops
from tests.daemon.conftest import BO, Desk, until
from tests.daemon.watched import SetClock, ShortPauses, watched
from tests.world.forking import ForkedReader

pytestmark = pytest.mark.dovecot


def database(desk: Desk) -> Path:
    return Path(desk.world.folder.name) / "desk.db"


async def test_a_database_that_is_renamed_under_the_daemon_and_put_back(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    away = database(desk).with_name("away.db")
    async with watched(desk, ShortPauses()):
        database(desk).rename(away)
        await desk.lies(desk.mail())
        await until(lambda: any("mailbox failed" in line and "is gone" in line for line in caplog.messages))
        assert not database(desk).exists()
        code, out, _ = await desk.command("check", "--quick")
        assert (code, "is gone: it was renamed or deleted" in out) == (1, True), out
        away.rename(database(desk))
        await desk.world.relay.wait_for(2)
        await desk.filed()
    await desk.is_whole(1)
    assert not [line for line in caplog.messages if "received" in line and "is gone" in line]


async def test_with_a_damaged_database_check_fails_and_once_ends(desk: Desk) -> None:
    await desk.works()
    await desk.world.service.store.close()
    sound = database(desk).read_bytes()
    database(desk).write_bytes(b"\xa5" * 4096 + sound[4096:])
    await desk.lies(desk.mail())
    for words in (("check", "--quick"), ("run", "--once")):
        code, out, err = await desk.command(*words)
        assert code == 1
        assert "is damaged: file is not a database" in out + err
        assert "Traceback" not in err
    assert len(await desk.world.dovecot.folder("support")) == 1


@pytest.mark.parametrize("words", ["check --quick", "run --once"])
async def test_with_too_few_file_descriptors_a_command_says_so_and_ends(desk: Desk, words: str) -> None:
    await desk.lies(desk.mail())
    script = f"ulimit -n 10 && exec '{desk.python}' -m maildesk {words} -c {desk.world.config_file}"
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        "sh", "-c", script, stdout=pipe, stderr=pipe, cwd=desk.root
    )
    out, err = await asyncio.wait_for(process.communicate(), 120)
    assert process.returncode is not None
    it_is_said(process.returncode, out.decode(), err.decode())
    for limit in ("24", "60"):
        it_is_said(*await desk.command(*words.split(), RLIMIT_NOFILE=limit))


def it_is_said(code: int, out: str, err: str) -> None:
    said = out + err
    assert code == 1, said
    assert "open at once" in said or "open files" in said, said
    assert "Traceback" not in said, said


async def test_a_clock_that_jumps_is_told_and_nothing_ends_by_it(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    """Ten years ahead with a letter still waiting: it does not run out, and goes when the clock is back."""
    desk.world.relay.refuse(BO, 451, "4.3.0 come back")
    await desk.lies(desk.mail())
    await desk.works()
    clock = SetClock()
    service = build(desk.world.settings, {}, clock, ForkedReader)
    stop = asyncio.Event()
    running = asyncio.create_task(DaemonLoops(service, stop, Notifier({}), steady=since_boot).run())
    try:
        await until(lambda: len(clock.pauses) >= 8)  # it has looked at the clock by then
        clock.by = timedelta(days=3652)
        await until(lambda: any("set forward by 3652 days" in line for line in caplog.messages))
        await until(lambda: bool(desk.copies("ops@acme.example")))
        assert "not believed" in desk.world.operator.hears("clock").as_string().replace("=\n", "")
        (row,) = await desk.outbox(BO)
        assert row["state"] == "deferred"
        clock.by = timedelta(0)
        await until(lambda: any("set back by 3652 days" in line for line in caplog.messages))
    finally:
        stop.set()
        await running
        await service.close()
    (row,) = await desk.outbox(BO)
    assert row["state"] == "deferred"
    assert [each["kind"] for each in await desk.outbox()].count("overdue") == 0


async def test_a_clock_set_back_while_no_daemon_ran_is_told_to_the_second(desk: Desk) -> None:
    await desk.works()
    said: list[str] = []

    async def tell(_: str, words: str) -> None:
        said.append(words)

    back = timedelta(days=5, minutes=33, seconds=41, microseconds=658_779)
    await ClockDuty(desk.world.service.store, tell, since_boot).look(desk.world.clock.now() - back)
    (told,) = said
    assert told.startswith("The clock was set back by 5 days, 0:33:42; it says ")
