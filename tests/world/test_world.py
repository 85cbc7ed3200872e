"""The servers the other tests stand on do what they say."""

from __future__ import annotations

import asyncio
import imaplib
import os
import socket
import ssl
from contextlib import ExitStack, closing
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest

from tests.world.dovecot import Dovecot
from tests.world.postgres import Postgres
from tests.world.processes import free_ports, ports_nobody_is_given

MAIL = b"From: ana@client.example\r\nSubject: Printer\r\n\r\nIt prints only cats.\r\n"


def test_no_connection_is_given_the_port_of_a_server_that_is_away() -> None:
    ports = free_ports(100)
    assert len(set(ports)) == 100
    with ExitStack() as held:
        others = [held.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(100)]
        given = {each.getsockname()[1] for each in others}
    assert not given & set(ports_nobody_is_given())
    assert set(ports) <= set(ports_nobody_is_given())


async def test_an_appended_mail_lies_in_the_folder_with_its_flags_and_date(dovecot: Dovecot) -> None:
    at = datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    uid = await dovecot.append("support", MAIL, flags=[r"\Seen", "$Phishing"], date=at)
    (mail,) = await dovecot.folder("support")
    assert mail == MAIL
    assert (mail.uid, mail.received) == (uid, at)
    assert mail.flags == frozenset({r"\Seen", "$Phishing"})


async def test_looking_into_a_folder_marks_nothing_as_seen(dovecot: Dovecot) -> None:
    await dovecot.append("support", MAIL)
    await dovecot.folder("support")
    (mail,) = await dovecot.folder("support")
    assert mail.flags == frozenset()


async def test_a_delivered_mail_says_what_way_it_came(dovecot: Dovecot) -> None:
    await dovecot.deliver("support", MAIL, sender="ana@client.example")
    (mail,) = await dovecot.folder("support")
    assert mail.startswith(b"Return-Path: <ana@client.example>\r\n")
    assert mail.endswith(MAIL)


@pytest.mark.parametrize("name", ["Processed", "Bücher & Co", 'a "b" \\c', "日本語", "a*b%"])
async def test_a_folder_of_any_name_can_be_made_filled_and_read(dovecot: Dovecot, name: str) -> None:
    await dovecot.create("support", name)
    await dovecot.append("support", MAIL, folder=name)
    assert name in await dovecot.folders("support")
    assert await dovecot.folder("support", name) == [MAIL]


async def test_a_folder_that_does_not_exist_is_empty(dovecot: Dovecot) -> None:
    assert await dovecot.folder("support", "Nowhere") == []


@pytest.mark.dovecot
async def test_folders_can_live_below_a_prefix_with_dots() -> None:
    dovecot = await Dovecot.start(separator=".", prefix="INBOX.")
    try:
        await dovecot.create("support", "INBOX.Processed")
        assert set(await dovecot.folders("support")) == {"INBOX", "INBOX.Processed"}
        with pytest.raises(imaplib.IMAP4.error, match="nonexistent namespace"):
            await dovecot.create("support", "Processed")
    finally:
        await dovecot.stop()


@pytest.mark.dovecot
async def test_any_password_lets_its_user_in() -> None:
    dovecot = await Dovecot.start(users={"ana@example.com": 'p:a"s\\s wörd', "support": "secret"})
    try:
        assert await dovecot.folder("ana@example.com") == []
    finally:
        await dovecot.stop()


@pytest.mark.dovecot
@pytest.mark.parametrize("hidden", [(), ("MOVE",), ("IDLE",), ("MOVE", "UIDPLUS", "NAMESPACE")], ids=str)
async def test_a_server_can_be_told_to_hide_what_it_can_do(hidden: tuple[str, ...]) -> None:
    dovecot = await Dovecot.start(without=hidden)
    try:
        shown = await asyncio.to_thread(_capabilities, dovecot)
        assert {"MOVE", "IDLE", "UIDPLUS", "NAMESPACE"} - shown == set(hidden)
    finally:
        await dovecot.stop()


def _capabilities(dovecot: Dovecot) -> set[str]:
    with imaplib.IMAP4_SSL(
        "localhost", dovecot.imaps_port, ssl_context=ssl.create_default_context(cafile=str(dovecot.ca_file))
    ) as imap:
        imap.login("support", "secret")
        _, answer = imap.capability()
        return set(answer[0].decode().split())


