"""Servers and networks that misbehave: what they do to us, and that it always ends soon and in words."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from maildesk.errors import (
    CommandRefused,
    ConnectionLost,
    FolderMissing,
    ServerBusy,
)
from maildesk.transport.imap import ImapConnection
from maildesk.transport.imap_values import ImapTiming
from tests.transport.imap_scenes import QUICK, all_of, answering, at, connected, idle_for_ever, then
from tests.transport.scripted_imap import Asked, Peer, ScriptedImap, listing, message


async def stall(peer: Peer, _asked: Asked) -> None:
    await peer.stall()


async def cut(peer: Peer, _asked: Asked) -> None:
    peer.cut()


async def say_goodbye(peer: Peer, _asked: Asked) -> None:
    peer.say("* BYE maintenance")
    await peer.stall()


async def drip_a_line(peer: Peer, _asked: Asked) -> None:
    while True:
        peer.raw(b"x")
        await peer.writer.drain()
        await asyncio.sleep(0.02)


async def drip_lines(peer: Peer, _asked: Asked) -> None:
    while True:
        peer.say("* OK still thinking" + "." * 2000)  # faster than the slowest we bear, and nothing in it
        await peer.writer.drain()
        await asyncio.sleep(0.02)


async def answer_another(peer: Peer, _asked: Asked) -> None:
    peer.say("Z99 OK done")
    await peer.stall()


async def flood(peer: Peer, _asked: Asked) -> None:
    while True:
        peer.raw(b"* LIST " + b"x" * 65536)
        await peer.writer.drain()


COMMANDS: dict[str, tuple[str, Callable[[ImapConnection], Awaitable[object]]]] = {
    "keys": ("SEARCH", lambda c: c.keys()),
    "describe": ("FETCH", lambda c: c.describe(at(1))),
    "fetch": ("FETCH", lambda c: all_of(c.fetch(at(1)))),
    "header_block": ("FETCH", lambda c: c.header_block((7, 1), 100)),
    "ensure_folder": ("LIST", lambda c: c.ensure_folder("Done")),
    "move": ("MOVE", lambda c: c.move(at(1), "Done")),
    "add_keyword": ("STORE", lambda c: c.add_keyword(at(1), "$Done")),
    "append": ("APPEND", lambda c: c.append("INBOX", b"x")),
    "wait": ("IDLE", lambda c: c.wait(until=asyncio.Event(), at_most=5)),
}
TROUBLES = {
    "silence": stall,
    "a cut": cut,
    "a goodbye": say_goodbye,
    "a dripped line": drip_a_line,
    "dripped lines": drip_lines,
    "another's answer": answer_another,
    "a flood": flood,
}


@pytest.mark.parametrize("trouble", TROUBLES)
@pytest.mark.parametrize("command", COMMANDS)
async def test_every_trouble_ends_every_command_and_the_connection(command: str, trouble: str) -> None:
    name, act = COMMANDS[command]
    async with connected(then(name, TROUBLES[trouble])) as connection:
        with pytest.raises(ConnectionLost):
            await act(connection)
        assert connection.closed
        with pytest.raises(ConnectionLost, match="over"):
            await connection.refresh()


@pytest.mark.parametrize("command", COMMANDS)
async def test_a_cancelled_command_ends_the_connection(command: str) -> None:
    name, act = COMMANDS[command]
    asked = asyncio.Event()

    async def script(peer: Peer) -> None:
        peer.greet()
        await peer.expect(name)
        asked.set()
        await peer.stall()

    async with connected(script, ImapTiming()) as connection:
        task = asyncio.ensure_future(act(connection))
        await asked.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert connection.closed
        with pytest.raises(ConnectionLost, match="over"):
            await act(connection)


@pytest.mark.parametrize("command", COMMANDS)
async def test_a_refusal_leaves_the_connection_usable(command: str) -> None:
    name, act = COMMANDS[command]
    async with connected(answering(name, last="NO not that")) as connection:
        with pytest.raises(CommandRefused, match="not that"):
            await act(connection)
        await connection.refresh()


@pytest.mark.parametrize("words", ["NO [THROTTLED] slow", "NO [OVERQUOTA] enough", "NO Too many commands"])
async def test_a_server_that_asks_for_patience_is_busy(words: str) -> None:
    async with connected(answering("FETCH", last=words)) as connection:
        with pytest.raises(ServerBusy):
            await connection.describe(at(1))
        assert not connection.closed


async def test_a_folder_that_is_gone_is_missing_and_another_can_be_opened() -> None:
    async def script(peer: Peer) -> None:
        peer.greet()
        peer.ok(await peer.expect("NOOP"))
        peer.answer_daily(await peer.read())  # it opens INBOX again
        asked = await peer.read()
        peer.ok(asked, "NO [NONEXISTENT] no such folder")
        peer.ok(await peer.expect("LIST"), "NO you may not look for it either")
        await peer.serve()

    async with connected(script) as connection:
        await connection.refresh()
        with pytest.raises(FolderMissing, match="'Gone'"):
            await connection.select("Gone")
        with pytest.raises(CommandRefused, match="cannot be given now"):
            await connection.keys()
        assert (await connection.select("INBOX")).reach.numbering == 7


async def test_a_mail_that_breaks_off_is_never_shown() -> None:
    raw = b"Subject: long\r\n\r\n" + b"x" * 50_000

    async def script(peer: Peer) -> None:
        peer.greet()
        await peer.expect("FETCH")
        peer.raw(message(1, b"whole") + message(2, raw)[:1000])
        await peer.writer.drain()
        peer.cut()

    async with connected(script) as connection:
        fetching = connection.fetch(at(1, 2))
        assert (await anext(fetching)).raw == b"whole"
        with pytest.raises(ConnectionLost):
            await anext(fetching)


async def test_messages_come_whole_once_and_only_those_asked_for() -> None:
    script = answering(
        "FETCH",
        message(2, b"two").removesuffix(b"\r\n"),
        "* 9 FETCH (FLAGS (\\Seen))",
        message(2, b"again").removesuffix(b"\r\n"),
        message(5, b"not ours").removesuffix(b"\r\n"),
        '* 3 FETCH (UID 3 FLAGS () INTERNALDATE "05-Jan-2026 10:00:00 +0100" RFC822.SIZE 9 BODY[] NIL)',
        '* 4 FETCH (BODY[] "quoted" UID 4 RFC822.SIZE 6)',
        "* 4 EXPUNGE",
    )
    async with connected(script) as connection:
        got = await all_of(connection.fetch(at(1, 2, 3, 4)))
    assert [(one.key, one.raw) for one in got] == [((7, 2), b"two"), ((7, 4), b"quoted")]
    assert got[0].internal_date.isoformat() == "2026-01-05T09:00:00+00:00"
    assert got[0].flags == {"\\Seen"}


@pytest.mark.parametrize(
    ("size", "last", "shown"),
    [
        (0, "OK done", [b""]),
        (0, "OK [EXPUNGEISSUED] some are gone", []),
        (30, "OK done", []),
    ],
    ids=["an empty mail", "a mail that is gone", "a mail whose bytes are gone"],
)
async def test_a_mail_that_is_gone_is_not_an_empty_mail(size: int, last: str, shown: list[bytes]) -> None:
    words = f"* 1 FETCH (UID 1 FLAGS () RFC822.SIZE {size}"
    async with connected(answering("FETCH", f'{words} BODY[] "")', last=last)) as connection:
        assert [one.raw for one in await all_of(connection.fetch(at(1)))] == shown
    async with connected(answering("FETCH", f"{words})", last=last)) as connection:
        described = await connection.describe(at(1))
        assert [one.size for one in described] == ([] if "EXPUNGE" in last else [size])


async def test_whoever_leaves_a_fetch_early_ends_the_connection() -> None:
    async def script(peer: Peer) -> None:
        peer.greet()
        await peer.expect("FETCH")
        peer.raw(message(1, b"one"))
        await peer.stall()

    async with connected(script) as connection:
        fetching = connection.fetch(at(1, 2))
        assert (await anext(fetching)).raw == b"one"
        await fetching.aclose()
        assert connection.closed


async def test_a_command_inside_a_fetch_of_the_same_task_is_a_mistake_and_says_so() -> None:
    async with connected(answering("FETCH", message(1, b"one").removesuffix(b"\r\n"))) as connection:
        async for _ in connection.fetch(at(1)):
            with pytest.raises(RuntimeError, match="inside another command"):
                await connection.refresh()


async def test_a_slow_reader_is_not_taken_for_a_silent_server() -> None:
    raw = b"x" * (3 << 20)

    async def script(peer: Peer) -> None:
        peer.greet()
        asked = await peer.expect("FETCH")
        for uid in range(1, 7):
            peer.raw(message(uid, raw))
            await peer.writer.drain()
        peer.ok(asked)
        await peer.serve()

    async with connected(script) as connection:
        count = 0
        async for one in connection.fetch(at(*range(1, 7))):
            await asyncio.sleep(0.4)  # longer than the server may be silent
            assert one.raw == raw
            count += 1
        assert count == 6
        await connection.refresh()


async def test_commands_of_several_tasks_wait_for_each_other() -> None:
    async def script(peer: Peer) -> None:
        peer.greet()
        while True:
            asked = await peer.expect("FETCH")
            await asyncio.sleep(0.01)
            uid = int(asked.line.split()[3])
            peer.say(listing(uid))
            peer.ok(asked)

    async with connected(script) as connection:
        got = await asyncio.gather(*(connection.describe(at(uid)) for uid in range(1, 20)))
    assert [one[0].key for one in got] == at(*range(1, 20))


async def test_a_message_larger_than_we_take_ends_the_connection() -> None:
    async with ScriptedImap.playing(then("FETCH", _announce_much)) as server:
        connection = await ImapConnection.open(server.account(), QUICK, max_literal=1000)
        await connection.select("INBOX")
        with pytest.raises(ConnectionLost, match="more than 1000 bytes"):
            await all_of(connection.fetch(at(1)))


async def _announce_much(peer: Peer, _asked: Asked) -> None:
    peer.say("* 1 FETCH (UID 1 BODY[] {1999999999}")
    await peer.stall()


@pytest.mark.parametrize("count", [0, 1001])
async def test_a_page_is_never_empty_or_endless_on_the_wire(count: int) -> None:
    async with connected(idle_for_ever) as connection:
        keys = at(*range(1, count + 1))
        if count:
            with pytest.raises(ValueError, match="at most 1000"):
                await connection.describe(keys)
            return
        assert await connection.describe(keys) == []
        assert await all_of(connection.fetch(keys)) == []
        await connection.move(keys, "Done")
        await connection.add_keyword(keys, "$Done")
