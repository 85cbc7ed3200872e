"""Waiting for news, and connections that die, drip or are cut while we wait."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from maildesk.errors import (
    CommandRefused,
    ConnectionLost,
)
from maildesk.transport.imap import ImapConnection
from maildesk.transport.imap_values import ImapAccount, ImapTiming
from maildesk.transport.security import Security
from tests.transport.imap_scenes import NEVER, QUICK, all_of, answering, at, connected, idle_for_ever
from tests.transport.scripted_imap import Peer, Script, ScriptedImap, listing, message
from tests.world.fault_proxy import FaultProxy


async def test_news_end_the_wait_at_once() -> None:
    async def script(peer: Peer) -> None:
        peer.greet()
        asked = await peer.expect("IDLE")
        peer.say("+ idling", "* OK still here", "* 4 EXISTS")
        assert await peer._line() == b"DONE"
        peer.ok(asked)
        await peer.serve()

    async with connected(script) as connection:
        assert await connection.wait(until=asyncio.Event(), at_most=60)
        assert not connection.news


async def test_idle_is_renewed_and_ends_when_we_are_told_to_stop() -> None:
    rounds = 0
    stop = asyncio.Event()

    async def script(peer: Peer) -> None:
        nonlocal rounds
        peer.greet()
        while True:
            asked = await peer.expect("IDLE")
            rounds += 1
            if rounds == 3:
                stop.set()
            peer.say("+ idling")
            assert await peer._line() == b"DONE"
            peer.ok(asked)

    async with connected(script) as connection:
        assert not await connection.wait(until=stop, at_most=60)
        await connection.refresh()
    assert rounds == 3


async def test_a_server_that_shows_an_open_folder_as_it_was_is_asked_to_open_it_again() -> None:
    """As imap4d does: it tells of nothing, in IDLE or at NOOP, and finds nothing new."""
    peers: list[Peer] = []

    async def script(peer: Peer) -> None:
        peers.append(peer)
        await idle_for_ever(peer)

    async with connected(script) as connection:
        assert not await connection.wait(until=asyncio.Event(), at_most=0.1)
        peers[0].exists += 1
        assert await connection.wait(until=asyncio.Event(), at_most=0.1)
        assert not await connection.wait(until=asyncio.Event(), at_most=0.1)


async def test_a_server_that_ends_idle_by_itself_does_not_make_us_spin() -> None:
    async with connected(answering("IDLE", "+ idling", last="OK enough")) as connection:
        with pytest.raises(CommandRefused, match="by itself"):
            await connection.wait(until=asyncio.Event(), at_most=0.5)
        await connection.refresh()


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        (["* 4 EXISTS"], True),
        (["* 3 EXISTS"], False),
        (["* 1 EXPUNGE"], False),
        (["* 1 EXPUNGE", "* 3 EXISTS"], True),
        (["* VANISHED 1:2", "* 2 EXISTS"], True),
        (["* VANISHED 1:2", "* 1 EXISTS"], False),
        (["* VANISHED (EARLIER) 1:2"], False),
        (["* 2 RECENT", "* OK [ALERT] hello"], False),
    ],
    ids=str,
)
async def test_only_what_may_be_new_mail_is_news(lines: list[str], told: bool) -> None:
    async with connected(answering("STORE", *lines)) as connection:
        await connection.add_keyword(at(1), "$Done")
        assert connection.news is told
        assert connection.take_news() is told
        assert not connection.news


async def test_news_told_while_listing_are_kept_and_those_before_are_not() -> None:
    async def script(peer: Peer) -> None:
        peer.greet()
        for words in (["* 4 EXISTS"], []):
            asked = await peer.expect("SEARCH")
            peer.say("* SEARCH 1 2 3", *words)
            peer.ok(asked)
        await peer.serve()

    async with connected(script) as connection:
        assert await connection.keys() == at(1, 2, 3)
        assert connection.news
        await connection.keys()
        assert not connection.news


async def test_a_server_without_idle_is_asked_at_the_end() -> None:
    async def script(peer: Peer) -> None:
        peer.capabilities = "IMAP4rev1"
        peer.greet()
        while True:
            asked = await peer.read()
            if asked.name == "NOOP":
                peer.say("* 4 EXISTS")
            peer.answer_daily(asked)

    async with connected(script) as connection:
        assert not connection.can_push
        assert await connection.wait(until=asyncio.Event(), at_most=0.05)


def tells_in_idle(*rounds: list[str], noop: Sequence[str] = ()) -> Script:
    """A server that says these lines in its IDLEs, one list after the other, and `noop` when it is asked."""

    async def script(peer: Peer) -> None:
        lines = [*rounds]
        peer.greet()
        while True:
            asked = await peer.read()
            if asked.name == "IDLE":
                peer.say("+ idling", *(lines.pop(0) if lines else []))
                assert await peer._line() == b"DONE"
                peer.ok(asked)
            elif asked.name == "NOOP":
                peer.say(*noop)
                peer.ok(asked)
            else:
                peer.answer_daily(asked)

    return script


async def test_a_server_that_never_keeps_what_idle_promises_is_asked_at_the_end_of_the_wait() -> None:
    """And not before, however often IDLE is renewed: who offers IDLE is not asked more often than others."""
    renewed = 0
    for at_most in (0.2, 2, 20):  # on a slow machine a short wait is over before the first renewal
        script = tells_in_idle(noop=["* 4 EXISTS"])
        async with ScriptedImap.playing(script) as server, asyncio.timeout(NEVER):
            connection = await ImapConnection.open(server.account(), replace(QUICK, idle_renew=0.02))
            await connection.select("INBOX")
            assert await connection.wait(until=asyncio.Event(), at_most=at_most)
            assert len(server.said("NOOP")) == 1
            await connection.close()
            renewed = len(server.said("IDLE")) - 1
        if renewed > 0:
            break
    assert renewed > 0


async def test_a_quiet_wait_that_is_broken_off_asks_nothing() -> None:
    async with ScriptedImap.playing(tells_in_idle()) as server, asyncio.timeout(NEVER):
        connection = await ImapConnection.open(server.account(), QUICK)
        await connection.select("INBOX")
        stop = asyncio.Event()
        asyncio.get_running_loop().call_later(0.05, stop.set)
        assert await connection.wait(until=stop, at_most=3600) is False
        assert server.said("NOOP") == []
        await connection.close()


async def test_a_server_that_has_told_once_is_asked_all_the_same() -> None:
    noop: list[str] = []
    async with connected(tells_in_idle(["* 4 EXISTS"], noop=noop)) as connection:
        assert await connection.wait(until=asyncio.Event(), at_most=3600)
        noop.append("* 5 EXISTS")
        assert await connection.wait(until=asyncio.Event(), at_most=0.1)


@asynccontextmanager
async def behind_proxy(
    script: Script, timing: ImapTiming = QUICK
) -> AsyncIterator[tuple[FaultProxy, ImapConnection]]:
    async with ScriptedImap.playing(script) as server, asyncio.timeout(NEVER):
        proxy = await FaultProxy.start("127.0.0.1", server.port)
        account = ImapAccount("127.0.0.1", proxy.port, Security.NONE, "support", "secret")
        connection = await ImapConnection.open(account, timing)
        try:
            await connection.select("INBOX")
            yield proxy, connection
        finally:
            await connection.close()
            await proxy.stop()


async def test_a_connection_that_dies_in_idle_is_noticed_at_the_next_renewal() -> None:
    async with behind_proxy(idle_for_ever) as (proxy, connection):
        asyncio.get_running_loop().call_later(0.1, proxy.fall_silent)
        with pytest.raises(ConnectionLost, match="in time"):
            await connection.wait(until=asyncio.Event(), at_most=3600)


@pytest.mark.parametrize("end", [FaultProxy.cut, FaultProxy.reset], ids=["cut", "reset"])
async def test_a_connection_that_ends_in_idle_is_noticed_at_once(end: Callable[[FaultProxy], None]) -> None:
    async with behind_proxy(idle_for_ever, ImapTiming()) as (proxy, connection):
        asyncio.get_running_loop().call_later(0.1, end, proxy)
        with pytest.raises(ConnectionLost):
            await connection.wait(until=asyncio.Event(), at_most=3600)


async def test_dead_waits_leave_no_tasks_behind() -> None:
    for _ in range(5):
        async with behind_proxy(idle_for_ever) as (proxy, connection):
            asyncio.get_running_loop().call_later(0.02, proxy.reset)
            with pytest.raises(ConnectionLost):
                await connection.wait(until=asyncio.Event(), at_most=3600)
    await asyncio.sleep(0)
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_a_mail_at_one_byte_a_moment_is_given_up() -> None:
    script = answering("FETCH", message(1, b"x" * 5000).removesuffix(b"\r\n"))
    async with behind_proxy(script) as (proxy, connection):
        proxy.faults.drip = 0.01
        with pytest.raises(ConnectionLost, match="in time"):
            await all_of(connection.fetch(at(1)))


async def test_a_distant_server_is_only_slow() -> None:
    async with behind_proxy(answering("FETCH", listing(1))) as (proxy, connection):
        proxy.faults.latency = 0.05
        assert [one.key for one in await connection.describe(at(1))] == at(1)


async def test_a_cut_in_the_middle_of_a_mail_is_a_lost_connection() -> None:
    script = answering("FETCH", message(1, b"x" * 50_000).removesuffix(b"\r\n"))
    async with ScriptedImap.playing(script) as server:
        proxy = await FaultProxy.start("127.0.0.1", server.port)
        proxy.faults.cut_after = 20_000
        account = ImapAccount("127.0.0.1", proxy.port, Security.NONE, "support", "secret")
        connection = await ImapConnection.open(account, QUICK)
        await connection.select("INBOX")
        with pytest.raises(ConnectionLost):
            await all_of(connection.fetch(at(1)))
        await proxy.stop()


async def test_goodbye_is_said_and_then_the_connection_is_closed() -> None:
    async with ScriptedImap.playing(idle_for_ever) as server:
        connection = await ImapConnection.open(server.account(), QUICK)
        await connection.close()
        await connection.close()
        assert connection.closed
        assert server.said("LOGOUT") == [b"LOGOUT"]


async def test_closing_does_not_wait_for_a_command_under_way() -> None:
    async with connected(idle_for_ever, ImapTiming()) as connection:
        waiting = asyncio.ensure_future(connection.wait(until=asyncio.Event(), at_most=3600))
        await asyncio.sleep(0.05)
        await connection.close()
        with pytest.raises(ConnectionLost, match="we closed"):
            await waiting
