"""Children that read mails, handed on: a daemon that ends in order leaves its child to the next like it.

A child reads each mail by itself, so it need not know whose it was. One that was killed, or had not answered
all when its daemon ended, is nobody's any more.
"""

from __future__ import annotations

import os
import signal
import socket
from asyncio.subprocess import Process
from collections.abc import Sequence
from contextlib import suppress
from typing import cast

from maildesk.daemon.reader_frames import Answer, Setup, Task
from tests.world.forking import Forked, ForkedReader

MOST = 8
"""Children that wait; of more the one that has waited longest ends."""

_WAITING: list[tuple[Setup, int, socket.socket]] = []
"""What it was set up for, its process, and the way to it."""


class KeptReader(ForkedReader):
    """The daemon's reader, whose child may have read for another daemon with the same configuration."""

    def __init__(self, setup: Setup) -> None:
        super().__init__(setup)
        self._owes = False

    @property
    def child(self) -> Forked | None:
        return cast(Forked | None, self._child)

    async def _running_child(self) -> Process:
        if self._child is None and (found := _taken(self._setup)):
            self._child = cast(Process, await Forked.reached(*found))
            self._loaded = True
        return await super()._running_child()

    async def _until_killed(self, groups: Sequence[Sequence[Task]]) -> list[list[Answer]]:
        self._owes = True
        answers = await super()._until_killed(groups)
        self._owes = len(answers) < len(groups)
        return answers

    async def close(self) -> None:
        """Leave the child to the next daemon, if it may be."""
        child = self.child
        if child is None or not self._loaded or self._owes or child.returncode is not None:
            await super().close()
            return
        self._child = None
        _WAITING.append((self._setup, child.pid, child.way.dup()))
        await child.hang_up()
        if len(_WAITING) > MOST:
            _end(*_WAITING.pop(0))


def _taken(wanted: Setup) -> tuple[int, socket.socket] | None:
    for at, (each, pid, way) in enumerate(_WAITING):
        if each == wanted:
            del _WAITING[at]
            return pid, way
    return None


def _end(_setup: Setup, pid: int, way: socket.socket) -> None:
    way.close()
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def end_all() -> None:
    """End all that wait."""
    while _WAITING:
        _end(*_WAITING.pop())
