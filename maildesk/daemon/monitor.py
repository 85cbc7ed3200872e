"""The page of a monitor: http://HOST:PORT/healthz says whether the desk is healthy, and nothing else."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Any

from maildesk.daemon.clock import Clock
from maildesk.daemon.health import Signs, as_json, healthy

_log = logging.getLogger(__name__)

PATH = b"/healthz"
HEAD_BYTES = 4096
PATIENCE = 5.0
"""Seconds a request may take to come, and its answer to go."""
AT_ONCE = 16
"""Requests that are read at once; whoever comes then is turned away."""
FRESH = 1.0
"""Seconds for which an answer is good: however often it is asked for, the database is read once a second."""
AGAIN = 60.0
"""Seconds until a port that was taken is tried again: the desk works without its page."""

Ask = Callable[[], Awaitable[Signs]]
Answer = tuple[HTTPStatus, dict[str, Any]]

BUSY: Answer = (
    HTTPStatus.SERVICE_UNAVAILABLE,
    {"healthy": False, "problem": "the database does not answer"},
)


class Monitor:
    """Serves the page until it is called off. `ask` reads the signs of health."""

    def __init__(self, host: str, port: int, clock: Clock, ask: Ask) -> None:
        self._place = host, port
        self._clock = clock
        self._ask = ask
        self._open: set[asyncio.StreamWriter] = set()
        self._asking: asyncio.Task[Answer] | None = None
        self._asked_at = 0.0

    async def serve(self, stop: asyncio.Event) -> None:
        """Answer requests until `stop`."""
        host, port = self._place
        while not stop.is_set():
            try:
                server = await asyncio.start_server(self._serve, host, port, limit=HEAD_BYTES)
            except OSError as problem:
                _log.error("no page for monitors on %s:%d problem=%r", host, port, str(problem))
                await self._clock.pause(AGAIN, until=stop)
                continue
            async with server:
                await stop.wait()
                for each in self._open:
                    each.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
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
            return _response(HTTPStatus.BAD_REQUEST)
        if rest.partition(b" ")[0].partition(b"?")[0] != PATH:
            return _response(HTTPStatus.NOT_FOUND)
        if method not in (b"GET", b"HEAD"):
            return _response(HTTPStatus.METHOD_NOT_ALLOWED)
        status, said = await self._fresh()
        return _response(status, said, with_body=method == b"GET")

    async def _fresh(self) -> Answer:
        now = asyncio.get_running_loop().time()
        if self._asking is None or (self._asking.done() and now - self._asked_at >= FRESH):
            self._asking, self._asked_at = asyncio.create_task(self._asked(), name="health"), now
        await asyncio.wait({self._asking}, timeout=PATIENCE)
        return self._asking.result() if self._asking.done() else BUSY

    async def _asked(self) -> Answer:
        signs = await self._ask()
        return (HTTPStatus.OK if healthy(signs) else HTTPStatus.SERVICE_UNAVAILABLE), as_json(signs)


async def _head(reader: asyncio.StreamReader) -> bytes:
    """The lines of a request; nothing where they are too long or cut off."""
    try:
        return await reader.readuntil(b"\r\n\r\n")
    except (asyncio.IncompleteReadError, asyncio.LimitOverrunError):
        return b""


def _response(status: HTTPStatus, said: dict[str, Any] | None = None, *, with_body: bool = True) -> bytes:
    body = json.dumps(said if said is not None else {"problem": status.phrase}, indent=1).encode() + b"\n"
    head = [
        f"HTTP/1.1 {status.value} {status.phrase}",
        "Content-Type: application/json",
        f"Content-Length: {len(body)}",
        "Cache-Control: no-store",
        "Connection: close",
        *(["Allow: GET, HEAD"] if status is HTTPStatus.METHOD_NOT_ALLOWED else []),
    ]
    return "\r\n".join(head).encode() + b"\r\n\r\n" + (body if with_body else b"")
