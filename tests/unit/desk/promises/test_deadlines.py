"""What time alone makes happen."""

from __future__ import annotations

from datetime import timedelta

import pytest

from maildesk.desk.case.case import Case, Phase
from maildesk.desk.case.events import EventKind
from maildesk.desk.case.letter_order import LetterKind
from maildesk.desk.promises.deadlines import Deadline, DeadlineKind, come_due, deadlines_of
from tests.unit.desk.matters import CASE, NOW, case

HOUR = timedelta(hours=1)
DUE = NOW + HOUR


@pytest.mark.parametrize(
    ("held", "due"),
    [
        (case(phase=Phase.NEW), True),
        (case(phase=Phase.OPEN), True),
        (case(phase=Phase.WAITING), True),
        (case(phase=Phase.RESOLVED), False),
        (case(phase=Phase.CLOSED), False),
        (case(first_response_at=NOW), False),
        (case(overdue_at=NOW), False),
        (case(response_due=None), False),
    ],
    ids=["new", "open", "waiting", "resolved", "closed", "answered", "told", "nothing promised"],
)
def test_a_response_is_owed_until_it_is_given_told_or_moot(held: Case, due: bool) -> None:
    wanted = (Deadline(DeadlineKind.RESPONSE, DUE),) if due else ()
    assert deadlines_of(held) == wanted


def test_a_missed_promise_is_an_event_and_a_letter_once() -> None:
    change = come_due(CASE, DeadlineKind.RESPONSE, DUE)
    assert change is not None
    assert [event.kind for event in change.events] == [EventKind.RESPONSE_OVERDUE]
    assert [order.kind for order in change.letters] == [LetterKind.OVERDUE]
    assert change.case.overdue_at == DUE
    assert come_due(change.case, DeadlineKind.RESPONSE, DUE + HOUR) is None


def test_nothing_happens_before_its_time() -> None:
    assert come_due(CASE, DeadlineKind.RESPONSE, DUE - timedelta(seconds=1)) is None


def test_nothing_happens_to_a_case_that_was_answered_meanwhile() -> None:
    assert come_due(case(first_response_at=NOW), DeadlineKind.RESPONSE, DUE) is None


NEAR = NOW + HOUR / 2
WARNED = case(warn_at=NEAR)


def test_a_promise_that_is_nearly_due_is_told_once_while_it_can_be_kept() -> None:
    assert deadlines_of(WARNED) == (
        Deadline(DeadlineKind.RESPONSE_NEAR, NEAR),
        Deadline(DeadlineKind.RESPONSE, DUE),
    )
    change = come_due(WARNED, DeadlineKind.RESPONSE_NEAR, NEAR)
    assert change is not None
    assert [event.kind for event in change.events] == [EventKind.RESPONSE_NEAR]
    assert [order.kind for order in change.letters] == [LetterKind.RESPONSE_NEAR]
    assert deadlines_of(change.case) == (Deadline(DeadlineKind.RESPONSE, DUE),)


def test_a_promise_that_is_broken_is_near_no_more() -> None:
    assert come_due(WARNED, DeadlineKind.RESPONSE_NEAR, DUE) is None
    change = come_due(WARNED, DeadlineKind.RESPONSE, DUE)
    assert change is not None
    assert deadlines_of(change.case) == ()


def test_nobody_is_warned_of_what_was_answered() -> None:
    assert deadlines_of(case(warn_at=NEAR, first_response_at=NOW)) == ()
