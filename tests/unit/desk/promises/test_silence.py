"""Silence of customers: what starts and ends the time after which something follows from it."""

from __future__ import annotations

import pytest

from maildesk.desk.case.case import Phase
from maildesk.desk.case.clocks import ClockKind
from maildesk.desk.case.events import EventKind
from maildesk.desk.case.letter_order import LetterKind
from maildesk.desk.policy.desk import Desk
from maildesk.desk.policy.statuses import Status, Statuses
from maildesk.desk.policy.then import Then
from maildesk.desk.promises.deadlines import deadlines_of
from maildesk.desk.promises.spans import Span
from tests.unit.desk.matters import BO
from tests.unit.desk.timed import LISBON, Told, row, timed_desk

E, L = EventKind, LetterKind


def waiting(then: str = "Closed", name: str = "Waiting", after: str = "1w") -> Status:
    return Status(
        name,
        Phase.WAITING,
        runs=False,
        remind=(Span.parse("3bd"),),
        after=Span.parse(after) if after else None,
        then=Then(then) if then else Then(),
    )


def a_desk(*stays: Status) -> Desk:
    """A desk that promises answers, and closes in silence what is solved."""
    return timed_desk(
        LISBON,
        row(first_response="4h", next_response="4h"),
        statuses=Statuses(
            (
                Status("New", Phase.NEW),
                Status("Open", Phase.OPEN),
                *stays,
                Status("Solved", Phase.RESOLVED, runs=False, after=Span.parse("5bd"), then=Then("Closed")),
                Status("Closed", Phase.CLOSED, runs=False),
            )
        ),
        quiet="5bd",
    )


DESK = a_desk(waiting())


def ends(story: Told) -> str:
    """When the silence is over, by what the case says now."""
    assert story.case
    clock = story.case.clock(ClockKind.AFTER)
    return story.local(clock.due) if clock else ""


def asked(desk: Desk) -> Told:
    """A case of Monday at ten whose customer was asked at eleven."""
    story = Told(desk).opened("24 Nov 10:00")
    return story.happens("24 Nov 11:00", E.ANSWERED, E.WAITING, status="Waiting", phase="waiting")


def test_what_is_solved_without_a_word_closes_in_silence_though_nobody_answered() -> None:
    story = Told(DESK).opened("24 Nov 10:00")
    story.happens("24 Nov 11:00", E.RESOLVED, status="Solved", phase="resolved").passes("20 Dec 12:00")
    assert story.case
    assert story.local(story.case.closed_at) == "Tue 2 Dec 11:00"


def test_what_is_solved_while_the_customers_next_mail_waits_closes_in_silence() -> None:
    story = Told(DESK).opened("24 Nov 10:00").happens("24 Nov 11:00", E.ANSWERED)
    story.happens("24 Nov 12:00", E.REPLIED, actor=BO)
    story.happens("24 Nov 13:00", E.RESOLVED, status="Solved", phase="resolved")
    assert ends(story) == "Tue 2 Dec 13:00"


def test_who_was_told_what_came_of_it_is_owed_nothing() -> None:
    story = Told(DESK).opened("24 Nov 10:00")
    story.happens("24 Nov 11:00", E.STATUS_CHANGED, status="Waiting", phase="waiting", result="fixed")
    assert ends(story) == "Tue 2 Dec 09:00"


def test_a_click_that_came_too_late_does_not_end_the_silence() -> None:
    story = asked(DESK)
    story.happens("25 Nov 12:00", E.QUESTION_ANSWERED, actor=BO, question="solved", number=1, late="answered")
    assert ends(story) == "Tue 2 Dec 09:00"
    story.passes("3 Dec 12:00")
    assert story.said(L.REMINDER) == ["Thu 27 Nov 11:00"]
    assert story.local(story.case.closed_at if story.case else None) == "Tue 2 Dec 09:00"


def test_silence_that_leads_to_where_the_case_is_does_so_once() -> None:
    story = asked(a_desk(waiting(then="Waiting"))).passes("31 Dec 12:00")
    assert [story.local(each.at) for each in story.events if each.kind is E.STATUS_CHANGED] == [
        "Tue 2 Dec 09:00"
    ]
    assert story.case
    assert story.case.phase is Phase.WAITING
    assert story.said(L.LONG_QUIET) == ["Wed 10 Dec 09:00"]
    assert deadlines_of(story.case) == ()


@pytest.mark.parametrize(
    "edited",
    [
        a_desk(Status("Third party", Phase.WAITING), waiting(name="Pending")),
        a_desk(waiting(then="")),
        a_desk(waiting(then="Gone")),
    ],
    ids=["renamed", "follows no more", "follows unknown"],
)
def test_a_silence_from_which_nothing_follows_any_more_is_told_to_the_owner_once(edited: Desk) -> None:
    story = asked(DESK)
    story.desk = edited
    story.passes("31 Jan 2026 12:00")
    assert story.case
    assert story.case.phase is Phase.WAITING
    assert story.said(L.LONG_QUIET) == ["Tue 2 Dec 09:00"]
    assert deadlines_of(story.case) == ()


def test_an_ended_case_from_whose_silence_nothing_follows_any_more_is_told_to_nobody() -> None:
    story = Told(DESK).opened("24 Nov 10:00")
    story.happens("24 Nov 11:00", E.RESOLVED, status="Solved", phase="resolved")
    story.desk = timed_desk(LISBON)
    story.passes("31 Jan 2026 12:00")
    assert story.case
    assert story.said(L.LONG_QUIET) == []
    assert deadlines_of(story.case) == ()


@pytest.mark.parametrize("kind", [E.QUESTION_ASKED, E.QUESTION_ANSWERED])
def test_what_is_asked_and_answered_inside_leaves_the_customers_silence_as_it_is(kind: EventKind) -> None:
    story = asked(DESK)
    silence = ends(story)
    assert ends(story.happens("25 Nov 11:00", kind, question="afterwards", inside=True)) == silence
    assert ends(story.happens("26 Nov 11:00", kind, question="solved", number=1, to=BO)) != silence
