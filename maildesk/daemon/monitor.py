"""The place where monitors ask by HTTP, on a port of this machine or on a socket: GET, and nothing else."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
import stat
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Protocol

from maildesk.daemon.clock import Clock
from maildesk.daemon.monitor_pages import Answer, MonitorPages

_log = logging.getLogger(__name__)

HEAD_BYTES = 2048
"""The most that a request may hold."""
PATIENCE = 5.0
"""Seconds a request may take to come, and its answer to go."""
AT_ONCE = 8
"""Requests that are read at once; whoever comes then is turned away."""
AGAIN = 60.0
"""Seconds until a place that was taken is tried again: the desk works without its page."""


class Place(Protocol):
    """A place where monitors ask."""

    async def open(self, monitor: Monitor) -> asyncio.Server: ...


@dataclass(frozen=True, slots=True)
class PortPlace:
    """A port, of this machine unless somebody named another address."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"

    async def open(self, monitor: Monitor) -> asyncio.Server:
        return await asyncio.start_server(monitor.serve_one, self.host, self.port, limit=HEAD_BYTES)


@dataclass(frozen=True, slots=True)
class SocketPlace:
    """A socket in a folder, for whoever may open it: its owner and its group."""

    path: Path

    def __str__(self) -> str:
        return str(self.path)

    async def open(self, monitor: Monitor) -> asyncio.Server:
        """Open it in the place of one that a daemon left; anything else that lies there stays."""
        with contextlib.suppress(FileNotFoundError):
            if not stat.S_ISSOCK(self.path.lstat().st_mode):
                raise FileExistsError(f"{self.path} is there and is no socket")
            self.path.unlink()
        server = await asyncio.start_unix_server(monitor.serve_one, self.path, limit=HEAD_BYTES)
        os.chmod(self.path, 0o660)
        return server


class Monitor:
    """Serves the pages until it is called off."""

    def __init__(self, place: Place, clock: Clock, pages: MonitorPages) -> None:
        self._place = place
        self._clock = clock
        self._pages = pages
        self._open: set[asyncio.StreamWriter] = set()

    async def serve(self, stop: asyncio.Event) -> None:
        """Answer requests until `stop`."""
        while not stop.is_set():
            try:
                server = await self._place.open(self)
            except OSError as problem:
                _log.error("no page for monitors on %s problem=%r", self._place, str(problem))
                await self._clock.pause(AGAIN, until=stop)
                continue
            async with server:
                await stop.wait()
                for each in self._open:
                    each.close()

    async def serve_one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Read one request and answer it, unless too many are under way."""
        self._open.add(writer)
        try:
            if len(self._open) <= AT_ONCE:
                async with asyncio.timeout(PATIENCE):
                    head = await _head(reader)
                answer = await self._answer(head)
                async with asyncio.timeout(PATIENCE):
                    writer.write(answer)
                    await writer.drain()
        except (OSError, TimeoutError):
            pass  # whoever asked is gone, or too slow
        finally:
            self._open.discard(writer)
            writer.close()

    async def _answer(self, head: bytes) -> bytes:
        method, _, rest = head.partition(b"\r\n")[0].partition(b" ")
        if not rest:
            return _response(_short(HTTPStatus.BAD_REQUEST))
        if method not in (b"GET", b"HEAD"):
            return _response(_short(HTTPStatus.METHOD_NOT_ALLOWED), "Allow: GET, HEAD")
        found = await self._pages.answer(rest.partition(b" ")[0].partition(b"?")[0], head)
        return _response(found or _short(HTTPStatus.NOT_FOUND), with_body=method == b"GET")


async def _head(reader: asyncio.StreamReader) -> bytes:
    """The lines of a request; nothing where they are too long or cut off."""
    try:
        return await reader.readuntil(b"\r\n\r\n")
    except (asyncio.IncompleteReadError, asyncio.LimitOverrunError):
        return b""


def _short(status: HTTPStatus) -> Answer:
    return Answer(status, json.dumps({"problem": status.phrase}, indent=1).encode() + b"\n")


def _response(answer: Answer, *more: str, with_body: bool = True) -> bytes:
    head = [
        f"HTTP/1.1 {answer.status.value} {answer.status.phrase}",
        f"Content-Type: {answer.type}",
        f"Content-Length: {len(answer.body)}",
        "Cache-Control: no-store",
        "X-Content-Type-Options: nosniff",
        "Connection: close",
        *more,
    ]
    return "\r\n".join(head).encode() + b"\r\n\r\n" + (answer.body if with_body else b"")
