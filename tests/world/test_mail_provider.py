"""The scripted providers do what their originals do, heard by clients that nobody here wrote."""

from __future__ import annotations

import asyncio
import imaplib
import json
import smtplib
import urllib.request
from collections.abc import Callable
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode

import pytest

from tests.world.dovecot import Dovecot
from tests.world.mail_provider import GOOGLE, MICROSOFT, MailProvider, Words
from tests.world.token_endpoint import Rotation, TokenEndpoint

pytestmark = pytest.mark.dovecot

ADDRESS = "support@acme.example"


def posted(sso: TokenEndpoint, **form: str) -> tuple[int, dict[str, Any]]:
    form.setdefault("client_id", "desk")
    try:
        with urllib.request.urlopen(f"{sso.issuer}/token", urlencode(form).encode(), timeout=30) as answer:
            return answer.status, json.load(answer)
    except HTTPError as refusal:
        return refusal.code, json.load(refusal)


def app_token(sso: TokenEndpoint) -> str:
    sso.register("desk", "hush")
    status, told = posted(sso, grant_type="client_credentials", client_secret="hush", scope="mail")
    assert status == 200
    return str(told["access_token"])


def sasl(token: str) -> Callable[[Any], bytes]:
    return lambda challenge: b"" if challenge else f"user={ADDRESS}\1auth=Bearer {token}\1\1".encode()


def read_inbox(port: int, token: str) -> str:
    """How many mails the inbox has, or what the server says to the login or to SELECT."""
    with imaplib.IMAP4("127.0.0.1", port, timeout=30) as imap:
        try:
            imap.authenticate("XOAUTH2", sasl(token))
            return imap.select()[1][0].decode()  # type: ignore[union-attr]  # imaplib's types allow None
        except imaplib.IMAP4.error as refusal:
            return str(refusal)


def sent(port: int, token: str) -> str:
    with smtplib.SMTP("127.0.0.1", port, timeout=30) as smtp:
        smtp.ehlo()
        said = sasl(token)
        try:
            smtp.auth("XOAUTH2", lambda challenge=None: said(challenge).decode(), initial_response_ok=False)
        except smtplib.SMTPAuthenticationError as refusal:
            return f"{refusal.smtp_code} {refusal.smtp_error.decode()}"  # type: ignore[union-attr]  # bytes here
        smtp.sendmail(ADDRESS, ["bo@client.example"], b"Subject: hi\r\n\r\nhi\r\n")
    return "sent"


@pytest.mark.parametrize("words", [MICROSOFT, GOOGLE], ids=["microsoft", "google"])
async def test_a_token_opens_the_mailbox_and_the_relay(dovecot: Dovecot, words: Words) -> None:
    await dovecot.append("support", b"Subject: hi\r\n\r\nhi\r\n")
    with TokenEndpoint.start() as sso:
        async with await MailProvider.start(words, sso, dovecot, [ADDRESS]) as provider:
            token = app_token(sso)
            assert await asyncio.to_thread(read_inbox, provider.imap.port, token) == "1"
            assert await asyncio.to_thread(sent, provider.relay.port, token) == "sent"
            assert len(provider.relay.mails) == 1


@pytest.mark.parametrize(
    ("words", "imap", "relay"),
    [(MICROSOFT, "AUTHENTICATE failed.", "535 5.7.3"), (GOOGLE, "Invalid credentials", "535 5.7.8")],
    ids=["microsoft", "google"],
)
async def test_no_other_token_does(dovecot: Dovecot, words: Words, imap: str, relay: str) -> None:
    with TokenEndpoint.start() as sso:
        async with await MailProvider.start(words, sso, dovecot, [ADDRESS]) as provider:
            assert imap in await asyncio.to_thread(read_inbox, provider.imap.port, "made-up")
            assert relay in await asyncio.to_thread(sent, provider.relay.port, "made-up")


async def test_microsoft_says_at_the_next_command_that_the_mailbox_is_another_ones(dovecot: Dovecot) -> None:
    with TokenEndpoint.start() as sso:
        async with await MailProvider.start(MICROSOFT, sso, dovecot) as m365:
            m365.relay.switched_off = True
            token = app_token(sso)
            said = await asyncio.to_thread(read_inbox, m365.imap.port, token)
            assert "User is authenticated but not connected" in said
            assert "5.7.139" in await asyncio.to_thread(sent, m365.relay.port, token)


@pytest.mark.parametrize("rotation", Rotation)
def test_a_refresh_token_that_was_used(rotation: Rotation) -> None:
    moments = [1000.0]
    with TokenEndpoint.start(rotation=rotation, now=lambda: moments[-1]) as sso:
        sso.register("desk")
        address = f"{sso.issuer}/authorize?response_type=code&client_id=desk&redirect_uri=x&state=s&scope=m"
        challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"  # RFC 7636, appendix B
        opened = f"{address}&code_challenge_method=S256&code_challenge={challenge}"
        code = sso.signs_in(opened, ADDRESS).partition("code=")[2].partition("&")[0]
        verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
        how = {"grant_type": "authorization_code", "redirect_uri": "x"}
        _, told = posted(sso, **how, code=code, code_verifier=verifier)
        first = told["refresh_token"]
        _, second = posted(sso, grant_type="refresh_token", refresh_token=first)
        moments.append(1060.0)
        again, _ = posted(sso, grant_type="refresh_token", refresh_token=first)
        newest, _ = posted(sso, grant_type="refresh_token", refresh_token=second.get("refresh_token", first))
    strict = rotation in (Rotation.STRICT, Rotation.WITH_GRACE)
    assert (again, newest) == ((400, 400) if strict else (200, 200))
