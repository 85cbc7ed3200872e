"""A TCP proxy on loopback that does what networks do: it delays, drips, cuts, resets and falls silent."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
from dataclasses import dataclass, field

CHUNK = 65536


@dataclass(slots=True)
class Faults:
    """What happens to bytes on their way. Change it at any time; bytes under way obey at their next step."""

    latency: float = 0.0  # seconds each chunk waits
    drip: float | None = None  # seconds between single bytes towards the client
    cut_after: int | None = None  # bytes towards the client, then the connection is closed
    reset_after: int | None = None  # … then it is reset (RST)


@dataclass(eq=False)
class _Pair:
    client: asyncio.StreamWriter
    server: asyncio.StreamWriter
    passed_down: int = 0

    def end(self, *, reset: bool = False) -> None:
        for writer in (self.client, self.server):
            if reset:
                _reset_on_close(writer)
            writer.transport.abort()


@dataclass(eq=False)
class FaultProxy:
    """Passes everything on to `target` until told otherwise; clients connect to `port` of 127.0.0.1."""

    target: tuple[str, int]
    faults: Faults = field(default_factory=Faults)
    connections: int = 0  # accepted so far
    bytes_up: int = 0
    bytes_down: int = 0

    def __post_init__(self) -> None:
        self._flowing = asyncio.Event()
        self._flowing.set()
        self._pairs: set[_Pair] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._listener: asyncio.Server | None = None
        self.port = 0

    @classmethod
    async def start(cls, host: str, port: int) -> FaultProxy:
        proxy = cls((host, port))
        await proxy.listen()
        return proxy

    async def listen(self) -> None:
        """Listen, on the same port as before if there was one."""
        self._listener = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = self._listener.sockets[0].getsockname()[1]

    def refuse(self) -> None:
        """Refuse new connections until `listen`; the present ones go on."""
        if self._listener is not None:
            self._listener.close()
            self._listener = None

    async def stop(self) -> None:
        self.refuse()
        self.heal()
        self.cut()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def fall_silent(self) -> None:
        """Half-open: connections stay, new ones are accepted, and not one byte passes in either direction."""
        self._flowing.clear()

    def heal(self) -> None:
        """Everything passes again, what was held back first."""
        self.faults = Faults()
        self._flowing.set()

    def cut(self) -> None:
        """Close every present connection."""
        for pair in list(self._pairs):
            pair.end()

    def reset(self) -> None:
        """Reset every present connection (RST instead of FIN)."""
        for pair in list(self._pairs):
            pair.end(reset=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        self.connections += 1
        try:
            far_reader, far_writer = await asyncio.open_connection(*self.target)
        except OSError:
            writer.transport.abort()
            return
        pair = _Pair(writer, far_writer)
        self._pairs.add(pair)
        up = asyncio.ensure_future(self._pump(pair, reader, far_writer, down=False))
        down = asyncio.ensure_future(self._pump(pair, far_reader, writer, down=True))
        try:
            await asyncio.wait({up, down}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            pair.end()
            up.cancel()
            down.cancel()
            await asyncio.gather(up, down, return_exceptions=True)
            self._pairs.discard(pair)

    async def _pump(
        self, pair: _Pair, source: asyncio.StreamReader, sink: asyncio.StreamWriter, *, down: bool
    ) -> None:
        with contextlib.suppress(ConnectionError):  # the other side is gone: a proxy sees that all day
            while data := await source.read(CHUNK):
                await self._flowing.wait()
                await asyncio.sleep(self.faults.latency)
                if not down:
                    self.bytes_up += len(data)
                    await _send(sink, data)
                elif not await self._pass_down(pair, data):
                    return

    async def _pass_down(self, pair: _Pair, data: bytes) -> bool:
        """Pass `data` to the client; False when a fault ended the connection."""
        step = 1 if self.faults.drip is not None else len(data)
        for at in range(0, len(data), step):
            await self._flowing.wait()
            piece = data[at : at + step]
            limits = [n for n in (self.faults.cut_after, self.faults.reset_after) if n is not None]
            room = min(limits, default=pair.passed_down + len(piece)) - pair.passed_down
            await _send(pair.client, piece[: max(0, room)])
            pair.passed_down += len(piece[: max(0, room)])
            self.bytes_down += len(piece[: max(0, room)])
            if room < len(piece):
                pair.end(reset=self.faults.reset_after is not None)
                return False
            await asyncio.sleep(self.faults.drip or 0)
        return True


async def _send(writer: asyncio.StreamWriter, data: bytes) -> None:
    writer.write(data)
    await writer.drain()


def _reset_on_close(writer: asyncio.StreamWriter) -> None:
    sock = writer.get_extra_info("socket")
    with contextlib.suppress(OSError):  # already closed
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
