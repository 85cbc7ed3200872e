"""The talk with a relay that is ready for mail: what we say, and its replies in the order of our commands."""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from typing import NamedTuple

from maildesk.transport.security import hang_up

LONGEST_LINE = 8192  # RFC 5321 §4.5.3.1.5 says 512; some relays explain themselves at length
LONGEST_REPLY = 65_536


class SmtpReply(NamedTuple):
    """One reply, its lines joined by line ends."""

    code: int
    text: str


class SmtpWire(asyncio.Protocol):
    """Takes over the transport of a client that has introduced itself.

    aiosmtplib waits for each reply before it says the next thing; this may say several (RFC 2920) and knows
    how many replies are due. A relay that says more than that, or what is no reply, is hung up on: nobody
    could tell any more which command it speaks of.
    Raised by what waits: ConnectionError where the talk has ended, TimeoutError where the relay says nothing.
    """

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self._read = bytearray()
        self._lines: list[bytes] = []  # of a reply that is not complete yet
        self._size = 0  # of those lines as they came
        self._replies: deque[SmtpReply] = deque()
        self._due = 0
        self._ended: ConnectionError | None = None
        self._full = False
        self._waiter: asyncio.Future[None] | None = None
        transport.set_protocol(self)

    @property
    def open(self) -> bool:
        """Tell whether the talk goes on, as far as we know."""
        return self._ended is None and not self._transport.is_closing()

    @property
    def answered(self) -> bool:
        """Tell whether there is a reply to be read, or none will ever come."""
        return bool(self._replies) or self._ended is not None

    def say(self, data: bytes, replies: int = 1) -> None:
        """Write; so many replies are due to it."""
        if not self._due and (self._read or self._lines):
            self._end(ConnectionError(_OUT_OF_TURN))  # half a reply to nothing
        if not self.open:
            raise self._ended or ConnectionError(_LOST)
        self._due += replies
        self._transport.write(data)

    async def reply(self, within: float) -> SmtpReply:
        """The next reply, waited for at most `within` seconds."""
        give_up = asyncio.get_running_loop().time() + within
        while not self._replies:
            if self._ended:
                raise self._ended
            await self._change(give_up)
        return self._replies.popleft()

    async def replies(self, count: int, within: float) -> list[SmtpReply]:
        """So many replies, each within so many seconds; at least one, and fewer if the talk ends after it."""
        came = [await self.reply(within)]
        with contextlib.suppress(ConnectionError):  # what it said before it hung up still counts
            while len(came) < count:
                came.append(await self.reply(within))
        return came

    async def drain(self, within: float) -> None:
        """Wait until the relay has read enough for more to be written, or until it has answered."""
        give_up = asyncio.get_running_loop().time() + within
        while self._full and not self.answered:
            await self._change(give_up)

    async def _change(self, give_up: float) -> None:
        """Wait until something happens, to a moment of the loop's clock."""
        loop = asyncio.get_running_loop()
        waiter = self._waiter = loop.create_future()
        timer = loop.call_at(give_up, _late, waiter)
        try:
            await waiter
        finally:
            timer.cancel()
            self._waiter = None

    def _wake(self) -> None:
        if self._waiter and not self._waiter.done():
            self._waiter.set_result(None)

    # --- what the transport tells -----------------------------------------------------------------

    def data_received(self, data: bytes) -> None:
        """Lines become replies; what is no reply ends the talk."""
        self._read += data
        while (end := self._read.find(b"\n")) >= 0:
            line = bytes(self._read[: end + 1])
            del self._read[: end + 1]
            self._take(line)
        if len(self._read) > LONGEST_LINE:
            self._end(ConnectionError(_NOT_SMTP))

    def connection_lost(self, exc: Exception | None) -> None:
        """End the talk; what was read before still counts."""
        self._end(ConnectionError(str(exc) or _LOST if exc else _LOST))

    def pause_writing(self) -> None:
        """The relay does not read as fast as we write."""
        self._full = True

    def resume_writing(self) -> None:
        """It has caught up."""
        self._full = False
        self._wake()

    def _take(self, line: bytes) -> None:
        """One line of a reply (RFC 5321 §4.2): three digits, then a hyphen if more of it follows."""
        if self._ended:
            return
        digits = line[:3]
        self._lines.append(line[4:].strip(b" \t\r\n"))
        self._size += len(line)
        too_long = len(line) > LONGEST_LINE or self._size > LONGEST_REPLY
        if too_long or not (len(digits) == 3 and digits.isdigit()):
            self._end(ConnectionError(_NOT_SMTP))
        elif line[3:4] != b"-":
            text = b"\n".join(self._lines).decode("utf-8", "surrogateescape")
            self._lines, self._size = [], 0
            self._done(SmtpReply(int(digits), text))

    def _done(self, reply: SmtpReply) -> None:
        if self._due:
            self._due -= 1
            self._replies.append(reply)
            self._wake()
        else:
            self._end(ConnectionError(_OUT_OF_TURN))

    def _end(self, why: ConnectionError) -> None:
        """End the talk; the replies that came before can still be read."""
        self._ended = self._ended or why
        hang_up(self._transport)
        self._wake()


_LOST = "the connection was lost"
_NOT_SMTP = "the reply is not SMTP"
_OUT_OF_TURN = "the relay spoke out of turn"


def _late(waiter: asyncio.Future[None]) -> None:
    if not waiter.done():
        waiter.set_exception(TimeoutError("no reply within the time limit"))
