"""What work costs, counted in steps of a plain loop: a number that no machine's speed changes."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache

STEPS = 1_000_000


def _loop() -> None:
    total = 0
    for number in range(STEPS):
        total += number


@contextmanager
def no_collector() -> Iterator[None]:
    """Keep the collector's work out of a cost: it grows with what other tests left, not with the job."""
    ran = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if ran:
            gc.enable()


def _seconds(job: Callable[[], object]) -> float:
    with no_collector():
        began = time.thread_time()
        job()
        return time.thread_time() - began


@cache
def _million() -> float:
    """The CPU seconds of a million steps here."""
    return min(_seconds(_loop) for _ in range(5))


def millions(job: Callable[[], object]) -> float:
    """How many million steps the job costs."""
    return _seconds(job) / _million()


@contextmanager
def at_most(limit: float, what: object = "it") -> Iterator[None]:
    """Fails if what is done inside costs more than so many million steps (forty are a second, about)."""
    one = _million()
    with no_collector():
        began = time.thread_time()
        yield
        cost = (time.thread_time() - began) / one
    assert cost < limit, f"{what} costs {cost:.0f} million steps"
