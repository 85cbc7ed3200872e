"""IMAP logins with a token, against servers that take it, refuse it, or say nothing."""

from __future__ import annotations

import asyncio
import base64
import json
import logging

import pytest

from maildesk.errors import ConnectionLost, LoginRefused, ServerBusy, SessionEnded
from maildesk.transport.imap import ImapConnection
from maildesk.transport.imap_values import ImapAccount
from maildesk.transport.security import Security
from tests.transport.fake_tokens import FakeTokens
from tests.transport.imap_scenes import NEVER, QUICK, all_of, at
from tests.transport.scripted_imap import Asked, Peer, Script, ScriptedImap

USER = "support@acme.example"
XOAUTH2 = "IMAP4rev1 IDLE MOVE SASL-IR AUTH=PLAIN AUTH=XOAUTH2"
BOTH = f"{XOAUTH2} AUTH=OAUTHBEARER"


def offering(capabilities: str, *accepted: str) -> Script:
    """Takes these tokens by AUTHENTICATE; any other is refused as Google does, with a challenge."""

    async def script(peer: Peer) -> None:
        peer.capabilities = capabilities
        peer.greet()
        asked = await peer.expect("AUTHENTICATE")
        words = asked.line.split()
        said = words[3] if len(words) > 3 else await _response(peer)
        if not any(f"auth=Bearer {token}\1".encode() in base64.b64decode(said) for token in accepted):
            peer.say(b"+ " + base64.b64encode(b'{"status":"401","schemes":"bearer"}'))
            peer.server.log.append(b"dummy " + await peer._line())
            peer.ok(asked, "NO [AUTHENTICATIONFAILED] Invalid credentials (Failure)")
        else:
            peer.ok(asked, "OK welcome")
        await peer.serve()

    return script


async def _response(peer: Peer) -> bytes:
    peer.say("+ ")
    return await peer._line()


def after_login(name: str, *lines: str, last: str = "") -> Script:
    """Takes any token, and answers the first `name` with these lines."""

    async def script(peer: Peer) -> None:
        peer.capabilities = XOAUTH2
        peer.greet()
        peer.ok(await peer.expect("AUTHENTICATE"))
        asked = await peer.expect(name)
        peer.say(*lines)
        if last:
            peer.ok(asked, last)
        await peer.serve()

    return script


async def opened(server: ScriptedImap, tokens: FakeTokens) -> ImapConnection:
    account = server.account_with(tokens, USER)
    async with asyncio.timeout(NEVER):
        return await ImapConnection.open(account, QUICK)


def test_a_token_is_shown_nowhere() -> None:
    account = ImapAccount("imap.example.com", 993, Security.TLS, USER, "", None, FakeTokens("hush"))
    assert "hush" not in repr(account)


@pytest.mark.parametrize(
    ("capabilities", "said"),
    [
        pytest.param(XOAUTH2, f"user={USER}\1auth=Bearer good\1\1", id="XOAUTH2"),
        pytest.param(
            BOTH, "n,a=support@acme.example,\1host=127.0.0.1\1port={port}\1auth=Bearer good\1\1", id="both"
        ),
    ],
)
async def test_the_better_mechanism_that_is_offered_is_used(capabilities: str, said: str) -> None:
    async with ScriptedImap.playing(offering(capabilities, "good")) as server:
        await (await opened(server, FakeTokens("good"))).close()
        (line,) = server.said("AUTHENTICATE")
        assert base64.b64decode(line.split()[2]).decode() == said.replace("{port}", str(server.port))
        assert not server.said("LOGIN")


async def test_without_initial_responses_the_token_is_said_when_it_is_asked_for() -> None:
    async with ScriptedImap.playing(offering("IMAP4rev1 AUTH=XOAUTH2", "good")) as server:
        await (await opened(server, FakeTokens("good"))).close()
        assert server.said("AUTHENTICATE") == [b"AUTHENTICATE XOAUTH2"]


