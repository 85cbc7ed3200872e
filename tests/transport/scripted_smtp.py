"""An SMTP peer that says exactly what a test tells it, sense or nonsense."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Self

USUAL = {
    "greeting": "220 relay.example ESMTP",
    "EHLO": "250-relay.example\r\n250 8BITMIME",
    "MAIL": "250 2.1.0 ok",
    "RCPT": "250 2.1.5 ok",
    "DATA": "354 go ahead",
    ".": "250 2.0.0 queued",
    "RSET": "250 2.0.0 flushed",
    "QUIT": "221 2.0.0 bye",
}
CUT = ""  # hang up instead of answering
SILENCE = "…"  # never answer


Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


class Peer:
    """Listens on a free port of this machine and talks as it is told, until the end of the `async with`."""

    def __init__(self, talk: Talk) -> None:
        self.port = 0
        self.gone = asyncio.Event()  # set once the other side hung up in the middle
        self._talk = talk
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for writer in self._writers:
            writer.transport.abort()
        await asyncio.sleep(0)  # lets the transports notice

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        self._writers.add(writer)
        try:
            await self._talk(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            self.gone.set()
        finally:
            writer.close()


class ScriptedSmtp(Peer):
    """Answers each verb (also `greeting`, and `.` for the message) from a table; a list is used in order."""

    def __init__(self, **replies: str | list[str]) -> None:
        """`dot` stands for the final dot, since `.` is no Python name."""
        super().__init__(self._converse)
        named = {"." if name == "dot" else name: reply for name, reply in replies.items()}
        self.replies: dict[str, str | list[str]] = {**USUAL, **named}
        self.heard: list[str] = []
        self.messages: list[bytes] = []
        self.silent = asyncio.Event()  # set once a command was met with silence
        self.speak = asyncio.Event()  # ends every silence, with the reply after the "…"

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        reply = await self._say(writer, "greeting")
        while reply != CUT:
            line = (await reader.readuntil(b"\r\n")).decode().rstrip("\r\n")
            self.heard.append(line)
            reply = await self._say(writer, line.split(" ")[0].upper())
            if reply.startswith("354"):
                self.messages.append(await self._message(reader))
                reply = await self._say(writer, ".")

    async def _message(self, reader: asyncio.StreamReader) -> bytes:
        lines = []
        while (line := await reader.readuntil(b"\r\n")) != b".\r\n":
            lines.append(line)
        return b"".join(lines)

    async def _say(self, writer: asyncio.StreamWriter, verb: str) -> str:
        reply = self.replies.get(verb, "502 5.5.1 not here")
        if isinstance(reply, list):
            reply = reply.pop(0)
        if reply.startswith(SILENCE):
            self.silent.set()
            await self.speak.wait()
            reply = reply.removeprefix(SILENCE)
        if reply:
            writer.write(reply.encode() + b"\r\n")
            await writer.drain()
        return reply


@asynccontextmanager
async def slow_relay(seconds: float) -> AsyncIterator[ScriptedSmtp]:
    """Takes every message and says so after so many seconds."""
    async with ScriptedSmtp(dot=SILENCE + "250 2.0.0 queued") as peer:

        async def think() -> None:
            await peer.silent.wait()
            await asyncio.sleep(seconds)
            peer.speak.set()

        thinking = asyncio.create_task(think())
        yield peer
        thinking.cancel()
