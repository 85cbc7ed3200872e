"""A real SMTP server for tests that can be told how to misbehave; it runs in the test's own event loop.

async with await SmtpServer.start() as relay:
    relay.refuse("bo@client.example", 550, "5.1.1 no such user")
    ...
    await relay.wait_for(2)
    first, second = relay.letters_to("ana@client.example")
"""

from __future__ import annotations

import asyncio
import contextlib
import email
import email.policy
import shutil
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from email.message import EmailMessage
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, Self, cast

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

from maildesk.transport.security import hang_up
from tests.world.certificates import Certificate

Tls = Literal["starttls", "tls"]


@dataclass(frozen=True, slots=True)
class Delivered:
    """One message that reached its final dot. `at_index` counts from 0, `connection` (its carrier) from 1."""

    envelope_from: str
    recipients: tuple[str, ...]
    raw: bytes
    at_index: int
    connection: int

    @property
    def letter(self) -> EmailMessage:
        """The same one whoever asks: it is read, and nobody writes into it."""
        return _parsed(self.raw)


@lru_cache(1024)
def _parsed(raw: bytes) -> EmailMessage:
    """Stories look through the same letters again and again, and parsing one is the most that it costs."""
    return email.message_from_bytes(raw, policy=email.policy.default)


@dataclass(frozen=True, slots=True)
class LoginTried:
    """A user name and password as they arrived, and whether anybody on the way could have read them."""

    username: str
    password: str
    encrypted: bool


@dataclass(slots=True)
class _Fault:
    """An answer to give instead of the usual one, `left` times (None: always)."""

    reply: str
    left: int | None

    def take(self) -> str | None:
        if self.left is None:
            return self.reply
        self.left -= 1
        return self.reply if self.left >= 0 else None


