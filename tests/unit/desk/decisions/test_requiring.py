"""Requirements: made once, found by what people type, and what becomes of a case when one ships."""

from __future__ import annotations

from dataclasses import replace

import pytest

from maildesk.desk.case.case import Case, Phase
from maildesk.desk.case.events import EventKind
from maildesk.desk.case.letter_order import LetterKind
from maildesk.desk.case.requirement import Requirement
from maildesk.desk.decisions import requiring
from maildesk.desk.decisions.actor import Actor
from maildesk.desk.policy.people import Team
from maildesk.desk.policy.requirements import Requirements, alike, requirement_called, wants_requirement
from maildesk.errors import Ambiguous, BadInput, MaildeskError, NotAllowed, NotFound
from tests.unit.desk.matters import AGENT, BO, DESK, EVE, NOW, case

HAND = Actor(AGENT, NOW, AGENT)
TERMS = Requirements("request", "printers", ("New Feature", "Design"), shipped="Resolved")
OURS = replace(
    DESK,
    policy=replace(DESK.policy, requirements=TERMS),
    people=replace(DESK.people, teams=(*DESK.people.teams, Team("printers"))),
)


def requirement(name: str, summary: str = "") -> Requirement:
    return Requirement(name, "Not Started", NOW, AGENT, summary)


DARK, EXPORT = requirement("Dark mode", "Light text on black"), requirement("Export to PDF")
KNOWN = (DARK, EXPORT, requirement("Export to CSV"))


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("dark mode", "Dark mode"),
        ("DARK", "Dark mode"),
        (" Export  to pdf", "Export to PDF"),
        ("pdf", "Export to PDF"),
    ],
)
def test_a_requirement_is_found_by_its_name_or_a_word_of_it(typed: str, found: str) -> None:
    assert requirement_called(KNOWN, typed).name == found


def test_what_may_be_several_is_none() -> None:
    with pytest.raises(Ambiguous, match="Export to PDF or Export to CSV"):
        requirement_called(KNOWN, "export")


def test_one_that_is_not_there_names_what_is_near() -> None:
    with pytest.raises(NotFound) as problem:
        requirement_called(KNOWN, "darker mode")
    assert "Dark mode (Not Started)" in str(problem.value)
    assert "Export" not in str(problem.value)
    assert "#requirement new NAME: SUMMARY" in str(problem.value)


@pytest.mark.parametrize(
    ("name", "summary", "near"),
    [
        ("Dark theme", "", ["Dark mode"]),
        ("Night", "black text on white", ["Dark mode"]),
        ("Export as XML", "", ["Export to PDF", "Export to CSV"]),
        ("Single sign-on", "", []),
    ],
)
def test_alike_is_what_has_a_name_or_words_alike(name: str, summary: str, near: list[str]) -> None:
    assert {each.name for each in alike(KNOWN, name, summary)} == set(near)


def test_a_new_one_begins_as_the_policy_says() -> None:
    said = {"summary": "One  password", "category": "feature", "item": "Login"}
    new = requiring.created(KNOWN, " Single  sign-on ", said, OURS, HAND, anyway=False)
    assert (new.name, new.status, new.team) == ("Single sign-on", "Not Started", "printers")
    assert (new.summary, new.category, new.item) == ("One password", "New Feature", "Login")
    assert (new.created_at, new.created_by, new.shipped_at) == (NOW, AGENT, None)


def test_who_makes_one_looks_first_at_those_that_are_near() -> None:
    with pytest.raises(NotAllowed, match="perhaps it is there already: Dark mode"):
        requiring.created(KNOWN, "Dark theme", {}, OURS, HAND, anyway=False)
    assert requiring.created(KNOWN, "Dark theme", {}, OURS, HAND, anyway=True).name == "Dark theme"


