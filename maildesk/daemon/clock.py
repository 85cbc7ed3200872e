"""Time for the daemon: the real clock, or one that a test started elsewhere in time."""

from __future__ import annotations

import asyncio
import contextlib
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """The time as the loops know it. `now` is aware and in UTC."""

    def now(self) -> datetime: ...

    async def pause(self, seconds: float, *, until: asyncio.Event) -> None:
        """Wait for `seconds`, or less: until the event is set."""


LEAP = timedelta(minutes=1)
"""The least change of a clock that anybody is told of."""
FAR = timedelta(days=1)
"""The lead at which a clock is doubted: no machine that slept or hung is away for longer."""


def since_boot() -> float:
    """Seconds that really passed, sleep included where the system counts it; they never jump."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


@dataclass(slots=True)
class ClockWatch:
    """Compares the clock with the time that really passed. `ahead` is all it was set by so far."""

    wall: datetime
    steady: float
    ahead: timedelta = timedelta()

    def leap(self, wall: datetime, steady: float) -> timedelta | None:
        """Tell by how much the clock was set since the last look, to the second, if that is worth a word."""
        leap = timedelta(seconds=round((wall - self.wall).total_seconds() - (steady - self.steady)))
        self.wall, self.steady = wall, steady
        if abs(leap) < LEAP:
            return None
        self.ahead += leap
        return leap

    @property
    def doubted(self) -> bool:
        """Tell whether it stands so far ahead that nothing should end because of it."""
        return self.ahead > FAR


class SystemClock:
    """The machine's clock, moved by a fixed distance where a test asked for another start."""

    def __init__(self, start: datetime | None = None) -> None:
        self._moved = start - datetime.now(UTC) if start else timedelta()

    def now(self) -> datetime:
        return datetime.now(UTC) + self._moved

    async def pause(self, seconds: float, *, until: asyncio.Event) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await until.wait()
