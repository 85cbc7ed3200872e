"""`maildesk check`, where something is wrong: the true remedy, each fault once, and nobody waits in a row."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import ssl
from collections.abc import AsyncIterator

import pytest

from maildesk.transport.remedies import remedy_for
from maildesk.transport.security import Security
from tests.cli.conftest import CommandedDesk
from tests.world.postgres import Postgres
from tests.world.smtp_server import SmtpServer

PORTS = {Security.TLS: 993, Security.STARTTLS: 143}
PLAIN_SMTP = "smtp: {host: 127.0.0.1, port: 1, security: none}"


def faults(printed: str) -> list[str]:
    return [line for line in printed.splitlines() if line.startswith("FAIL")]


def real(desk: CommandedDesk) -> None:
    desk.change("testing: true\n", "trust: {authserv_id: mx.acme.example}\nlimits: {check_patience: 1s}\n")


@contextlib.asynccontextmanager
async def silent() -> AsyncIterator[tuple[int, list[int]]]:
    """A port where nobody greets, as one that waits for a handshake; how many were connected at a time."""
    now, counts = set[asyncio.StreamWriter](), list[int]()

    async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        now.add(writer)
        counts.append(len(now))
        await reader.read()
        now.discard(writer)
        writer.close()

    async with await asyncio.start_server(listen, "127.0.0.1", 0) as server:
        yield server.sockets[0].getsockname()[1], counts


# --- servers --------------------------------------------------------------------------------------


def test_a_port_that_nobody_listens_on_is_told_as_that(desk: CommandedDesk) -> None:
    real(desk)
    told = faults(desk.try_("check").stdout)
    assert len(told) == 2
    assert all("nothing listens on this port" in line for line in told)
    assert ["usually 993 with tls" in told[0], "usually 465 with tls" in told[1]] == [True, True]


async def test_a_port_that_waits_for_tls_is_told_as_that(desk: CommandedDesk) -> None:
    real(desk)
    async with silent() as (port, _):
        desk.change("port: 1, security: none, username", f"port: {port}, security: starttls, username")
        desk.change(PLAIN_SMTP, f"smtp: {{host: 127.0.0.1, port: {port}, security: starttls}}")
        told = faults((await desk.process("check")).out)
    assert ["set security: tls" in line for line in told] == [True, True]
    assert ["such as 993" in told[0], "such as 465" in told[1]] == [True, True]


async def test_tls_on_a_port_that_begins_in_clear_is_told_as_that(
    desk: CommandedDesk, relay: SmtpServer
) -> None:
    real(desk)
    desk.change("port: 1, security: none, username", f"port: {relay.port}, security: tls, username")
    desk.change(PLAIN_SMTP, f"smtp: {{host: 127.0.0.1, port: {relay.port}, security: tls}}")
    told = faults((await desk.process("check")).out)
    assert ["set security: starttls" in line for line in told] == [True, True]


async def test_servers_that_do_not_answer_are_waited_for_together(desk: CommandedDesk) -> None:
    real(desk)
    async with silent() as (port, counts):
        desk.change("port: 1, security: none, username", f"port: {port}, security: none, username")
        for name in ("sales", "billing"):
            server = f"imap: {{host: 127.0.0.1, port: {port}, security: none, username: {name}, password: x}}"
            desk.change(
                "smtp: {host",
                f"  - {{name: {name}, address: {name}@acme.example, {server}}}\nsmtp: {{host",
            )
        ended = await desk.process("check")
    assert max(counts) == 3
    assert len([line for line in faults(ended.out) if "did not answer in time" in line]) == 1


@pytest.mark.parametrize(
    ("code", "said"),
    [(9, "this machine's clock says"), (10, "have it renewed"), (62, "as the certificate names it")],
)
def test_a_certificate_is_not_blamed_for_the_clock(code: int, said: str) -> None:
    untrusted = ssl.SSLCertVerificationError(1, "certificate verify failed")
    untrusted.verify_code = code
    assert said in remedy_for(untrusted, Security.TLS, PORTS)


# --- the machine ----------------------------------------------------------------------------------


def test_a_clock_of_2020_is_told(desk: CommandedDesk) -> None:
    told = faults(desk.try_("check", "--quick", MAILDESK_NOW="2020-01-05T00:00:00Z").stdout)
    assert any(line.startswith("FAIL clock: this machine's clock says 2020-01-05") for line in told)


def test_a_clock_behind_what_the_desk_wrote_is_worth_a_look(desk: CommandedDesk) -> None:
    desk.new()
    printed = desk.try_("check", "--quick", MAILDESK_NOW="2026-11-22T00:00:00Z").stdout
    assert "warn clock: the desk has written at 2026-11-23 09:30 UTC" in printed


def test_a_folder_that_cannot_be_written_is_told_before_the_first_start(desk: CommandedDesk) -> None:
    real(desk)
    desk.change("sqlite:///desk.db", "sqlite:////proc/desk.db")
    [told] = faults(desk.try_("check", "--quick").stdout)
    assert told.startswith("FAIL database: no file can be made in /proc, where the database lies")
    assert "ls -ld /proc" in told


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
@pytest.mark.parametrize("name", ["desk.db", "desk.db.lock"])
def test_a_file_of_roots_in_the_daemons_folder_is_told_though_root_can_write_it(
    desk: CommandedDesk, name: str
) -> None:
    """As a backup that root put in place: the daemon would find its database read-only."""
    real(desk)
    (desk.folder / "state").mkdir()
    desk.change("sqlite:///desk.db", "sqlite:///state/desk.db")
    desk.run("db", "upgrade")
    for path in (desk.folder / "state", *(desk.folder / "state").iterdir()):
        os.chown(path, 4711, 4711)
    assert faults(desk.try_("check", "--quick").stdout) == []
    os.chown(desk.folder / "state" / name, 0, 0)
    [told] = faults(desk.try_("check", "--quick").stdout)
    assert f"FAIL database: {desk.folder}/state/{name} does not belong to the user who owns" in told
    assert f"(chown --reference={desk.folder}/state {desk.folder}/state/{name})" in told


@pytest.mark.postgresql
@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (lambda url: re.sub(":[^:@]+@", ":wrong@", url), "or the password in store.url"),
        (lambda url: f"{url}_gone", "or make the database on the server"),
        (lambda url: url.rpartition(":")[0] + ":1/desk", "no server listens there"),
    ],
    ids=["password", "database", "port"],
)
def test_what_is_wrong_with_postgresql_is_told_once_and_truly(
    desk: CommandedDesk, postgres: Postgres, wrong: object, said: str
) -> None:
    real(desk)
    assert callable(wrong)
    desk.change("sqlite:///desk.db", wrong(postgres.url))
    told = faults(desk.try_("check").stdout)
    about = [line for line in told if "5432" in line or "PostgreSQL" in line or "store.url" in line]
    [line] = about
    assert line.startswith("FAIL database: ")
    assert said in line
    assert len(told) == 3  # and no server of mail listens


# --- each fault once ------------------------------------------------------------------------------


def test_a_fault_that_two_checks_come_upon_is_told_once(desk: CommandedDesk) -> None:
    real(desk)
    (desk.folder / "accounts.csv").write_text("name,domains\nLund,lund\n", encoding="utf-8")
    desk.change("trust:", "accounts_file: accounts.csv\ntrust:")
    desk.change(PLAIN_SMTP, 'smtp: {host: 127.0.0.1, port: 1, username: a, password: "${SMTP_PASSWORD}"}')
    told = faults(desk.try_("check", IMAP_PASSWORD="").stdout)
    for words in ("accounts.csv:2:2", "IMAP_PASSWORD is not set", "SMTP_PASSWORD is not set"):
        assert len([line for line in told if words in line]) == 1, told
    assert len(told) == 3, told
