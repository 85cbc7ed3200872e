"""The parent's side of reading: a child does it, is given a time limit, and is replaced when it dies."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import pickle
import sys
from collections.abc import Sequence

from maildesk.daemon.reader_frames import LENGTH, Failure, Setup
from maildesk.errors import ReaderKilled
from maildesk.mail.message import IncomingMail

_log = logging.getLogger(__name__)

Reading = IncomingMail | Failure


class MailReader:
    """Reads mails in a child process, in order. One caller at a time."""

    def __init__(self, setup: Setup) -> None:
        self._setup = setup
        self._child: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        """Start the child now, so that the first mail need not wait for it."""
        await self._ready()

    async def read(self, raws: Sequence[bytes]) -> list[Reading]:
        """A value or a Failure for every mail. The mail that kills the child is tried once more, alone."""
        readings: list[Reading] = []
        while len(readings) < len(raws):
            rest = raws[len(readings) :]
            readings.extend(await self._read_until_killed(rest))
            if len(readings) < len(raws):
                readings.append(await self._once_more(raws[len(readings)]))
        return readings

    async def close(self) -> None:
        """End the child."""
        child, self._child = self._child, None
        if child is None:
            return
        with contextlib.suppress(ProcessLookupError):
            child.kill()
        await child.wait()

    async def _read_until_killed(self, raws: Sequence[bytes]) -> list[Reading]:
        child = await self._ready()
        feeding = asyncio.create_task(self._feed(child, raws), name="feed-reader")
        readings: list[Reading] = []
        try:
            for _ in raws:
                readings.append(await self._answer(child))  # noqa: PERF401 - what was read before a kill counts
        except ReaderKilled:
            await self.close()
        except BaseException:
            await self.close()  # half an answer may be in the pipe
            raise
        finally:
            feeding.cancel()
            with contextlib.suppress(asyncio.CancelledError, ConnectionError):
                await feeding
        return readings

    async def _once_more(self, raw: bytes) -> Reading:
        _log.warning("reader killed: one more try")
        again = await self._read_until_killed([raw])
        return (
            again[0] if again else Failure("reader-killed", "our reader died or took too long on it, twice")
        )

    async def _feed(self, child: asyncio.subprocess.Process, raws: Sequence[bytes]) -> None:
        assert child.stdin is not None
        for raw in raws:
            child.stdin.write(LENGTH.pack(len(raw)))
            child.stdin.write(raw)
            await child.stdin.drain()

    async def _answer(self, child: asyncio.subprocess.Process) -> Reading:
        assert child.stdout is not None
        try:
            async with asyncio.timeout(self._setup.seconds):
                head = await child.stdout.readexactly(LENGTH.size)
                data = await child.stdout.readexactly(LENGTH.unpack(head)[0])
        except (TimeoutError, asyncio.IncompleteReadError) as problem:
            raise ReaderKilled("the child that reads mails died or took too long") from problem
        reading: Reading = pickle.loads(data)  # noqa: S301 - written by our own child, of our own types
        return reading

    async def _ready(self) -> asyncio.subprocess.Process:
        if self._child and self._child.returncode is None:
            return self._child
        self._child = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "maildesk.daemon.reader_child",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        assert self._child.stdin is not None
        setup = pickle.dumps(self._setup)
        self._child.stdin.write(LENGTH.pack(len(setup)) + setup)
        return self._child
