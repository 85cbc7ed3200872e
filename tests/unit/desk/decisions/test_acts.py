"""What a person of the desk does: the event, the letters, the case afterwards, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from maildesk.desk.case.case import Case, Phase
from maildesk.desk.case.change import Change
from maildesk.desk.case.escalation import Escalation
from maildesk.desk.case.events import EventKind
from maildesk.desk.case.letter_order import LetterKind
from maildesk.desk.decisions import acts, escalating, status_acts
from maildesk.desk.decisions.actor import Actor
from maildesk.desk.policy.case_fields import CaseField, FieldKind
from maildesk.desk.policy.people import Account, People, Person, Team
from maildesk.errors import BadInput, MaildeskError, NotAllowed, NotFound
from tests.unit.desk.matters import AGENT, BO, DESK, NOW, case

GUS = "gus@acme.example"
OUTCOMES = ("happy", "unhappy", "no workaround")
DESK_OF_TWO = replace(
    DESK,
    policy=replace(
        DESK.policy,
        fields={
            "item": CaseField("item", FieldKind.TEXT),
            "outcome": CaseField("outcome", FieldKind.CHOICE, OUTCOMES, keeps_last=True, note="unhappy"),
        },
    ),
    people=People(
        agents=(Person("Ana Agent", AGENT), Person("Gus", GUS)),
        teams=(Team("printers"),),
        leadership=(Person("Lea", "lea@acme.example"),),
        accounts=(Account("Client Inc", domains=("client.example",)),),
    ),
)
HAND = Actor("cli:ana", NOW, AGENT)
K, L = EventKind, LetterKind
OVER = Escalation(1, NOW, BO)

Act = Callable[[Case], Change]


def assigns(owner: str | None, team: str | None = None) -> Act:
    return lambda held: acts.assign(held, DESK_OF_TWO, HAND, owner, team)


def sets(field: str, value: str) -> Act:
    return lambda held: acts.change(held, DESK_OF_TWO, HAND, field, value)


def answers(held: Case) -> Change:
    return acts.answer(held, DESK_OF_TWO, "Try water.", HAND)


def notes(held: Case) -> Change:
    return acts.note(held, "Odd.", HAND)


def waits(held: Case) -> Change:
    return status_acts.wait(held, DESK_OF_TWO, HAND)


def closes(held: Case) -> Change:
    return status_acts.close(held, DESK_OF_TWO, HAND, "replaced")


def resolves(held: Case) -> Change:
    return status_acts.resolve(held, DESK_OF_TWO, HAND)


def reopens(held: Case) -> Change:
    return status_acts.reopen(held, DESK_OF_TWO, HAND)


def escalates(held: Case) -> Change:
    return escalating.escalate(held, DESK_OF_TWO, HAND, why="important")


WAYS: dict[str, tuple[Act, dict[str, Any], EventKind, list[LetterKind], dict[str, Any]]] = {
    "an answer": (
        answers, {}, K.ANSWERED, [L.ANSWER],
        {"phase": Phase.OPEN, "first_response_at": NOW, "owner": AGENT},
    ),
    "an answer to a new case": (
        answers, {"phase": Phase.NEW}, K.ANSWERED, [L.ANSWER],
        {"phase": Phase.OPEN, "status": "Open", "owner": AGENT},
    ),
    "an answer to a closed case": (
        answers, {"phase": Phase.CLOSED}, K.ANSWERED, [L.ANSWER], {"phase": Phase.CLOSED},
    ),
    "a note": (notes, {}, K.NOTED, [], {"phase": Phase.OPEN, "first_response_at": None}),
    "a note on a closed case": (notes, {"phase": Phase.CLOSED}, K.NOTED, [], {"phase": Phase.CLOSED}),
    "waiting": (waits, {}, K.WAITING, [], {"phase": Phase.WAITING}),
    "resolving": (resolves, {}, K.RESOLVED, [L.OUTCOME], {"phase": Phase.RESOLVED, "resolved_at": NOW}),
    "closing": (
        closes, {}, K.CLOSED, [L.CLOSED], {"phase": Phase.CLOSED, "closed_at": NOW, "resolved_at": NOW},
    ),
    "closing what is escalated": (closes, {"escalation": OVER}, K.CLOSED, [L.CLOSED], {"escalation": None}),
    "reopening": (
        reopens, {"phase": Phase.CLOSED, "owner": AGENT}, K.REOPENED, [L.REOPENED, L.REOPENED_TEAM],
        {"phase": Phase.OPEN, "owner": AGENT, "reopened": 1},
    ),
    "escalating": (
        escalates, {}, K.ESCALATED, [L.ESCALATED, L.ESCALATED_LEADERSHIP, L.ESCALATED_TEAM],
        {"escalation": Escalation(1, NOW, "cli:ana")},
    ),
    "escalating again": (
        escalates, {"escalation": OVER}, K.ESCALATION_REPEATED, [L.ESCALATED_LEADERSHIP],
        {"escalation": replace(OVER, again_at=NOW)},
    ),
    "giving it to a colleague": (
        assigns(GUS), {"team": "printers"}, K.ASSIGNED, [L.ASSIGNED_TEAM], {"owner": GUS, "team": None},
    ),
    "giving it to a colleague in capitals": (
        assigns(GUS.upper()), {}, K.ASSIGNED, [L.ASSIGNED_TEAM], {"owner": GUS},
    ),
    "taking it": (assigns(AGENT), {}, K.ASSIGNED, [], {"owner": AGENT}),
    "giving it to its owner": (
        assigns(GUS, "printers"), {"owner": GUS}, K.ASSIGNED, [], {"owner": GUS, "team": "printers"},
    ),
    "giving it to its owner of other spelling": (
        assigns(GUS), {"owner": GUS.upper()}, K.ASSIGNED, [], {"owner": GUS},
    ),
    "giving it to a team": (
        assigns(None, "printers"), {"owner": GUS}, K.ASSIGNED, [L.ASSIGNED_TEAM], {"owner": None},
    ),
    "taking it from its owner": (
        assigns(None, "printers"), {"owner": GUS, "team": "printers"}, K.ASSIGNED, [L.ASSIGNED_TEAM],
        {"owner": None},
    ),
    "giving it to nobody": (
        assigns(None), {"owner": GUS}, K.ASSIGNED, [L.ASSIGNED_TEAM], {"owner": None, "team": None},
    ),
    "giving to nobody what is nobody's": (assigns(None), {}, K.ASSIGNED, [], {"owner": None}),
    "giving to nobody what is over": (
        assigns(None), {"owner": GUS, "phase": Phase.CLOSED}, K.ASSIGNED, [], {"owner": None},
    ),
    "another priority": (sets("priority", "URGENT"), {}, K.CHANGED, [], {"priority": "urgent"}),
    "another type": (sets("type", "Problem"), {}, K.CHANGED, [], {"type": "problem"}),
    "another subject": (sets("subject", " The\n printer "), {}, K.CHANGED, [], {"subject": "The printer"}),
    "another account": (sets("account", "Client Inc"), {}, K.CHANGED, [], {"account": "Client Inc"}),
}  # fmt: skip


@pytest.mark.parametrize(("act", "before", "event", "letters", "after"), WAYS.values(), ids=WAYS.keys())
def test_an_act_is_one_event_and_its_letters(
    act: Act,
    before: dict[str, Any],
    event: EventKind,
    letters: list[LetterKind],
    after: dict[str, Any],
) -> None:
    change = act(case(**before))
    assert [(each.kind, each.actor, each.at) for each in change.events] == [(event, "cli:ana", NOW)]
    assert [order.kind for order in change.letters] == letters
    assert {name: getattr(change.case, name) for name in after} == after


REFUSED: dict[str, tuple[Act, Phase, type[MaildeskError], str]] = {
    "an answer of no words": (
        lambda held: acts.answer(held, DESK_OF_TWO, " \n", HAND),
        Phase.OPEN,
        BadInput,
        "no words",
    ),
    "a note of no words": (lambda held: acts.note(held, "", HAND), Phase.OPEN, BadInput, "no words"),
    "closing twice": (closes, Phase.CLOSED, NotAllowed, "closed already"),
    "resolving what is closed": (resolves, Phase.CLOSED, NotAllowed, "reopen it first"),
    "waiting for what is resolved": (waits, Phase.RESOLVED, NotAllowed, "reopen it first"),
    "reopening what is open": (reopens, Phase.OPEN, NotAllowed, "only a resolved or closed case"),
    "escalating what is closed": (escalates, Phase.CLOSED, NotAllowed, "reopen it first"),
    "giving it to a customer": (assigns(BO), Phase.OPEN, NotFound, f"{BO} is not an agent"),
    "giving it to a leader": (assigns("lea@acme.example"), Phase.OPEN, NotFound, "is not an agent"),
    "giving it to no team": (assigns(None, "networks"), Phase.OPEN, NotFound, "no team networks"),
    "a priority nobody knows": (sets("priority", "asap"), Phase.OPEN, NotFound, "use one of urgent, normal"),
    "a type nobody knows": (sets("type", "rant"), Phase.OPEN, NotFound, "use one of problem, question"),
    "an account nobody knows": (sets("account", "Other Inc"), Phase.OPEN, NotFound, "no account 'Other Inc'"),
    "a subject of no words": (sets("subject", "  "), Phase.OPEN, BadInput, "no words"),
    "a field that is not to be set": (sets("phase", "closed"), Phase.OPEN, NotFound, "use one of priority"),
}


@pytest.mark.parametrize(("act", "phase", "error", "words"), REFUSED.values(), ids=REFUSED.keys())
def test_what_cannot_be_done_is_refused_in_words_and_changes_nothing(
    act: Act, phase: Phase, error: type[MaildeskError], words: str
) -> None:
    before = case(phase=phase)
    with pytest.raises(error) as refused:
        act(before)
    assert words in str(refused.value)
    assert before == case(phase=phase)


def test_an_answer_carries_the_words_and_the_agent_and_says_whether_it_was_the_first() -> None:
    first = acts.answer(case(), DESK_OF_TWO, "Try water.", HAND)
    (order,) = first.letters
    assert (order.author, order.text) == (AGENT, "Try water.")
    later = acts.answer(first.case, DESK_OF_TWO, "Try more.", replace(HAND, now=NOW + timedelta(hours=1)))
    assert [change.events[0].data["first"] for change in (first, later)] == [True, False]
    assert later.case.first_response_at == NOW


def test_what_was_said_of_an_act_stands_in_its_event() -> None:
    assert closes(case()).events[0].data == {"outcome": "replaced", "status": "Closed", "phase": "closed"}
    assert closes(case()).letters[0].extra == {"outcome": "replaced", "means": ""}
    assert escalates(case()).events[0].data == {"level": 1, "why": "important"}
    assert assigns(GUS)(case(owner=AGENT)).events[0].data == {"owner": GUS, "team": None, "before": AGENT}
    assert sets("priority", "urgent")(case()).events[0].data == {
        "field": "priority", "old": "normal", "new": "urgent",
    }  # fmt: skip


def test_a_field_of_the_policy_is_set_by_its_name_and_its_kind() -> None:
    change = acts.change(case(), DESK_OF_TWO, HAND, "Item", "OKR  tree")
    assert change.case.fields == {"item": "OKR tree"}
    assert [(each.kind, dict(each.data)) for each in change.events] == [
        (K.FIELD_SET, {"field": "item", "old": None, "new": "OKR tree"})
    ]
    again = acts.change(change.case, DESK_OF_TWO, HAND, "item", "Goals")
    assert again.events[0].data["old"] == "OKR tree"


def test_a_field_that_keeps_the_last_of_its_list_lets_nothing_earlier_in() -> None:
    held = case(fields={"outcome": "no workaround"})
    kept = acts.change(held, DESK_OF_TWO, HAND, "outcome", "happy")
    assert (kept.case, kept.events) == (held, ())


def test_a_choice_that_wants_a_note_is_not_set_without_one() -> None:
    with pytest.raises(BadInput, match="wants a note"):
        acts.change(case(), DESK_OF_TWO, HAND, "outcome", "unhappy")
    noted = acts.change(case(), DESK_OF_TWO, HAND, "outcome", "unhappy", noted=True)
    assert noted.case.fields == {"outcome": "unhappy"}
