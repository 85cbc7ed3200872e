"""A case's history in short: what it says of reports about letters, of statuses and of notes."""

from __future__ import annotations

import pytest

from maildesk.desk.case.events import DESK, UNPROVEN, Event, EventKind
from maildesk.desk.decisions.undelivered import RecipientFate
from maildesk.desk.letters.case_history import in_short
from tests.unit.desk.matters import NOW, PEOPLE

HOST = "mailer-daemon@mx.client.example"

SAID = {
    RecipientFate.UNREACHABLE: "a letter came back",
    RecipientFate.FAILED: "a letter came back",
    RecipientFate.DELAYED: "a letter is still being tried",
    RecipientFate.COMPLAINT: "a letter was complained of",
}


@pytest.mark.parametrize("fate", RecipientFate)
def test_a_letter_came_back_only_where_the_report_says_so(fate: RecipientFate) -> None:
    event = Event(NOW, EventKind.BOUNCED, HOST, {"fate": fate})
    unproven = Event(NOW, EventKind.BOUNCED, HOST, {"fate": fate, UNPROVEN: True})
    assert [line.text for line in in_short([event, unproven], PEOPLE)] == [
        f"{SAID[fate]}, by {HOST}",
        f"a report that {SAID[fate]}, unproven, by {HOST}",
    ]


TOLD = {
    "a status": (EventKind.STATUS_CHANGED, {"status": "At the factory"}, "moved: At the factory", True),
    "an outcome": (EventKind.RESOLVED, {"result": "mended", "status": "Solved"}, "resolved: mended", True),
    "what is needed": (EventKind.WAITING, {"needs": "picture"}, "waits for the customer: picture", True),
    "a question": (EventKind.QUESTION_ASKED, {"question": "solved"}, "asked the customer: solved", True),
    "an answer": (
        EventKind.QUESTION_ANSWERED,
        {"question": "solved", "answer": "yes"},
        "an answer: solved: yes",
        True,
    ),
    "a late answer": (
        EventKind.QUESTION_ANSWERED,
        {"late": "it was answered before"},
        "an answer, too late",
        True,
    ),
    "thanks": (EventKind.THANKED, {"words": "Thanks a lot!"}, "thanks: Thanks a lot!", True),
    "a rule's note": (EventKind.NOTED, {"words": "Call  them.\nNow."}, "a note: Call them. Now.", True),
    "a rule's note, outside": (EventKind.NOTED, {"words": "Call them."}, "a note", False),
}


@pytest.mark.parametrize(("kind", "data", "said", "inside"), TOLD.values(), ids=TOLD)
def test_the_card_says_where_a_case_went_and_notes_stay_inside(
    kind: EventKind, data: dict[str, str], said: str, inside: bool
) -> None:
    event = Event(NOW, kind, DESK, dict(data))
    assert [line.text for line in in_short([event], PEOPLE, inside=inside)] == [said]