class SmtpServer:
    """Accepts mail on 127.0.0.1 and keeps it in `mails`, in the order of the final dots."""

    host = "127.0.0.1"

    def __init__(
        self, tls: Tls | None, auth: tuple[str, str] | None, max_size: int | None, smtputf8: bool
    ) -> None:
        """Use `await SmtpServer.start(...)`."""
        self.mails: list[Delivered] = []
        self.commands: list[str] = []  # every command line of every connection, passwords masked
        self.logins: list[LoginTried] = []
        self.connections = 0
        self.port = 0
        self.ca_file: str | None = None
        self._tls, self._auth, self._max_size, self._smtputf8 = tls, auth, max_size, smtputf8
        self._certificate: Certificate | None = None
        self._stripped = False
        self._refusals: dict[str, _Fault] = {}
        self._sender_refusal: _Fault | None = None
        self._data_refusal: _Fault | None = None
        self._greylist = 0
        self._drops = 0
        self._stall: asyncio.Event | None = None
        self._greeting: str | None = None
        self._close_after: int | None = None
        self.thanks = "2.0.0 queued as {}"  # the answer to a mail it took, with the mail's number
        self._server: asyncio.Server | None = None
        self._folder: str | None = None
        self._open: set[_Conversation] = set()
        self._arrival = asyncio.Condition()

    # --- life -------------------------------------------------------------------------------------

    @classmethod
    async def start(
        cls,
        *,
        tls: Tls | None = None,
        auth: tuple[str, str] | None = None,
        certificate: Certificate | None = None,
        max_size: int | None = None,
        smtputf8: bool = False,
        port: int = 0,
    ) -> Self:
        """Listen. `auth` is the one (user name, password) that is let in; without it nobody has to log in."""
        relay = cls(tls, auth, max_size, smtputf8)
        if tls is not None:
            if certificate is None:
                relay._folder = tempfile.mkdtemp(prefix="smtp-")
                certificate = await asyncio.to_thread(Certificate.make, Path(relay._folder))
            relay._certificate = certificate
            relay.ca_file = str(certificate.file)
        context = certificate.context() if certificate and tls == "tls" else None
        loop = asyncio.get_running_loop()
        relay._server = await loop.create_server(relay._conversation, cls.host, port, ssl=context)
        relay.port = relay._server.sockets[0].getsockname()[1]
        return relay

    async def stop(self) -> None:
        """Close the port and cut whoever is still connected."""
        if self._server is not None:
            self._server.close()
        for conversation in tuple(self._open):
            await conversation.cut()
        if self._folder is not None:
            shutil.rmtree(self._folder)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    def _conversation(self) -> _Conversation:
        self.connections += 1
        return _Conversation(self, self.connections)

    @property
    def wants_login(self) -> bool:
        return self._auth is not None

    # --- what it is told to do ----------------------------------------------------------------------

    def refuse(
        self, recipient: str, code: int = 550, text: str = "5.1.1 no such user", *, times: int | None = None
    ) -> None:
        """Answer RCPT for this address with `code text`, always or the next `times` times."""
        self._refusals[recipient.lower()] = _Fault(f"{code} {text}", times)

    def refuse_sender(
        self, code: int = 550, text: str = "5.7.1 sender not allowed", *, times: int | None = None
    ) -> None:
        """Answer MAIL with `code text`."""
        self._sender_refusal = _Fault(f"{code} {text}", times)

    def refuse_data(
        self, code: int = 554, text: str = "5.6.0 content not wanted", *, times: int | None = None
    ) -> None:
        """Answer the final dot with `code text`; the mail is not kept."""
        self._data_refusal = _Fault(f"{code} {text}", times)

    def accept_all(self) -> None:
        """Take back every refusal."""
        self._refusals.clear()
        self._sender_refusal = self._data_refusal = self._greeting = None
        self._greylist = 0

    def greylist(self, times: int = 1) -> None:
        """Answer the next `times` RCPTs with 451."""
        self._greylist = times

    def drop_after_dot(self, times: int = 1) -> None:
        """Keep the next `times` mails and cut the connection instead of saying so."""
        self._drops = times

    def stall_dot(self, until: asyncio.Event) -> None:
        """Keep each mail and answer its dot only when `until` is set."""
        self._stall = until

    def strip_starttls(self) -> None:
        """Be the man in the middle who removes STARTTLS from the offer, and offers the login all the same."""
        self._stripped = True

    def close_after(self, mails: int) -> None:
        """Hang up with 421 after so many mails on one connection."""
        self._close_after = mails

    def greet(self, code: int, text: str) -> None:
        """Greet with a refusal ("421 4.7.0 too many connections") and hang up."""
        self._greeting = f"{code} {text}"

    async def hang_up(self) -> None:
        """Cut every open connection without a word."""
        for conversation in tuple(self._open):
            await conversation.cut()

    # --- what came --------------------------------------------------------------------------------

    async def wait_for(self, mails: int, *, within: float = 120) -> list[Delivered]:
        """The mails, as soon as there are so many of them."""
        try:
            async with asyncio.timeout(within), self._arrival:
                await self._arrival.wait_for(lambda: len(self.mails) >= mails)
        except TimeoutError:
            raise AssertionError(
                f"{len(self.mails)} mails came, not {mails}; commands: {self.commands}"
            ) from None
        return self.mails

    def letters_to(self, recipient: str) -> list[EmailMessage]:
        """What this address received, parsed, in order."""
        return [mail.letter for mail in self.mails if recipient in mail.recipients]

    async def _keep(self, mail_from: str, recipients: Iterable[str], raw: bytes, connection: int) -> None:
        async with self._arrival:
            sender = "" if mail_from == "<>" else mail_from
            self.mails.append(Delivered(sender, tuple(recipients), raw, len(self.mails), connection))
            self._arrival.notify_all()

    # --- aiosmtpd asks (its handler hooks) ----------------------------------------------------------

    async def handle_EHLO(
        self, smtp: _Conversation, session: Session, envelope: Envelope, hostname: str, offers: list[str]
    ) -> list[str]:
        session.host_name = hostname
        hidden = {"STARTTLS"} if self._stripped else set()
        in_clear = self._tls == "starttls" and session.ssl is None and not self._stripped
        if self._auth is None or in_clear:
            hidden.add("AUTH")
        return [line for line in offers if line[4:].partition(" ")[0] not in hidden]

    async def handle_MAIL(
        self, smtp: _Conversation, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self._auth is not None and not session.authenticated:
            return "530 5.7.0 authentication required"
        if self._close_after is not None and smtp.mails >= self._close_after:
            smtp.close_soon()
            return "421 4.3.2 enough for one connection"
        refusal = self._sender_refusal.take() if self._sender_refusal else None
        if refusal is not None:
            return smtp.closing_if_421(refusal)
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 2.1.0 sender ok"

    async def handle_RCPT(
        self, smtp: _Conversation, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self._greylist > 0:
            self._greylist -= 1
            return "451 4.7.1 greylisted, come back in a while"
        fault = self._refusals.get(address.lower())
        refusal = fault.take() if fault else None
        if refusal is not None:
            return smtp.closing_if_421(refusal)
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 recipient ok"

    async def handle_DATA(self, smtp: _Conversation, session: Session, envelope: Envelope) -> str:
        refusal = self._data_refusal.take() if self._data_refusal else None
        if refusal is not None:
            return smtp.closing_if_421(refusal)
        smtp.mails += 1
        raw = envelope.original_content or b""
        await self._keep(envelope.mail_from or "", envelope.rcpt_tos, raw, smtp.number)
        if self._drops > 0:
            self._drops -= 1
            await smtp.vanish()
        if self._stall is not None:
            await self._stall.wait()
        return "250 " + self.thanks.format(len(self.mails))

    def authenticate(
        self, smtp: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any
    ) -> AuthResult:
        encrypted = session.ssl is not None or self._tls == "tls"
        login = LoginTried(data.login.decode(), data.password.decode(), encrypted)
        self.logins.append(login)
        return AuthResult(success=(login.username, login.password) == self._auth, handled=False)


class _Conversation(SMTP):
    """One connection; aiosmtpd's own, plus a transcript and the ways to end badly."""

    def __init__(self, relay: SmtpServer, number: int) -> None:
        starttls = relay._certificate is not None and relay._tls == "starttls"
        super().__init__(
            relay,
            hostname="relay.example",
            ident="ESMTP",
            data_size_limit=relay._max_size,
            enable_SMTPUTF8=relay._smtputf8,
            tls_context=relay._certificate.context() if starttls and relay._certificate else None,
            auth_require_tls=False,  # handle_EHLO decides who sees AUTH; a stripped offer must still tempt
            authenticator=relay.authenticate,
            loop=asyncio.get_running_loop(),
        )
        self._relay = relay
        self.number = number
        self.mails = 0
        self._smtp_methods = {verb: self._noted(verb, run) for verb, run in self._smtp_methods.items()}

    def _noted(self, verb: str, run: Callable[[str | None], Any]) -> Callable[[str | None], Any]:
        async def noted(argument: str | None) -> None:
            shown = (argument or "").split(" ")[0] if verb == "AUTH" else argument or ""
            self._relay.commands.append(f"{verb} {shown}".strip())
            await run(argument)

        return noted

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self._relay._open.add(self)

    def connection_lost(self, error: Exception | None) -> None:
        super().connection_lost(error)
        self._relay._open.discard(self)

    async def _handle_client(self) -> None:
        if self._relay._greeting is not None:
            await self.push(self._relay._greeting)
            self._writer.close()
            return
        await super()._handle_client()

    def close_soon(self) -> None:
        """Close once the reply that is about to be returned is written."""
        asyncio.get_running_loop().call_later(0.01, self._writer.close)

    def closing_if_421(self, reply: str) -> str:
        if reply.startswith("421"):
            self.close_soon()
        return reply

    async def vanish(self) -> None:
        """Cut the connection in the middle of a command: nothing after this is ever said."""
        self._abort()
        await asyncio.get_running_loop().create_future()  # ends when aiosmtpd cancels the conversation

    def _abort(self) -> None:
        if self.transport is not None:
            hang_up(cast(asyncio.WriteTransport, self.transport))

    async def cut(self) -> None:
        task = self._handler_coroutine
        self._abort()
        if task is not None:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
