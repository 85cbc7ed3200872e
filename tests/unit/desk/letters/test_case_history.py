"""A case's history in short: what it says of reports about letters, of statuses and of notes."""

from __future__ import annotations

import pytest

from maildesk.desk.case.change import Change
from maildesk.desk.case.events import DESK, INSIDE, UNPROVEN, Event, EventKind
from maildesk.desk.case.reachability import RecipientFate
from maildesk.desk.case.told import said
from maildesk.desk.decisions.setting_fields import came_of
from maildesk.desk.letters.case_history import in_short
from maildesk.desk.letters.language_words import language_of
from tests.unit.desk.letters.words_of_code import TEMPLATES
from tests.unit.desk.matters import AGENT, BO, CASE, NOW, PEOPLE

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


def test_a_form_was_sent_back_to_who_wrote_and_a_plan_only_went_out() -> None:
    form = Event(NOW, EventKind.FORM_ASKED, BO, {"form": "my-case"})
    plan = Event(NOW, EventKind.PLAN_SHARED, AGENT)
    assert [line.text for line in in_short([form, plan], PEOPLE)] == [
        f"sent back, since lines of it lack, the form: my-case, to {BO}",
        "the plan went to the customer, by Ana Agent",
    ]


@pytest.mark.parametrize(
    ("folder", "told"),
    [
        ("de", ["geändert: Priorität auf Hoch", "interne Frage: nach der Eskalation"]),
        ("pt-BR", ["mudança: prioridade para Hoch", "pergunta interna: depois do escalonamento"]),
    ],
)
def test_our_own_words_stand_in_the_language_of_the_line(folder: str, told: list[str]) -> None:
    changed = Event(NOW, EventKind.CHANGED, DESK, {"field": "priority", "new": "Hoch"})
    asked = Event(NOW, EventKind.QUESTION_ASKED, DESK, {"question": "afterwards", INSIDE: True})
    words = (TEMPLATES / folder / "words.yaml").read_text()
    language = language_of(folder, words, f"{folder}/words.yaml")
    assert [line.text for line in in_short([changed, asked], PEOPLE, language)] == told


def test_an_escalation_that_waits_for_approval_was_asked_for() -> None:
    asked, begun = (Event(NOW, EventKind.ESCALATED, BO, {"level": level}) for level in (0, 1))
    assert [line.text for line in in_short([asked, begun], PEOPLE)] == [
        f"escalation asked for, by {BO}",
        f"escalated, by {BO}",
    ]


def test_names_of_the_policy_stay_as_it_writes_them_though_they_are_words_of_ours() -> None:
    german = language_of("de", (TEMPLATES / "de/words.yaml").read_text(), "de/words.yaml")
    set_ = Event(NOW, EventKind.FIELD_SET, DESK, {"field": "lead", "new": "yes"})
    theirs = Event(NOW, EventKind.QUESTION_ANSWERED, DESK, {"question": "owner", "answer": "open"})
    ours = Event(NOW, EventKind.QUESTION_ANSWERED, DESK, {"question": "solved", "answer": "yes"})
    told = [line.text for line in in_short([set_, theirs, ours], PEOPLE, german)]
    assert told[0] == "geändert: lead auf yes"
    assert told[1].endswith(": owner: open")
    assert told[2].endswith(": ja")
    assert said(came_of(Change(CASE, (set_,)), "lead"), german) == "lead ist jetzt yes"
