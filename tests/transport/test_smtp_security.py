"""Encryption and login: refused rather than weakened, and no secret in any word we print."""

from __future__ import annotations

import asyncio
import base64
import ssl
import traceback
from dataclasses import replace
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
from maildesk.transport.relay import Accepted
from maildesk.transport.security import Security
from maildesk.transport.smtp import SmtpConnection
from maildesk.transport.smtp_opening import SmtpAccount, SmtpTiming
from maildesk.transport.smtp_trouble import problem
from tests.transport.scripted_smtp import Peer, ScriptedSmtp
from tests.world.certificates import Certificate
from tests.world.smtp_server import SmtpServer, Tls

DESK, ANA = "support@acme.example", "ana@client.example"
MAIL = b"Subject: Hello\r\n\r\nGood morning\r\n"
USER, PASSWORD = "support", "correct horse ünïcode"
BOTH: list[Tls] = ["tls", "starttls"]


def account_for(server: SmtpServer, security: Security, password: str | None = PASSWORD) -> SmtpAccount:
    username = USER if server.wants_login else None
    return SmtpAccount(server.host, server.port, security, username, password, ca_file=server.ca_file)


@pytest.mark.parametrize("tls", BOTH)
async def test_mail_goes_encrypted_and_logged_in(tls: Tls) -> None:
    async with await SmtpServer.start(tls=tls, auth=(USER, PASSWORD)) as server:
        relay = await SmtpConnection.open(account_for(server, Security(tls)))
        await relay.offer(DESK, ANA)
        assert isinstance(await relay.transmit(MAIL), Accepted)
        assert [login.encrypted for login in server.logins] == [True]
        await relay.close()


async def test_a_big_mail_goes_through_tls_whole() -> None:
    big = MAIL + b"0123456789012345678901234567890123456789012345678901234567890123456789\r\n" * 30_000
    async with await SmtpServer.start(tls="tls") as server:
        relay = await SmtpConnection.open(account_for(server, Security.TLS))
        await relay.offer(DESK, ANA)
        assert isinstance(await relay.transmit(big), Accepted)
        assert server.mails[0].raw == big
        await relay.close()


@pytest.mark.parametrize("tls", BOTH)
@pytest.mark.parametrize(
    ("fault", "why"),
    [
        ("self-signed", "self-signed certificate"),
        ("expired", "certificate has expired"),
        ("wrong name", "not valid for"),
    ],
)
async def test_a_certificate_that_proves_nothing_is_refused(
    tls: Tls, fault: str, why: str, tmp_path: Path
) -> None:
    names = "DNS:other.example" if fault == "wrong name" else "DNS:localhost,IP:127.0.0.1"
    made = await asyncio.to_thread(Certificate.make, tmp_path, names=names, expired=fault == "expired")
    async with await SmtpServer.start(tls=tls, auth=(USER, PASSWORD), certificate=made) as server:
        account = account_for(server, Security(tls))
        if fault == "self-signed":
            account = replace(account, ca_file=None)
        with pytest.raises(TlsRefused, match=why):
            await SmtpConnection.open(account)
        assert server.logins == []
        assert server.mails == []