@pytest.mark.parametrize(
    ("capabilities", "dummy"), [(XOAUTH2, b""), (BOTH, b"AQ==")], ids=["XOAUTH2", "both"]
)
async def test_a_refused_cached_token_is_renewed_once(
    capabilities: str, dummy: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    async with ScriptedImap.playing(offering(capabilities, "good")) as server:
        tokens = FakeTokens("stale", "good")
        await (await opened(server, tokens)).close()
        assert tokens.refused == ["stale"]
        assert b"dummy " + dummy in server.log
    assert "token=refused login=m365 host=127.0.0.1 status=401 renewing=yes" in caplog.text
    assert "stale" not in caplog.text


async def test_a_second_refusal_is_told_and_there_is_no_third_try() -> None:
    async with ScriptedImap.playing(offering(XOAUTH2)) as server:
        with pytest.raises(LoginRefused) as told:
            await opened(server, FakeTokens("one", "two", "three"))
        assert len(server.said("AUTHENTICATE")) == 2
    assert "NO [AUTHENTICATIONFAILED]" in told.value.message
    assert "(status 401)" in told.value.message
    assert "login m365" in told.value.remedy


async def test_microsofts_refusal_comes_without_a_challenge() -> None:
    async def script(peer: Peer) -> None:
        peer.capabilities = XOAUTH2
        peer.greet()
        peer.ok(await peer.expect("AUTHENTICATE"), "NO AUTHENTICATE failed.")
        await peer.serve()

    async with ScriptedImap.playing(script) as server:
        with pytest.raises(LoginRefused, match=r"NO AUTHENTICATE failed\."):
            await opened(server, FakeTokens("one", "two"))


async def test_no_password_is_tried_where_no_tokens_are_taken() -> None:
    async with ScriptedImap.playing(offering("IMAP4rev1 AUTH=PLAIN")) as server:
        with pytest.raises(LoginRefused, match="takes no tokens"):
            await opened(server, FakeTokens("good"))
        assert not server.said("LOGIN")
        assert not server.said("AUTHENTICATE")


async def test_no_token_is_sent_in_clear_to_another_machine() -> None:
    account = ImapAccount("imap.example.com", 143, Security.NONE, USER, "", None, FakeTokens("good"))
    with pytest.raises(Exception, match="this machine only"):
        await ImapConnection.open(account)


@pytest.mark.parametrize("answers", [True, False], ids=["no NO", "no challenge"])
async def test_a_challenge_that_is_never_answered_ends_at_the_deadline(answers: bool) -> None:
    async def script(peer: Peer) -> None:
        peer.capabilities = XOAUTH2
        peer.greet()
        await peer.expect("AUTHENTICATE")
        if answers:
            peer.say(b"+ " + base64.b64encode(json.dumps({"status": "400"}).encode()))
        await peer.stall()

    async with ScriptedImap.playing(script) as server:
        with pytest.raises(ConnectionLost, match="did not answer AUTHENTICATE in time"):
            await opened(server, FakeTokens("good"))


async def test_a_good_token_for_another_mailbox_is_a_trouble_of_the_login_not_of_the_folder() -> None:
    script = after_login("SELECT", last="BAD User is authenticated but not connected.")
    async with ScriptedImap.playing(script) as server:
        connection = await opened(server, FakeTokens("good"))
        with pytest.raises(LoginRefused) as told:
            await connection.select("INBOX")
        await connection.close()
    assert told.value.remedy.startswith("the token is good, but not for this mailbox")
    assert "Add-MailboxPermission" in told.value.remedy


async def test_a_session_that_ends_with_its_token_is_no_lost_connection() -> None:
    async def script(peer: Peer) -> None:
        peer.capabilities = XOAUTH2
        peer.greet()
        peer.ok(await peer.expect("AUTHENTICATE"))
        await peer.expect("IDLE")
        peer.say("+ idling", "* BYE Session invalidated - AccessTokenExpired")
        await peer.stall()

    async with ScriptedImap.playing(script) as server:
        connection = await opened(server, FakeTokens("good"))
        await connection.select("INBOX")
        with pytest.raises(SessionEnded, match="AccessTokenExpired"):
            await connection.wait(until=asyncio.Event(), at_most=5)
        assert connection.closed


async def test_a_session_may_end_with_its_token_in_the_middle_of_mails() -> None:
    async with ScriptedImap.playing(
        after_login("FETCH", "* BYE Session invalidated - AccessTokenExpired")
    ) as server:
        connection = await opened(server, FakeTokens("good"))
        await connection.select("INBOX")
        with pytest.raises(SessionEnded):
            await all_of(connection.fetch(at(1, 2)))


async def test_whoever_has_a_password_is_not_told_of_tokens() -> None:
    async def script(peer: Peer) -> None:
        peer.greet()
        await peer.expect("IDLE")
        peer.say("+ idling", "* BYE Session invalidated - AccessTokenExpired")
        await peer.stall()

    async with ScriptedImap.playing(script) as server:
        connection = await ImapConnection.open(server.account(), QUICK)
        await connection.select("INBOX")
        with pytest.raises(ConnectionLost):
            await connection.wait(until=asyncio.Event(), at_most=5)


async def test_a_session_ends_by_itself_when_its_token_is_to_be_renewed() -> None:
    async def script(peer: Peer) -> None:
        peer.capabilities = XOAUTH2
        peer.greet()
        peer.ok(await peer.expect("AUTHENTICATE"))
        while (asked := await peer.read()).name != "LOGOUT":
            await _idled(peer, asked)
        peer.ok(asked)

    async with ScriptedImap.playing(script) as server:
        connection = await opened(server, FakeTokens("good", fresh=0.3))
        await connection.select("INBOX")
        assert await connection.wait(until=asyncio.Event(), at_most=20), "a new session has to look"
        assert connection.closed
        assert server.said("LOGOUT")


async def _idled(peer: Peer, asked: Asked) -> None:
    if asked.name != "IDLE":
        peer.answer_daily(asked)
        return
    peer.say("+ idling")
    assert (await peer._line()).upper() == b"DONE"
    peer.ok(asked)


async def test_a_server_that_throttles_names_the_time_it_wants() -> None:
    last = "BAD Request is throttled. Suggested Backoff Time: 92415 milliseconds"
    async with ScriptedImap.playing(after_login("SELECT", last=last)) as server:
        connection = await opened(server, FakeTokens("good"))
        with pytest.raises(ServerBusy) as told:
            await connection.select("INBOX")
        assert told.value.wait == pytest.approx(92.415)
        await connection.close()
