"""Whose turn a case is: since when its customer waits for an answer, and when the desk waits for them."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from maildesk.desk.case.case import Case, Phase
from maildesk.desk.case.events import CAME_BACK, Event, EventKind, Plain
from maildesk.desk.case.folding import folded
from maildesk.desk.case.letter_order import LetterKind
from tests.unit.desk.matters import AGENT, BO, CY, NOW

E = EventKind


def hour(number: float) -> datetime:
    return NOW + timedelta(hours=number)


def at(hours: float, kind: EventKind, actor: str = BO, **data: Plain) -> Event:
    return Event(hour(hours), kind, actor, data)


OPENED = at(0, E.OPENED, requester=BO, since=hour(-0.5).isoformat())
CAME: dict[str, Plain] = {CAME_BACK: "<1@x>", "first_answer": ""}
FAILED: dict[str, Plain] = {"letter": LetterKind.ANSWER, "to": BO}


def lived(*events: Event, opened: Event = OPENED) -> Case:
    return folded("7K2Q-9F3M", [opened, *events])


STORIES: dict[str, tuple[tuple[Event, ...], float | None]] = {
    "a new case waits since its mail reached the mailbox": ((), -0.5),
    "an answer ends it": ((at(1, E.ANSWERED, AGENT),), None),
    "the oldest mail without an answer counts": ((at(1, E.REPLIED), at(2, E.REPLIED)), -0.5),
    "a mail after the answer waits since it came": (
        (at(1, E.ANSWERED, AGENT), at(2, E.REPLIED, since=hour(1.5).isoformat()), at(3, E.REPLIED)),
        1.5,
    ),
    "an answer that says too little is none": ((at(1, E.ANSWERED, AGENT, too_little=True),), -0.5),
    "a list of what is needed hands it over": ((at(1, E.WAITING, AGENT, needs="screenshot"),), None),
    "a wait without a word hands it over": ((at(1, E.WAITING, AGENT),), None),
    "a wait that is over hands it back": ((at(1, E.WAITING, AGENT), at(9, E.WAIT_OVER, "desk")), 9),
    "a reply while we wait hands it back": ((at(1, E.WAITING, AGENT), at(4, E.REPLIED)), 4),
    "a reply that stays in its status waits too": (
        (at(1, E.WAITING, AGENT), at(4, E.REPLIED, phase="waiting", status="For the product")),
        4,
    ),
    "an end ends it": ((at(1, E.RESOLVED, AGENT),), None),
    "a closing ends it": ((at(1, E.REPLIED), at(2, E.CLOSED, AGENT)), None),
    "a reopening begins it": ((at(1, E.CLOSED, AGENT), at(5, E.REOPENED)), 5),
    "another status of the same phase changes nothing": (
        (at(1, E.STATUS_CHANGED, AGENT, phase="open", status="In work"),),
        -0.5,
    ),
    "a status in which we wait hands it over": (
        (at(1, E.STATUS_CHANGED, AGENT, phase="waiting", status="For the customer"),),
        None,
    ),
    "notes and new hands change nothing": ((at(1, E.NOTED, AGENT), at(2, E.ASSIGNED, AGENT)), -0.5),
    "a thank-you asks for nothing": ((at(1, E.ANSWERED, AGENT), at(2, E.THANKED)), None),
    "an absence note asks for nothing": ((at(1, E.ANSWERED, AGENT), at(2, E.AUTOMATIC_MAIL)), None),
    "an answer that failed was none": (
        (at(1, E.ANSWERED, AGENT), at(2, E.LETTER_FAILED, "desk", first_answer="", **FAILED)),
        -0.5,
    ),
    "a later answer that failed was none": (
        (
            at(1, E.ANSWERED, AGENT),
            at(2, E.REPLIED),
            at(3, E.ANSWERED, AGENT),
            at(4, E.LETTER_FAILED, "desk", **FAILED),
        ),
        2,
    ),
    "an answer that came back was none": (
        (at(1, E.ANSWERED, AGENT), at(2, E.BOUNCED, "mailer", **CAME)),
        -0.5,
    ),
    "a report that undoes nothing changes nothing": (
        (at(1, E.ANSWERED, AGENT), at(2, E.BOUNCED, "mailer")),
        None,
    ),
    "another answer stands": (
        (
            at(1, E.ANSWERED, AGENT),
            at(2, E.ANSWERED, AGENT),
            at(3, E.LETTER_FAILED, "desk", first_answer=hour(2).isoformat(), **FAILED),
        ),
        None,
    ),
    "a copy that failed leaves the answer": (
        (at(1, E.ANSWERED, AGENT), at(2, E.LETTER_FAILED, letter=LetterKind.ANSWER, to=CY)),
        None,
    ),
    "a notice that failed leaves the answer": (
        (at(1, E.ANSWERED, AGENT), at(2, E.LETTER_FAILED, letter=LetterKind.REOPENED, to=BO)),
        None,
    ),
    "an answer that is tried again is one again": (
        (
            at(1, E.ANSWERED, AGENT),
            at(2, E.LETTER_FAILED, "desk", first_answer="", **FAILED),
            at(3, E.LETTER_RETRIED, AGENT, first_answer=hour(1).isoformat(), **FAILED),
        ),
        None,
    ),
    "a case that became part of it waited longer": (
        (at(1, E.ANSWERED, AGENT), at(2, E.MERGED, AGENT, asked_at=hour(-3).isoformat())),
        -3,
    ),
    "a case that became part of it was answered": ((at(2, E.MERGED, AGENT),), -0.5),
}


@pytest.mark.parametrize(("events", "since"), STORIES.values(), ids=STORIES.keys())
def test_the_customer_waits_since(events: tuple[Event, ...], since: float | None) -> None:
    assert lived(*events).asked_at == (None if since is None else hour(since))


def test_an_answer_that_fails_after_the_case_ended_opens_no_turn() -> None:
    failed = at(3, E.LETTER_FAILED, "desk", first_answer="", **FAILED)
    assert lived(at(1, E.ANSWERED, AGENT), at(2, E.CLOSED, AGENT), failed).asked_at is None


def test_a_case_that_an_agent_began_waits_for_nobody() -> None:
    opened = at(0, E.OPENED, AGENT, requester=BO)
    assert lived(at(0, E.ANSWERED, AGENT, first=True), opened=opened).asked_at is None


@pytest.mark.parametrize(
    ("data", "since"),
    [
        ({"phase": "open", "opened_at": hour(-9).isoformat()}, -9),
        ({"phase": "open", "promised_from": hour(-8).isoformat()}, -8),
        ({"phase": "open", "first_response_at": hour(-7).isoformat()}, None),
        ({"phase": Phase.WAITING}, None),
    ],
)
def test_a_record_of_a_case_tells_whether_it_was_ever_answered(
    data: dict[str, Plain], since: float | None
) -> None:
    recorded = Event(NOW, E.STATE_RECORDED, "desk", {"requester": BO, **data})
    assert folded("7K2Q-9F3M", [recorded]).asked_at == (None if since is None else hour(since))
