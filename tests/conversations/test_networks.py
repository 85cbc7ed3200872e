"""Networks and databases that break in the middle: nothing half-done is ever taken for done."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from dataclasses import replace
from email.policy import SMTP
from pathlib import Path
from typing import Any, cast

import pytest

from maildesk.transport.imap import ImapServer
from maildesk.transport.imap_values import ImapTiming
from tests.world.desk import DeskWorld
from tests.world.dovecot import Dovecot
from tests.world.fault_proxy import FaultProxy
from tests.world.smtp_server import SmtpServer

pytestmark = pytest.mark.dovecot

BOTH = {"support": "secret", "sales": "secret"}


@pytest.fixture
async def proxied() -> AsyncIterator[tuple[DeskWorld, FaultProxy]]:
    """A desk that reaches its mail server over a network we hold in our hands."""
    dovecot = await Dovecot.start(users=BOTH)
    proxy = await FaultProxy.start(dovecot.host, dovecot.imap_port)
    async with await DeskWorld.start(dovecot=dovecot, imap_port=proxy.port) as world:
        yield world, proxy
    await proxy.stop()


def a_large_mail(world: DeskWorld) -> bytes:
    return world.person("bo@client.example").composes("Large", "word " * 10_000).as_bytes(policy=SMTP)


@pytest.mark.parametrize("how", ["cut_after", "reset_after"])
async def test_a_mail_that_is_cut_in_the_middle_is_not_stored_and_fetched_again(
    proxied: tuple[DeskWorld, FaultProxy], how: str
) -> None:
    """The connection ends after some thousand of 50,000 bytes."""
    world, proxy = proxied
    await world.works()
    await world.lies(a_large_mail(world))
    setattr(proxy.faults, how, proxy.bytes_down + 5000)
    result = await world.works_as_it_can()
    assert len(result.problems) == 1
    assert await world.inbox() == []
    proxy.heal()
    await world.works()
    (row,) = await world.inbox()
    assert row["verdict"] == "opened"
    assert row["size"] > 50_000


async def test_a_server_that_falls_silent_while_mail_is_moved_is_given_up_and_asked_again(
    proxied: tuple[DeskWorld, FaultProxy],
) -> None:
    """Half-open after the commit; still one mail on one case."""
    world, proxy = proxied
    (receiver,) = world.service.receivers
    server = cast(ImapServer, receiver.box.server)
    quick = replace(server, timing=ImapTiming(connect=1, command=1, silence=1))
    receiver.box = replace(receiver.box, server=quick)
    await world.lies(a_large_mail(world))
    await world.receives_and_files()
    proxy.fall_silent()
    async with asyncio.timeout(120):
        result = await world.works_as_it_can()
    assert len(result.problems) == 1
    assert await world.verdicts() == ["opened"]
    proxy.cut()
    proxy.heal()
    await world.works()
    assert await world.verdicts() == ["opened"]
    assert len(await world.dovecot.folder("support", "Processed")) == 1
    assert len(world.relay.letters_to("bo@client.example")) == 1


# --- encryption -------------------------------------------------------------------------------------


def over_tls(dovecot: Dovecot, **changes: Any) -> dict[str, Any]:
    imap = {
        "host": "localhost", "port": dovecot.imaps_port, "security": "tls",
        "username": "sales", "password": "secret", "ca_file": str(dovecot.ca_file),
    }  # fmt: skip
    return {"name": "sales", "address": "sales@acme.example", "existing_mail": "file", "imap": imap | changes}


async def test_a_certificate_of_our_authority_is_trusted() -> None:
    dovecot = await Dovecot.start(users=BOTH)
    async with await DeskWorld.start(dovecot=dovecot, mailboxes=[over_tls(dovecot)]) as world:
        await world.person("bo@client.example").writes("Offer", "How much?", mailbox="sales")
        assert await world.verdicts() == ["opened"]


@pytest.mark.parametrize(
    ("names", "changes"),
    [
        (["localhost"], {"ca_file": None}),
        (["mail.other.example"], {}),
        (["localhost"], {"security": "starttls", "plain": True}),
    ],
    ids=["signed by itself", "of another host", "TLS where the server speaks STARTTLS"],
)
async def test_a_mailbox_without_trustworthy_encryption_fails_alone(
    names: list[str], changes: dict[str, Any]
) -> None:
    """Refused and said; no word of a login in clear; the other mailbox goes on."""
    dovecot = await Dovecot.start(users=BOTH, host_names=names)
    if changes.pop("plain", None):
        changes = {"security": "tls", "port": dovecot.imap_port}
    async with await DeskWorld.start(dovecot=dovecot, mailboxes=[over_tls(dovecot, **changes)]) as world:
        await world.lies(world.person("bo@client.example").composes("A", "B").as_bytes(policy=SMTP))
        result = await world.works_as_it_can()
        (problem,) = result.problems
        assert problem.startswith("mailbox sales: ")
        assert "secret" not in problem
        world.person("bo@client.example").hears("received")
        assert not any(line for line in logins(dovecot) if "sales" in line)
        world.provoked = {"not-compared"}


def logins(dovecot: Dovecot) -> list[str]:
    return [line for line in dovecot.log_file.read_text().splitlines() if "Login" in line]


async def test_a_relay_whose_starttls_was_stripped_gets_neither_letter_nor_password(tmp_path: Path) -> None:
    """Letters wait; nothing is said in clear."""
    async with await SmtpServer.start(tls="starttls", auth=("desk", "hush")) as relay:
        relay.strip_starttls()
        smtp = {
            "host": "localhost", "port": relay.port, "security": "starttls",
            "username": "desk", "password": "hush", "ca_file": relay.ca_file,
        }  # fmt: skip
        async with await DeskWorld.start(smtp=smtp) as world:
            await world.lies(world.person("bo@client.example").composes("A", "B").as_bytes(policy=SMTP))
            result = await world.works_as_it_can()
            assert len(result.problems) == 1
            assert "hush" not in result.problems[0]
            assert (relay.mails, relay.logins) == ([], [])
            assert await world.verdicts() == ["opened"]
            assert {row["state"] for row in await world.outbox()} == {"queued"}


# --- the database -----------------------------------------------------------------------------------


async def test_another_process_that_holds_the_database_is_waited_for() -> None:
    """A backup holds the write lock; nothing is lost, and readers are not blocked."""
    async with await DeskWorld.start() as world:
        await world.lies(a_large_mail(world))
        other = sqlite3.connect(Path(world.folder.name) / "desk.db", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        working = asyncio.create_task(world.works())
        async with asyncio.timeout(120):
            assert await world.cases() == []  # read while the other one writes
        _, waiting = await asyncio.wait({working}, timeout=2)
        assert waiting
        other.execute("COMMIT")
        other.close()
        async with asyncio.timeout(120):
            await working
        assert await world.verdicts() == ["opened"]
