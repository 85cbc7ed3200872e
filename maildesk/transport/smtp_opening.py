"""The way from nothing to a relay that knows us: connection, encryption, EHLO, login."""

from __future__ import annotations

import asyncio
import base64
import ssl
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import cast

import aiosmtplib

from maildesk.errors import (
    BadInput,
    CommandRefused,
    ConnectionLost,
    LoginRefused,
    MaildeskError,
    ServerBusy,
    TlsRefused,
)
from maildesk.transport.security import Security, hang_up, is_loopback, refuse_plaintext_abroad, tls_context
from maildesk.transport.smtp_answer import asks_to_slow_down, one_line


@dataclass(frozen=True, slots=True)
class SmtpAccount:
    """The relay that takes our mail, and who we are there. `local_hostname` is our name in EHLO."""

    host: str
    port: int
    security: Security
    username: str | None
    password: str | None = field(repr=False)
    ca_file: str | None = None
    local_hostname: str | None = None

    @property
    def where(self) -> str:
        return f"{self.host}:{self.port}"


@dataclass(frozen=True, slots=True)
class SmtpTiming:
    """The seconds that the relay has for each thing (RFC 5321 §4.5.3.2).

    The final dot has its 10 minutes: who hangs up sooner sends twice what a slow relay takes after all.
    """

    connect: float = 30
    command: float = 300
    data_block: float = 180
    final_dot: float = 600


Login = Callable[[aiosmtplib.SMTP, str, str, float], Awaitable[object]]

# Simplest first: over TLS the password is as safe in PLAIN as in the others, and every relay gets it right.
LOGINS: dict[str, Login] = {
    "plain": lambda smtp, user, secret, wait: smtp.auth_plain(user, secret, timeout=wait),
    "login": lambda smtp, user, secret, wait: smtp.auth_login(user, secret, timeout=wait),
    "cram-md5": lambda smtp, user, secret, wait: smtp.auth_crammd5(user, secret, timeout=wait),
}
MECHANISM_UNKNOWN = 504  # RFC 4954 §4: the only refusal after which another mechanism may do

# The peer left in the middle of the handshake: that says nothing about its certificate.
_HANDSHAKE_CUT = (ssl.SSLEOFError, ssl.SSLZeroReturnError, ssl.SSLSyscallError)


async def open_relay(account: SmtpAccount, timing: SmtpTiming) -> aiosmtplib.SMTP:
    """A client that said EHLO under the security asked for, and is logged in where the account has a user."""
    refuse_plaintext_abroad(account.host, account.security)
    smtp = _client(account, await _context(account))
    opened = False
    try:
        await _introduce(smtp, account, timing)
        opened = True
    except (aiosmtplib.SMTPException, OSError, ValueError) as error:
        raise problem(error, account.where) from error
    finally:
        if not opened:
            if smtp.transport is not None:
                hang_up(cast(asyncio.WriteTransport, smtp.transport))  # close() would wait for the peer
            smtp.close()
    return smtp


def _client(account: SmtpAccount, context: ssl.SSLContext | None) -> aiosmtplib.SMTP:
    try:
        return aiosmtplib.SMTP(
            hostname=account.host,
            port=account.port,
            use_tls=account.security is Security.TLS,
            start_tls=False,  # the default is "if offered", which who strips the offer turns into plaintext
            tls_context=context,
            # Given now so that nobody looks our own name up in DNS, which may take minutes.
            local_hostname=account.local_hostname or "localhost",
        )
    except ValueError as error:
        raise BadInput(f"{account.where} cannot be used as a relay: {error}") from error


async def _context(account: SmtpAccount) -> ssl.SSLContext | None:
    if account.security is Security.NONE:
        return None
    try:
        return await asyncio.to_thread(tls_context, account.ca_file)
    except OSError as error:
        source = account.ca_file or "the system store"
        raise TlsRefused(
            f"the certificates in {source} cannot be read: {error.strerror or error}",
            remedy="ca_file names a PEM file that maildesk may read",
        ) from error


async def _introduce(smtp: aiosmtplib.SMTP, account: SmtpAccount, timing: SmtpTiming) -> None:
    await smtp.connect(timeout=timing.connect)
    if account.local_hostname is None:
        smtp.local_hostname = _address_literal(smtp)
    await smtp.ehlo(timeout=timing.command)
    if account.security is Security.STARTTLS:
        await _demand_tls(smtp, account, timing)
        await smtp.ehlo(timeout=timing.command)  # RFC 3207 §4.2: what was said in clear counts no more
    if account.username is not None:
        await _log_in(smtp, account, timing)
    if not smtp.is_connected:  # it answered and hung up in one go
        raise ConnectionLost(f"{account.where} hung up at once")


