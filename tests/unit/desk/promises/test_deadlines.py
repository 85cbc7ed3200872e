"""What time alone makes happen."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from maildesk.desk.case.case import Case, Phase
from maildesk.desk.case.change import Change
from maildesk.desk.case.clocks import ClockKind
from maildesk.desk.case.events import EventKind
from maildesk.desk.case.letter_order import LetterKind
from maildesk.desk.decisions.moments_told import with_moments
from maildesk.desk.promises.deadlines import Deadline, DeadlineKind, deadline_of, deadlines_of
from maildesk.desk.promises.deadlines import come_due as happening
from tests.unit.desk.matters import CASE, DESK, NOW, case

HOUR = timedelta(hours=1)
DUE = NOW + HOUR
RESPONSE = DeadlineKind(ClockKind.FIRST_RESPONSE)
NEARLY = DeadlineKind(ClockKind.FIRST_RESPONSE, near=True)


def due(kind: DeadlineKind, at: datetime) -> Deadline:
    return Deadline(kind, at, CASE.opened_at)


def come_due(held: Case, kind: DeadlineKind, now: datetime) -> Change | None:
    """What becomes of the case at that moment, as its clocks then are."""
    deadline = deadline_of(held, kind)
    change = happening(held, deadline, now) if deadline else None
    return with_moments(held, change, DESK) if change else None


ANSWERED = replace(CASE, first_response_at=NOW, clocks=(replace(CASE.clocks[0], met_at=NOW),))


@pytest.mark.parametrize(
    ("held", "owed"),
    [
        (case(phase=Phase.NEW), True),
        (case(phase=Phase.OPEN), True),
        (case(phase=Phase.WAITING), True),
        (ANSWERED, False),
        (case(overdue_at=NOW), False),
        (case(response_due=None), False),
    ],
    ids=["new", "open", "waiting", "answered", "told", "nothing promised"],
)
def test_a_response_is_owed_until_it_is_given_told_or_moot(held: Case, owed: bool) -> None:
    wanted = (due(RESPONSE, DUE),) if owed else ()
    assert deadlines_of(held) == wanted


def test_a_missed_promise_is_an_event_and_a_letter_once() -> None:
    change = come_due(CASE, RESPONSE, DUE)
    assert change is not None
    assert [event.kind for event in change.events] == [EventKind.RESPONSE_OVERDUE]
    assert [order.kind for order in change.letters] == [LetterKind.OVERDUE]
    assert change.case.overdue_at == DUE
    assert come_due(change.case, RESPONSE, DUE + HOUR) is None


def test_nothing_happens_before_its_time() -> None:
    assert come_due(CASE, RESPONSE, DUE - timedelta(seconds=1)) is None


def test_nothing_happens_to_a_case_that_was_answered_meanwhile() -> None:
    assert come_due(ANSWERED, RESPONSE, DUE) is None


NEAR = NOW + HOUR / 2
WARNED = case(warn_at=NEAR)


def test_a_promise_that_is_nearly_due_is_told_once_while_it_can_be_kept() -> None:
    assert deadlines_of(WARNED) == (
        due(NEARLY, NEAR),
        due(RESPONSE, DUE),
    )
    change = come_due(WARNED, NEARLY, NEAR)
    assert change is not None
    assert [event.kind for event in change.events] == [EventKind.RESPONSE_NEAR]
    assert [order.kind for order in change.letters] == [LetterKind.RESPONSE_NEAR]
    assert deadlines_of(change.case) == (due(RESPONSE, DUE),)


def test_a_promise_that_is_broken_is_near_no_more() -> None:
    assert come_due(WARNED, NEARLY, DUE) is None
    change = come_due(WARNED, RESPONSE, DUE)
    assert change is not None
    assert deadlines_of(change.case) == ()


def test_nobody_is_warned_of_what_was_answered() -> None:
    assert deadlines_of(replace(ANSWERED, clocks=(replace(ANSWERED.clocks[0], warn_at=NEAR),))) == ()
