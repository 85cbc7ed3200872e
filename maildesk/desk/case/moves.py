"""The event that moves a case into a status: which kind it is follows from the phases."""

from __future__ import annotations

from datetime import datetime

from maildesk.desk.case.case import Case, Phase
from maildesk.desk.case.events import Event, EventKind, Plain
from maildesk.desk.case.transitions import TRANSITIONS


def move_event(case: Case, phase: Phase, status: str, at: datetime, actor: str, **data: Plain) -> Event:
    """The event by which a case comes to this status of this phase; the law of the case judges it."""
    kind = _kind(case.phase, phase)
    return Event(at, kind, actor, {"status": status, "phase": phase.value, **data})


def possible(before: Phase, after: Phase) -> bool:
    """Tell whether the law of the case lets one of that phase come to the other."""
    kind = _kind(before, after)
    return kind is EventKind.STATUS_CHANGED or (before, kind) in TRANSITIONS


def _kind(before: Phase, after: Phase) -> EventKind:
    if before.ended and not after.ended:
        return EventKind.REOPENED if after is Phase.OPEN else EventKind.STATUS_CHANGED
    return EventKind.STATUS_CHANGED if before is after else _INTO.get(after, EventKind.STATUS_CHANGED)


_INTO = {
    Phase.WAITING: EventKind.WAITING,
    Phase.RESOLVED: EventKind.RESOLVED,
    Phase.CLOSED: EventKind.CLOSED,
}
