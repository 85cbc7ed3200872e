"""Whose turn it is in the figures: the same as of the case itself, and no time counted twice."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from maildesk.desk.case.events import Event
from maildesk.desk.case.events import EventKind as E
from maildesk.desk.figures.case_fold import FoldTerms, weeks_of_case
from maildesk.desk.figures.our_turn import OurTurn
from tests.unit.desk.case.test_turns import CAME, OPENED, STORIES, at, hour, lived
from tests.unit.desk.figures.a_week import DESK
from tests.unit.desk.matters import AGENT

EDGES = (hour(-24), hour(7 * 24))
TERMS = FoldTerms(DESK.policy.calendar.between, lambda answer: True)


def real(begin: datetime, end: datetime) -> timedelta:
    return end - begin


@pytest.mark.parametrize("events", [each for each, _ in STORIES.values()], ids=STORIES)
def test_it_is_our_turn_in_the_report_where_it_is_in_the_case(events: tuple[Event, ...]) -> None:
    [(_, week)] = weeks_of_case("7K2Q-9F3M", [OPENED, *events], EDGES, TERMS)
    case = lived(*events)
    assert week.ours is (case.asked_at is not None)
    assert week.is_open is not case.phase.ended


def test_time_counts_from_each_mail_to_the_answer_and_overlapping_time_once() -> None:
    turn = OurTurn(real)
    turn.moves(hour(0), hour(0.1))
    turn.moves(hour(0), hour(1))  # a second mail: the first one counts
    turn.moves(None, hour(2))
    turn.moves(hour(1.5), hour(3))  # it lay in the mailbox as we answered
    turn.moves(None, hour(4))
    turn.moves(hour(6), hour(6))
    turn.moves(hour(5), hour(7))  # an older one comes along, of a case that becomes part of this one
    turn.moves(None, hour(8))
    assert turn.time == timedelta(hours=2 + 2 + 3)


def test_an_answer_that_never_arrived_ends_nothing() -> None:
    turn = OurTurn(real)
    turn.moves(hour(0), hour(0))
    turn.moves(None, hour(1))
    turn.moves(turn.last_asked_at, hour(2))  # it came back
    turn.moves(None, hour(3))
    assert turn.time == timedelta(hours=3)
    [(_, week)] = weeks_of_case(
        "7K2Q-9F3M", [OPENED, at(1, E.ANSWERED, AGENT), at(2, E.BOUNCED, AGENT, **CAME)], EDGES, TERMS
    )
    assert week.ours


def test_later_answers_are_told_from_the_oldest_mail_without_one() -> None:
    turn = OurTurn(real)
    assert turn.answered_after(hour(1)) is None
    turn.wrote(hour(0))
    turn.wrote(hour(1))
    assert turn.answered_after(hour(3)) == timedelta(hours=3)
    turn.moves(None, hour(3))
    assert turn.answered_after(hour(4)) is None
