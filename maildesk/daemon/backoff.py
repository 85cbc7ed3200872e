"""The pause between a failure and the next try: growing, capped, and never all at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from maildesk.errors import (
    PermanentError,
    ReaderNotReady,
    ServerBusy,
    StoreBusy,
    StoreFull,
    StoreReadOnly,
    StoreUnreachable,
    StoreUnusable,
    TokenRefused,
    TokenUnavailable,
    TooManyFiles,
)

OURS = (
    *(StoreBusy, StoreFull, StoreReadOnly, StoreUnreachable, StoreUnusable),
    *(TooManyFiles, ReaderNotReady),
)
"""Trouble of our own machine or database, not of a server that may count how often it is asked."""
AT_ONCE = (PermanentError, StoreFull, StoreReadOnly, TooManyFiles)
"""Trouble that a person must mend: the operators hear of it at once."""


def is_told_at_once(problem: Exception) -> bool:
    """Tell whether operators hear of it where it happens. What ails a login is told of the login, once."""
    return isinstance(problem, AT_ONCE) and not isinstance(problem, TokenRefused)


LEAST_WAIT = 10.0
"""Seconds that a busy server is left alone at least, though it may name milliseconds: each login is work."""
SPREAD = 0.1
"""Pauses are longer by up to this part, so that what failed together is not tried together."""


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds to wait after the first failure, and in the end; each failure doubles the pause."""

    first: float
    most: float

    def pause(self, failures: int, random: Callable[[], float], *, lasting: float = float("inf")) -> float:
        """Seconds after the `failures`-th failure in a row, up to 10 % more by `random()` in [0, 1).

        Never less: a server that asked us to slow down is promised the whole pause. `lasting`: how many
        seconds the trouble has lasted so far; a server that was away for so long is not kept waiting longer,
        but for the first pause.
        """
        grown: float = min(self.most, self.first * 2 ** min(failures - 1, 20))
        return min(grown * (1 + SPREAD * random()), max(lasting, self.first * (1 + SPREAD * random())))


def pace_after(problem: Exception) -> Pace:
    """The pace that suits a failure: quick after a lost connection, slow where a person must act.

    The source of a login's tokens rests by itself: to ask it costs nothing, and a new sign-in is soon seen.
    """
    if isinstance(problem, TokenUnavailable | TokenRefused):
        return Pace(10, 50)
    if isinstance(problem, ServerBusy) and problem.wait:
        wait = max(problem.wait, LEAST_WAIT)
        return Pace(wait, wait)
    if isinstance(problem, ServerBusy):
        return Pace(10, 900) if problem.away else Pace(300, 3600)
    if isinstance(problem, OURS):
        return Pace(1, 50)  # asking costs nobody anything: work goes on within a minute once it is mended
    if isinstance(problem, PermanentError):
        return Pace(60, 900)
    return Pace(1, 900)


@dataclass(slots=True)
class FailureStreak:
    """A thing that fails: since which moment in seconds, and how often in a row at one pace."""

    since: float
    failures: int = 0
    waited: float = 0.0
    pace: Pace | None = None

    def pause(self, problem: Exception, now: float, random: Callable[[], float]) -> float:
        """Seconds to wait after one more failure; trouble of another kind has its own pace."""
        before, self.pace = self.pace, pace_after(problem)
        self.failures = self.failures + 1 if self.pace == before else 1
        pause = self.pace.pause(self.failures, random, lasting=max(now - self.since, self.waited))
        self.waited += pause
        return pause
