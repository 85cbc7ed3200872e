"""How long to wait after a failure before trying again: growing, capped, and never all at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from maildesk.errors import PermanentError, ServerBusy, StoreFull

SPREAD = 0.1
"""Pauses are longer by up to this part, so that what failed together is not tried together."""


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds to wait after the first failure, and in the end; each failure doubles the pause."""

    first: float
    most: float

    def pause(self, failures: int, random: Callable[[], float]) -> float:
        """Seconds after the `failures`-th failure in a row, up to 10 % more by `random()` in [0, 1).

        Never less: a server that asked us to slow down is promised the whole pause.
        """
        grown: float = min(self.most, self.first * 2 ** min(failures - 1, 20))
        return grown * (1 + SPREAD * random())


def pace_after(problem: Exception) -> Pace:
    """The pace that suits a failure: quick after a lost connection, slow where a person must act."""
    if isinstance(problem, ServerBusy):
        return Pace(300, 3600)
    if isinstance(problem, PermanentError):
        return Pace(60, 900)
    if isinstance(problem, StoreFull):
        return Pace(1, 50)  # work goes on within a minute once there is room
    return Pace(1, 900)
