"""Coming in: greeting, encryption, certificates, login, and every reason for which the door stays shut."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from maildesk.errors import (
    ConnectionLost,
    LoginRefused,
    MaildeskError,
    PermanentError,
    ServerBusy,
    TlsRefused,
)
from maildesk.transport.imap import ImapConnection
from maildesk.transport.imap_values import ImapAccount, ImapTiming
from maildesk.transport.security import Security
from tests.transport.imap_scenes import NEVER, QUICK, idle_for_ever
from tests.transport.scripted_imap import Peer, Script, ScriptedImap
from tests.world.certificates import Certificate


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
        with pytest.raises(ConnectionLost, match="did not answer in time"):
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
