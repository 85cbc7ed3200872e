"""Scenes that several IMAP tests play: a connection to a script, and the scripts they share."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from maildesk.transport.imap import ImapConnection
from maildesk.transport.imap_values import ImapTiming
from maildesk.transport.mailbox import Fetched, MessageKey
from tests.transport.scripted_imap import Asked, Peer, Script, ScriptedImap

QUICK = ImapTiming(connect=2, command=0.5, silence=0.3, idle_renew=0.2, idle_grace=0.3)
NEVER = 25.0  # seconds after which we say that it hangs: no deadline of ImapTiming is that short


@asynccontextmanager
async def connected(script: Script, timing: ImapTiming = QUICK) -> AsyncIterator[ImapConnection]:
    """A connection with INBOX selected, to a server that plays `script`."""
    async with ScriptedImap.playing(script) as server, asyncio.timeout(NEVER):
        connection = await ImapConnection.open(server.account(), timing)
        try:
            await connection.select("INBOX")
            yield connection
        finally:
            await connection.close()


def answering(name: str, *lines: str | bytes, last: str = "OK done") -> Script:
    """Greets, answers the first `name` with these lines, and serves on."""

    async def script(peer: Peer) -> None:
        peer.greet()
        asked = await peer.expect(name)
        peer.say(*lines)
        peer.ok(asked, last)
        await peer.serve()

    return script


def then(name: str, what: Callable[[Peer, Asked], Awaitable[None]]) -> Script:
    """Greets, and does `what` at the first `name`."""

    async def script(peer: Peer) -> None:
        peer.greet()
        await what(peer, await peer.expect(name))

    return script


async def idle_for_ever(peer: Peer) -> None:
    peer.greet()
    while True:
        asked = await peer.expect("IDLE")
        peer.say("+ idling")
        await peer._line()
        peer.ok(asked)


def at(*uids: int, uidvalidity: int | None = 7) -> list[MessageKey]:
    """The keys of these messages, as the scripted server and its INBOX have them."""
    return [(uidvalidity or 0, uid) for uid in uids]


async def all_of(fetching: AsyncIterator[Fetched]) -> list[Fetched]:
    return [one async for one in fetching]
