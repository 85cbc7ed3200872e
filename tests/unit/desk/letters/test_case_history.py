"""A case's history in short: what a report about a letter says of it."""

from __future__ import annotations

import pytest

from maildesk.desk.case.events import UNPROVEN, Event, EventKind
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
