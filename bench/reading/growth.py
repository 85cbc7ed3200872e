"""Does the cost of a structure grow with its size at most? Doubled sizes, least CPU of some runs, a fit.

Most is so plainly linear that one run of each size shows it: only what does not look so is run again.
"""

from __future__ import annotations

import gc
import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise

from bench.reading.structures import Structure
from maildesk.errors import Unreadable

LINEAR = 1.15  # over the whole range: what is linear measures up to so much, for caches are small
STEEPEST = 1.35  # over any three doublings: so few points say less, and others use the machine too
_MEASURABLE = 0.0003  # seconds; below it the clock and the fixed cost of any mail are all one sees
_LEVEL = 0.8  # of the most: from here on a limit keeps the cost where it is
_ENOUGH = 0.25  # seconds for one mail: where the trend is clear, no larger one is tried
_WINDOW = 4  # points: three doublings
_RUNS = 3
_ROUNDS = (1, 3, 9)  # runs of each size; the next round is for what did not look linear in those before


@dataclass(slots=True)
class Growth:
    """What was measured of one structure: size → seconds, without what an empty mail costs."""

    structure: Structure
    seconds: dict[int, float] = field(default_factory=dict)
    refused: int | None = None

    @property
    def exponent(self) -> float | None:
        """Fitted from the first measurable cost until a limit stops it; None where all is too cheap."""
        points = self._rising()
        return _slope(points) if len(points) > 1 else None

    @property
    def steepest(self) -> float | None:
        """The same over the steepest three doublings."""
        points = self._rising()
        windows = [points[at : at + _WINDOW] for at in range(len(points) - _WINDOW + 1)]
        return max(map(_slope, windows), default=self.exponent)

    @property
    def linear(self) -> bool:
        whole, part = self.exponent, self.steepest
        return whole is None or part is None or (whole <= LINEAR and part <= STEEPEST)

    def _rising(self) -> list[tuple[int, float]]:
        points = [(size, cost) for size, cost in self.seconds.items() if cost >= _MEASURABLE]
        most = max((cost for _, cost in points), default=0)
        level = next((at for at, (_, cost) in enumerate(points) if cost >= _LEVEL * most), 0)
        return points[: level + 1]

    @property
    def largest(self) -> tuple[int, float]:
        """The largest size that was tried, and its cost."""
        return max(self.seconds.items(), default=(0, 0.0))


def _slope(points: list[tuple[int, float]]) -> float:
    """Least squares of log cost over log size."""
    xs = [math.log2(size) for size, _ in points]
    ys = [math.log2(cost) for _, cost in points]
    middle_x, middle_y = sum(xs) / len(xs), sum(ys) / len(ys)
    above = sum((x - middle_x) * (y - middle_y) for x, y in zip(xs, ys, strict=True))
    return above / sum((x - middle_x) ** 2 for x in xs)


def least(job: Callable[[], object], runs: int = _RUNS) -> float:
    """The least CPU seconds of several runs."""
    best = math.inf
    for _ in range(runs):
        gc.collect(0)
        start = time.thread_time()
        job()
        best = min(best, time.thread_time() - start)
        if best > _ENOUGH:
            break
    return best


def grown(structure: Structure, read: Callable[[bytes], object], empty: float) -> Growth:
    """The cost of a structure at doubled sizes; where it does not look linear, measured again and better."""
    growth = Growth(structure)
    _first(growth, read, empty)
    for runs in _ROUNDS[1:]:
        if growth.linear:
            return growth
        for size, before in list(growth.seconds.items()):
            growth.seconds[size] = min(before, _net(structure, size, read, empty, runs))
        _smooth(growth)
    return growth


def _first(growth: Growth, read: Callable[[bytes], object], empty: float) -> None:
    """Run larger and larger sizes, up to one that is refused or costs enough to know the trend."""
    for size in growth.structure.sizes():
        try:
            growth.seconds[size] = _net(growth.structure, size, read, empty, _ROUNDS[0])
        except Unreadable:
            growth.refused = size
            return
        if growth.seconds[size] > _ENOUGH:
            return


def _net(structure: Structure, size: int, read: Callable[[bytes], object], empty: float, runs: int) -> float:
    raw = structure.build(size)
    return max(least(lambda: read(raw), runs) - empty, 0.0)


def _smooth(growth: Growth) -> None:
    """A mail of half the size cannot cost more: where it seems to, the clock was disturbed."""
    for larger, smaller in pairwise(sorted(growth.seconds, reverse=True)):
        growth.seconds[smaller] = min(growth.seconds[smaller], growth.seconds[larger])
