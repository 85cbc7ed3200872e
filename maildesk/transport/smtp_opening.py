"""The way from nothing to a relay that knows us: connection, encryption, EHLO, login."""

from __future__ import annotations

import asyncio
import base64
import logging
import ssl
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import cast

import aiosmtplib

from maildesk.errors import (
    BadInput,
    ConnectionLost,
    LoginRefused,
    MaildeskError,
    ServerBusy,
    TlsRefused,
)
from maildesk.transport.bearer import chosen, status_of_challenge
from maildesk.transport.security import Security, hang_up, is_loopback, refuse_plaintext_abroad, tls_context
from maildesk.transport.smtp_answer import asks_to_slow_down, one_line
from maildesk.transport.smtp_trouble import problem
from maildesk.transport.tokens import AccessToken, TokenSource

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class SmtpAccount:
    """The relay that takes our mail, and who we are there: by a password, or by the tokens of a `bearer`.

    `local_hostname` is our name in EHLO.
    """

    host: str
    port: int
    security: Security
    username: str | None
    password: str | None = field(repr=False)
    ca_file: str | None = None
    local_hostname: str | None = None
    bearer: TokenSource | None = field(default=None, repr=False)

    @property
    def where(self) -> str:
        return f"{self.host}:{self.port}"


@dataclass(frozen=True, slots=True)
class OpenedRelay:
    """A client that is ready for mail, and the token it logged in with, if any."""

    smtp: aiosmtplib.SMTP
    token: AccessToken | None = None


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

LONGEST_COMMAND = 512  # RFC 4954 §4: a longer AUTH goes without its response, which then follows
GO_ON = 334

# What Microsoft 365 says where its administrator switched the way of our mail off.
_SWITCHED_OFF = "smtpclientauthentication is disabled"
_SWITCH_ON = (
    "switch authenticated SMTP on for this mailbox "
    "(Set-CASMailbox ADDRESS -SmtpClientAuthenticationDisabled $false) or for the organisation"
)


class SmtpTokenNotTaken(LoginRefused):
    """The relay does not accept a token; `status` is what it says of it."""

    def __init__(self, message: str, *, remedy: str = "", status: str = "") -> None:
        super().__init__(message, remedy=remedy)
        self.status = status


async def open_relay(account: SmtpAccount, timing: SmtpTiming) -> OpenedRelay:
    """A client that said EHLO under the security asked for, and is logged in where the account has a user.

    A token that the relay does not take is renewed once, whatever its age, and tried once more.
    """
    refuse_plaintext_abroad(account.host, account.security)
    if account.bearer is None:
        return OpenedRelay(await _opened(account, timing, None))
    token = await account.bearer.token()
    try:
        return OpenedRelay(await _opened(account, timing, token), token)
    except SmtpTokenNotTaken as refusal:
        line = "token=refused login=%s host=%s status=%s renewing=yes"
        log.info(line, account.bearer.name, account.host, refusal.status)
    token = await account.bearer.token(token.value)
    return OpenedRelay(await _opened(account, timing, token), token)


async def _opened(account: SmtpAccount, timing: SmtpTiming, token: AccessToken | None) -> aiosmtplib.SMTP:
    smtp = _client(account, await _context(account))
    opened = False
    try:
        await _introduce(smtp, account, timing, token)
        opened = True
    except (aiosmtplib.SMTPException, OSError, ValueError) as error:
        raise problem(error, account.where, account.security) from error
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


async def _introduce(
    smtp: aiosmtplib.SMTP, account: SmtpAccount, timing: SmtpTiming, token: AccessToken | None
) -> None:
    await smtp.connect(timeout=timing.connect)
    if account.local_hostname is None:
        smtp.local_hostname = _address_literal(smtp)
    await smtp.ehlo(timeout=timing.command)
    if account.security is Security.STARTTLS:
        await _demand_tls(smtp, account, timing)
        await smtp.ehlo(timeout=timing.command)  # RFC 3207 §4.2: what was said in clear counts no more
    if token is not None:
        await _log_in_with(token, smtp, account, timing)
    elif account.username is not None:
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


async def _log_in_with(
    token: AccessToken, smtp: aiosmtplib.SMTP, account: SmtpAccount, timing: SmtpTiming
) -> None:
    """AUTH with a token. A refusal may come as a challenge, which is answered with nothing, then as 535."""
    if smtp.get_transport_info("ssl_object") is None and not is_loopback(account.host):
        raise TlsRefused(f"{account.where}: the token does not leave this machine unencrypted")
    mechanism = chosen({name.upper() for name in smtp.server_auth_methods}, account.where)
    said = mechanism.response(account.username or "", token.value, account.host, account.port)
    command = b"AUTH " + mechanism.name.encode()
    status = ""
    if len(command) + 1 + len(said) + 2 <= LONGEST_COMMAND:
        reply = await smtp.execute_command(command + b" " + said, timeout=timing.command)
    else:
        reply = await smtp.execute_command(command, timeout=timing.command)
        if reply.code == GO_ON:
            reply = await smtp.execute_command(said, timeout=timing.command)
    if reply.code == GO_ON:
        status = status_of_challenge(reply.message.encode("utf-8", "replace"))
        reply = await smtp.execute_command(mechanism.after_refusal, timeout=timing.command)
    if not 200 <= reply.code <= 299:
        text = reply.message.replace(token.value, "…").replace(said.decode(), "…")
        raise _token_problem(reply.code, text, status, account)


def _token_problem(code: int, text: str, status: str, account: SmtpAccount) -> MaildeskError:
    said = one_line(text)
    if code < 500 or asks_to_slow_down(code, text):
        return ServerBusy(f"{account.where} could not check the login just now: {code} {said}")
    if _SWITCHED_OFF in text.lower():
        return LoginRefused(f"{account.where} takes no login at all: {code} {said}", remedy=_SWITCH_ON)
    about = f" (status {status})" if status else ""
    name = account.bearer.name if account.bearer else ""
    return SmtpTokenNotTaken(
        f"{account.where} did not accept the token of {account.username}: {code} {said}{about}",
        remedy=f"may login {name} send as this user over SMTP? Look at its permissions, at an "
        "administrator's consent to them, and at username; docs/microsoft365.md and "
        "docs/gmail.md list the causes",
        status=status or str(code),
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
