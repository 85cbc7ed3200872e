"""Time for the daemon: the real clock, or one that a test started elsewhere in time."""

from __future__ import annotations

import asyncio
import contextlib
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """What the loops know of time. `now` is aware and in UTC."""

    def now(self) -> datetime: ...

    async def pause(self, seconds: float, *, until: asyncio.Event) -> None:
        """Wait for `seconds`, or less: until the event is set."""


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
