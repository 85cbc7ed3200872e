"""What aioimaplib 2.0.3 does to those who use it as it is, and that our connection does not.

Each test plays one situation for both clients and asks whether the hazard shows: it must with plain
aioimaplib (the hazard is real, and the day it is cured we hear of it) and must not with ours.
Not here: MOVE with UIDPLUS works in both, and XOAUTH2 is not ours to use; its unanswered challenge is played
with the one SASL mechanism that we do use.
"""

from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import Awaitable
from dataclasses import dataclass
from types import FrameType
from typing import Any, TypeVar

import pytest
from aioimaplib import aioimaplib

from maildesk.errors import ConnectionLost, LoginRefused, ServerBusy, TlsRefused
from maildesk.transport.imap import ImapConnection
from maildesk.transport.imap_values import ImapTiming
from tests.transport.imap_scenes import at
from tests.transport.scripted_imap import Peer, ScriptedImap, listing, message

T = TypeVar("T")

SHORT = 0.5  # seconds a client waits for an answer
LONG = 1.5  # seconds after which the library's wait counts as one without end
PATIENCE = 120.0  # seconds after which ours does


@dataclass(frozen=True, slots=True)
class Hangs:
    """The wait did not end by itself."""


async def outcome(action: Awaitable[T], bound: float = PATIENCE) -> T | Exception | Hangs:
    """What came of `action`: its value, its exception, or that it hangs."""
    task = asyncio.ensure_future(action)
    done, _ = await asyncio.wait({task}, timeout=bound)
    if not done:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        return Hangs()
    error = task.exception()
    if isinstance(error, Exception):
        return error
    return task.result()


class Plain:
    """aioimaplib as its own examples use it."""

    hazardous = True
    patience = LONG

    def __init__(self, client: aioimaplib.IMAP4) -> None:
        self.client = client
        self.protocol = client.protocol

    @classmethod
    async def open(
        cls, server: ScriptedImap, username: str = "support", password: str = "secret", **_: str
    ) -> Plain:
        client = aioimaplib.IMAP4("127.0.0.1", server.port, timeout=SHORT)
        await client.wait_hello_from_server()
        await client.login(username, password)
        await client.select("INBOX")
        return cls(client)

    async def describe(self, uids: range) -> list[Any]:
        what = f"{uids.start}:{uids.stop - 1}"
        answer = await self.client.uid("FETCH", what, "(UID FLAGS INTERNALDATE RFC822.SIZE)")
        return [line for line in answer.lines if b"FETCH (" in line]

    async def fetch_first(self, uids: range) -> bytes:
        what = f"{uids.start}:{uids.stop - 1}"
        answer = await self.client.uid("FETCH", what, "(UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[])")
        return bytes(answer.lines[1])

    async def list_uids(self) -> Any:
        return await self.client.uid_search("ALL")

    async def move(self) -> Any:
        return await self.client.uid("MOVE", "1", "Done")

    async def select(self, folder: str) -> Any:
        return await self.client.select(folder)

    async def noop(self) -> Any:
        return await self.client.noop()

    async def idle(self) -> Any:
        """Begin IDLE, end it, and wait for the server's word."""
        ended = await self.client.idle_start(timeout=60)
        self.client.idle_done()
        return await ended

    async def folder(self, name: str) -> str:
        answer = await self.client.list('""', name)
        return bytes(answer.lines[0]).decode()

    async def leave(self) -> None:
        await self.client.logout()

    def end(self) -> None:
        if self.protocol.transport is not None:
            self.protocol.transport.abort()


