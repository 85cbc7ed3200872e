"""Measures of many values: shares, the middle, and the end of nine in ten."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

LEAST_VALUES: Final = 5
"""Below so many values nothing is said of their middle: one case more would turn it."""

LEAST_CASES: Final = 10
"""Below so many cases a share is said as its two numbers."""


@dataclass(frozen=True, slots=True)
class Share:
    """So many `of` all."""

    part: int = 0
    of: int = 0

    @property
    def percent(self) -> int | None:
        """Whole per cent, half up; None where there are too few."""
        return (200 * self.part + self.of) // (2 * self.of) if self.of >= LEAST_CASES else None

    @classmethod
    def among(cls, answers: Iterable[bool]) -> Share:
        """The share of those that are true."""
        said = list(answers)
        return cls(sum(said), len(said))


@dataclass(frozen=True, slots=True)
class Spread:
    """The times of `count` cases: half were within `median`, nine in ten within `ninetieth`."""

    count: int = 0
    median: timedelta | None = None
    ninetieth: timedelta | None = None

    @classmethod
    def over(cls, times: Iterable[timedelta]) -> Spread:
        """The middle value or the mean of the two, and the 90th percentile by nearest rank."""
        ordered = sorted(times)
        count = len(ordered)
        if count < LEAST_VALUES:
            return cls(count)
        median = (ordered[(count - 1) // 2] + ordered[count // 2]) / 2
        return cls(count, median, ordered[(9 * count + 9) // 10 - 1])
