"""Crash points: places and commits at which a test can end a process as a power cut would."""

from __future__ import annotations

import os
import re
import signal
from typing import Final, TypeVar

from maildesk.store.database import Connection, Database, Work

T = TypeVar("T")

CRASH_POINTS: Final = (
    "received",
    "before-filing",
    "filed",
    "cleared",
    "before-mark",
    "marked",
    "transmitted",
    "settled",
)
"""Every place, in the order a mail passes them."""


class CrashPoints:
    """Ends the process with SIGKILL at the named place. Only with `testing: true` in the configuration."""

    def __init__(self, at: str | None = None) -> None:
        if at is not None and at not in CRASH_POINTS and not _COMMIT.fullmatch(at):
            raise ValueError(f"MAILDESK_CRASH_AT={at}: one of {', '.join(CRASH_POINTS)}, or before-commit:1")
        self._at = at

    def here(self, place: str) -> None:
        """Die if this is the place."""
        if place == self._at:
            _die()


_COMMIT: Final = re.compile("(before|after)-commit:([0-9]+)")
"""A commit of the process, counted from 1: all of it is done but the commit, or that too."""


def crashing(url: str, at: str) -> Database:
    """Open a database that ends the process at a commit, if `at` names one."""
    store = CrashingDatabase.open(url)
    if found := _COMMIT.fullmatch(at):
        store.dies = found[1], int(found[2])
    return store


class CrashingDatabase(Database):
    """A database whose process ends before or after its n-th commit. Only with `testing: true`."""

    dies: tuple[str, int] | None = None
    _commits = 0

    async def write(self, work: Work[T]) -> T:
        result = await super().write(self._watched(work))
        self._after()
        return result

    def write_now(self, work: Work[T]) -> T:
        result = super().write_now(self._watched(work))
        self._after()
        return result

    def _watched(self, work: Work[T]) -> Work[T]:
        def watched(conn: Connection) -> T:
            result = work(conn)
            if self.dies == ("before", self._commits + 1):
                _die()
            return result

        return watched

    def _after(self) -> None:
        self._commits += 1
        if self.dies == ("after", self._commits):
            _die()


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)
