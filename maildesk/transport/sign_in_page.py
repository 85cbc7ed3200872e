"""The page on this machine to which a browser comes back from a sign-in (RFC 8252 §7.3)."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Mapping
from urllib.parse import parse_qsl, urlsplit

from maildesk.errors import BadInput

USUAL_PORT = 53682
LARGEST = 64 * 1024
_PATIENCE = 10.0  # seconds for a browser to say what it wants
_LOOPBACK = ("127.0.0.1", "::1")

_DONE = ("200 OK", "You may close this page: maildesk goes on in the terminal.")
_NOT_OURS = ("400 Bad Request", "This is not the sign-in that maildesk waits for. Look at the terminal.")


class LandingPage:
    """Listens on loopback, where nobody else can reach it, and takes one visit."""

    def __init__(self) -> None:
        self._servers: list[asyncio.Server] = []
        self._is_ours: Callable[[Mapping[str, str]], bool] = lambda _: False
        self._visit: asyncio.Future[Mapping[str, str]] = asyncio.get_running_loop().create_future()
        self.port = 0

    @classmethod
    async def listening(cls, port: int | None = None, *, any_port: bool = True) -> LandingPage:
        """Listen on `port`, else on the usual one, or where that is taken on a free one, if `any_port`."""
        page = cls()
        wanted = USUAL_PORT if port is None else port
        try:
            await page._listen(wanted)
        except OSError as taken:
            if port is not None or not any_port:
                why = (taken.strerror or "it is taken").lower()
                raise BadInput(
                    f"cannot wait for the browser on port {wanted}: {why}",
                    remedy="give another with --port, one that the provider knows",
                ) from taken
            await page._listen(0)
        return page

    @property
    def address(self) -> str:
        """The address that the provider is told to send the browser to."""
        return f"http://localhost:{self.port}/"

    async def visited(self, is_ours: Callable[[Mapping[str, str]], bool]) -> Mapping[str, str]:
        """Wait for a visit that is ours; what it brings."""
        self._is_ours = is_ours
        return await asyncio.shield(self._visit)

    async def close(self) -> None:
        """Listen no more."""
        for server in self._servers:
            server.close()

    async def _listen(self, port: int) -> None:
        """Browsers find `localhost` at either address; a machine may be without the second."""
        first = await asyncio.start_server(self._greet, _LOOPBACK[0], port, limit=LARGEST)
        self._servers.append(first)
        self.port = first.sockets[0].getsockname()[1]
        with contextlib.suppress(OSError):
            second = await asyncio.start_server(self._greet, _LOOPBACK[1], self.port, limit=LARGEST)
            self._servers.append(second)

    async def _greet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(_PATIENCE):
                words = (await reader.readline()).decode("ascii", "replace").split(" ")
                while (await reader.readline()).strip():
                    pass  # nothing in the header of a request is of use
                asked = dict(parse_qsl(urlsplit(words[1]).query)) if len(words) == 3 else {}
                ours = words[0] == "GET" and self._is_ours(asked)
                writer.write(_page(*(_DONE if ours else _NOT_OURS)))
                await writer.drain()
        except (OSError, ValueError, TimeoutError):
            return  # a visitor that is no browser, or left: we go on waiting
        finally:
            writer.close()
        if ours and not self._visit.done():
            self._visit.set_result(asked)


def _page(status: str, words: str) -> bytes:
    body = f"<!doctype html><meta charset=utf-8><title>maildesk</title><p>{words}</p>\n".encode()
    return (
        f"HTTP/1.1 {status}\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {len(body)}\r\n"
        "Cache-Control: no-store\r\nReferrer-Policy: no-referrer\r\nConnection: close\r\n\r\n"
    ).encode() + body