class Ours:
    """Our connection with short deadlines."""

    hazardous = False
    patience = PATIENCE

    def __init__(self, connection: ImapConnection) -> None:
        self.connection = connection
        self.protocol = connection._wire

    @classmethod
    async def open(cls, server: ScriptedImap, **account: str) -> Ours:
        timing = ImapTiming(connect=SHORT, command=SHORT, silence=SHORT, idle_grace=SHORT)
        connection = await ImapConnection.open(server.account(**account), timing)
        await connection.select("INBOX")
        return cls(connection)

    async def describe(self, uids: range) -> list[Any]:
        return list(await self.connection.describe(at(*uids)))

    async def fetch_first(self, uids: range) -> bytes:
        return (await anext(self.connection.fetch(at(*uids)))).raw

    async def list_uids(self) -> Any:
        return [uid for _, uid in await self.connection.keys()]

    async def move(self) -> Any:
        return await self.connection.move(at(1), "Done")

    async def select(self, folder: str) -> Any:
        return await self.connection.select(folder)

    async def noop(self) -> Any:
        return await self.connection.refresh()

    async def idle(self) -> Any:
        return await self.connection.wait(until=asyncio.Event(), at_most=0.05)

    async def folder(self, name: str) -> str:
        return await self.connection.ensure_folder(name)

    async def leave(self) -> None:
        await self.connection.close()

    def end(self) -> None:
        self.connection.abort()


Client = Plain | Ours
both = pytest.mark.parametrize("kind", [Plain, Ours], ids=["the hazard is real", "ours is immune"])


async def greet_and_serve(peer: Peer) -> None:
    peer.greet()
    await peer.serve()


async def greet_and_list(peer: Peer) -> None:
    peer.greet()
    while True:
        asked = await peer.expect("FETCH")
        peer.say(listing(1))
        peer.ok(asked)


@both
async def test_01_thousands_of_answers_in_one_chunk(kind: type[Client]) -> None:
    async def script(peer: Peer) -> None:
        peer.greet()
        asked = await peer.expect("FETCH")
        peer.raw("".join(f"{listing(1 + n % 1000)}\r\n" for n in range(20_000)).encode())
        peer.ok(asked)
        await peer.serve()

    async with ScriptedImap.playing(script) as server:
        client = await kind.open(server)
        got = await outcome(client.describe(range(1, 1001)), kind.patience)
        client.end()
    assert kind.hazardous == isinstance(got, Hangs)
    assert kind.hazardous or (isinstance(got, list) and len(got) == 1000)


class Shown(bytes):
    """Bytes that remember being turned into text."""

    times = 0

    def __repr__(self) -> str:
        Shown.times += 1
        return "…"

    __str__ = __repr__


@both
async def test_02_every_received_chunk_is_turned_into_text(kind: type[Client]) -> None:
    async with ScriptedImap.playing(greet_and_serve) as server:
        client = await kind.open(server)
        Shown.times = 0
        client.protocol.data_received(Shown(b"* OK still here\r\n"))
        client.end()
    assert kind.hazardous == (Shown.times > 0)


