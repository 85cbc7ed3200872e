"""The moments at which time alone makes something happen to a case, and what then happens."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from maildesk.desk.case.case import Case, Phase
from maildesk.desk.case.change import Change
from maildesk.desk.case.events import DESK, Event, EventKind
from maildesk.desk.case.letter_order import LetterKind, LetterOrder
from maildesk.desk.case.transitions import apply


class DeadlineKind(StrEnum):
    """The kinds of thing that can come due; the value is what the database keeps."""

    RESPONSE_NEAR = "response-near"
    RESPONSE = "response"
    WAIT = "wait"


@dataclass(frozen=True, slots=True)
class Deadline:
    """One moment (UTC) at which something is due for one case."""

    kind: DeadlineKind
    due_at: datetime


def deadlines_of(case: Case) -> tuple[Deadline, ...]:
    """Every deadline the case has now. What has come due and been told is no longer one."""
    return (*_of_the_response(case), *_of_waiting(case))


def _of_the_response(case: Case) -> Iterator[Deadline]:
    response = case.response_due
    if response and not case.first_response_at and not case.overdue_at and not case.phase.ended:
        if case.warn_at:
            yield Deadline(DeadlineKind.RESPONSE_NEAR, case.warn_at)
        yield Deadline(DeadlineKind.RESPONSE, response)


def _of_waiting(case: Case) -> Iterator[Deadline]:
    if case.phase is Phase.WAITING and case.wait_until:
        yield Deadline(DeadlineKind.WAIT, case.wait_until)


def come_due(case: Case, kind: DeadlineKind, now: datetime) -> Change | None:
    """Say what a deadline makes happen; None where the case has moved on meanwhile or it is not due yet."""
    deadline = next((one for one in deadlines_of(case) if one.kind is kind), None)
    if deadline is None or deadline.due_at > now:
        return None
    return _HAPPENINGS[kind](case, deadline, now)


def _response_near(case: Case, deadline: Deadline, now: datetime) -> Change | None:
    """Somebody may still keep the promise; when it is broken already, that is told instead."""
    if case.response_due is None or case.response_due <= now:
        return None
    event = Event(now, EventKind.RESPONSE_NEAR, DESK, {"due": case.response_due.isoformat()})
    return Change(apply(case, event), (event,), (LetterOrder(LetterKind.RESPONSE_NEAR),))


def _response_overdue(case: Case, deadline: Deadline, now: datetime) -> Change:
    event = Event(now, EventKind.RESPONSE_OVERDUE, DESK, {"due": deadline.due_at.isoformat()})
    return Change(apply(case, event), (event,), (LetterOrder(LetterKind.OVERDUE),))


def _wait_over(case: Case, deadline: Deadline, now: datetime) -> Change:
    event = Event(now, EventKind.WAIT_OVER, DESK, {"until": deadline.due_at.isoformat()})
    return Change(apply(case, event), (event,), (LetterOrder(LetterKind.WAIT_OVER),))


_HAPPENINGS: dict[DeadlineKind, Callable[[Case, Deadline, datetime], Change | None]] = {
    DeadlineKind.RESPONSE_NEAR: _response_near,
    DeadlineKind.RESPONSE: _response_overdue,
    DeadlineKind.WAIT: _wait_over,
}
