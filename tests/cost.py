"""What work costs, counted in steps of a plain loop: a number that no machine's speed changes."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache

STEPS = 1_000_000


def _loop() -> None:
    total = 0
    for number in range(STEPS):
        total += number


def _seconds(job: Callable[[], object]) -> float:
    began = time.process_time()
    job()
    return time.process_time() - began


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
    began = time.process_time()
    yield
    cost = (time.process_time() - began) / one
    assert cost < limit, f"{what} costs {cost:.0f} million steps"
