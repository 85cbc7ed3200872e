"""Patience with an answer: a longest silence, and a rate below which no honest server falls."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable


class Patience:
    """The deadline of one command. Every useful byte moves it, and it stands still while *we* do not read.

    Two bounds hold at once: no gap between bytes is longer than `silence`, and the whole takes no longer than
    `allowance` plus the time the useful bytes take at `min_rate`, so that a peer that drips ends too.
    """

    def __init__(self, now: float, *, allowance: float, silence: float, min_rate: float) -> None:
        self._started = now
        self._heard_at = now
        self._paused_at: float | None = None
        self._allowance = allowance
        self._silence = silence
        self._min_rate = min_rate
        self._useful = 0

    def heard(self, now: float, size: int) -> None:
        self._heard_at = now
        self._useful += size

    def wasted(self, size: int) -> None:
        """`size` bytes heard turned out to be nothing we asked for; they buy no time."""
        self._useful -= size

    def pause(self, now: float) -> None:
        if self._paused_at is None:
            self._paused_at = now

    def resume(self, now: float) -> None:
        if self._paused_at is not None:
            away = now - self._paused_at
            self._started += away
            self._heard_at += away
            self._paused_at = None

    @property
    def paused(self) -> bool:
        return self._paused_at is not None

    def due(self) -> float:
        """The moment at which waiting ends, if nothing more is heard."""
        if self.paused:
            return math.inf
        finish = self._started + self._allowance + self._useful / self._min_rate
        return min(self._heard_at + self._silence, finish)


class PatienceTimer:
    """Calls `too_late` when the patience with the command under way is over. One timer, moved lazily."""

    def __init__(self, loop: asyncio.AbstractEventLoop, too_late: Callable[[], None]) -> None:
        self._loop = loop
        self._too_late = too_late
        self._patience: Patience | None = None
        self._timer: asyncio.TimerHandle | None = None

    def start(self, *, allowance: float, silence: float, min_rate: float) -> None:
        self._patience = Patience(self._loop.time(), allowance=allowance, silence=silence, min_rate=min_rate)
        self._arm()

    def stop(self) -> None:
        self._patience = None
        self._disarm()

    def heard(self, size: int) -> None:
        if self._patience is not None:
            self._patience.heard(self._loop.time(), size)

    def wasted(self, size: int) -> None:
        if self._patience is not None:
            self._patience.wasted(size)

    def pause(self) -> None:
        self._disarm()
        if self._patience is not None:
            self._patience.pause(self._loop.time())

    def resume(self) -> None:
        if self._patience is not None:
            self._patience.resume(self._loop.time())
            self._arm()

    def _arm(self) -> None:
        self._disarm()
        if self._patience is not None:
            self._timer = self._loop.call_at(self._patience.due(), self._ring)

    def _disarm(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _ring(self) -> None:
        """End the wait if the deadline has come; it may have moved since the timer was set."""
        if self._patience is not None and self._patience.due() > self._loop.time():
            self._arm()
        elif self._patience is not None:
            self._too_late()
