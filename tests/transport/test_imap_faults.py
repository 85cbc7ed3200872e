"""Servers and networks that misbehave: what they do to us, and that it always ends soon and in words."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from maildesk.errors import (
    CommandRefused,
    ConnectionLost,
    FolderMissing,
    LoginRefused,
    MaildeskError,
    PermanentError,
    ServerBusy,
    TlsRefused,
)
from maildesk.transport.imap import Fetched, ImapAccount, ImapConnection, ImapTiming
from maildesk.transport.security import Security
from tests.transport.scripted_imap import Asked, Peer, Script, ScriptedImap, listing, message
from tests.world.certificates import Certificate
from tests.world.fault_proxy import FaultProxy

QUICK = ImapTiming(connect=2, command=0.5, silence=0.3, idle_renew=0.2, idle_grace=0.3)
NEVER = 10.0  # seconds after which we say that it hangs


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
        peer.say("* OK still thinking")
        await peer.writer.drain()
        await asyncio.sleep(0.02)


async def answer_another(peer: Peer, _asked: Asked) -> None:
    peer.say("Z99 OK done")
    await peer.stall()


async def flood(peer: Peer, _asked: Asked) -> None:
    while True:
        peer.raw(b"* LIST " + b"x" * 65536)
        await peer.writer.drain()


async def all_of(fetching: AsyncIterator[Fetched]) -> list[Fetched]:
    return [one async for one in fetching]


COMMANDS: dict[str, tuple[str, Callable[[ImapConnection], Awaitable[object]]]] = {
    "uids": ("SEARCH", lambda c: c.uids()),
    "describe": ("FETCH", lambda c: c.describe([1])),
    "fetch": ("FETCH", lambda c: all_of(c.fetch([1]))),
    "header_block": ("FETCH", lambda c: c.header_block(1, 100)),
    "ensure_folder": ("LIST", lambda c: c.ensure_folder("Done")),
    "move": ("MOVE", lambda c: c.move([1], "Done")),
    "add_keyword": ("STORE", lambda c: c.add_keyword([1], "$Done")),
    "append": ("APPEND", lambda c: c.append("INBOX", b"x")),
    "idle": ("IDLE", lambda c: c.idle(until=asyncio.Event(), at_most=5)),
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
            await connection.noop()


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
        await connection.noop()


@pytest.mark.parametrize("words", ["NO [THROTTLED] slow", "NO [OVERQUOTA] enough", "NO Too many commands"])
async def test_a_server_that_asks_for_patience_is_busy(words: str) -> None:
    async with connected(answering("FETCH", last=words)) as connection:
        with pytest.raises(ServerBusy):
            await connection.describe([1])
        assert not connection.closed


async def test_a_folder_that_is_gone_is_missing_and_another_can_be_opened() -> None:
    async def script(peer: Peer) -> None:
        peer.greet()
        peer.ok(await peer.expect("NOOP"))
        asked = await peer.read()
        peer.ok(asked, "NO [NONEXISTENT] no such folder")
        await peer.serve()

    async with connected(script) as connection:
        await connection.noop()
        with pytest.raises(FolderMissing, match="'Gone'"):
            await connection.select("Gone")
        with pytest.raises(CommandRefused, match="cannot be given now"):
            await connection.uids()
        assert (await connection.select("INBOX")).uidvalidity == 7


async def test_a_mail_that_breaks_off_is_never_shown() -> None:
    raw = b"Subject: long\r\n\r\n" + b"x" * 50_000

    async def script(peer: Peer) -> None:
        peer.greet()
        await peer.expect("FETCH")
        peer.raw(message(1, b"whole") + message(2, raw)[:1000])
        await peer.writer.drain()
        peer.cut()

    async with connected(script) as connection:
        fetching = connection.fetch([1, 2])
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
        got = await all_of(connection.fetch([1, 2, 3, 4]))
    assert [(one.uid, one.raw) for one in got] == [(2, b"two"), (4, b"quoted")]
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
        assert [one.raw for one in await all_of(connection.fetch([1]))] == shown
    async with connected(answering("FETCH", f"{words})", last=last)) as connection:
        described = await connection.describe([1])
        assert [one.size for one in described] == ([] if "EXPUNGE" in last else [size])


async def test_whoever_leaves_a_fetch_early_ends_the_connection() -> None:
    async def script(peer: Peer) -> None:
        peer.greet()
        await peer.expect("FETCH")
        peer.raw(message(1, b"one"))
        await peer.stall()

    async with connected(script) as connection:
        fetching = connection.fetch([1, 2])
        assert (await anext(fetching)).raw == b"one"
        await fetching.aclose()
        assert connection.closed


async def test_a_command_inside_a_fetch_of_the_same_task_is_a_mistake_and_says_so() -> None:
    async with connected(answering("FETCH", message(1, b"one").removesuffix(b"\r\n"))) as connection:
        async for _ in connection.fetch([1]):
            with pytest.raises(RuntimeError, match="inside another command"):
                await connection.noop()


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
        async for one in connection.fetch(range(1, 7)):
            await asyncio.sleep(0.4)  # longer than the server may be silent
            assert one.raw == raw
            count += 1
        assert count == 6
        await connection.noop()


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
        got = await asyncio.gather(*(connection.describe([uid]) for uid in range(1, 20)))
    assert [one[0].uid for one in got] == list(range(1, 20))


async def test_a_message_larger_than_we_take_ends_the_connection() -> None:
    async with ScriptedImap.playing(then("FETCH", _announce_much)) as server:
        connection = await ImapConnection.open(server.account(), QUICK, max_literal=1000)
        await connection.select("INBOX")
        with pytest.raises(ConnectionLost, match="more than 1000 bytes"):
            await all_of(connection.fetch([1]))


async def _announce_much(peer: Peer, _asked: Asked) -> None:
    peer.say("* 1 FETCH (UID 1 BODY[] {1999999999}")
    await peer.stall()


# --- waiting ----------------------------------------------------------------------------------------


async def test_news_end_the_wait_at_once() -> None:
    async def script(peer: Peer) -> None:
        peer.greet()
        asked = await peer.expect("IDLE")
        peer.say("+ idling", "* OK still here", "* 4 EXISTS")
        assert await peer._line() == b"DONE"
        peer.ok(asked)
        await peer.serve()

    async with connected(script) as connection:
        assert await connection.idle(until=asyncio.Event(), at_most=60)
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
        assert not await connection.idle(until=stop, at_most=60)
        await connection.noop()
    assert rounds == 3


async def test_a_server_that_ends_idle_by_itself_does_not_make_us_spin() -> None:
    async with connected(answering("IDLE", "+ idling", last="OK enough")) as connection:
        with pytest.raises(CommandRefused, match="by itself"):
            await connection.idle(until=asyncio.Event(), at_most=0.5)
        await connection.noop()


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
        await connection.add_keyword([1], "$Done")
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
        assert await connection.uids() == [1, 2, 3]
        assert connection.news
        await connection.uids()
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
        assert not connection.can_idle
        assert await connection.idle(until=asyncio.Event(), at_most=0.05)


# --- the network ------------------------------------------------------------------------------------


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


async def idle_for_ever(peer: Peer) -> None:
    peer.greet()
    while True:
        asked = await peer.expect("IDLE")
        peer.say("+ idling")
        await peer._line()
        peer.ok(asked)


async def test_a_connection_that_dies_in_idle_is_noticed_at_the_next_renewal() -> None:
    async with behind_proxy(idle_for_ever) as (proxy, connection):
        asyncio.get_running_loop().call_later(0.1, proxy.fall_silent)
        with pytest.raises(ConnectionLost, match="in time"):
            await connection.idle(until=asyncio.Event(), at_most=3600)


@pytest.mark.parametrize("end", [FaultProxy.cut, FaultProxy.reset], ids=["cut", "reset"])
async def test_a_connection_that_ends_in_idle_is_noticed_at_once(end: Callable[[FaultProxy], None]) -> None:
    async with behind_proxy(idle_for_ever, ImapTiming()) as (proxy, connection):
        asyncio.get_running_loop().call_later(0.1, end, proxy)
        with pytest.raises(ConnectionLost):
            await connection.idle(until=asyncio.Event(), at_most=3600)


async def test_dead_waits_leave_no_tasks_behind() -> None:
    for _ in range(5):
        async with behind_proxy(idle_for_ever) as (proxy, connection):
            asyncio.get_running_loop().call_later(0.02, proxy.reset)
            with pytest.raises(ConnectionLost):
                await connection.idle(until=asyncio.Event(), at_most=3600)
    await asyncio.sleep(0)
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_a_mail_at_one_byte_a_moment_is_given_up() -> None:
    script = answering("FETCH", message(1, b"x" * 5000).removesuffix(b"\r\n"))
    async with behind_proxy(script) as (proxy, connection):
        proxy.faults.drip = 0.01
        with pytest.raises(ConnectionLost, match="in time"):
            await all_of(connection.fetch([1]))


async def test_a_distant_server_is_only_slow() -> None:
    async with behind_proxy(answering("FETCH", listing(1))) as (proxy, connection):
        proxy.faults.latency = 0.05
        assert [one.uid for one in await connection.describe([1])] == [1]


async def test_a_cut_in_the_middle_of_a_mail_is_a_lost_connection() -> None:
    script = answering("FETCH", message(1, b"x" * 50_000).removesuffix(b"\r\n"))
    async with ScriptedImap.playing(script) as server:
        proxy = await FaultProxy.start("127.0.0.1", server.port)
        proxy.faults.cut_after = 20_000
        account = ImapAccount("127.0.0.1", proxy.port, Security.NONE, "support", "secret")
        connection = await ImapConnection.open(account, QUICK)
        await connection.select("INBOX")
        with pytest.raises(ConnectionLost):
            await all_of(connection.fetch([1]))
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
        waiting = asyncio.ensure_future(connection.idle(until=asyncio.Event(), at_most=3600))
        await asyncio.sleep(0.05)
        await connection.close()
        with pytest.raises(ConnectionLost, match="we closed"):
            await waiting


# --- the door ---------------------------------------------------------------------------------------


def at_the_door(greeting: str, capabilities: str = "IMAP4rev1", **answers: str) -> Script:
    async def script(peer: Peer) -> None:
        peer.capabilities = capabilities
        peer.greet(greeting)
        while True:
            asked = await peer.read()
            if asked.name in answers:
                peer.ok(asked, answers[asked.name])
            elif peer.is_daily(asked):
                peer.answer_daily(asked)
            else:  # a TLS handshake
                peer.say("* BAD what?")

    return script


DOORS = {
    "too many": (at_the_door("* BYE Too many connections"), "none", ServerBusy, "Too many"),
    "goodbye": (at_the_door("* BYE go away"), "none", ConnectionLost, "go away"),
    "another service": (at_the_door("220 mx ESMTP"), "none", ConnectionLost, "not look like"),
    "wrong password": (
        at_the_door("* OK", LOGIN="NO [AUTHENTICATIONFAILED] x"),
        "none",
        LoginRefused,
        "support",
    ),
    "no back end": (at_the_door("* OK", LOGIN="NO [UNAVAILABLE] later"), "none", ServerBusy, "later"),
    "no login in clear": (
        at_the_door("* OK", "IMAP4rev1 LOGINDISABLED"),
        "none",
        TlsRefused,
        "encryption",
    ),
    "starttls stripped": (at_the_door("* OK"), "starttls", TlsRefused, "not offer STARTTLS"),
    "starttls refused": (
        at_the_door("* OK", "IMAP4rev1 STARTTLS", STARTTLS="BAD no"),
        "starttls",
        TlsRefused,
        "BAD no",
    ),
    "logged in before": (at_the_door("* PREAUTH hi"), "starttls", TlsRefused, "logged in before"),
    "clear where tls is due": (at_the_door("* OK"), "tls", TlsRefused, "no encrypted"),
}


@pytest.mark.parametrize(("script", "security", "kind", "words"), DOORS.values(), ids=DOORS)
async def test_a_door_that_stays_shut_says_why(
    script: Script, security: str, kind: type[MaildeskError], words: str
) -> None:
    async with ScriptedImap.playing(script) as server, asyncio.timeout(NEVER):
        with pytest.raises(kind, match=words) as refusal:
            await ImapConnection.open(server.account(security=security), QUICK)
        assert type(refusal.value) is kind
        if security != "none":
            assert not server.said("LOGIN")


async def test_a_server_that_never_greets_is_given_up() -> None:
    async def mute(peer: Peer) -> None:
        await peer.stall()

    async with ScriptedImap.playing(mute) as server:
        with pytest.raises(ConnectionLost, match=r"did not answer within 0\.2 s"):
            await ImapConnection.open(server.account(), ImapTiming(connect=0.2))


async def test_a_closed_port_and_an_unknown_name_say_so() -> None:
    async with ScriptedImap.playing(idle_for_ever) as server:
        account = server.account()
    with pytest.raises(ConnectionLost, match=f"127.0.0.1:{account.port}"):
        await ImapConnection.open(account, QUICK)
    unknown = ImapAccount("no-such-host.invalid", 993, Security.TLS, "support", "secret")
    with pytest.raises(ConnectionLost, match="no-such-host"):
        await ImapConnection.open(unknown, ImapTiming(connect=20))


async def test_an_unencrypted_connection_abroad_is_refused() -> None:
    account = ImapAccount("imap.example.com", 143, Security.NONE, "support", "secret")
    with pytest.raises(PermanentError, match="this machine only"):
        await ImapConnection.open(account)


async def test_the_password_is_in_no_text_of_an_account() -> None:
    assert "hush" not in repr(ImapAccount("imap.example.com", 993, Security.TLS, "support", "hush"))


@pytest.mark.parametrize(
    ("names", "expired", "words"),
    [
        ("DNS:elsewhere.example", False, "not valid for"),
        ("DNS:localhost,IP:127.0.0.1", True, "expired"),
    ],
    ids=["another host's certificate", "a certificate out of date"],
)
async def test_a_wrong_certificate_is_refused(tmp_path: Path, names: str, expired: bool, words: str) -> None:
    certificate = Certificate.make(tmp_path, names=names, expired=expired)
    async with ScriptedImap.playing(idle_for_ever, certificate.context()) as server:
        account = server.account(security="tls", ca_file=str(certificate.file))
        with pytest.raises(TlsRefused, match=words):
            await ImapConnection.open(account, QUICK)
        assert not server.log


@pytest.mark.parametrize("injected", [b"* OK [CAPABILITY IMAP4rev1] x\r\n", b"A", b"A2 OK x\r\n* "])
async def test_words_smuggled_in_before_tls_are_not_believed(tmp_path: Path, injected: bytes) -> None:
    async def script(peer: Peer) -> None:
        peer.capabilities = "IMAP4rev1 STARTTLS"
        peer.greet()
        asked = await peer.expect("STARTTLS")
        peer.raw(f"{asked.tag} OK begin\r\n".encode() + injected)
        await peer.stall()

    certificate = Certificate.make(tmp_path)
    async with ScriptedImap.playing(script) as server, asyncio.timeout(NEVER):
        account = server.account(security="starttls", ca_file=str(certificate.file))
        with pytest.raises(TlsRefused, match="in clear after STARTTLS"):
            await ImapConnection.open(account, QUICK)
        assert not server.said("LOGIN")


async def test_a_missing_ca_file_is_named() -> None:
    async with ScriptedImap.playing(idle_for_ever) as server:
        account = server.account(security="tls", ca_file="/nowhere/ca.pem")
        with pytest.raises(TlsRefused, match=r"/nowhere/ca\.pem"):
            await ImapConnection.open(account, QUICK)


@pytest.mark.parametrize(
    ("capabilities", "password", "sent"),
    [
        ("IMAP4rev1", 'a "b\\c', [b'LOGIN "support" "a \\"b\\\\c"']),
        ("IMAP4rev1", "pässword", ["LOGIN support pässword".encode()]),
        ("IMAP4rev1 AUTH=PLAIN", "secret", [b'LOGIN "support" "secret"']),
        ("IMAP4rev1 AUTH=PLAIN SASL-IR", "pä", [b"AUTHENTICATE PLAIN AHN1cHBvcnQAcMOk"]),
        ("IMAP4rev1 AUTH=PLAIN", "pä", [b"AUTHENTICATE PLAIN"]),
        ("IMAP4rev1 AUTH=PLAIN LOGINDISABLED", "secret", [b"AUTHENTICATE PLAIN"]),
    ],
)
async def test_every_password_has_its_way_in(capabilities: str, password: str, sent: list[bytes]) -> None:
    async def script(peer: Peer) -> None:
        peer.capabilities = capabilities
        peer.greet()
        while True:
            asked = await peer.read()
            if asked.name == "AUTHENTICATE" and not asked.line.endswith(b"="):
                if len(asked.line.split()) == 3:
                    peer.say("+ ")
                    await peer._line()
                peer.ok(asked)
            else:
                peer.answer_daily(asked)

    async with ScriptedImap.playing(script) as server:
        connection = await ImapConnection.open(server.account(password=password), QUICK)
        await connection.close()
        assert server.said("LOGIN") + server.said("AUTH") == sent


@pytest.mark.parametrize("count", [0, 1001])
async def test_a_page_is_never_empty_or_endless_on_the_wire(count: int) -> None:
    async with connected(idle_for_ever) as connection:
        uids = range(1, count + 1)
        if count:
            with pytest.raises(ValueError, match="at most 1000"):
                await connection.describe(uids)
            return
        assert await connection.describe(uids) == []
        assert await all_of(connection.fetch(uids)) == []
        await connection.move(uids, "Done")
        await connection.add_keyword(uids, "$Done")
