"""The count of promises that were decided, kept or broken: told as it happens, and never taken back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from maildesk.desk.case.clocks import ClockKind
from maildesk.desk.case.events import Event, EventKind
from maildesk.desk.figures.case_fold import CaseFold, FoldTerms

_MISSED: Final = (EventKind.RESPONSE_OVERDUE, EventKind.RESOLUTION_OVERDUE)


class Decided(NamedTuple):
    """A kind of decided promise. `priority` is that of the case as it was decided."""

    promise: ClockKind
    priority: str
    kept: bool


def decided_since(events: Sequence[Event], known: int) -> Counter[Decided]:
    """Count what was decided by the events of one case after the first `known` ones.

    Only events decide, by the rule of the report: that a promise was missed is one too. So the same events
    give the same count at any time, and the counts of two parts of them add up to that of both.
    """
    fold, found = CaseFold("", _UNTIMED), Counter[Decided]()
    for number, event in enumerate(events):
        fold.hear(event)
        until = event.at + timedelta.resolution if event.kind in _MISSED else event.at
        for priority, verdict in fold.first_decided(until):
            if number >= known:
                found[Decided(verdict.kind, priority, verdict.kept)] += 1
    return found


def _no_time(begin: datetime, end: datetime) -> timedelta:
    return timedelta(0)


_UNTIMED: Final = FoldTerms(_no_time, satisfied=bool)
"""The terms of a fold that is asked for no times: measuring them would cost the most."""
