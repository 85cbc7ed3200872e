"""`maildesk run` as systemd and people start it: a process that works, and ends when it is told to."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.cli.conftest import CommandedDesk, make_desk
from tests.world.dovecot import Dovecot
from tests.world.smtp_server import SmtpServer

MAIL = (
    b"From: Bo <bo@client.example>\r\nTo: support@acme.example\r\nSubject: Help\r\n\r\nIt does not print.\r\n"
)


@pytest.fixture
async def relay() -> AsyncIterator[SmtpServer]:
    async with await SmtpServer.start() as server:
        yield server


@pytest.fixture
def wired(tmp_path: Path, dovecot: Dovecot, relay: SmtpServer) -> CommandedDesk:
    folder = tmp_path / "wired"
    folder.mkdir()
    desk = make_desk(folder)
    desk.change("imap: {host: 127.0.0.1, port: 1,", f"imap: {{host: 127.0.0.1, port: {dovecot.imap_port},")
    desk.change("smtp: {host: 127.0.0.1, port: 1,", f"smtp: {{host: 127.0.0.1, port: {relay.port},")
    return desk


async def test_once_works_until_nothing_is_due(
    wired: CommandedDesk, dovecot: Dovecot, relay: SmtpServer
) -> None:
    wired.change("    imap:", "    existing_mail: file\n    imap:")
    await dovecot.append("support", MAIL)
    ended = await wired.process("run", "--once")
    assert ended.code == 0, ended.err
    assert ended.out == "stored=1 filed=1 tried=3\n"
    assert {mail.recipients[0] for mail in relay.mails} == {
        "bo@client.example",
        "ana@acme.example",
        "ben@acme.example",
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
    async with asyncio.timeout(60):
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


async def test_a_second_daemon_is_refused(wired: CommandedDesk) -> None:
    child = await wired.start("run")
    assert child.stderr is not None
    async with asyncio.timeout(60):
        while b"ready mailboxes=1" not in (line := await child.stderr.readline()):
            assert line, "the daemon ended"
        second = await wired.process("run")
        child.terminate()
        await child.communicate()
    assert second.code == 1
    assert f"process number {child.pid}" in second.err
    assert "Traceback" not in second.err