async def test_after_a_reset_the_uidvalidity_is_new_and_the_mails_are_there(dovecot: Dovecot) -> None:
    for _ in range(3):
        await dovecot.append("support", MAIL)
    before = await dovecot.uidvalidity("support")
    after = [await dovecot.reset_uidvalidity("support") for _ in range(2)]
    assert len({before, *after}) == 3
    assert await dovecot.uidvalidity("support") == after[-1]
    assert [mail.uid for mail in await dovecot.folder("support")] == [1, 2, 3]


async def test_a_paused_server_keeps_connections_and_says_nothing_until_it_goes_on(dovecot: Dovecot) -> None:
    reader, writer = await asyncio.open_connection(dovecot.host, dovecot.imap_port)
    assert (await reader.readline()).startswith(b"* OK")
    dovecot.pause()
    writer.write(b"a NOOP\r\n")
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.2):
            await reader.readline()
    dovecot.resume()
    async with asyncio.timeout(120):
        assert (await reader.readline()).startswith(b"a OK")
    writer.close()


async def test_a_crashed_dovecot_comes_back_on_its_port_with_its_mails(dovecot: Dovecot) -> None:
    await dovecot.append("support", MAIL)
    await dovecot.crash()
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection(dovecot.host, dovecot.imap_port)
    await dovecot.restart()
    assert await dovecot.folder("support") == [MAIL]


@pytest.mark.dovecot
async def test_a_stopped_dovecot_leaves_nothing_behind() -> None:
    dovecot = await Dovecot.start()
    pids = dovecot.processes()
    await dovecot.stop()
    assert pids
    assert not dovecot.ca_file.parent.exists()
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection(dovecot.host, dovecot.imap_port)


@pytest.mark.dovecot
async def test_a_dovecot_that_was_given_back_in_order_is_handed_on_empty() -> None:
    users = {"support": "secret", "next": "secret"}
    first = await Dovecot.start(users=users)
    await first.append("support", MAIL)
    await first.create("support", "Processed")
    await first.stop()
    second = await Dovecot.start(users=users)
    await first.stop()  # again, which is nothing to the second
    assert second.imap_port == first.imap_port
    assert await second.folder("support") == []
    assert await second.folders("support") == ["INBOX"]
    other = await Dovecot.start(users=users)
    assert other.imap_port != second.imap_port
    await other.stop()
    await second.crash()
    await second.stop()
    Dovecot.end_all()
    for server in (second, other):
        assert not server.ca_file.parent.exists()


def test_each_database_is_empty_and_belongs_to_an_ordinary_role(postgres: Postgres) -> None:
    for url in (postgres.new_database(), postgres.new_database()):
        with psycopg.connect(url) as connection:
            connection.execute("CREATE TABLE marks (n integer)")
            assert connection.execute("SELECT usesuper FROM pg_user WHERE usename = user").fetchone() == (
                False,
            )
        postgres.drop_database(url)


def test_killed_backends_are_told_and_the_server_goes_on(postgres: Postgres) -> None:
    url, other = postgres.new_database(), postgres.new_database()
    with closing(psycopg.connect(url)) as killed, closing(psycopg.connect(other)) as spared:
        assert postgres.kill_backends(url) == 1
        with pytest.raises(psycopg.errors.AdminShutdown):
            killed.execute("SELECT 1")
        assert spared.execute("SELECT 1").fetchone() == (1,)


@pytest.mark.postgresql
def test_a_crashed_postgresql_keeps_what_was_committed_and_only_that() -> None:
    cluster = Postgres.start(settings={"max_connections": "10"})
    try:
        url = cluster.new_database()
        with closing(psycopg.connect(url)) as connection:
            connection.execute("CREATE TABLE marks (n integer)")
            connection.execute("INSERT INTO marks VALUES (1)")
            connection.commit()
            connection.execute("INSERT INTO marks VALUES (2)")
            cluster.crash()
            with pytest.raises(psycopg.OperationalError):
                connection.execute("SELECT 1")
        cluster.restart()
        with psycopg.connect(url) as connection:
            assert connection.execute("SELECT n FROM marks").fetchall() == [(1,)]
    finally:
        cluster.stop()


def test_a_database_url_names_its_kind(database_url: str) -> None:
    assert database_url.partition(":")[0] in {"sqlite", "postgresql"}


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can run a server as somebody else")
async def test_no_server_runs_as_root(dovecot: Dovecot) -> None:
    assert {_owner(pid) for pid in dovecot.processes()} == {"nobody"}


def _owner(pid: int) -> str:
    return Path(f"/proc/{pid}").owner()
