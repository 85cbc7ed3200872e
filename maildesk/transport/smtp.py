"""Mail out: one connection to a relay, one recipient at a time, and an honest answer for each."""

from __future__ import annotations

import asyncio
import contextlib
import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import cast

import aiosmtplib

from maildesk.errors import BadInput, ConnectionLost, HungUp, LoginRefused, MaildeskError, ServerBusy
from maildesk.transport.relay import Accepted, Answer, Refused, Unknown
from maildesk.transport.security import hang_up
from maildesk.transport.smtp_answer import answer, asks_to_slow_down, one_line, path, wire_form
from maildesk.transport.smtp_opening import SmtpAccount, SmtpTiming, open_relay
from maildesk.transport.smtp_wire import SmtpReply, SmtpWire
from maildesk.transport.tokens import AccessToken

QUIT_SECONDS = 2
BLOCK = 65_536
START_INPUT = 354
CLOSING = 421  # RFC 5321 §3.8: may answer anything, and the relay hangs up after it
LOGIN_WANTED = frozenset({530, 534, 535, 538})  # RFC 4954 §6: about our account, never about this mail
USUAL_TIMING = SmtpTiming()


@dataclass(frozen=True, slots=True)
class SmtpRelay:
    """A relay behind SMTP. `hurry`: the seconds that each step has where a person waits."""

    account: SmtpAccount
    connections: int = 1
    hurry: float = 10.0

    @property
    def where(self) -> str:
        return self.account.where

    @property
    def described(self) -> str:
        user = self.account.username
        login = f"lets {user} in" if user else "takes mail without a login"
        return f"{self.where} ({self.account.security}) {login}"

    async def connect(self, *, hurried: bool = False) -> SmtpConnection:
        timing = replace(USUAL_TIMING, connect=self.hurry, command=self.hurry) if hurried else USUAL_TIMING
        return await SmtpConnection.open(self.account, timing)


