"""An IMAP server that plays a script: it says what a test tells it to, when it is told to."""

from __future__ import annotations

import asyncio
import contextlib
import re
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field

from maildesk.transport.imap_values import ImapAccount
from maildesk.transport.security import Security
from maildesk.transport.tokens import TokenSource

CAPABILITIES = "IMAP4rev1 IDLE MOVE"
_LITERAL = re.compile(rb"\{(\d+)(\+?)\}$")


@dataclass(frozen=True, slots=True)
class Asked:
    """One command as it came in, literals put in their places."""

    tag: str
    name: str
    line: bytes


class Peer:
    """The server's end of one connection. Commands of the daily round are answered by themselves."""

    def __init__(
        self, server: ScriptedImap, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.server = server
        self.reader = reader
        self.writer = writer
        self.capabilities = CAPABILITIES
        self.exists = 3

    def say(self, *lines: str | bytes) -> None:
        for line in lines:
            self.writer.write((line.encode() if isinstance(line, str) else line) + b"\r\n")

    def raw(self, data: bytes) -> None:
        self.writer.write(data)

    def greet(self, line: str = "* OK ready") -> None:
        self.say(line)

    def ok(self, asked: Asked, words: str = "OK done") -> None:
        self.say(f"{asked.tag} {words}")

    async def read(self) -> Asked:
        """The next command, whatever it is."""
        line = await self._line()
        while found := _LITERAL.search(line):
            if not found[2]:
                self.say("+ go on")
            literal = await self.reader.readexactly(int(found[1]))
            line = line[: found.start()] + literal + await self._line()
        tag, _, rest = line.decode("utf-8", "replace").partition(" ")
        words = rest.split(" ")
        name = words[1] if words[0].upper() == "UID" and len(words) > 1 else words[0]
        self.server.log.append(line)
        return Asked(tag, name.upper(), line)

    async def _line(self) -> bytes:
        line = await self.reader.readline()
        if not line:
            raise ConnectionResetError("the client is gone")
        return line.rstrip(b"\r\n")

    async def expect(self, name: str) -> Asked:
        """The next command of this name; CAPABILITY, LOGIN, ID, SELECT before it are answered OK."""
        while (asked := await self.read()).name != name:
            assert self.is_daily(asked), f"the script expected {name}, the client sent {asked.line!r}"
            self.answer_daily(asked)
        return asked

    def is_daily(self, asked: Asked) -> bool:
        return asked.name in _DAILY

    def answer_daily(self, asked: Asked) -> None:
        _DAILY[asked.name](self, asked)

    async def serve(self) -> None:
        """Answer the daily round until the client leaves."""
        await self.expect("LEAVE")

    async def stall(self) -> None:
        """Say nothing more, until the client leaves."""
        while await self.reader.read(65536):
            pass

    def cut(self) -> None:
        self.writer.transport.abort()

    def _capability(self, asked: Asked) -> None:
        self.say(f"* CAPABILITY {self.capabilities}")
        self.ok(asked)

    def _select(self, asked: Asked) -> None:
        self.say(
            "* FLAGS (\\Seen)",
            "* OK [PERMANENTFLAGS (\\Seen \\*)] yes",
            f"* {self.exists} EXISTS",
            "* 0 RECENT",
            "* OK [UIDVALIDITY 7] ids",
            f"* OK [UIDNEXT {self.exists + 1}] next",
        )
        self.ok(asked, "OK [READ-WRITE] selected")


_DAILY: dict[str, Callable[[Peer, Asked], None]] = {
    "CAPABILITY": Peer._capability,
    "LOGIN": Peer.ok,
    "ID": Peer.ok,
    "SELECT": Peer._select,
    "EXAMINE": Peer._select,
    "NOOP": Peer.ok,
    "LOGOUT": Peer.ok,
}

Script = Callable[[Peer], Awaitable[None]]


@dataclass(eq=False)
class ScriptedImap:
    """Plays `script` on every connection. A script that fails makes its test fail."""

    script: Script
    port: int = 0
    log: list[bytes] = field(default_factory=list)  # every command line of every connection
    connections: int = 0
    troubles: list[BaseException] = field(default_factory=list)
    _running: set[asyncio.Task[None]] = field(default_factory=set)

    @classmethod
    @contextlib.asynccontextmanager
    async def playing(cls, script: Script, tls: ssl.SSLContext | None = None) -> AsyncIterator[ScriptedImap]:
        played = cls(script)
        listener = await asyncio.start_server(played._play, "127.0.0.1", 0, ssl=tls, limit=1 << 20)
        played.port = listener.sockets[0].getsockname()[1]
        try:
            yield played
        finally:
            listener.close()
            for task in played._running:
                task.cancel()
            await asyncio.gather(*played._running, return_exceptions=True)
        if played.troubles:
            raise played.troubles[0]

    async def _play(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._running.add(task)
        self.connections += 1
        try:
            await self.script(Peer(self, reader, writer))
        except (ConnectionError, asyncio.IncompleteReadError, ssl.SSLError, asyncio.CancelledError):
            pass  # the client left, or the test is over: many scripts end so
        except Exception as trouble:  # noqa: BLE001  # handed to the test that plays this script
            self.troubles.append(trouble)
        finally:
            self._running.discard(task)
            writer.transport.abort()

    def account(self, password: str = "secret", username: str = "support", **more: str) -> ImapAccount:
        security = Security(more.pop("security", "none"))
        return ImapAccount("127.0.0.1", self.port, security, username, password, more.get("ca_file"))

    def account_with(self, bearer: TokenSource, username: str = "support") -> ImapAccount:
        return ImapAccount("127.0.0.1", self.port, Security.NONE, username, "", bearer=bearer)

    def said(self, name: str) -> list[bytes]:
        """The command lines of this name, without their tags."""
        rests = [line.partition(b" ")[2] for line in self.log]
        return [rest for rest in rests if rest.upper().startswith(name.encode())]


def message(uid: int, raw: bytes, number: int | None = None) -> bytes:
    """A FETCH answer with everything we ask for, as bytes on the wire."""
    head = (
        f"* {number or uid} FETCH (UID {uid} FLAGS (\\Seen) "
        f'INTERNALDATE "05-Jan-2026 10:00:00 +0100" RFC822.SIZE {len(raw)} BODY[] {{{len(raw)}}}\r\n'
    )
    return head.encode() + raw + b")\r\n"


def listing(uid: int) -> str:
    """A FETCH answer to `describe`."""
    return f'* {uid} FETCH (UID {uid} FLAGS () INTERNALDATE "05-Jan-2026 10:00:00 +0100" RFC822.SIZE 30)'
