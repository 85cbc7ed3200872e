"""A man in the middle of an IMAP connection: hears every line, hides what he likes, and may say BYE."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from dataclasses import dataclass, field

BYE = b"* BYE the server is being restarted\r\n"


@dataclass(eq=False)
class MiddleMan:
    """Stands before a real server on `port`. `hidden` vanishes from all that the server says."""

    target: tuple[str, int]
    hidden: bytes | None = None
    heard: list[bytes] = field(default_factory=list)
    byes: int = 0  # how many times IDLE is answered with BYE instead of a continuation
    silences: int = 0  # how many times MOVE is never answered
    moves: bool = False  # whether such a MOVE reaches the server all the same
    port: int = 0

    @classmethod
    async def start(cls, host: str, port: int, *, hidden: bytes | None = None) -> MiddleMan:
        man = cls((host, port), hidden)
        man._listener = await asyncio.start_server(man._serve, "127.0.0.1")
        man.port = man._listener.sockets[0].getsockname()[1]
        return man

    def __post_init__(self) -> None:
        self._listener: asyncio.Server | None = None
        self._serving: set[asyncio.Task[None]] = set()

    async def stop(self) -> None:
        if self._listener is not None:
            self._listener.close()
        for task in self._serving:
            task.cancel()
        await asyncio.gather(*self._serving, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._serving.add(task)
        task.add_done_callback(self._serving.discard)
        far_reader, far_writer = await asyncio.open_connection(*self.target)
        down = asyncio.create_task(self._pass_down(far_reader, writer))
        try:
            with contextlib.suppress(ConnectionError):  # either side may leave when it likes
                await self._pass_up(reader, far_writer, writer, down)
        finally:
            down.cancel()
            for each in (writer, far_writer):
                each.transport.abort()

    async def _pass_up(
        self,
        reader: asyncio.StreamReader,
        far: asyncio.StreamWriter,
        near: asyncio.StreamWriter,
        down: asyncio.Task[None],
    ) -> None:
        while line := await reader.readline():
            self.heard.append(line)
            if self.byes and line.rstrip().endswith(b"IDLE"):
                self.byes -= 1
                near.write(BYE)
                await near.drain()
                return
            silent = self.silences > 0 and b"MOVE" in line
            if not silent or self.moves:
                far.write(line)
                await far.drain()
            if silent:
                self.silences -= 1
                down.cancel()
                await reader.read()  # half-open, until the client gives up
                return

    async def _pass_down(self, far: asyncio.StreamReader, near: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError):
            while line := await far.readline():
                near.write(line.replace(self.hidden, b"") if self.hidden else line)
                await near.drain()


@dataclass(eq=False)
class Ear:
    """A TLS server with a certificate nobody should trust: keeps whatever is said to it all the same."""

    port: int
    heard: bytearray
    _listener: asyncio.Server

    @classmethod
    async def start(cls, context: ssl.SSLContext) -> Ear:
        heard = bytearray()

        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            with contextlib.suppress(ConnectionError, ssl.SSLError):  # whoever distrusts us hangs up
                writer.write(b"* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN SASL-IR] welcome\r\n")
                heard.extend(await reader.read())
            writer.transport.abort()

        listener = await asyncio.start_server(serve, "127.0.0.1", ssl=context)
        return cls(listener.sockets[0].getsockname()[1], heard, listener)

    async def stop(self) -> None:
        self._listener.close()


@dataclass(eq=False)
class Ancient:
    """A server that knows no TLS newer than 1.0, which today's OpenSSL cannot be made to serve everywhere.

    It answers the ClientHello with a ServerHello of its own version (RFC 2246 §7.4.1.3)
    and keeps all it hears.
    """

    port: int
    heard: bytearray
    _listener: asyncio.Server

    TLS_1_0 = b"\x03\x01"
    BODY = TLS_1_0 + bytes(range(32)) + b"\x00" + b"\x00\x2f" + b"\x00"  # random, no session, AES-128-SHA
    SERVER_HELLO = b"\x16" + TLS_1_0 + (len(BODY) + 4).to_bytes(2) + b"\x02" + len(BODY).to_bytes(3) + BODY

    @classmethod
    async def start(cls) -> Ancient:
        heard = bytearray()

        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            with contextlib.suppress(ConnectionError):  # whoever refuses us hangs up
                heard.extend(await reader.read(1))
                writer.write(cls.SERVER_HELLO)
                heard.extend(await reader.read())
            writer.transport.abort()

        listener = await asyncio.start_server(serve, "127.0.0.1")
        return cls(listener.sockets[0].getsockname()[1], heard, listener)

    async def stop(self) -> None:
        self._listener.close()
