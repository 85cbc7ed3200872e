"""Promises that a case gets later: by its first priority, another one, or by going on after its end."""

from __future__ import annotations

import pytest

from maildesk.desk.case.clocks import ClockKind
from maildesk.desk.case.events import EventKind, Plain
from maildesk.desk.case.folding import folded
from maildesk.desk.case.letter_order import LetterKind
from maildesk.desk.policy.desk import Desk
from tests.unit.desk.matters import BO
from tests.unit.desk.timed import LISBON, PRODUCTIV, Told, row, timed_desk

E, L = EventKind, LetterKind


def rows(first: str = "", **urgent: str) -> Desk:
    """A desk that promises this to what is urgent, and a first answer to all if it says so."""
    low = row("Low", first_response=first) if first else row("Low")
    return timed_desk(LISBON, row("Urgent", **urgent), low, statuses=PRODUCTIV.policy.statuses)


def raised(story: Told, at: str, priority: str = "Urgent") -> Told:
    return story.happens(at, E.CHANGED, field="priority", new=priority)


def due(story: Told, kind: ClockKind) -> str:
    assert story.case
    clock = story.case.clock(kind)
    return story.local(clock.due) if clock else ""


def waited(story: Told, since: str, until: str) -> Told:
    """The case waited for its customer from then until then."""
    story.happens(since, E.ANSWERED, E.WAITING, status="Waiting for you", phase="waiting")
    return story.happens(until, E.REPLIED, actor=BO, status="Open", phase="open")


@pytest.mark.parametrize("before", ["", "Low"])
@pytest.mark.parametrize(
    ("at", "moment"),
    [("24 Nov 10:30", "Mon 24 Nov 11:00"), ("25 Nov 10:30", "Tue 25 Nov 11:30")],
    ids=["from the start", "from the change where that has passed"],
)
def test_the_first_answer_that_a_later_priority_promises(before: str, at: str, moment: str) -> None:
    story = raised(Told(rows(first_response="1h")).opened("24 Nov 10:00", before), at)
    assert due(story, ClockKind.FIRST_RESPONSE) == moment
    assert story.passes("28 Nov 12:00").said(L.OVERDUE) == [moment]


def test_a_first_answer_that_was_given_is_not_promised_by_a_later_priority() -> None:
    story = Told(rows(first_response="1h")).opened("24 Nov 10:00", "Low").happens("24 Nov 11:00", E.ANSWERED)
    assert raised(story, "24 Nov 12:00").passes("28 Nov 12:00").said(L.OVERDUE) == []


def test_the_next_answer_that_a_later_priority_promises_counts_from_the_oldest_mail_that_waits() -> None:
    desk = rows(first="8h", first_response="4h", next_response="4h")
    story = Told(desk).opened("24 Nov 10:00", "Low").happens("24 Nov 11:00", E.ANSWERED)
    story.happens("24 Nov 12:00", E.REPLIED, actor=BO).happens("24 Nov 12:30", E.REPLIED, actor=BO)
    assert due(raised(story, "24 Nov 13:00"), ClockKind.NEXT_RESPONSE) == "Mon 24 Nov 16:00"
    story.happens("24 Nov 14:00", E.ANSWERED)
    assert due(raised(raised(story, "24 Nov 14:30", "Low"), "24 Nov 15:00"), ClockKind.NEXT_RESPONSE) == ""


def test_a_first_priority_counts_from_the_start_less_the_time_the_customer_took() -> None:
    story = waited(Told(rows(resolution="5bd")).opened("24 Nov 10:00"), "24 Nov 11:00", "26 Nov 11:00")
    assert due(raised(story, "26 Nov 12:00"), ClockKind.RESOLUTION) == "Thu 4 Dec 10:00"
    assert story.case
    assert folded(story.case.ref, story.events).clocks == story.case.clocks


def test_a_first_priority_while_the_customer_is_asked_counts_once_they_answer() -> None:
    story = Told(rows(resolution="5bd")).opened("24 Nov 10:00")
    story.happens("24 Nov 11:00", E.ANSWERED, E.WAITING, status="Waiting for you", phase="waiting")
    assert due(raised(story, "25 Nov 11:00"), ClockKind.RESOLUTION) == ""
    story.happens("26 Nov 11:00", E.REPLIED, actor=BO, status="Open", phase="open")
    assert due(story, ClockKind.RESOLUTION) == "Thu 4 Dec 10:00"


def test_a_priority_that_promises_nothing_for_a_while_forgets_no_pause() -> None:
    story = Told(rows(resolution="5bd")).opened("24 Nov 10:00", "Urgent")
    raised(waited(story, "24 Nov 11:00", "26 Nov 11:00"), "26 Nov 12:00", "Low")
    assert due(story, ClockKind.RESOLUTION) == ""
    assert due(raised(story, "26 Nov 13:00"), ClockKind.RESOLUTION) == "Thu 4 Dec 10:00"


# --- after an end, and after a question -------------------------------------------------------------