class SmtpConnection:
    """A conversation with one relay. `offer`, `begin`, then `transmit`; then the next mail.

    A reply belongs to the command before it, and only the order says so. So whatever ends a command
    early (cancellation, a time limit, nonsense) ends the connection: the next mail must never be
    judged by the reply that was meant for this one.
    """

    def __init__(
        self, smtp: aiosmtplib.SMTP, timing: SmtpTiming, where: str, token: AccessToken | None = None
    ) -> None:
        """Use `SmtpConnection.open`."""
        self._timing = timing
        self._where = where
        self._transport = cast(asyncio.Transport, smtp.transport)
        self._wire = SmtpWire(self._transport)
        self._aborted = False
        self._talking = False
        self._offered = False
        self._begun: bytes | None = None  # the message that the relay waits for, as it goes
        self._ends_at = asyncio.get_running_loop().time() + token.fresh if token else math.inf
        self._used = False  # another mail has gone over this connection, or was refused on it
        self._eight_bit = smtp.supports_extension("8bitmime")
        self._sizes = smtp.supports_extension("size")
        self._pipelining = smtp.supports_extension("pipelining")
        self.smtputf8 = smtp.supports_extension("smtputf8")
        self.max_size = _limit(smtp.esmtp_extensions.get("size", ""))

    @classmethod
    async def open(cls, account: SmtpAccount, timing: SmtpTiming = USUAL_TIMING) -> SmtpConnection:
        """Connect, encrypt as the account demands, say EHLO and log in; or raise what is wrong.

        ConnectionLost, ServerBusy and CommandRefused are worth another try; TlsRefused, LoginRefused and
        BadInput wait for a person.
        """
        opened = await open_relay(account, timing)
        return cls(opened.smtp, timing, account.where, opened.token)

    @property
    def usable(self) -> bool:
        """Tell whether the next mail may go here: the relay is there, and our token is not about to end."""
        return self._there and asyncio.get_running_loop().time() < self._ends_at

    @property
    def _there(self) -> bool:
        return not self._aborted and self._wire.open

    async def offer(
        self, envelope_from: str, recipient: str, *, size: int | None = None
    ) -> Accepted | Refused:
        """Ask whether the relay takes a mail of `size` octets for this recipient.

        Exactly one recipient: the reply to the message is then about that recipient and no other. After a
        refusal the connection is ready for the next offer, unless the relay hung up, as `usable` says.
        """
        sender, receiver = path(envelope_from, may_be_empty=True), path(recipient)
        ascii_only = sender.isascii() and receiver.isascii()
        if not ascii_only and not self.smtputf8:
            return Refused(553, "this relay takes no address outside ASCII (SMTPUTF8)", permanent=True)
        if size is not None and self._is_too_big(size):
            return self._too_big(size)
        if self._offered:
            await self.reset()
        reused, self._used = self._used, True
        mail = b"MAIL FROM:<" + sender + b">" + self._options(size, ascii_only)
        rcpt = b"RCPT TO:<" + receiver + b">"
        try:
            said = await (self._ask(mail, rcpt) if self._pipelining else self._ask(mail))
        except ConnectionLost as problem:
            if reused and not isinstance(problem.__cause__, TimeoutError):
                raise HungUp(problem.message) from problem
            raise
        if reused and said[0].code == CLOSING and not asks_to_slow_down(*said[0]):
            self.abort()
            raise HungUp(f"{self._where} answered {CLOSING} {one_line(said[0].text)}")
        reply = self._judged(said[0])
        if isinstance(reply, Accepted):
            self._offered = True
            said = said[1:] or await self._ask(rcpt)
            reply = self._judged(said[0])
        if isinstance(reply, Refused):
            await self._forget()
        return reply

    async def begin(self, message: bytes) -> Refused | None:
        """Say DATA for the message of the accepted offer; None: the relay waits for it, and has nothing yet.

        After that nothing but `transmit` may follow, or `abort`: there is no way back on this connection.
        """
        if not self._offered:
            raise RuntimeError("a message comes after an accepted offer")
        data = wire_form(message)
        if not (self._eight_bit or message.isascii()):
            raise BadInput("a message with 8-bit bytes cannot go to a relay without 8BITMIME")
        if self._is_too_big(len(message)):
            await self._forget()
            return self._too_big(len(message))
        (reply,) = await self._ask(b"DATA")
        if reply.code != START_INPUT:
            return await self._not_wanted(reply)
        self._offered, self._begun = False, data
        return None

    async def transmit(self, message: bytes) -> Answer:
        if self._begun is None and (refused := await self.begin(message)):
            return refused
        if not self._there:
            raise ConnectionLost(f"{self._where} hung up before the message began")
        data, self._begun = self._begun or b"", None
        return await self._hand_over(data)

    async def reset(self) -> None:
        """Forget the offer that was not transmitted (RSET)."""
        (reply,) = await self._ask(b"RSET")
        if not 200 <= reply.code <= 299:
            self.abort()
            raise ConnectionLost(f"{self._where} refused RSET: {reply.code} {one_line(reply.text)}")
        self._offered = False

    async def close(self) -> None:
        """Say QUIT and hang up; a relay that is slow to say goodbye is not waited for."""
        try:
            if self._there and not self._talking:
                # A goodbye is a courtesy: every answer is settled by now, so its failure changes nothing.
                with contextlib.suppress(OSError):
                    self._wire.say(b"QUIT\r\n")
                    await self._wire.reply(QUIT_SECONDS)
        finally:
            self.abort()

    def abort(self) -> None:
        self._aborted = True
        hang_up(self._transport)

    # --- one exchange -----------------------------------------------------------------------------

    @contextlib.contextmanager
    def _exchange(self) -> Iterator[SmtpWire]:
        """Something said and its replies; unless both come to their end in order, the connection ends."""
        if self._talking:
            raise RuntimeError("one mail at a time on one connection")
        if not self._there:
            raise ConnectionLost(f"{self._where} has hung up")
        self._talking = True
        try:
            yield self._wire
        except BaseException:
            self.abort()
            raise
        finally:
            self._talking = False

    async def _ask(self, *commands: bytes) -> list[SmtpReply]:
        """The replies to commands said at once; fewer, but at least one, where the relay hung up after it."""
        try:
            with self._exchange() as wire:
                wire.say(b"".join(command + b"\r\n" for command in commands), len(commands))
                return await wire.replies(len(commands), self._timing.command)
        except OSError as error:
            verb = commands[0].split(b" ", 1)[0].decode()
            raise ConnectionLost(f"{self._where} did not answer {verb}: {_why(error)}") from error

    def _judged(self, reply: SmtpReply) -> Accepted | Refused:
        """The reply as a verdict on this mail, or raised as what it says about the relay and us."""
        verdict = answer(reply.code, reply.text)
        trouble = _trouble(reply)
        if trouble is not None or isinstance(verdict, Unknown):
            self.abort()
            said = f"{reply.code} {one_line(reply.text)}"
            raise (trouble or ConnectionLost)(f"{self._where} answered {said}")
        if reply.code == CLOSING:
            self.abort()
        return verdict

    async def _not_wanted(self, reply: SmtpReply) -> Refused:
        """DATA was not answered with 354, so the relay has nothing of the message."""
        verdict = self._judged(reply)
        if isinstance(verdict, Accepted):
            self.abort()
            raise ConnectionLost(f"{self._where} answered DATA with {reply.code}")
        await self._forget()
        return verdict

    async def _forget(self) -> None:
        """Clear a refused transaction, if there is one; the refusal stands even if the connection falls."""
        if not (self._offered and self._there):
            return
        with contextlib.suppress(ConnectionLost):  # already hung up, and said so by `usable`
            await self.reset()

    # --- the message ------------------------------------------------------------------------------

    async def _hand_over(self, data: bytes) -> Answer:
        """Hand over the mail: from here on the relay may have it, so silence is Unknown, never a failure."""
        try:
            with self._exchange() as wire:
                whole = await self._stream(wire, data)
                reply = await wire.reply(self._timing.final_dot)
        except OSError as error:
            return Unknown(f"{self._where} did not answer the message: {_why(error)}")
        verdict = answer(reply.code, reply.text)
        if isinstance(verdict, Accepted) and not whole:
            verdict = Unknown(f"{self._where} answered {reply.code} before the message had ended")
        if not whole or isinstance(verdict, Unknown) or reply.code == CLOSING:
            self.abort()
        return verdict

    async def _stream(self, wire: SmtpWire, data: bytes) -> bool:
        """Write as fast as the relay reads; False if it answered or hung up in the middle."""
        wire.say(data[:BLOCK])
        written = BLOCK
        while written < len(data):
            await wire.drain(self._timing.data_block)
            if wire.answered:
                return False
            wire.say(data[written : written + BLOCK], replies=0)
            written += BLOCK
        return True

    # --- what we ask ------------------------------------------------------------------------------

    def _options(self, size: int | None, ascii_only: bool) -> bytes:
        """MAIL's parameters: RFC 1870 SIZE, RFC 6152 BODY, RFC 6531 SMTPUTF8."""
        return b"".join(
            (
                b" SIZE=%d" % size if size is not None and self._sizes else b"",
                b" BODY=8BITMIME" if self._eight_bit else b"",
                b"" if ascii_only else b" SMTPUTF8",
            )
        )

    def _is_too_big(self, size: int) -> bool:
        return self.max_size is not None and size > self.max_size

    def _too_big(self, size: int) -> Refused:
        text = f"the mail has {size} octets and this relay takes {self.max_size}"
        return Refused(552, text, permanent=True)


def _limit(size: str) -> int | None:
    """Read what SIZE in the EHLO reply allows; 0 and a bare SIZE mean no known limit (RFC 1870 §4)."""
    number = size.isascii() and size.isdigit() and len(size) <= 20  # RFC 1870 §3
    return (int(size) if number else 0) or None


def _trouble(reply: SmtpReply) -> type[MaildeskError] | None:
    """The error that a refusal stands for when it is about our account or our rate, not about this mail."""
    if reply.code in LOGIN_WANTED:
        return LoginRefused
    return ServerBusy if asks_to_slow_down(reply.code, reply.text) else None


def _why(error: OSError) -> str:
    return one_line(str(error)) or "the connection was lost"