def _address_literal(smtp: aiosmtplib.SMTP) -> str:
    """Our own address as EHLO's argument: always valid (RFC 5321 §4.1.3), as a guessed name is not."""
    address = str(smtp.get_transport_info("sockname")[0]).partition("%")[0]
    return f"[IPv6:{address}]" if ":" in address else f"[{address}]"


async def _demand_tls(smtp: aiosmtplib.SMTP, account: SmtpAccount, timing: SmtpTiming) -> None:
    if not smtp.supports_extension("starttls"):
        raise TlsRefused(
            f"{account.where} does not offer STARTTLS, so nothing was sent",
            remedy="if the relay speaks TLS from the first byte (port 465) set security: tls; "
            "if it did offer STARTTLS before, somebody on the way may have removed it",
        )
    try:
        await smtp.starttls(timeout=timing.connect)
    except aiosmtplib.SMTPResponseException as refusal:
        if refusal.code < 500:
            raise
        raise TlsRefused(
            f"{account.where} refused STARTTLS: {refusal.code} {one_line(refusal.message)}"
        ) from refusal


async def _log_in(smtp: aiosmtplib.SMTP, account: SmtpAccount, timing: SmtpTiming) -> None:
    """One try with one mechanism: a wrong password offered three ways is three steps towards a lock-out."""
    username, password = account.username, account.password
    if username is None or password is None:
        raise LoginRefused(f"{account.where}: a user name but no password", remedy="set smtp.password")
    if smtp.get_transport_info("ssl_object") is None and not is_loopback(account.host):
        raise TlsRefused(f"{account.where}: the password does not leave this machine unencrypted")
    for mechanism in (name for name in LOGINS if name in smtp.server_auth_methods):
        try:
            await LOGINS[mechanism](smtp, username, password, timing.command)
        except aiosmtplib.SMTPAuthenticationError as refusal:
            if refusal.code == MECHANISM_UNKNOWN and smtp.is_connected:
                continue
            # `from None`: the refusal may quote what we sent.
            raise _login_problem(refusal.code, refusal.message, account) from None
        return
    raise LoginRefused(
        f"{account.where} offers no login we know ({', '.join(LOGINS).upper()})",
        remedy="leave smtp.username out if the relay wants none",
    )


def _login_problem(code: int, text: str, account: SmtpAccount) -> MaildeskError:
    said = one_line(_without_secrets(text, account))
    if code < 500 or asks_to_slow_down(code, text):
        return ServerBusy(f"{account.where} could not check the login just now: {code} {said}")
    return LoginRefused(
        f"{account.where} did not accept the user name or password of {account.username}: {code} {said}",
        remedy="check smtp.username and smtp.password; some providers want an app password",
    )


def _without_secrets(text: str, account: SmtpAccount) -> str:
    username, password = (account.username or "").encode(), (account.password or "").encode()
    forms = (b"\0" + username + b"\0" + password, password)
    for secret in (*(base64.b64encode(form).decode() for form in forms), password.decode()):
        if secret:
            text = text.replace(secret, "…")
    return text


def problem(error: Exception, where: str) -> MaildeskError:
    """Name what went wrong before the relay was ready for mail, in the words and types of this program."""
    broken = _tls_error(error)
    if broken is not None:
        return TlsRefused(
            f"no trustworthy encryption with {where}: {_tls_reason(broken)}",
            remedy="nothing was sent; renew the relay's certificate, correct host, port or security, "
            "or name its authority in ca_file",
        )
    if isinstance(error, aiosmtplib.SMTPResponseException) and 400 <= error.code <= 599:
        busy = error.code < 500 or asks_to_slow_down(error.code, error.message)
        return (ServerBusy if busy else CommandRefused)(
            f"{where} does not take mail now: {error.code} {one_line(error.message)}"
        )
    if isinstance(error, TimeoutError):
        return ConnectionLost(f"{where} did not answer in time")
    if isinstance(error, aiosmtplib.SMTPResponseException):
        return ConnectionLost(f"{where} answered something that is not SMTP")
    if isinstance(error, ValueError):
        return BadInput(f"{where} cannot be used as a relay: {one_line(str(error))}")
    cause = error.__cause__ or error
    if isinstance(cause, ConnectionRefusedError):
        return ConnectionLost(f"no connection to {where}: it refuses the connection")
    return ConnectionLost(f"no connection to {where}: {one_line(str(cause)) or 'it was closed'}")


def _tls_error(error: BaseException | None) -> ssl.SSLError | None:
    while error is not None:
        if isinstance(error, ssl.SSLError):
            return None if isinstance(error, _HANDSHAKE_CUT) else error
        error = error.__cause__
    return None


def _tls_reason(error: ssl.SSLError) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return one_line(error.verify_message)
    return (error.reason or "handshake failed").replace("_", " ").lower()
