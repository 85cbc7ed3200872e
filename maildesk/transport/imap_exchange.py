"""One IMAP command and what the server answers to it."""

from __future__ import annotations

from collections import deque

from aioimaplib.aioimaplib import Command

from maildesk.errors import ConnectionLost, MaildeskError
from maildesk.transport.imap_answers import Status
from maildesk.transport.imap_stream import Answer

COLLECTED_MAX = 32 << 20


class Exchange(Command):  # type: ignore[misc]  # aioimaplib ships no types
    """A command on its way. `wants` names the untagged answers that are its own; all others are not kept.

    With a `code` only those are its own that hold this response code: a server may say OK to anything.
    `payloads` are sent one at a time, each when the server asks for it with "+". With `streams` the answers
    are handed on one by one as they come; else they are collected until the server is done.
    """

    def __init__(
        self,
        name: str,
        tag: str,
        *args: str,
        prefix: str | None = None,
        wants: frozenset[bytes] = frozenset(),
        payloads: tuple[bytes, ...] = (),
        streams: bool = False,
        code: bytes = b"",
    ) -> None:
        super().__init__(name, tag, *args, prefix=prefix)
        self.wants = wants
        self.payloads = deque(payloads)
        self.streams = streams
        self.code = code
        self.answers: deque[Answer] = deque()
        self.held = 0  # bytes in `answers`
        self.asked = False  # the server has sent "+"
        self.challenge = b""  # … and last these words with it
        self.status: Status | None = None
        self.failure: MaildeskError | None = None

    def __repr__(self) -> str:
        # The arguments stay out: asyncio puts reprs into its error log, and one of them may be a password.
        return f"<{self.tag} {self.name}>"

    @property
    def line(self) -> bytes:
        return f"{super().__repr__()}\r\n".encode("ascii")

    def is_own(self, word: bytes, line: bytes) -> bool:
        """Tell whether an untagged answer, which begins with this word, belongs to this command."""
        return word in self.wants and self.code in line

    @property
    def over(self) -> bool:
        return self.status is not None or self.failure is not None

    def take(self, answer: Answer, size: int) -> None:
        self.answers.append(answer)
        self.held += size
        if self.streams:
            self._event.set()
        elif self.held > COLLECTED_MAX:
            raise ConnectionLost(f"the server sent more than {COLLECTED_MAX} bytes in answer to {self.name}")

    def next_answer(self) -> Answer | None:
        if not self.answers:
            return None
        answer = self.answers.popleft()
        self.held -= sum(map(len, answer))
        return answer

    def ask(self) -> None:
        self.asked = True
        self._event.set()

    def finish(self, status: Status) -> None:
        self.status = status
        self._event.set()

    def fail(self, error: MaildeskError) -> None:
        if not self.over:
            self.failure = error
            self._event.set()

    async def stir(self) -> None:
        """Wait until something happens to this command."""
        self._event.clear()
        await self._event.wait()

    def nudge(self) -> None:
        """Wake who waits in `stir`: something happened that this command did not ask for."""
        self._event.set()

    async def finished(self) -> Status:
        """The server's last word on this command; raises what ended the connection instead."""
        while not self.over:
            await self.stir()
        if self.status is None:
            raise self.failure or ConnectionLost("the connection ended")
        return self.status