def closed(desk: Desk) -> Told:
    story = Told(desk).opened("24 Nov 10:00", "Urgent").happens("24 Nov 11:00", E.ANSWERED)
    return story.happens("24 Nov 12:00", E.CLOSED, status="Closed", phase="closed")


def test_a_closed_case_that_goes_on_in_any_status_has_promises_of_its_own() -> None:
    story = closed(rows(first_response="4h", resolution="2bd"))
    story.happens("25 Nov 12:00", E.STATUS_CHANGED, status="Waiting for you", phase="waiting")
    assert due(story, ClockKind.FIRST_RESPONSE) == "Tue 25 Nov 16:00"
    assert due(story, ClockKind.RESOLUTION) == ""
    story.happens("26 Nov 12:00", E.REPLIED, actor=BO, status="Open", phase="open")
    assert due(story, ClockKind.RESOLUTION) == "Fri 28 Nov 12:00"


def test_a_reopened_case_owes_the_next_answer_where_no_first_one_is_promised() -> None:
    story = closed(rows(next_response="4h")).happens("26 Nov 11:00", E.REOPENED, actor=BO)
    assert due(story, ClockKind.NEXT_RESPONSE) == "Wed 26 Nov 15:00"
    assert due(story.happens("26 Nov 12:00", E.ANSWERED), ClockKind.NEXT_RESPONSE) == ""


def test_a_reopened_case_owes_one_answer() -> None:
    story = closed(rows(first_response="4h", next_response="4h")).happens(
        "26 Nov 11:00", E.REOPENED, actor=BO
    )
    assert due(story, ClockKind.FIRST_RESPONSE) == "Wed 26 Nov 15:00"
    assert due(story, ClockKind.NEXT_RESPONSE) == ""


def test_an_answer_to_a_question_that_makes_a_waiting_case_ours_owes_the_next_answer() -> None:
    story = Told(rows(first_response="4h", next_response="4h")).opened("24 Nov 10:00", "Urgent")
    story.happens("24 Nov 11:00", E.ANSWERED, E.WAITING, status="Waiting for you", phase="waiting")
    story.happens("24 Nov 11:30", E.QUESTION_ASKED, actor="desk", question="staging", number=1, to=BO)
    no: dict[str, Plain] = {
        "question": "staging",
        "number": 1,
        "answer": "no",
        "status": "Open",
        "phase": "open",
    }
    story.happens("25 Nov 12:00", E.QUESTION_ANSWERED, E.STATUS_CHANGED, actor=BO, **no)
    assert due(story, ClockKind.NEXT_RESPONSE) == "Tue 25 Nov 16:00"


def test_an_agent_who_takes_a_waiting_case_back_owes_nothing_by_it() -> None:
    story = Told(rows(first_response="4h", next_response="4h")).opened("24 Nov 10:00", "Urgent")
    story.happens("24 Nov 11:00", E.ANSWERED, E.WAITING, status="Waiting for you", phase="waiting")
    story.happens("25 Nov 12:00", E.STATUS_CHANGED, status="Open", phase="open")
    assert due(story, ClockKind.NEXT_RESPONSE) == ""


# --- who hears that a moment is another one ---------------------------------------------------------


def stopped() -> Told:
    """A case whose solution is promised and told, and that waits for its customer."""
    story = Told(rows(resolution="5bd")).opened("24 Nov 10:00", "Urgent").happens("24 Nov 11:00", E.ANSWERED)
    until = story.at("30 Nov 03:00").isoformat()
    waits = {"status": "Waiting for you", "phase": "waiting", "until": until}
    return story.happens("24 Nov 12:00", E.WAITING, **waits)


def goes_on(story: Told, at: str, kind: EventKind = E.REPLIED, actor: str = BO, **data: str) -> list[str]:
    story.happens(at, kind, actor=actor, status="Open", phase="open", **data)
    assert due(story, ClockKind.RESOLUTION) != "Tue 2 Dec 10:00"
    return story.said(L.NEW_MOMENT)


def test_who_lets_the_time_go_on_by_a_reply_hears_the_new_moment() -> None:
    assert goes_on(stopped(), "26 Nov 12:00") == ["Wed 26 Nov 12:00"]


def test_a_reply_that_wants_no_automatic_answer_gets_none() -> None:
    story = stopped()
    assert goes_on(story, "26 Nov 12:00", unheard="the sender asked for no automatic answer") == []
    assert raised(story, "26 Nov 13:00", "Low").said(L.NEW_MOMENT) == []
    assert raised(story, "26 Nov 14:00").said(L.NEW_MOMENT) == ["Wed 26 Nov 14:00"]


def test_what_an_agent_lets_go_on_is_told_to_nobody() -> None:
    assert goes_on(stopped(), "26 Nov 12:00", E.STATUS_CHANGED, actor="agent@acme.example") == []


def test_what_time_lets_go_on_is_told_to_no_customer_in_the_night() -> None:
    story = stopped().passes("30 Nov 12:00")
    assert story.said(L.WAIT_OVER) == ["Sun 30 Nov 03:00"]
    assert story.said(L.NEW_MOMENT) == []
