"""aioimaplib's protocol with our own receiving and sending: one command at a time, each with a deadline."""

from __future__ import annotations

import asyncio
import re
import ssl
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from aioimaplib.aioimaplib import AUTH, NONAUTH, Commands, IMAP4ClientProtocol

from maildesk.errors import CommandRefused, ConnectionLost, MaildeskError, SessionEnded, TlsRefused
from maildesk.transport.imap_answers import Status, expanded, status_of
from maildesk.transport.imap_exchange import Exchange
from maildesk.transport.imap_patience import PatienceTimer
from maildesk.transport.imap_refusals import goodbye
from maildesk.transport.imap_stream import Answer, AnswerReader
from maildesk.transport.imap_values import ImapTiming
from maildesk.transport.security import hang_up
from maildesk.transport.tokens import AccessToken

HELD_HIGH = 4 << 20  # received but not yet taken: stop reading
HELD_LOW = 1 << 20  # … and go on

_UNTAGGED = re.compile(rb"\* (?:(\d{1,10}) )?([A-Za-z]+)")


@dataclass(frozen=True, slots=True)
class ImapReply:
    """A finished command: the server's last word and the answers that were its own."""

    status: Status
    answers: tuple[Answer, ...]


class Wire(IMAP4ClientProtocol):  # type: ignore[misc]  # aioimaplib ships no types
    """The protocol of one connection. Whatever goes wrong inside a command ends it, at once and for good.

    A command that is cancelled, late or half read leaves a connection of which nobody knows what it will say
    next (another folder selected, another command's answer); such a connection is never used again.
    """

    transport: asyncio.Transport  # None until connected; only `end` may come that early
    capabilities: frozenset[str]

    def __init__(self, timing: ImapTiming, max_literal: int) -> None:
        super().__init__(asyncio.get_running_loop())
        self.capabilities = frozenset()
        self.timing = timing
        self.lost: MaildeskError | None = None  # why this connection is over
        self.gone = asyncio.Event()  # the transport is closed, too
        self.exists = 0  # messages in the selected folder, as far as the server told
        self.news = False  # … and whether it told of a change that nobody has looked at yet
        self.hello = Exchange("NOOP", "greeting")
        self.ends_at: float | None = None  # when another session should begin, by the loop's clock
        self._greeted = False
        self._paused = False  # nobody takes what we received: do not read on
        self._sealed = False  # nothing may come before TLS begins
        self._max_literal = max_literal
        self._reader = AnswerReader(max_literal)
        self._exchange: Exchange | None = None
        self._turn = asyncio.Lock()
        self._holder: asyncio.Task[object] | None = None
        self._watch = PatienceTimer(self.loop, self._too_late)

    # --- the transport calls these -----------------------------------------------------------------

    def data_received(self, data: bytes) -> None:
        self._watch.heard(len(data))
        try:
            for answer in self._reader.feed(data):
                self._sort(answer)
        except MaildeskError as problem:
            self.end(problem)
        if self._sealed and self._reader.pending:
            self.end(_injected())

    def connection_lost(self, exc: Exception | None) -> None:
        why = f"the connection broke: {exc}" if exc else "the server closed the connection"
        self.end(ConnectionLost(why))
        self.gone.set()

    def end(self, error: MaildeskError) -> None:
        """Give the connection up: a command under way fails with `error`, later ones with ConnectionLost."""
        if self.lost is None:
            self.lost = error
        self._watch.stop()
        if self.transport is not None:
            hang_up(self.transport)
        self.hello.fail(self.lost)
        if self._exchange is not None:
            self._exchange.fail(self.lost)

    # --- answers -----------------------------------------------------------------------------------

    def _sort(self, answer: Answer) -> None:
        line = answer[0]
        if self._sealed:
            self.end(_injected())
        elif self.lost is not None:
            return
        elif not self._greeted:
            self._greet(line)
        elif line.startswith(b"* "):
            self._untagged(answer)
        elif line.startswith(b"+"):
            self._asked(line[1:])
        else:
            self._tagged(line)

    def _greet(self, line: bytes) -> None:
        status = status_of(line) if line.startswith(b"* ") else None
        self._greeted = True
        if status is None or status.word in ("NO", "BAD"):
            self.end(ConnectionLost("this does not look like an IMAP server"))
        elif status.word == "BYE":
            self.end(goodbye(status))
        else:
            self.state = AUTH if status.word == "PREAUTH" else NONAUTH
            self.hello.finish(status)

    def _untagged(self, answer: Answer) -> None:
        found = _UNTAGGED.match(answer[0])
        if found is None:
            return
        word = found[2].upper()
        notice = _NOTICES.get(word)
        if notice is not None:
            notice(self, int(found[1] or 0), answer[0])
        exchange = self._exchange
        size = sum(map(len, answer))
        if exchange is not None and exchange.is_own(word, answer[0]):
            exchange.take(answer, size)
            if exchange.streams and exchange.held > HELD_HIGH:
                self._pause()
        else:
            self._watch.wasted(size)

    def _exists_notice(self, count: int, _line: bytes) -> None:
        if count != self.exists:
            self.exists = count
            self.news = True
            if self._exchange is not None:
                self._exchange.nudge()

    def _expunge_notice(self, _number: int, _line: bytes) -> None:
        self.exists = max(0, self.exists - 1)

    def _vanished_notice(self, _number: int, line: bytes) -> None:
        if b"(EARLIER)" not in line.upper():  # RFC 7162 §3.2.10
            self.exists = max(0, self.exists - len(expanded(line.rpartition(b" ")[2])))

    def _bye_notice(self, _number: int, line: bytes) -> None:
        if self._exchange is None or self._exchange.name != "LOGOUT":
            self.end(goodbye(status_of(line) or Status("BYE"), token=self.ends_at is not None))

    def _asked(self, words: bytes) -> None:
        exchange = self._exchange
        if exchange is None:
            return
        exchange.challenge = words
        if exchange.payloads:
            self._write(exchange.payloads.popleft() + b"\r\n")
        elif exchange.name == "AUTHENTICATE":
            self._write(b"*\r\n")  # a challenge we have no answer to: call it off (RFC 3501 §6.2.2)
        else:
            exchange.ask()

    def _tagged(self, line: bytes) -> None:
        tag, _, words = line.partition(b" ")
        status = status_of(words)
        exchange = self._exchange
        if exchange is None or exchange.over or status is None or tag != exchange.tag.encode():
            self.end(ConnectionLost("the server answered something we did not ask"))
            return
        self._watch.stop()
        if exchange.name == "STARTTLS" and status.ok:
            self._sealed = True
            self.transport.pause_reading()
        exchange.finish(status)

    # --- the session -------------------------------------------------------------------------------

    def began_with(self, token: AccessToken) -> None:
        """The session began with a token, and many a server ends it with that."""
        self.ends_at = self.loop.time() + token.fresh

    @property
    def outlived(self) -> bool:
        """Tell whether another session should begin, with another token."""
        return self.ends_at is not None and self.loop.time() >= self.ends_at

    # --- commands ----------------------------------------------------------------------------------

    def prepared(
        self,
        name: str,
        *args: str,
        uid: bool = False,
        wants: frozenset[bytes] = frozenset(),
        payloads: tuple[bytes, ...] = (),
        streams: bool = False,
        code: bytes = b"",
    ) -> Exchange:
        return Exchange(
            name,
            self.new_tag(),
            *args,
            prefix="UID" if uid else None,
            wants=wants,
            payloads=payloads,
            streams=streams,
            code=code,
        )

    async def run(self, exchange: Exchange) -> ImapReply:
        """Send one command and wait for its end. NO and BAD are answers like any other: see `status`."""
        async with self._turn_of(exchange):
            status = await exchange.finished()
        return ImapReply(status, tuple(exchange.answers))

    async def stream(self, exchange: Exchange) -> AsyncGenerator[Answer, None]:
        """Send one command and hand its answers on as they come; `exchange.status` tells how it ended.

        While more than HELD_HIGH bytes wait to be taken nothing is read, so a page of large mails costs the
        memory of a few. Whoever leaves before the end ends the connection.
        """
        async with self._turn_of(exchange):
            while True:
                answer = exchange.next_answer()
                if answer is not None:
                    if exchange.held < HELD_LOW:
                        self._resume()
                    yield answer
                elif exchange.over:
                    await exchange.finished()
                    return
                else:
                    await exchange.stir()

    async def idle(self, stop: asyncio.Event, at_most: float) -> Status:
        """One IDLE (RFC 2177) that ends at news, at `stop` or after `at_most` seconds, always by our DONE."""
        exchange = self.prepared("IDLE")
        async with self._turn_of(exchange):
            while not exchange.asked and not exchange.over:
                await exchange.stir()
            if not exchange.over:
                self._watch.stop()
                await self._lull(exchange, stop, at_most)
            if not exchange.over:
                self._start_watch(self.timing.idle_grace)
                self._write(b"DONE\r\n")
            elif exchange.status is not None and exchange.status.ok and not self.news:
                raise CommandRefused("the server ended IDLE by itself")  # to try again at once would spin
            return await exchange.finished()

    async def _lull(self, exchange: Exchange, stop: asyncio.Event, at_most: float) -> None:
        async def stirred() -> None:
            while not self.news and not exchange.over:
                await exchange.stir()

        waiting = {asyncio.ensure_future(stirred()), asyncio.ensure_future(stop.wait())}
        try:
            await asyncio.wait(waiting, timeout=at_most, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for waiter in waiting:
                waiter.cancel()

    async def start_tls(self, context: ssl.SSLContext, host: str) -> None:
        """Begin TLS after STARTTLS was answered OK. Anything that came in clear after that OK is an attack.

        (RFC 3501 §6.2.1 and CVE-2011-0411: words injected before the handshake must not be taken for the
        server's words after it.)
        """
        if self.lost is not None:
            raise self.lost
        self._sealed = False
        self._reader = AnswerReader(self._max_literal)
        self.capabilities = frozenset()
        self.transport = await self.loop.start_tls(
            self.transport, self, context, server_hostname=host, ssl_handshake_timeout=self.timing.connect
        )

    @property
    def in_use(self) -> bool:
        return self._turn.locked()

    def refuse_if_lost(self) -> None:
        if isinstance(self.lost, SessionEnded):
            raise self.lost
        if self.lost is not None:
            raise ConnectionLost(f"this connection is over: {self.lost.message}")

    @asynccontextmanager
    async def _turn_of(self, exchange: Exchange) -> AsyncIterator[None]:
        """The time in which the connection is one command's own; to leave it unfinished ends everything."""
        self.refuse_if_lost()
        if self._holder is asyncio.current_task():
            raise RuntimeError(f"{exchange.name} was asked for inside another command of the same task")
        async with self._turn:
            self.refuse_if_lost()
            if self.state not in Commands[exchange.name].valid_states:
                raise CommandRefused(f"{exchange.name} cannot be given now: the connection is {self.state}")
            self._holder = asyncio.current_task()
            self._exchange = exchange
            try:
                self._start_watch(self.timing.command)
                self._write(exchange.line)
                yield
            finally:
                self._watch.stop()
                if exchange.status is None:
                    self.end(ConnectionLost(f"{exchange.name} was not waited for to its end"))
                else:
                    self._resume()
                self._exchange = self._holder = None

    def _write(self, data: bytes) -> None:
        """Send. Nothing that is sent is ever logged: it may be a password."""
        self._watch.heard(len(data))
        self.transport.write(data)

    def send(self, line: str, scrub: str | None = None) -> None:
        self._write(f"{line}\r\n".encode())

    def _start_watch(self, allowance: float) -> None:
        silence = min(self.timing.silence, allowance)
        self._watch.start(allowance=allowance, silence=silence, min_rate=self.timing.min_rate)

    def _too_late(self) -> None:
        name = self._exchange.name if self._exchange else "greeting"
        self.end(ConnectionLost(f"the server did not answer {name} in time"))

    def _pause(self) -> None:
        if not self._paused:
            self._paused = True
            self.transport.pause_reading()
            self._watch.pause()

    def _resume(self) -> None:
        if self._paused:
            self._paused = False
            self.transport.resume_reading()
            self._watch.resume()


_NOTICES: dict[bytes, Callable[[Wire, int, bytes], None]] = {
    b"EXISTS": Wire._exists_notice,
    b"EXPUNGE": Wire._expunge_notice,
    b"VANISHED": Wire._vanished_notice,
    b"BYE": Wire._bye_notice,
}


def _injected() -> MaildeskError:
    return TlsRefused(
        "the server, or someone in between, spoke in clear after STARTTLS was agreed",
        remedy="use security: tls; if this stays, someone may be tampering with the connection",
    )
