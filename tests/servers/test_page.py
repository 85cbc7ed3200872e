"""What docs/servers.md says of each server is what that server does today."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import pytest

from maildesk.transport.imap import ImapConnection
from maildesk.transport.imap_values import ImapAccount
from maildesk.transport.security import Security
from tests.servers.kinds import KINDS, Kind
from tests.servers.page import PAGE, table
from tests.world.imap_server import ImapServer

pytestmark = [pytest.mark.servers, pytest.mark.dovecot]

SOON = 8.0
"""Seconds; whoever tells at all by itself tells within one or two, Courier looks once a minute."""


def test_the_page_has_the_table_of_the_kinds() -> None:
    wanted = table(KINDS.values())
    assert wanted in PAGE.read_text(), f"python -m tests.servers.page writes it:\n{wanted}"


async def test_a_server_does_what_its_row_says(kind: Kind, server: ImapServer) -> None:
    await server.append("support", b"From: bo@client.example\r\n\r\nHello.\r\n")
    account = ImapAccount(server.host, server.imap_port, Security.NONE, "support", server.users["support"])
    connection = await ImapConnection.open(account)
    try:
        selected = await connection.select("INBOX")
        assert connection.can_move == kind.moves
        if kind.moves:
            assert await connection.ensure_folder("Processed") == kind.processed
        assert selected.keywords_allowed == (kind.moves or bool(kind.keyword))
        assert await connection.existing_folder("Nowhere") is None
        assert await _tells(connection, server) == kind.tells_at_once
    finally:
        await connection.close()


async def test_a_quota_is_told_where_the_row_says_so(kind: Kind, server: ImapServer) -> None:
    await server.limit("support", 100)
    account = ImapAccount(server.host, server.imap_port, Security.NONE, "support", server.users["support"])
    connection = await ImapConnection.open(account)
    try:
        await connection.select("INBOX")
        told = await connection.quota()
        assert (told[1] if told else None) == (100 if kind.quota else None)
    finally:
        await connection.close()


async def _tells(connection: ImapConnection, server: ImapServer) -> bool:
    """Whether the server tells of a mail that comes while we wait with IDLE."""
    if not connection.can_push:
        return False
    stop = asyncio.Event()
    waiting = asyncio.ensure_future(connection.wait(until=stop, at_most=10 * SOON))
    with suppress(TimeoutError):
        async with asyncio.timeout(1):  # a moment in which it begins to idle
            await asyncio.shield(waiting)
    await server.append("support", b"From: cy@client.example\r\n\r\nMore.\r\n")
    with suppress(TimeoutError):
        async with asyncio.timeout(SOON):
            await asyncio.shield(waiting)
    told = waiting.done()
    stop.set()
    await waiting
    return told