@pytest.mark.parametrize(("version", "accepted"), [("-tls1", False), ("-tls1_1", False), ("-tls1_2", True)])
async def test_tls_older_than_1_2_is_refused(version: str, accepted: bool, tmp_path: Path) -> None:
    made = await asyncio.to_thread(Certificate.make, tmp_path)
    # Not our own server: asyncio's hangs up where others send the alert that names the version.
    server = await asyncio.create_subprocess_exec(
        *("openssl", "s_server", "-accept", "127.0.0.1:0", version, "-cipher", "ALL:@SECLEVEL=0"),
        *("-cert", str(made.file), "-key", str(made.key)),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        assert server.stdout is not None
        async with asyncio.timeout(120):
            while not (line := await server.stdout.readline()).startswith(b"ACCEPT"):
                assert line, "openssl s_server ended"
        port = int(line.rpartition(b":")[2])
        account = SmtpAccount("127.0.0.1", port, Security.TLS, None, None, ca_file=str(made.file))
        # The newest version gets as far as waiting for a greeting, which openssl never says.
        with pytest.raises(
            ConnectionLost if accepted else TlsRefused, match="in time" if accepted else "version"
        ):
            await SmtpConnection.open(account, SmtpTiming(connect=1))
    finally:
        server.kill()
        await server.wait()


async def test_stripped_starttls_is_refused_and_nothing_is_said_in_clear() -> None:
    async with await SmtpServer.start(tls="starttls", auth=(USER, PASSWORD)) as server:
        server.strip_starttls()
        with pytest.raises(TlsRefused, match="does not offer STARTTLS"):
            await SmtpConnection.open(account_for(server, Security.STARTTLS))
        assert server.commands == ["EHLO [127.0.0.1]"]
        assert server.logins == []


@pytest.mark.parametrize(
    ("reply", "error"),
    [("454 4.7.0 not now", ServerBusy), ("502 5.5.1 not here", TlsRefused)],
    ids=["454", "502"],
)
async def test_refused_starttls_is_no_reason_to_go_on_without(reply: str, error: type[MaildeskError]) -> None:
    async with ScriptedSmtp(EHLO="250-relay.example\r\n250 STARTTLS", STARTTLS=reply) as peer:
        with pytest.raises(error):
            await SmtpConnection.open(SmtpAccount("127.0.0.1", peer.port, Security.STARTTLS, USER, PASSWORD))
        assert [line.split(" ")[0] for line in peer.heard] == ["EHLO", "STARTTLS"]


async def test_tls_asked_of_a_plain_port_is_refused_with_a_reason() -> None:
    async with ScriptedSmtp() as peer:
        with pytest.raises(TlsRefused, match="wrong version number"):
            await SmtpConnection.open(SmtpAccount("127.0.0.1", peer.port, Security.TLS, None, None))


async def test_a_server_that_hangs_up_in_the_handshake_is_worth_another_try() -> None:
    async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.close()

    async with Peer(hang_up) as peer:
        account = SmtpAccount("127.0.0.1", peer.port, Security.TLS, None, None)
        with pytest.raises(MaildeskError) as caught:
            await SmtpConnection.open(account)
        assert not isinstance(caught.value, PermanentError)


@pytest.mark.parametrize("cut", [ssl.SSLEOFError, ssl.SSLZeroReturnError, ssl.SSLSyscallError])
def test_a_handshake_that_was_cut_says_nothing_about_the_certificate(cut: type[ssl.SSLError]) -> None:
    assert isinstance(problem(cut(8, "EOF occurred in violation of protocol"), "relay:465"), ConnectionLost)


async def test_no_plaintext_leaves_this_machine() -> None:
    with pytest.raises(PermanentError, match=r"relay\.example"):
        await SmtpConnection.open(SmtpAccount("relay.example", 25, Security.NONE, None, None))


@pytest.mark.parametrize("text", [None, "not a certificate"], ids=["missing", "damaged"])
async def test_an_unreadable_ca_file_is_named(text: str | None, tmp_path: Path) -> None:
    ca_file = tmp_path / "ca.pem"
    if text is not None:
        ca_file.write_text(text)
    with pytest.raises(TlsRefused, match=r"ca\.pem"):
        await SmtpConnection.open(SmtpAccount("127.0.0.1", 1, Security.TLS, None, None, ca_file=str(ca_file)))


# --- login --------------------------------------------------------------------------------------------


async def test_a_wrong_password_is_tried_once_and_named() -> None:
    async with await SmtpServer.start(auth=(USER, PASSWORD)) as server:
        with pytest.raises(LoginRefused, match="user name or password of support: 535"):
            await SmtpConnection.open(account_for(server, Security.NONE, password="wrong one"))
        assert len(server.logins) == 1


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        ("454 4.7.0 directory down", ServerBusy),
        ("421 4.7.0 too many logins", ServerBusy),
        ("534 5.7.9 app password needed", LoginRefused),
        ("535 5.7.8 no", LoginRefused),
        ("504 5.5.4 unknown mechanism", LoginRefused),
        ("550 5.7.1 Too many concurrent connections", ServerBusy),
    ],
    ids=lambda value: value[:3] if isinstance(value, str) else "",
)
async def test_a_refused_login_is_temporary_or_for_good(reply: str, error: type[MaildeskError]) -> None:
    async with ScriptedSmtp(EHLO="250-relay.example\r\n250 AUTH PLAIN", AUTH=reply) as peer:
        with pytest.raises(error):
            await SmtpConnection.open(SmtpAccount("127.0.0.1", peer.port, Security.NONE, USER, PASSWORD))


async def test_a_mechanism_the_relay_only_pretends_to_know_gives_way_to_the_next() -> None:
    async with ScriptedSmtp(
        EHLO="250-relay.example\r\n250 AUTH LOGIN PLAIN", AUTH=["504 5.5.4 not PLAIN", "334 go", "502 no"]
    ) as peer:
        peer.replies[base64.b64encode(PASSWORD.encode()).decode().upper()] = "235 welcome"
        await SmtpConnection.open(SmtpAccount("127.0.0.1", peer.port, Security.NONE, USER, PASSWORD))
        assert [line.split(" ")[1] for line in peer.heard if line.startswith("AUTH")] == ["PLAIN", "LOGIN"]


@pytest.mark.parametrize("offer", ["HELP", "AUTH GSSAPI NTLM"], ids=["no AUTH", "none of ours"])
async def test_a_relay_without_a_login_we_know_says_so(offer: str) -> None:
    async with ScriptedSmtp(EHLO=f"250-relay.example\r\n250 {offer}") as peer:
        with pytest.raises(LoginRefused, match="no login we know"):
            await SmtpConnection.open(SmtpAccount("127.0.0.1", peer.port, Security.NONE, USER, PASSWORD))


async def test_a_user_name_without_a_password_is_refused_before_the_relay_is_asked() -> None:
    async with ScriptedSmtp(EHLO="250-relay.example\r\n250 AUTH PLAIN") as peer:
        with pytest.raises(LoginRefused, match="no password"):
            await SmtpConnection.open(SmtpAccount("127.0.0.1", peer.port, Security.NONE, USER, None))


async def test_no_error_and_no_repr_shows_the_password(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    plain = base64.b64encode(f"\0{USER}\0{PASSWORD}".encode()).decode()
    echo = f"535 5.7.8 refused: AUTH PLAIN {plain} ({PASSWORD})"
    async with ScriptedSmtp(EHLO="250-relay.example\r\n250 AUTH PLAIN", AUTH=echo) as peer:
        account = SmtpAccount("127.0.0.1", peer.port, Security.NONE, USER, PASSWORD)
        with pytest.raises(LoginRefused) as caught:
            await SmtpConnection.open(account)
    shown = "".join((repr(account), caplog.text, *traceback.format_exception(caught.value)))
    assert "535 5.7.8 refused" in shown
    assert PASSWORD not in shown
    assert plain not in shown


async def test_a_relay_that_wants_tls_first_is_a_login_problem_and_not_the_mail_s() -> None:
    async with await SmtpServer.start(auth=(USER, PASSWORD)) as server:
        anonymous = SmtpAccount(server.host, server.port, Security.NONE, None, None)
        relay = await SmtpConnection.open(anonymous, SmtpTiming())
        with pytest.raises(LoginRefused, match="530"):
            await relay.offer(DESK, ANA)
