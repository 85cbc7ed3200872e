"""Which letter is for whom: every kind has its form, every audience its people, and nobody hears twice."""

from __future__ import annotations

from dataclasses import replace

import pytest

from maildesk.desk.case import Case, PartyRole
from maildesk.desk.notices import (
    FIVE_DAYS,
    FORMS,
    ONE_DAY,
    Audience,
    LetterKind,
    LetterOrder,
    addressees,
)
from maildesk.desk.people import People, Person, Team
from tests.unit.desk.matters import AGENT, BO, CASE, CY, DESK_ADDRESS, LEADER

FAY, GUS = "fay@acme.example", "gus@acme.example"
PEOPLE = People(
    agents=(
        Person("Ana Agent", AGENT, ("printers",)),
        Person("Fay", FAY, ("printers", "networks")),
        Person("Gus", GUS),
    ),
    teams=(Team("printers", lead=AGENT), Team("networks"), Team("empty")),
    leadership=(Person("Lea Leader", LEADER), Person("Fay", FAY)),
    operators=("ops@acme.example", "night@acme.example"),
    own_addresses=frozenset({DESK_ADDRESS}),
    own_details=frozenset({"support+@acme.example"}),
)
CROWD = CASE.joined(CY, "Cy", PartyRole.CC).joined(AGENT, "", PartyRole.AGENT)
CROWD = CROWD.joined(LEADER, "", PartyRole.LEADER)
EVERYBODY = [AGENT, FAY, GUS]


def reached(kind: LetterKind, case: Case = CROWD, author: str = "", people: People = PEOPLE) -> list[str]:
    return [one.address for one in addressees(LetterOrder(kind, author=author), case, people)]


A_LETTER_FOR = {
    Audience.REQUESTER: LetterKind.CLOSED,
    Audience.CUSTOMERS: LetterKind.ANSWER,
    Audience.OWNER: LetterKind.ASSIGNED_TEAM,
    Audience.OWNER_OR_TEAM: LetterKind.OPENED_TEAM,
    Audience.LEADERSHIP: LetterKind.ESCALATED_LEADERSHIP,
    Audience.AUTHOR: LetterKind.NOTE_KEPT,
    Audience.OPERATORS: LetterKind.ALARM,
}


def test_every_letter_has_its_form_and_every_audience_a_letter() -> None:
    assert set(FORMS) == set(LetterKind)
    assert {audience: FORMS[kind].audience for audience, kind in A_LETTER_FOR.items()} == {
        audience: audience for audience in Audience
    }


def test_only_an_answer_is_a_persons_own_word() -> None:
    assert [kind for kind, form in FORMS.items() if form.automatic is None] == [LetterKind.ANSWER]


@pytest.mark.parametrize("kind", [kind for kind, form in FORMS.items() if form.limited])
def test_what_answers_a_mail_by_itself_is_limited_and_soon_given_up(kind: LetterKind) -> None:
    assert FORMS[kind].automatic == "auto-replied"
    assert FORMS[kind].patience == ONE_DAY


@pytest.mark.parametrize("kind", [kind for kind, form in FORMS.items() if not form.limited])
def test_every_other_letter_is_tried_for_five_days(kind: LetterKind) -> None:
    assert FORMS[kind].automatic != "auto-replied"
    assert FORMS[kind].patience == FIVE_DAYS


def test_the_story_goes_to_the_desk_only() -> None:
    assert not [kind for kind, form in FORMS.items() if form.shows_thread and form.audience.of_customers]


@pytest.mark.parametrize(
    ("kind", "case", "people"),
    [
        (LetterKind.CLOSED, CROWD, [BO]),
        (LetterKind.CLOSED, replace(CROWD, requester=""), []),
        (LetterKind.ANSWER, CROWD, [BO, CY]),
        (LetterKind.ANSWER, replace(CROWD, parties=()), []),
        (LetterKind.OPENED_TEAM, CROWD, EVERYBODY),
        (LetterKind.OPENED_TEAM, replace(CROWD, team="printers"), [AGENT, FAY]),
        (LetterKind.OPENED_TEAM, replace(CROWD, team="empty"), EVERYBODY),
        (LetterKind.OPENED_TEAM, replace(CROWD, team="abolished"), EVERYBODY),
        (LetterKind.OPENED_TEAM, replace(CROWD, owner=GUS.upper(), team="printers"), [GUS]),
        (LetterKind.OPENED_TEAM, replace(CROWD, owner="left@acme.example", team="networks"), [FAY]),
        (LetterKind.ASSIGNED_TEAM, replace(CROWD, owner=GUS), [GUS]),
        (LetterKind.ASSIGNED_TEAM, CROWD, []),
        (LetterKind.ASSIGNED_TEAM, replace(CROWD, owner="left@acme.example"), []),
        (LetterKind.ESCALATED_LEADERSHIP, CROWD, [LEADER, FAY]),
        (LetterKind.ALARM, CROWD, ["ops@acme.example", "night@acme.example"]),
    ],
    ids=[
        "the requester",
        "no requester",
        "all customers, nobody of the desk",
        "no customers",
        "no team: every agent",
        "a team",
        "a team of nobody: every agent",
        "a team that is no more: every agent",
        "an owner, not the team",
        "an owner who left: the team",
        "the new owner",
        "no owner",
        "an owner who left",
        "the leadership",
        "the operators",
    ],
)
def test_each_audience_is_its_people(kind: LetterKind, case: Case, people: list[str]) -> None:
    assert reached(kind, case) == people


@pytest.mark.parametrize(
    ("author", "people"),
    [(AGENT, [AGENT]), (AGENT.upper(), [AGENT]), (LEADER, [LEADER]), (BO, []), ("", [])],
    ids=["an agent", "an agent in capitals", "a leader", "a customer", "nobody"],
)
def test_a_kept_note_is_answered_to_its_author_if_that_is_a_desk_person(
    author: str, people: list[str]
) -> None:
    assert reached(LetterKind.NOTE_KEPT, author=author) == people


def test_roles_go_with_the_letter() -> None:
    roles = {
        kind: {one.role for one in addressees(LetterOrder(kind, author=AGENT), CROWD, PEOPLE)}
        for kind in LetterKind
    }
    assert roles[LetterKind.CLOSED] == {PartyRole.REQUESTER}
    assert roles[LetterKind.ANSWER] == {PartyRole.REQUESTER, PartyRole.CC}
    assert roles[LetterKind.OPENED_TEAM] == roles[LetterKind.NOTE_KEPT] == {PartyRole.AGENT}
    assert roles[LetterKind.ESCALATED_LEADERSHIP] == {PartyRole.LEADER}
    assert roles[LetterKind.ALARM] == {None}


def test_nobody_hears_twice_and_the_desk_never_hears_itself() -> None:
    echoing = replace(
        PEOPLE,
        leadership=(Person("Lea", LEADER), Person("Lea again", LEADER.upper()), Person("Us", DESK_ADDRESS)),
        operators=("support+alarms@acme.example", "ops@acme.example"),
    )
    assert [a.lower() for a in reached(LetterKind.ESCALATED_LEADERSHIP, people=echoing)] == [LEADER]
    assert reached(LetterKind.ALARM, people=echoing) == ["ops@acme.example"]
    assert reached(LetterKind.CLOSED, replace(CASE, requester=DESK_ADDRESS)) == []
