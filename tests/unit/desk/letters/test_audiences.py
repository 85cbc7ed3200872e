"""Who the audience of a letter is: every audience has its people, and nobody hears twice."""

from __future__ import annotations

from dataclasses import replace

import pytest

from maildesk.desk.case.case import Case, PartyRole
from maildesk.desk.case.letter_order import LetterKind, LetterOrder
from maildesk.desk.letters.audiences import addressees
from maildesk.desk.policy.people import People, Person, Team
from maildesk.mail.identity.own_names import OwnNames
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
    own=OwnNames.of([DESK_ADDRESS]),
)
CROWD = CASE.joined(CY, "Cy", PartyRole.CC).joined(AGENT, "", PartyRole.AGENT)
CROWD = CROWD.joined(LEADER, "", PartyRole.LEADER)
EVERYBODY = [AGENT, FAY, GUS]


def reached(kind: LetterKind, case: Case = CROWD, author: str = "", people: People = PEOPLE) -> list[str]:
    return [one.address for one in addressees(LetterOrder(kind, author=author), case, people)]


@pytest.mark.parametrize(
    ("kind", "case", "people"),
    [
        (LetterKind.ESCALATED, CROWD, [BO]),
        (LetterKind.ESCALATED, replace(CROWD, requester=""), []),
        (LetterKind.CLOSED, CROWD.without(CY), [BO]),
        (LetterKind.REOPENED, CROWD, [BO, CY]),
        (LetterKind.ANSWER, CROWD, [BO, CY]),
        (LetterKind.ANSWER, replace(CROWD, parties=()), []),
        (LetterKind.OPENED_TEAM, CROWD, EVERYBODY),
        (LetterKind.OPENED_TEAM, replace(CROWD, team="printers"), [AGENT, FAY]),
        (LetterKind.OPENED_TEAM, replace(CROWD, team="empty"), EVERYBODY),
        (LetterKind.OPENED_TEAM, replace(CROWD, team="abolished"), EVERYBODY),
        (LetterKind.OPENED_TEAM, replace(CROWD, owner=GUS.upper(), team="printers"), [GUS]),
        (LetterKind.OPENED_TEAM, replace(CROWD, owner="left@acme.example", team="networks"), [FAY]),
        (LetterKind.ASSIGNED_TEAM, replace(CROWD, owner=GUS), [GUS]),
        (LetterKind.ASSIGNED_TEAM, replace(CROWD, team="networks"), [FAY]),
        (LetterKind.OVERDUE, replace(CROWD, team="printers"), [AGENT, FAY]),
        (LetterKind.OVERDUE, replace(CROWD, owner=FAY, team="printers"), [FAY, AGENT]),
        (LetterKind.ESCALATED_TEAM, replace(CROWD, owner=GUS, team="networks"), [GUS]),
        (LetterKind.ESCALATED_LEADERSHIP, CROWD, [LEADER, FAY]),
        (LetterKind.ALARM, CROWD, ["ops@acme.example", "night@acme.example"]),
    ],
    ids=[
        "the requester",
        "no requester",
        "all customers but who was removed",
        "all customers hear that it goes on",
        "all customers, nobody of the desk",
        "no customers",
        "no team: every agent",
        "a team",
        "a team of nobody: every agent",
        "a team that is no more: every agent",
        "an owner, not the team",
        "an owner who left: the team",
        "the new owner",
        "the new team",
        "a team with its lead, who is one of it",
        "an owner and the team's lead",
        "an owner whose team has no lead",
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
    assert roles[LetterKind.ESCALATED] == {PartyRole.REQUESTER}
    assert roles[LetterKind.ANSWER] == roles[LetterKind.CLOSED] == {PartyRole.REQUESTER, PartyRole.CC}
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
    assert reached(LetterKind.ESCALATED, replace(CASE, requester=DESK_ADDRESS)) == []
