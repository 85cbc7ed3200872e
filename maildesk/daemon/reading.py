"""The parent's side of reading: a child does it, is given a time limit, and is replaced when it dies."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import logging
import pickle
import sys
from collections.abc import Mapping, Sequence
from typing import cast

from maildesk.daemon.reader_frames import LENGTH, PIPE, Answer, Files, FilesOf, Setup, Task
from maildesk.desk.screening.heard import HeardMail, UnreadMail
from maildesk.errors import ReaderKilled, ReaderNotReady, TooManyFiles
from maildesk.mail.message import EnclosedFile, FileKey

_log = logging.getLogger(__name__)

Reading = HeardMail | UnreadMail


GROUP = 100
GROUP_BYTES = 2**20
"""Mails the child is handed at once: each hand-over costs both sides as much as reading a mail."""


STARTING = 60
"""Seconds that the child may take to load what it needs, outside the time that a mail has."""


class MailReader:
    """Reads mails in a child process, in order. One caller at a time."""

    def __init__(self, setup: Setup) -> None:
        self._setup = setup
        self._child: asyncio.subprocess.Process | None = None
        self._loaded = False

    async def start(self) -> None:
        """Start the child now, so that the first mail need not wait for it."""
        await self._running_child()

    async def read(self, raws: Sequence[bytes]) -> list[Reading]:
        """Read every mail, or say why it cannot be read. One that kills the child is tried again, alone."""
        answers = await self._done(raws)
        assert not any(isinstance(each, Files) for each in answers)  # nobody asked for any
        return cast(list[Reading], answers)

    async def files(self, wanted: Sequence[FilesOf]) -> list[Mapping[FileKey, EnclosedFile]]:
        """The files asked for of each mail; none of a mail that could not be taken apart."""
        answers = await self._done(wanted)
        return [each.by_key if isinstance(each, Files) else {} for each in answers]

    async def _done(self, tasks: Sequence[Task]) -> list[Answer]:
        done: list[Answer] = []
        while len(done) < len(tasks):
            groups = _groups(tasks[len(done) :])
            answers = await self._until_killed(groups)
            done += itertools.chain.from_iterable(answers)
            if len(answers) < len(groups):
                done += await self._one_by_one(groups[len(answers)])
        return done

    async def close(self) -> None:
        """End the child."""
        child, self._child = self._child, None
        if child is None:
            return
        with contextlib.suppress(ProcessLookupError):
            child.kill()
        await child.wait()
        if child.stdin:
            child.stdin.close()
            with contextlib.suppress(ConnectionError):  # of mails on their way; unasked, Python logs it
                await child.stdin.wait_closed()

    async def _until_killed(self, groups: Sequence[Sequence[Task]]) -> list[list[Answer]]:
        """The answers to these groups, up to the one that the child died on."""
        child = await self._loaded_child()
        feeding = asyncio.create_task(self._feed(child, groups), name="feed-reader")
        answers: list[list[Answer]] = []
        try:
            for _ in groups:
                answers.append(await self._answer(child))  # noqa: PERF401 - what was read before a kill counts
        except ReaderKilled:
            await self.close()
        except BaseException:
            await self.close()  # half an answer may be in the pipe
            raise
        finally:
            feeding.cancel()
            with contextlib.suppress(asyncio.CancelledError, ConnectionError):
                await feeding
        return answers

    async def _one_by_one(self, group: Sequence[Task]) -> list[Answer]:
        """A group that the child died on: each mail alone, up to the one that it dies on again."""
        _log.warning("reader killed: one more try, mail by mail mails=%d", len(group))
        done: list[Answer] = []
        for task in group:
            answers = await self._until_killed([[task]])
            if not answers:
                done.append(UnreadMail("reader-killed", "our reader died or took too long on it, twice"))
                break  # what follows may be innocent, and is read in company again
            done += answers[0]
        return done

    async def _feed(self, child: asyncio.subprocess.Process, groups: Sequence[Sequence[Task]]) -> None:
        assert child.stdin is not None
        for group in groups:
            frame = pickle.dumps(list(group), protocol=pickle.HIGHEST_PROTOCOL)
            child.stdin.write(LENGTH.pack(len(frame)) + frame)
            await child.stdin.drain()

    async def _answer(self, child: asyncio.subprocess.Process) -> list[Answer]:
        data = await self._frame(child, self._setup.seconds)
        answers: list[Answer] = pickle.loads(data)  # noqa: S301 - written by our own child, of our own types
        return answers

    async def _frame(self, child: asyncio.subprocess.Process, seconds: float) -> bytes:
        assert child.stdout is not None
        try:
            async with asyncio.timeout(seconds):
                head = await child.stdout.readexactly(LENGTH.size)
                return await child.stdout.readexactly(LENGTH.unpack(head)[0])
        except (TimeoutError, asyncio.IncompleteReadError) as problem:
            raise ReaderKilled("the child that reads mails died or took too long") from problem

    async def _loaded_child(self) -> asyncio.subprocess.Process:
        """A child that can read; one that ends before says nothing about the mails that wait for it."""
        child = await self._running_child()
        if self._loaded:
            return child
        try:
            await self._frame(child, STARTING)
        except ReaderKilled as problem:
            await self.close()
            raise ReaderNotReady(
                "the child that reads mails ends or hangs before it is ready; mail waits meanwhile",
                remedy="see whether this machine has memory for it, and whether the installation is whole",
            ) from problem
        except BaseException:
            await self.close()  # half of what it says may be in the pipe
            raise
        self._loaded = True
        return child

    async def _running_child(self) -> asyncio.subprocess.Process:
        if self._child is None or self._child.returncode is not None:
            self._loaded = False
            self._child = await self._begun()
            assert self._child.stdin is not None
            setup = pickle.dumps(self._setup)
            self._child.stdin.write(LENGTH.pack(len(setup)) + setup)
        return self._child

    async def _begun(self) -> asyncio.subprocess.Process:
        """A new child."""
        try:
            return await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "maildesk.daemon.reader_child",
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                limit=PIPE,
            )
        except OSError as problem:
            words = f"the child that reads mails cannot be started: {problem.strerror or problem}"
            raise TooManyFiles(
                words, remedy="see how many files and processes this user may have"
            ) from problem


def _groups(tasks: Sequence[Task]) -> list[list[Task]]:
    """Mails in order, in groups of bounded count and size; one that is too large is a group of its own."""
    groups: list[list[Task]] = []
    total = 0
    for task in tasks:
        size = len(task.raw if isinstance(task, FilesOf) else task)
        if not groups or len(groups[-1]) == GROUP or total + size > GROUP_BYTES:
            groups.append([])
            total = 0
        groups[-1].append(task)
        total += size
    return groups
