"""An SMTP server that takes every mail and keeps it: `python -m bench.sink FILE` prints its port.

Speaks just enough SMTP (RFC 5321) to cost little, as it shares the machine with what is measured.
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
import struct
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

HEAD = struct.Struct(">dII")
END = b"\r\n.\r\n"


@dataclass(frozen=True, slots=True)
class Captured:
    """One mail that reached its final dot; `at` is the machine's monotonic clock."""

    at: float
    recipient: str
    raw: bytes

    def packed(self) -> bytes:
        """As it stands in the sink's file; `records` is the inverse."""
        name = self.recipient.encode()
        return HEAD.pack(self.at, len(name), len(self.raw)) + name + self.raw


class Conversation(asyncio.Protocol):
    """One client. Mail and recipient are remembered from RCPT to the final dot."""

    def __init__(self, kept: BinaryIO) -> None:
        self._kept = kept
        self._read = bytearray()
        self._recipient = ""
        self._in_data = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._out = transport
        self._out.write(b"220 sink.example ESMTP\r\n")

    def data_received(self, data: bytes) -> None:
        self._read += data
        while self._take_mail() if self._in_data else self._take_line():
            pass

    def _take_mail(self) -> bool:
        end = self._read.find(END)
        if end < 0:
            return False
        at = time.monotonic()
        raw = bytes(self._read[: end + 2]).replace(b"\r\n..", b"\r\n.")
        del self._read[: end + len(END)]
        self._kept.write(Captured(at, self._recipient, raw).packed())
        self._kept.flush()
        self._in_data = False
        self._out.write(b"250 2.0.0 kept\r\n")
        return True

    def _take_line(self) -> bool:
        end = self._read.find(b"\r\n")
        if end < 0:
            return False
        line = bytes(self._read[:end])
        del self._read[: end + 2]
        verb = line[:4].upper()
        if verb == b"EHLO":
            self._out.write(b"250-sink.example\r\n250-8BITMIME\r\n250-PIPELINING\r\n250 SIZE 67108864\r\n")
        elif verb == b"RCPT":
            self._recipient = line.partition(b"<")[2].partition(b">")[0].decode()
            self._out.write(b"250 2.1.5 fine\r\n")
        elif verb == b"DATA":
            self._in_data = True
            self._out.write(b"354 go on\r\n")
        elif verb == b"QUIT":
            self._out.write(b"221 2.0.0 bye\r\n")
            self._out.close()
        else:
            self._out.write(b"250 2.0.0 fine\r\n")
        return True


async def serve(path: Path) -> None:
    """Listen on a free port of 127.0.0.1 until SIGTERM."""
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, stop.set)
    with path.open("ab") as kept:
        server = await loop.create_server(lambda: Conversation(kept), "127.0.0.1", 0)
        print(server.sockets[0].getsockname()[1], flush=True)
        await stop.wait()
        server.close()


class Sink:
    """The sink in a process of its own."""

    def __init__(self, path: Path) -> None:
        path.touch()
        self._path = path
        words = [sys.executable, "-m", "bench.sink", str(path)]
        self._process = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)  # noqa: S603 - our own module
        assert self._process.stdout is not None
        self.port = int(self._process.stdout.readline())

    def mails(self) -> list[Captured]:
        """Everything kept so far, in the order of the final dots."""
        return records(self._path.read_bytes())

    def stop(self) -> None:
        self._process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(10)


def records(data: bytes) -> list[Captured]:
    """The mails in a file of the sink's; one that is being written is left out."""
    return list(_records(data))


def _records(data: bytes) -> Iterator[Captured]:
    at = 0
    while at + HEAD.size <= len(data):
        stamp, name, size = HEAD.unpack_from(data, at)
        start = at + HEAD.size
        at = start + name + size
        if at <= len(data):
            yield Captured(stamp, data[start : start + name].decode(), data[start + name : at])


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1])))
