"""A single mail in an idle daemon: from the moment the server pushes it to the acknowledgement's final dot.

Between the two stands a relay of TCP that notes when EXISTS passes, as servers take their time before
they push (Dovecot about half a second), and that time is not ours.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
import time
from collections.abc import Callable

from bench.mails import requests
from bench.phases import Bench

PATIENCE = 30.0
_EXISTS = re.compile(rb"\* \d+ EXISTS\r\n")


class Tap:
    """Hands bytes on between the daemon and the server, and sees IDLE and EXISTS go by."""

    def __init__(self, port: int) -> None:
        self._behind = port
        self._tasks: set[asyncio.Task[None]] = set()
        self.idling = asyncio.Event()
        self.pushed: list[float] = []

    async def start(self) -> int:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    def stop(self) -> None:
        self._server.close()
        for task in self._tasks:
            task.cancel()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        behind_reader, behind_writer = await asyncio.open_connection("127.0.0.1", self._behind)
        for source, sink, seen in (
            (reader, behind_writer, self._from_client),
            (behind_reader, writer, self._from_server),
        ):
            task = asyncio.create_task(_hand_on(source, sink, seen))
            self._tasks.add(task)

    def _from_client(self, data: bytes) -> None:
        if b"IDLE\r\n" in data:
            self.idling.set()
        else:
            self.idling.clear()

    def _from_server(self, data: bytes) -> None:
        if _EXISTS.search(data):
            self.pushed.append(time.monotonic())


async def _hand_on(
    source: asyncio.StreamReader, sink: asyncio.StreamWriter, seen: Callable[[bytes], None]
) -> None:
    with contextlib.suppress(ConnectionError):
        while data := await source.read(65536):
            seen(data)
            sink.write(data)
            await sink.drain()
    sink.close()


async def latencies(bench: Bench, count: int) -> list[float]:
    """Seconds for each of `count` mails, one after the other."""
    tap = Tap(bench.dovecot.imap_port)
    bench.desk.configure(await tap.start(), bench.sink.port, bench.agents, bench.policy)
    daemon = await asyncio.create_subprocess_exec(
        *bench.maildesk, "run", "-c", str(bench.desk.config), stderr=asyncio.subprocess.DEVNULL
    )
    try:
        return [await _latency(bench, tap, raw) for raw in requests(count, seed=3)]
    finally:
        daemon.terminate()
        await daemon.wait()
        tap.stop()


async def _latency(bench: Bench, tap: Tap, raw: bytes) -> float:
    await _quiet(tap)
    before = len(bench.sink.mails())
    tap.pushed.clear()
    await bench.dovecot.append("support", _renamed(raw))
    async with asyncio.timeout(PATIENCE):
        # The sink is another process: its file is looked at until everybody has heard.
        while len(letters := bench.sink.mails()) < before + 1 + bench.agents:  # noqa: ASYNC110 - as said
            await asyncio.sleep(0.05)
    return max(letter.at for letter in letters[before:]) - tap.pushed[0]


async def _quiet(tap: Tap) -> None:
    """Return when the daemon has waited for the server for a second."""
    async with asyncio.timeout(PATIENCE):
        while True:
            await tap.idling.wait()
            await asyncio.sleep(1)
            if tap.idling.is_set():
                return


def _renamed(raw: bytes) -> bytes:
    """Not one of the mails of the first phase again: its own Message-ID and sender."""
    return raw.replace(b"customer", b"single").replace(b"<request.", b"<single.")
