"""The login: from a host name to a connection that is encrypted, greeted and logged in."""

from __future__ import annotations

import asyncio
import base64
import logging
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager

from aioimaplib.aioimaplib import AUTH

from maildesk.errors import ConnectionLost, LoginRefused, MaildeskError, TlsRefused
from maildesk.transport.bearer import chosen, is_private, status_of_challenge
from maildesk.transport.imap_answers import readable
from maildesk.transport.imap_names import quotable, quoted
from maildesk.transport.imap_refusals import TokenNotTaken, login_refused, refused, token_refused
from maildesk.transport.imap_values import ImapAccount, ImapTiming
from maildesk.transport.imap_wire import Wire
from maildesk.transport.remedies import remedy_for
from maildesk.transport.security import Security, refuse_plaintext_abroad, tls_context
from maildesk.transport.tokens import AccessToken

log = logging.getLogger(__name__)

_CAPABILITY = frozenset({b"CAPABILITY"})
_KEEPALIVE = {"TCP_KEEPIDLE": 60, "TCP_KEEPINTVL": 15, "TCP_KEEPCNT": 4}  # seconds, seconds, times


async def logged_in(account: ImapAccount, timing: ImapTiming, max_literal: int) -> Wire:
    """A wire in the authenticated state with its capabilities known.

    A token that the server does not take is renewed once, whatever its age, and tried once more.
    """
    refuse_plaintext_abroad(account.host, account.security)
    if account.bearer is None:
        return await _opened(account, timing, max_literal, None)
    token = await account.bearer.token()
    try:
        return await _opened(account, timing, max_literal, token)
    except TokenNotTaken as refusal:
        line = "token=refused login=%s host=%s status=%s renewing=yes"
        log.info(line, account.bearer.name, account.host, refusal.status or "none")
    return await _opened(account, timing, max_literal, await account.bearer.token(token.value))


async def _opened(
    account: ImapAccount, timing: ImapTiming, max_literal: int, token: AccessToken | None
) -> Wire:
    wire = Wire(timing, max_literal)
    try:
        await _connect(wire, account)
        await _read_capabilities(wire)
        if account.security is Security.STARTTLS:
            await _start_tls(wire, account)
        if wire.state != AUTH:  # a PREAUTH greeting has logged us in already (RFC 3501 §7.1.4)
            await (_log_in_with(token, wire, account) if token else _log_in(wire, account))
            await _read_capabilities(wire)
        await _introduce(wire)
    except BaseException:
        wire.end(ConnectionLost("the connection was given up before it was ready"))
        raise
    log.info("imap=connected host=%s port=%d security=%s", account.host, account.port, account.security)
    return wire


async def _connect(wire: Wire, account: ImapAccount) -> None:
    tls = account.security is Security.TLS
    with _named_trouble(account):
        context = _context(account) if tls else None
        async with asyncio.timeout(wire.timing.connect):
            transport, _ = await asyncio.get_running_loop().create_connection(
                lambda: wire,
                account.host,
                account.port,
                ssl=context,
                server_hostname=account.host if tls else None,
            )
            _keep_alive(transport.get_extra_info("socket"))
            await wire.hello.finished()
    if wire.state == AUTH and account.security is Security.STARTTLS:
        raise TlsRefused(
            f"{account.place} greets as logged in before encryption, which makes STARTTLS impossible",
            remedy="use security: tls",
        )


def _context(account: ImapAccount) -> ssl.SSLContext:
    try:
        return tls_context(account.ca_file)
    except (ssl.SSLError, OSError) as trouble:
        raise TlsRefused(
            f"the certificates in {account.ca_file} cannot be read: {trouble}",
            remedy="ca_file must name a readable PEM file",
        ) from trouble


def _keep_alive(sock: socket.socket) -> None:
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in _KEEPALIVE.items():
        if hasattr(socket, name):
            sock.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)


async def _start_tls(wire: Wire, account: ImapAccount) -> None:
    if "STARTTLS" not in wire.capabilities:
        raise TlsRefused(
            f"{account.place} does not offer STARTTLS",
            remedy="use security: tls (port 993); if it did so before, someone may be tampering",
        )
    reply = await wire.run(wire.prepared("STARTTLS"))
    if not reply.status.ok:
        raise refused(f"{account.place}: STARTTLS", reply.status, TlsRefused)
    with _named_trouble(account):
        await wire.start_tls(_context(account), account.host)
    await _read_capabilities(wire)


async def _read_capabilities(wire: Wire) -> None:
    reply = await wire.run(wire.prepared("CAPABILITY", wants=_CAPABILITY))
    if not reply.status.ok:
        raise refused("CAPABILITY", reply.status)
    words = [word for answer in reply.answers for word in answer[0].split()[2:]]
    wire.capabilities = frozenset(word.decode("ascii", "replace").upper() for word in words)


