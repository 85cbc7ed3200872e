"""Ends for the child that reads mails: a size limit that does harm when a mail has a certain size."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final


class Fate(int):
    """A limit of so many bytes, as any other, except for mails of the sizes named in `DEEDS`.

    It goes to the child inside its `Setup`, so that the real reader meets a real end. `marker` is a file that
    is there once something has happened.
    """

    marker: str = ""

    def __lt__(self, size: int) -> bool:
        if deed := DEEDS.get(size):
            deed(Path(self.marker))
        return int(self) < size


def fate(marker: Path) -> Fate:
    """The limit with everything in its power."""
    limit = Fate(2**20)
    limit.marker = str(marker)
    return limit


def _raise(problem: BaseException) -> Callable[[Path], None]:
    def deed(_: Path) -> None:
        raise problem

    return deed


def _die(_: Path) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _die_soon(marker: Path) -> None:
    def end() -> None:
        marker.touch()
        _die(marker)

    threading.Timer(0.05, end).start()


def _hang(marker: Path) -> None:
    marker.touch()
    time.sleep(600)


def _want_memory(_: Path) -> None:
    bytearray(2 << 30)


def _once(deed: Callable[[Path], None]) -> Callable[[Path], None]:
    def first_time(marker: Path) -> None:
        if not marker.exists():
            marker.touch()
            deed(marker)

    return first_time


MEMORY, RECURSION, INDEX, LOOKUP, UNICODE, HUNGRY = 1001, 1002, 1003, 1004, 1005, 1006
DIES, DIES_ONCE, DIES_SOON, HANGS, HANGS_ONCE, EXITS = 2001, 2002, 2003, 2004, 2005, 2006

DEEDS: Final[dict[int, Callable[[Path], None]]] = {
    MEMORY: _raise(MemoryError()),
    RECURSION: _raise(RecursionError("too deep")),
    INDEX: _raise(IndexError("my password is hunter2")),
    LOOKUP: _raise(LookupError("unknown encoding: hunter2")),
    UNICODE: _raise(UnicodeDecodeError("ascii", b"hunter2", 0, 1, "hunter2")),
    HUNGRY: _want_memory,
    DIES: _die,
    DIES_ONCE: _once(_die),
    DIES_SOON: _die_soon,
    HANGS: _hang,
    HANGS_ONCE: _once(_hang),
    EXITS: _raise(SystemExit(3)),
}
"""What happens to a mail of exactly so many bytes."""