async def _work_for(kind: type[Client], messages: int) -> int:
    """Calls made while `messages` answers are received for one FETCH, each in a chunk of its own."""
    asked = asyncio.Event()

    async def script(peer: Peer) -> None:
        peer.greet()
        await peer.expect("FETCH")
        asked.set()
        await peer.stall()

    calls = 0

    def count(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")

    async with ScriptedImap.playing(script) as server:
        client = await kind.open(server)
        waiting = asyncio.ensure_future(client.describe(range(1, 1001)))
        await asked.wait()
        sys.setprofile(count)
        for uid in range(1, messages + 1):
            client.protocol.data_received(listing(uid).encode() + b"\r\n")
        sys.setprofile(None)
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
        client.end()
    return calls


@both
async def test_03_the_work_grows_with_the_square_of_the_answers(kind: type[Client]) -> None:
    few, many = await _work_for(kind, 50), await _work_for(kind, 400)
    assert kind.hazardous == (many > 20 * few)


@both
async def test_04_a_star_and_a_space_inside_a_line_vanish(kind: type[Client]) -> None:
    async def script(peer: Peer) -> None:
        peer.greet()
        while True:
            asked = await peer.expect("LIST")
            peer.say('* LIST () "/" "Hotel 5* rated"')
            peer.ok(asked)

    async with ScriptedImap.playing(script) as server:
        client = await kind.open(server)
        got = await outcome(client.folder("Hotel 5* rated"))
        client.end()
    assert kind.hazardous == ("Hotel 5* rated" not in str(got))


@both
async def test_05_a_bracket_in_a_string_makes_a_mail_speak_as_the_server(kind: type[Client]) -> None:
    raw = b"Subject: forged\r\n\r\nA1 OK done\r\n* BYE go away\r\n"
    head = (
        '* 1 FETCH (UID 1 X-NOTE ")" FLAGS () INTERNALDATE "05-Jan-2026 10:00:00 +0100" '
        f"RFC822.SIZE {len(raw)} BODY[] {{{len(raw)}}}\r\n"
    ).encode()

    async def script(peer: Peer) -> None:
        peer.greet()
        asked = await peer.expect("FETCH")
        peer.raw(head)
        await peer.writer.drain()
        await asyncio.sleep(0.05)  # so that the mail comes in a chunk of its own
        peer.raw(raw + b")\r\n")
        peer.ok(asked)
        await peer.serve()

    async with ScriptedImap.playing(script) as server:
        client = await kind.open(server)
        got = await outcome(client.fetch_first(range(1, 2)))
        client.end()
    assert kind.hazardous == (got != raw)


@both
async def test_06_a_goodbye_instead_of_idling_hangs(kind: type[Client]) -> None:
    async def script(peer: Peer) -> None:
        peer.greet()
        await peer.expect("IDLE")
        peer.say("* BYE shutting down")
        await peer.writer.drain()

    async with ScriptedImap.playing(script) as server:
        client = await kind.open(server)
        got = await outcome(client.idle(), kind.patience)
        client.end()
    assert kind.hazardous == isinstance(got, Hangs)
    assert kind.hazardous or (isinstance(got, ConnectionLost) and "shutting down" in str(got))


@both
async def test_07_a_move_that_is_not_answered_hangs(kind: type[Client]) -> None:
    async def script(peer: Peer) -> None:
        peer.greet()
        await peer.expect("MOVE")
        await peer.stall()

    async with ScriptedImap.playing(script) as server:
        client = await kind.open(server)
        got = await outcome(client.move(), kind.patience)
        client.end()
    assert kind.hazardous == isinstance(got, Hangs)
    assert kind.hazardous or isinstance(got, ConnectionLost)


@both
async def test_08_after_a_late_answer_each_command_waits_in_vain(kind: type[Client]) -> None:
    gave_up = asyncio.Event()

    async def script(peer: Peer) -> None:
        peer.greet()
        asked = await peer.expect("FETCH")
        await gave_up.wait()
        peer.ok(asked, "OK late")
        await peer.serve()

    async with ScriptedImap.playing(script) as server:
        client = await kind.open(server)
        late = await outcome(client.describe(range(1, 2)))
        gave_up.set()
        await asyncio.sleep(0.05)  # the late answer arrives
        following = await outcome(client.noop())
        client.end()
    assert isinstance(late, aioimaplib.CommandTimeout | ConnectionLost)
    assert kind.hazardous == isinstance(following, TimeoutError)
    assert kind.hazardous or isinstance(following, ConnectionLost)


@both
async def test_09_four_fetches_at_once_overwrite_each_other(kind: type[Client]) -> None:
    async def script(peer: Peer) -> None:
        peer.greet()
        for _ in range(4):
            asked = await peer.expect("FETCH")
            uid = int(asked.line.split()[3].split(b":")[0])
            peer.say(listing(uid))
            peer.ok(asked)
        await peer.serve()

    async with ScriptedImap.playing(script) as server:
        client = await kind.open(server)
        got = await asyncio.gather(*(outcome(client.describe(range(n, n + 1))) for n in (1, 2, 3, 4)))
        client.end()
    assert kind.hazardous == (not all(isinstance(one, list) and len(one) == 1 for one in got))


@both
async def test_10_a_cancelled_select_leaves_another_folder_open(kind: type[Client]) -> None:
    async with ScriptedImap.playing(greet_and_list) as server:
        client = await kind.open(server)
        selecting = asyncio.ensure_future(client.select("Other"))
        await asyncio.sleep(0)  # the command is sent …
        selecting.cancel()  # … and its answer never looked at
        await asyncio.gather(selecting, return_exceptions=True)
        got = await outcome(client.describe(range(1, 2)))
        asked_in_the_other_folder = bool(server.said("UID FETCH"))
        client.end()
    assert kind.hazardous == asked_in_the_other_folder
    assert kind.hazardous or isinstance(got, ConnectionLost)


@both
async def test_11_the_end_of_idle_on_a_dead_connection_hangs(kind: type[Client]) -> None:
    async def script(peer: Peer) -> None:
        peer.greet()
        await peer.expect("IDLE")
        peer.say("+ idling")
        await peer.stall()

    async with ScriptedImap.playing(script) as server:
        client = await kind.open(server)
        got = await outcome(client.idle(), kind.patience)
        client.end()
    assert kind.hazardous == isinstance(got, Hangs)
    assert kind.hazardous or isinstance(got, ConnectionLost)


@both
async def test_12_the_words_of_a_goodbye_at_the_door_are_lost(kind: type[Client]) -> None:
    async def script(peer: Peer) -> None:
        peer.greet("* BYE Too many simultaneous connections")
        await peer.stall()

    async with ScriptedImap.playing(script) as server:
        got = await outcome(kind.open(server))
    assert kind.hazardous == ("Too many" not in str(got))
    assert kind.hazardous or isinstance(got, ServerBusy)


@both
async def test_13_the_password_goes_in_clear_where_starttls_is_offered(kind: type[Client]) -> None:
    async def script(peer: Peer) -> None:
        peer.capabilities = "IMAP4rev1 STARTTLS"
        peer.greet()
        asked = await peer.expect("STARTTLS")
        peer.ok(asked, "NO not today")
        await peer.serve()

    async with ScriptedImap.playing(script) as server:
        got = await outcome(kind.open(server, security="starttls"))
        in_clear = bool(server.said("LOGIN"))
        if isinstance(got, Plain | Ours):
            got.end()
    assert kind.hazardous == in_clear
    assert kind.hazardous or isinstance(got, TlsRefused)


@both
async def test_14_a_challenge_at_login_is_never_answered(kind: type[Client]) -> None:
    async def script(peer: Peer) -> None:
        peer.capabilities = "IMAP4rev1 SASL-IR AUTH=PLAIN AUTH=XOAUTH2"
        peer.greet()
        asked = await peer.expect("AUTHENTICATE")
        peer.say("+ eyJzdGF0dXMiOiI0MDEifQ==")
        await peer.reader.readline()  # whatever the client says to that
        peer.ok(asked, "NO [AUTHENTICATIONFAILED] wrong")
        await peer.stall()

    async def log_in(server: ScriptedImap) -> None:
        if kind is Ours:
            await Ours.open(server, password="pässword")
        client = aioimaplib.IMAP4("127.0.0.1", server.port, timeout=SHORT)
        await client.wait_hello_from_server()
        await client.xoauth2("support", "token")

    async with ScriptedImap.playing(script) as server:
        got = await outcome(log_in(server))
    assert kind.hazardous == isinstance(got, TimeoutError)
    assert kind.hazardous or isinstance(got, LoginRefused)


@both
async def test_14_what_the_server_can_do_after_login_stays_unknown(kind: type[Client]) -> None:
    async def script(peer: Peer) -> None:
        peer.capabilities = "IMAP4rev1"
        peer.greet()
        asked = await peer.expect("LOGIN")
        peer.capabilities = "IMAP4rev1 MOVE"
        peer.ok(asked)
        await peer.serve()

    async with ScriptedImap.playing(script) as server:
        client = await kind.open(server)
        known = "MOVE" in client.protocol.capabilities
        client.end()
    assert kind.hazardous == (not known)


@both
async def test_15_our_name_is_sent_with_spaces_that_some_servers_refuse(kind: type[Client]) -> None:
    async def script(peer: Peer) -> None:
        peer.capabilities = "IMAP4rev1 ID"
        await greet_and_serve(peer)

    async with ScriptedImap.playing(script) as server:
        client = await kind.open(server)
        if isinstance(client, Plain):
            await client.client.id(name="maildesk")
        client.end()
        sent = server.said("ID")
    assert sent == [b'ID ( "name" "maildesk" )' if kind.hazardous else b'ID ("name" "maildesk")']


@both
async def test_16_a_search_names_a_charset_that_some_servers_refuse(kind: type[Client]) -> None:
    async def script(peer: Peer) -> None:
        peer.greet()
        asked = await peer.expect("SEARCH")
        peer.say("* SEARCH 3 1 2")
        peer.ok(asked)
        await peer.serve()

    async with ScriptedImap.playing(script) as server:
        client = await kind.open(server)
        got = await outcome(client.list_uids())
        client.end()
        sent = server.said("UID SEARCH")
    assert kind.hazardous == (b"CHARSET" in sent[0])
    assert kind.hazardous or got == [1, 2, 3]


@both
async def test_17_a_password_with_a_quote_is_logged(
    kind: type[Client], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.DEBUG, logger="aioimaplib")  # which our own log set-up keeps quiet
    async with ScriptedImap.playing(greet_and_serve) as server:
        client = await kind.open(server, password='hush"hush')
        if isinstance(client, Ours):
            client.protocol.data_received(b"A1 OK not asked for\r\n")
        client.end()
        await asyncio.sleep(0)
    assert kind.hazardous == ("hush" in caplog.text)


@both
async def test_18_a_folder_name_with_a_space_is_two_words(kind: type[Client]) -> None:
    async with ScriptedImap.playing(greet_and_list) as server:
        client = await kind.open(server)
        await outcome(client.select("Erledigt & Mehr"))
        client.end()
        sent = server.said("SELECT")[-1]
    assert sent == (b"SELECT Erledigt & Mehr" if kind.hazardous else b'SELECT "Erledigt &- Mehr"')


@both
async def test_19_a_user_name_with_a_backslash_is_sent_as_it_is(kind: type[Client]) -> None:
    async with ScriptedImap.playing(greet_and_serve) as server:
        client = await kind.open(server, username="dom\\user")
        client.end()
        sent = server.said("LOGIN")
    assert sent == [b'LOGIN dom\\user "secret"' if kind.hazardous else b'LOGIN "dom\\\\user" "secret"']


@both
async def test_20_new_mail_told_during_another_command_is_forgotten(kind: type[Client]) -> None:
    async def script(peer: Peer) -> None:
        peer.greet()
        asked = await peer.expect("FETCH")
        peer.say(listing(1), "* 4 EXISTS")
        peer.ok(asked)
        await peer.serve()

    async with ScriptedImap.playing(script) as server:
        client = await kind.open(server)
        await outcome(client.describe(range(1, 2)))
        if isinstance(client, Ours):
            told = await client.connection.wait(until=asyncio.Event(), at_most=60)
        else:
            told = not client.protocol.idle_queue.empty()
        client.end()
    assert kind.hazardous == (not told)


@both
async def test_22_a_batch_is_held_in_memory_whole(kind: type[Client]) -> None:
    raw, count = b"x" * (1 << 20), 48
    pushed = 0

    async def script(peer: Peer) -> None:
        nonlocal pushed
        peer.greet()
        asked = await peer.expect("FETCH")
        for uid in range(1, count + 1):
            peer.raw(message(uid, raw))
            await peer.writer.drain()
            pushed += 1
        peer.ok(asked)
        await peer.serve()

    async with ScriptedImap.playing(script) as server:
        client = await kind.open(server)
        first = await outcome(client.fetch_first(range(1, count + 1)))
        assert first == raw
        held = pushed
        client.end()
    assert kind.hazardous == (held == count)


@both
async def test_23_logging_out_leaves_the_socket_open(kind: type[Client]) -> None:
    left = asyncio.Event()

    async def script(peer: Peer) -> None:
        peer.greet()
        peer.ok(await peer.expect("LOGOUT"))
        await peer.stall()
        left.set()

    async with ScriptedImap.playing(script) as server:
        client = await kind.open(server)
        await client.leave()
        got = await outcome(left.wait(), kind.patience)
        client.end()
    assert kind.hazardous == isinstance(got, Hangs)