@pytest.mark.parametrize(
    ("name", "said", "why"),
    [
        ("DARK Mode", {}, "there is a requirement Dark mode already"),
        ("none", {}, "cannot be the name"),
        ("!", {}, "cannot be the name"),
        ("x" * 101, {}, "cannot be the name"),
        ("Login", {"category": "bug"}, "no category 'bug'"),
        ("Login", {"team": "gardeners"}, "no team gardeners"),
        ("Login", {"summary": "x" * 999}, "998 characters at most"),
        ("Login", {"colour": "red"}, "no field of a requirement 'colour'"),
    ],
)
def test_what_cannot_be_made_is_told(name: str, said: dict[str, str], why: str) -> None:
    with pytest.raises(MaildeskError, match=why):
        requiring.created(KNOWN, name, said, OURS, HAND, anyway=True)


def test_its_status_moves_but_to_the_last_by_shipping_alone() -> None:
    assert requiring.changed(DARK, "status", "in progress", OURS).status == "In Progress"
    with pytest.raises(NotAllowed, match="has not shipped"):
        requiring.changed(DARK, "status", "shipped", OURS)
    with pytest.raises(NotAllowed, match="has shipped"):
        requiring.changed(replace(DARK, shipped_at=NOW), "status", "not started", OURS)


def test_a_case_waits_for_one_requirement_and_says_so() -> None:
    wish = case(type="request")
    assert wants_requirement(wish, TERMS)
    assert not wants_requirement(replace(wish, phase=Phase.CLOSED), TERMS)
    assert not wants_requirement(case(type="problem"), TERMS)
    linked = requiring.linked(wish, DARK, HAND).case
    assert (linked.requirement, wants_requirement(linked, TERMS)) == ("Dark mode", False)
    with pytest.raises(NotAllowed, match="linked to Dark mode already"):
        requiring.linked(linked, DARK, HAND)
    assert requiring.linked(linked, EXPORT, HAND).case.requirement == "Export to PDF"
    free = requiring.unlinked(linked, HAND).case
    assert free.requirement == ""
    with pytest.raises(NotAllowed, match="linked to no requirement"):
        requiring.unlinked(free, HAND)


WAITS = case(phase=Phase.OPEN, requirement="Dark mode")


@pytest.mark.parametrize(
    ("held", "moves"),
    [
        pytest.param(WAITS, True, id="open"),
        pytest.param(replace(WAITS, phase=Phase.NEW), True, id="new"),
        pytest.param(replace(WAITS, phase=Phase.WAITING), True, id="waiting"),
        pytest.param(replace(WAITS, phase=Phase.CLOSED, closed_at=NOW), False, id="closed"),
        pytest.param(replace(WAITS, phase=Phase.RESOLVED, resolved_at=NOW), False, id="resolved"),
        pytest.param(replace(WAITS, requirement="Export to PDF"), False, id="waits for another"),
    ],
)
def test_when_it_ships_its_customer_hears_and_a_case_that_waits_for_it_moves(held: Case, moves: bool) -> None:
    change = requiring.shipped(held, DARK, OURS, HAND, ())
    assert change.events[0].kind is EventKind.SHIPPED
    assert change.case.phase is (Phase.RESOLVED if moves else held.phase)
    assert [(each.kind, each.to) for each in change.letters] == [(LetterKind.SHIPPED, (BO,))]


def test_where_the_policy_says_nothing_cases_stay_where_they_are() -> None:
    assert requiring.shipped(WAITS, DARK, DESK, HAND, ()).case.phase is Phase.OPEN


def test_where_it_closes_them_all_their_customers_hear_once() -> None:
    closes = replace(OURS, policy=replace(OURS.policy, requirements=replace(TERMS, shipped="Closed")))
    change = requiring.shipped(WAITS, DARK, closes, HAND, ())
    assert [(each.kind, each.to) for each in change.letters] == [
        (LetterKind.SHIPPED, ()),
        (LetterKind.CLOSED, ()),
    ]


def test_a_case_that_others_became_a_part_of_hears_once_for_all_of_them() -> None:
    gone = case(ref="GONE-GONE", requester=EVE, requirement="Dark mode", merged_into=WAITS.ref)
    told = requiring.cases_told([WAITS, gone], {WAITS.ref: WAITS, gone.ref: WAITS})
    assert told == [(WAITS, (EVE,))]


@pytest.mark.parametrize("name", ["", "!!"])
def test_no_letters_are_no_name(name: str) -> None:
    with pytest.raises(BadInput):
        requiring.created((), name, {}, OURS, HAND, anyway=True)