async def _log_in(wire: Wire, account: ImapAccount) -> None:
    """LOGIN, or AUTHENTICATE PLAIN where LOGIN is disabled or cannot say the name or password.

    IMAP has no charset for LOGIN's words; SASL PLAIN (RFC 4616) is UTF-8 by definition.
    """
    offered = wire.capabilities
    user, password = account.username, account.password
    if "\0" in user + password:
        raise LoginRefused("a user name or password cannot hold a NUL character")
    sayable = quotable(user) and quotable(password)
    sasl = base64.b64encode(f"\0{user}\0{password}".encode())
    if "AUTH=PLAIN" in offered and (not sayable or "LOGINDISABLED" in offered):
        exchange = (
            wire.prepared("AUTHENTICATE", "PLAIN", sasl.decode("ascii"))
            if "SASL-IR" in offered
            else wire.prepared("AUTHENTICATE", "PLAIN", payloads=(sasl,))
        )
    elif "LOGINDISABLED" in offered:
        raise _login_disabled(account)
    elif sayable:
        exchange = wire.prepared("LOGIN", quoted(user), quoted(password))
    else:
        name, word = user.encode(), password.encode()
        exchange = wire.prepared("LOGIN", f"{{{len(name)}}}", payloads=(name + b" {%d}" % len(word), word))
    reply = await wire.run(exchange)
    if not reply.status.ok:
        raise login_refused(user, reply.status, (password, sasl.decode("ascii")))
    wire.state = AUTH


async def _log_in_with(token: AccessToken, wire: Wire, account: ImapAccount) -> None:
    """AUTHENTICATE with a token. A refusal comes as a challenge, which we answer with nothing, then as NO."""
    if not is_private(account.host, account.security):
        raise TlsRefused(f"{account.place}: a token does not leave this machine unencrypted")
    offered = {word.removeprefix("AUTH=") for word in wire.capabilities if word.startswith("AUTH=")}
    mechanism = chosen(offered, account.place)
    said = mechanism.response(account.username, token.value, account.host, account.port)
    at_once = "SASL-IR" in wire.capabilities
    words = (mechanism.name, said.decode("ascii")) if at_once else (mechanism.name,)
    payloads = (mechanism.after_refusal,) if at_once else (said, mechanism.after_refusal)
    exchange = wire.prepared("AUTHENTICATE", *words, payloads=payloads)
    reply = await wire.run(exchange)
    if not reply.status.ok:
        secrets = (token.value, said.decode("ascii"))
        raise token_refused(account, reply.status, status_of_challenge(exchange.challenge), secrets)
    wire.state = AUTH
    wire.began_with(token)


def _login_disabled(account: ImapAccount) -> MaildeskError:
    if account.security is Security.NONE:
        return TlsRefused(
            f"{account.place} takes no password on a connection without encryption",
            remedy="set security: tls or security: starttls",
        )
    return LoginRefused(
        f"{account.place} takes no password here (LOGINDISABLED, and AUTH=PLAIN is not offered)",
        remedy="allow password logins for this mailbox, or create an app password",
    )


async def _introduce(wire: Wire) -> None:
    """ID (RFC 2971). Some providers refuse SELECT to a client without a name; a NO does no harm."""
    if "ID" in wire.capabilities:
        await wire.run(wire.prepared("ID", '("name" "maildesk")'))


@contextmanager
def _named_trouble(account: ImapAccount) -> Iterator[None]:
    """Say in our words what the network or TLS found wrong while connecting."""
    place = account.place
    try:
        yield
    except TimeoutError as late:
        raise ConnectionLost(f"{place} did not answer in time", remedy=_remedy(late, account)) from late
    except ssl.SSLCertVerificationError as untrusted:
        why = readable(str(untrusted.verify_message or untrusted).encode())
        raise TlsRefused(
            f"the certificate of {place} is not trusted: {why}", remedy=_remedy(untrusted, account)
        ) from untrusted
    except ConnectionRefusedError as nobody:
        raise ConnectionLost(
            f"cannot connect to {place}: it refuses the connection", remedy=_remedy(nobody, account)
        ) from nobody
    except (ssl.SSLEOFError, ConnectionError) as broken:
        raise ConnectionLost(f"{place} ended the connection: {broken}") from broken
    except ssl.SSLError as unsafe:
        raise TlsRefused(
            f"no encrypted connection to {place}: {(unsafe.reason or str(unsafe)).replace('_', ' ').lower()}",
            remedy=_remedy(unsafe, account)
            or "check port and security (993 is tls, 143 is starttls); TLS 1.2 is the least we accept",
        ) from unsafe
    except socket.gaierror as unknown:
        raise ConnectionLost(
            f"the name {account.host} cannot be resolved: {unknown.strerror}",
            remedy=_remedy(unknown, account),
        ) from unknown
    except OSError as trouble:
        raise ConnectionLost(f"cannot connect to {place}: {trouble.strerror or trouble}") from trouble


_PORTS = {Security.TLS: 993, Security.STARTTLS: 143}


def _remedy(trouble: BaseException, account: ImapAccount) -> str:
    return remedy_for(trouble, account.security, _PORTS)
