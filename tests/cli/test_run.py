"""`maildesk run` as systemd and people start it: a process that works, and ends when it is told to."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sqlite3
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from maildesk.cli.stopping import stoppable
from tests.cli.conftest import CommandedDesk
from tests.world.dovecot import Dovecot
from tests.world.postgres import Postgres
from tests.world.smtp_server import SmtpServer

ROOT = Path(__file__).parents[2]
MAIL = (
    b"From: Bo <bo@client.example>\r\nTo: support@acme.example\r\nSubject: Help\r\n\r\nIt does not print.\r\n"
)


async def test_once_works_until_nothing_is_due(
    wired: CommandedDesk, dovecot: Dovecot, relay: SmtpServer
) -> None:
    wired.change("    imap:", "    existing_mail: file\n    imap:")
    await dovecot.append("support", MAIL, date=datetime.now(UTC) - timedelta(minutes=1))
    ended = await wired.process("run", "--once")
    assert ended.code == 0, ended.err
    assert ended.out == "stored=1 filed=1 tried=4\n"
    assert {mail.recipients[0] for mail in relay.mails} == {
        "bo@client.example",
        "ana@acme.example",
        "ben@acme.example",
        "ops@acme.example",  # mail from before the desk became a case
    }
    again = await wired.process("run", "--once")
    assert (again.code, again.out) == (0, "stored=0 filed=0 tried=0\n")


async def test_once_says_what_kept_it_from_its_end(wired: CommandedDesk, dovecot: Dovecot) -> None:
    await dovecot.append("support", MAIL)
    ended = await wired.process("run", "--once")
    assert ended.code == 1
    assert ended.out == "stored=0 filed=0 tried=0\n"
    assert "maildesk: mailbox support: there is mail from before the desk's first start" in ended.err


async def test_what_servers_out_of_reach_leave_undone_is_told(desk: CommandedDesk) -> None:
    desk.new("Help", "--ack")
    ended = await desk.process("run", "--once", MAILDESK_NOW="2026-11-23T10:30:00Z")
    assert ended.code == 1
    problems = [line for line in ended.err.splitlines() if line.startswith("maildesk: ")]
    assert [line.split(": ")[1].split()[0] for line in problems] == ["mailbox", "smtp"]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=lambda number: number.name)
async def test_the_daemon_works_until_it_is_told_to_stop(
    wired: CommandedDesk, relay: SmtpServer, number: signal.Signals
) -> None:
    child = await wired.start("run")
    assert child.stderr is not None
    async with asyncio.timeout(120):
        while b"ready mailboxes=1" not in (line := await child.stderr.readline()):
            assert line, "the daemon ended"
        # Written by another process: the daemon notices and sends.
        piped = await wired.process("deliver", stdin=MAIL)
        assert (piped.code, piped.err) == (0, "")
        await relay.wait_for(3)
        os.kill(child.pid, number)
        _, rest = await child.communicate()
    assert child.returncode == 0
    assert b"Traceback" not in rest


@pytest.mark.parametrize("words", [("run",), ("run", "--once")], ids=" ".join)
async def test_a_start_that_waits_for_a_locked_database_is_called_off(
    desk: CommandedDesk, words: tuple[str, ...]
) -> None:
    with contextlib.closing(sqlite3.connect(desk.folder / "desk.db", isolation_level=None)) as other:
        other.execute("PRAGMA locking_mode = EXCLUSIVE")  # else it is still read, and the start goes on
        other.execute("BEGIN IMMEDIATE")
        child = await desk.start(*words)
        async with asyncio.timeout(120):
            while not heeds(child.pid, signal.SIGTERM):  # noqa: ASYNC110 - it tells nobody
                await asyncio.sleep(0.02)
        child.terminate()
        async with asyncio.timeout(120):
            _, err = await child.communicate()
    # Where the signal meets the pool as it closes a connection, the pool says so: not ours to silence.
    ours = [line for line in err.splitlines() if b"sqlalchemy.pool" not in line]
    assert (child.returncode, ours) == (0, [])


@pytest.mark.postgresql
@pytest.mark.parametrize("words", [("run",), ("run", "--once")], ids=" ".join)
async def test_a_start_that_waits_for_a_database_server_that_hangs_is_called_off(
    desk: CommandedDesk, postgres: Postgres, words: tuple[str, ...]
) -> None:
    desk.change("sqlite:///desk.db", postgres.new_database())
    postgres.pause()
    try:
        child = await desk.start(*words)
        async with asyncio.timeout(120):
            while not (heeds(child.pid, signal.SIGTERM) and postgres.is_asked()):  # noqa: ASYNC110 - it tells nobody
                await asyncio.sleep(0.02)
        child.terminate()
        async with asyncio.timeout(120):
            _, err = await child.communicate()
    finally:
        postgres.resume()
    assert (child.returncode, err) == (0, b"")


HANGING = """
import asyncio, time
from maildesk.cli.stopping import stoppable
async def hang(stopping):
    stop = stopping.event()
    print("at work", flush=True)
    await stop.wait()
    await asyncio.to_thread(time.sleep, 600)
with stoppable(patience=0.2) as stopping:
    asyncio.run(hang(stopping))
"""


async def test_what_still_waits_in_the_end_is_ended_by_force() -> None:
    pipe = asyncio.subprocess.PIPE
    words = (sys.executable, "-c", HANGING)
    child = await asyncio.create_subprocess_exec(*words, stdout=pipe, stderr=pipe, cwd=ROOT)
    assert child.stdout is not None
    async with asyncio.timeout(120):
        assert await child.stdout.readline() == b"at work\n"
        child.terminate()
        _, err = await child.communicate()
    assert child.returncode == 1
    assert err == b"ended without waiting any longer after=0s waiting=asyncio_0\n"


def test_under_nohup_the_end_of_the_terminal_is_still_ignored() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with stoppable():
            assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
            assert signal.getsignal(signal.SIGTERM) is not signal.SIG_DFL
    finally:
        signal.signal(signal.SIGHUP, before)


def heeds(pid: int, number: signal.Signals) -> bool:
    """Whether a process has a handler for a signal."""
    status = Path(f"/proc/{pid}/status").read_text()
    (mask,) = [line.split()[1] for line in status.splitlines() if line.startswith("SigCgt:")]
    return bool(int(mask, 16) >> (number - 1) & 1)


async def test_a_second_daemon_is_refused(wired: CommandedDesk) -> None:
    child = await wired.start("run")
    assert child.stderr is not None
    async with asyncio.timeout(120):
        while b"ready mailboxes=1" not in (line := await child.stderr.readline()):
            assert line, "the daemon ended"
        second = await wired.process("run")
        child.terminate()
        await child.communicate()
    assert second.code == 1
    assert f"process number {child.pid}" in second.err
    assert "Traceback" not in second.err
