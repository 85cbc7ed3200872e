"""What an event may keep of itself once its case is erased: moments, kinds, the policy's words, no more."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from maildesk.desk.case.case import Phase
from maildesk.desk.case.clocks import Clock, ClockKind, set_in
from maildesk.desk.case.erasing import (
    SOMEBODY,
    Why,
    ending,
    without_person,
    without_subject_of,
    without_words,
)
from maildesk.desk.case.events import DESK, Event, EventKind, Plain
from maildesk.desk.case.folding import folded
from maildesk.desk.case.transitions import ERASED_SUBJECT, apply_all

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
BO, ANA = "bo@client.example", "ana@acme.example"


def ours(address: str) -> bool:
    return address == ANA


def left(kind: EventKind, actor: str = BO, **data: Plain) -> dict[str, Plain]:
    return dict(without_words(Event(NOW, kind, actor, data), ours).data)


@pytest.mark.parametrize(
    ("actor", "stays"), [(BO, SOMEBODY), (ANA, ANA), (DESK, DESK), ("cli:root", "cli:root")]
)
def test_who_of_the_desk_did_it_stays(actor: str, stays: str) -> None:
    assert without_words(Event(NOW, EventKind.REPLIED, actor), ours).actor == stays


def test_names_words_and_fields_go() -> None:
    opened = {"requester": BO, "subject": "My salary", "account": "Client Inc", "field Serial": "4711"}
    assert left(EventKind.OPENED, **opened, phase="new", priority="high", team="support") == {
        "phase": "new",
        "priority": "high",
        "team": "support",
    }
    assert left(EventKind.ESCALATED, why="My boss Bo is angry", level=1) == {"level": 1}
    assert left(EventKind.LETTER_FAILED, to=BO, why="550 bo@client.example", letter=7) == {"letter": 7}
    assert left(EventKind.QUESTION_ANSWERED, words="Ana was rude", answer="no", number=1) == {
        "answer": "no",
        "number": 1,
    }


def test_an_owner_stays_who_is_of_the_desk() -> None:
    assert left(EventKind.ASSIGNED, owner=ANA, team="support") == {"owner": ANA, "team": "support"}
    assert left(EventKind.ASSIGNED, owner="left@acme.example") == {}


def test_a_change_says_its_new_value_where_that_is_the_policys_word() -> None:
    assert left(EventKind.CHANGED, ANA, field="priority", old="low", new="high") == {
        "field": "priority",
        "old": "low",
        "new": "high",
    }
    assert left(EventKind.CHANGED, ANA, field="subject", old="My salary", new="Salary") == {
        "field": "subject",
        "new": "",
    }


def test_clocks_stay_whole() -> None:
    clock = Clock(ClockKind.FIRST_RESPONSE, NOW, NOW, warn_at=NOW, more=(NOW, NOW), span="8h", said=NOW)
    said = set_in(clock.kind, clock)
    assert left(EventKind.ANSWERED, ANA, **said) == said


def test_the_case_that_the_rest_makes_has_ended_and_says_nothing() -> None:
    history = [
        Event(NOW, EventKind.OPENED, BO, {"requester": BO, "subject": "My salary", "phase": "new"}),
        Event(NOW, EventKind.ANSWERED, ANA, {"phase": "open"}),
        Event(NOW, EventKind.FIELD_SET, ANA, {"field": "Serial", "new": "4711"}),
        Event(NOW, EventKind.CHANGED, ANA, {"field": "account", "old": "Client Inc", "new": "Other"}),
    ]
    rest = [without_words(each, ours) for each in history]
    case = folded("7K2Q-9F3M", rest)
    added = ending(case, NOW, "cli:root", Why.ASKED, dropped=2)
    assert [each.kind for each in added] == [EventKind.CLOSED, EventKind.LETTER_DROPPED, EventKind.ERASED]
    case = apply_all(case, added)
    assert (case.subject, case.requester, case.account) == (ERASED_SUBJECT, "", None)
    assert (case.phase, case.first_response_at, case.erased_at) == (Phase.CLOSED, NOW, NOW)
    assert (dict(case.fields), case.clocks) == ({}, ())


def test_a_case_that_has_ended_is_not_closed_again() -> None:
    history = [Event(NOW, EventKind.OPENED, BO, {"phase": "new"}), Event(NOW, EventKind.CLOSED, ANA)]
    added = ending(folded("7K2Q-9F3M", history), NOW, DESK, Why.RETENTION, dropped=0)
    assert [(each.kind, dict(each.data)) for each in added] == [(EventKind.ERASED, {"reason": "retention"})]


def test_another_case_names_it_by_its_reference_alone() -> None:
    named = Event(NOW, EventKind.MENTIONED, BO, {"ref": "7K2Q-9F3M", "of": "My salary"})
    assert without_subject_of(named, {"7K2Q-9F3M"}).data == {"ref": "7K2Q-9F3M"}
    assert without_subject_of(named, {"3BXA-77QD"}) is named


def test_a_person_goes_out_of_the_history_of_others() -> None:
    def cleaned(said: str) -> str:
        return said.replace(BO, "…")

    joined = Event(NOW, EventKind.PARTY_JOINED, ANA, {"address": BO, "role": "cc"})
    out = without_person(joined, lambda who: who == BO, cleaned)
    assert (out.actor, dict(out.data)) == (ANA, {"address": "…", "role": "cc"})
    wrote = Event(NOW, EventKind.THANKED, BO, {"words": "Thanks"})
    assert without_person(wrote, lambda who: who == BO, cleaned).data == {}
    other = Event(NOW, EventKind.NOTED, ANA, {"words": "All well"})
    assert without_person(other, lambda who: who == BO, cleaned) is other
