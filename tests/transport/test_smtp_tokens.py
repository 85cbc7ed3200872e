"""Relay logins with a token: how it is said, and what a relay's refusal means."""

from __future__ import annotations

import asyncio
import base64
import logging

import pytest

from maildesk.errors import ConnectionLost, LoginRefused, ServerBusy, TlsRefused
from maildesk.transport.security import Security
from maildesk.transport.smtp import SmtpConnection, SmtpRelay
from maildesk.transport.smtp_opening import SmtpAccount, SmtpTiming
from tests.transport.fake_tokens import FakeTokens
from tests.transport.scripted_smtp import SILENCE, ScriptedSmtp

USER = "support@acme.example"
EHLO = "250-relay.example\r\n250 AUTH LOGIN XOAUTH2"
BOTH = "250-relay.example\r\n250 AUTH PLAIN XOAUTH2 OAUTHBEARER"
CHALLENGE = "334 " + base64.b64encode(b'{"status":"400","schemes":"Bearer"}').decode()
REFUSED = "535 5.7.3 Authentication unsuccessful"
TOOK = "235 2.7.0 welcome"


def account(peer: ScriptedSmtp, tokens: FakeTokens) -> SmtpAccount:
    return SmtpAccount("127.0.0.1", peer.port, Security.NONE, USER, None, bearer=tokens)


async def opened(peer: ScriptedSmtp, tokens: FakeTokens) -> SmtpConnection:
    return await SmtpConnection.open(account(peer, tokens), SmtpTiming(connect=2, command=0.5))


def said_by(line: str) -> str:
    return base64.b64decode(line.split()[-1]).decode()


async def test_a_short_token_is_said_at_once() -> None:
    async with ScriptedSmtp(EHLO=EHLO, AUTH=TOOK) as peer:
        await (await opened(peer, FakeTokens("good"))).close()
        (line,) = (each for each in peer.heard if each.startswith("AUTH"))
        assert line.startswith("AUTH XOAUTH2 ")
        assert said_by(line) == f"user={USER}\1auth=Bearer good\1\1"


async def test_the_standard_mechanism_is_preferred() -> None:
    async with ScriptedSmtp(EHLO=BOTH, AUTH=TOOK) as peer:
        await (await opened(peer, FakeTokens("good"))).close()
        said = said_by(peer.heard[1])
        assert said == f"n,a={USER},\1host=127.0.0.1\1port={peer.port}\1auth=Bearer good\1\1"


@pytest.mark.parametrize(("size", "at_once"), [(332, True), (333, False), (4000, False)])
async def test_a_line_longer_than_512_octets_waits_until_it_is_asked_for(size: int, at_once: bool) -> None:
    async with ScriptedSmtp(EHLO=EHLO, AUTH=TOOK if at_once else "334 ") as peer:
        token = "x" * size
        said = base64.b64encode(f"user={USER}\1auth=Bearer {token}\1\1".encode()).decode()
        peer.replies[said.upper()] = TOOK
        await (await opened(peer, FakeTokens(token))).close()
        assert peer.heard[1:3] == ([f"AUTH XOAUTH2 {said}", "QUIT"] if at_once else ["AUTH XOAUTH2", said])
        assert len(peer.heard[1]) + 2 <= 512


async def test_a_refused_cached_token_is_renewed_once(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    async with ScriptedSmtp(EHLO=EHLO, AUTH=[CHALLENGE, TOOK], **{"": REFUSED}) as peer:
        tokens = FakeTokens("stale", "good")
        await (await opened(peer, tokens)).close()
        assert tokens.refused == ["stale"]
    assert "token=refused login=m365 host=127.0.0.1 status=400 renewing=yes" in caplog.text
    assert "stale" not in caplog.text


async def test_a_second_refusal_is_told_and_there_is_no_third_try() -> None:
    async with ScriptedSmtp(EHLO=EHLO, AUTH=REFUSED) as peer:
        with pytest.raises(LoginRefused, match=r"535 5\.7\.3 Authentication unsuccessful") as told:
            await opened(peer, FakeTokens("one", "two", "three"))
        assert len([each for each in peer.heard if each.startswith("AUTH")]) == 2
    assert "login m365" in told.value.remedy


async def test_smtp_that_is_switched_off_is_no_trouble_of_the_token() -> None:
    said = "535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Tenant."
    async with ScriptedSmtp(EHLO=EHLO, AUTH=said) as peer:
        tokens = FakeTokens("good")
        with pytest.raises(LoginRefused) as told:
            await opened(peer, tokens)
        assert not tokens.refused
    assert "Set-CASMailbox" in told.value.remedy


async def test_too_many_connections_are_a_matter_of_time() -> None:
    said = "432 4.3.2 Concurrent connections limit exceeded."
    async with ScriptedSmtp(EHLO=EHLO, AUTH=said) as peer:
        with pytest.raises(ServerBusy, match=r"432 4\.3\.2"):
            await opened(peer, FakeTokens("good"))


@pytest.mark.parametrize("silent", ["AUTH", ""], ids=["no challenge", "no refusal"])
async def test_a_challenge_that_is_never_answered_ends_at_the_deadline(silent: str) -> None:
    async with ScriptedSmtp(EHLO=EHLO, AUTH=CHALLENGE) as peer:
        peer.replies[silent] = SILENCE
        with pytest.raises(ConnectionLost, match="did not answer in time"):
            await opened(peer, FakeTokens("good"))


async def test_no_password_is_tried_where_no_tokens_are_taken() -> None:
    async with ScriptedSmtp(EHLO="250-relay.example\r\n250 AUTH PLAIN LOGIN") as peer:
        with pytest.raises(LoginRefused, match="takes no tokens"):
            await opened(peer, FakeTokens("good"))
        assert not [each for each in peer.heard if each.startswith("AUTH")]


async def test_a_relay_that_takes_encryption_away_is_not_given_a_token() -> None:
    async with ScriptedSmtp(EHLO=EHLO) as peer:
        there = SmtpAccount("127.0.0.1", peer.port, Security.STARTTLS, USER, None, bearer=FakeTokens("good"))
        with pytest.raises(TlsRefused, match="does not offer STARTTLS"):
            await SmtpConnection.open(there)
        assert not [each for each in peer.heard if each.startswith("AUTH")]


async def test_a_connection_takes_no_new_mail_once_its_token_is_to_be_renewed() -> None:
    async with ScriptedSmtp(EHLO=EHLO, AUTH=TOOK) as peer:
        connection = await opened(peer, FakeTokens("good", fresh=0.2))
        assert connection.usable
        await connection.offer("support@acme.example", "ana@example.com")
        await asyncio.sleep(0.25)  # the token's own time
        assert not connection.usable
        assert (await connection.transmit(b"Subject: hello\r\n\r\nhi\r\n")) is not None, "what began goes on"
        await connection.close()
        assert peer.heard[-1] == "QUIT"


def test_relays_are_the_same_where_the_source_is_the_same() -> None:
    one, other = FakeTokens("good"), FakeTokens("good")
    host = ("smtp.example.com", 587, Security.STARTTLS, USER, None)
    relay = SmtpRelay(SmtpAccount(*host, bearer=one))
    assert relay == SmtpRelay(SmtpAccount(*host, bearer=one))
    assert relay != SmtpRelay(SmtpAccount(*host, bearer=other))
    assert len({relay, SmtpRelay(SmtpAccount(*host, bearer=one))}) == 1
