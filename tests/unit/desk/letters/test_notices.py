"""Which letter is for whom: every kind has its form, every audience its people, and nobody hears twice."""

from __future__ import annotations

from dataclasses import replace

import pytest

from maildesk.desk.case.case import Case, PartyRole
from maildesk.desk.case.events import Event, EventKind
from maildesk.desk.case.letter_order import LetterKind, LetterOrder
from maildesk.desk.letters.digest import DIGEST_TITLES, DigestItem, grouped, in_order
from maildesk.desk.letters.notices import (
    ALSO,
    FIVE_DAYS,
    FORMS,
    NOTICES,
    ONE_DAY,
    Audience,
    addressees,
    doers,
    notices_for,
)
from maildesk.desk.policy.people import People, Person, Team
from maildesk.mail.identity.own_names import OwnNames
from tests.unit.desk.matters import AGENT, BO, CASE, CY, DESK_ADDRESS, LEADER, NOW

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


A_LETTER_FOR = {
    Audience.REQUESTER: LetterKind.CLOSED,
    Audience.CUSTOMERS: LetterKind.ANSWER,
    Audience.OWNER_OR_TEAM: LetterKind.OPENED_TEAM,
    Audience.TEAM_AND_LEAD: LetterKind.OVERDUE,
    Audience.LEADERSHIP: LetterKind.ESCALATED_LEADERSHIP,
    Audience.AUTHOR: LetterKind.NOTE_KEPT,
    Audience.NAMED: LetterKind.ASK,
    Audience.OPERATORS: LetterKind.ALARM,
}


def test_every_letter_has_its_form_and_every_audience_a_letter() -> None:
    assert set(FORMS) == set(LetterKind)
    assert {audience: FORMS[kind].audience for audience, kind in A_LETTER_FOR.items()} == {
        audience: audience for audience in Audience
    }


def test_only_an_answer_and_a_question_to_colleagues_are_a_persons_own_words() -> None:
    personal = [kind for kind, form in FORMS.items() if form.automatic is None]
    assert personal == [LetterKind.ANSWER, LetterKind.ASK]


@pytest.mark.parametrize("kind", [kind for kind, form in FORMS.items() if form.limited])
def test_what_is_limited_is_automatic_and_soon_given_up(kind: LetterKind) -> None:
    assert FORMS[kind].automatic
    assert FORMS[kind].patience == ONE_DAY


@pytest.mark.parametrize("kind", [kind for kind, form in FORMS.items() if not form.limited])
def test_every_other_letter_is_tried_for_five_days(kind: LetterKind) -> None:
    assert FORMS[kind].automatic != "auto-replied" or FORMS[kind].audience is Audience.AUTHOR
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


# --- one mail, not five ---------------------------------------------------------------------------


def told(
    *kinds: LetterKind, case: Case = CROWD, by: str = BO
) -> dict[str, tuple[LetterKind, list[LetterKind]]]:
    """Who gets which notice, and what it says beside."""
    notices = notices_for([LetterOrder(kind) for kind in kinds], case, PEOPLE, {by})
    return {to.address: (notice.order.kind, list(notice.also)) for notice in notices for to in notice.to}


def test_what_a_notice_may_be_has_a_rank_a_word_and_a_title() -> None:
    assert set(ALSO) == set(DIGEST_TITLES) == set(NOTICES)
    assert all(FORMS[kind].automatic == "auto-generated" for kind in NOTICES)
    assert all(FORMS[kind].of_case and not FORMS[kind].audience.of_customers for kind in NOTICES)


def test_a_change_that_owes_a_person_several_notices_gives_them_one_that_says_it_all() -> None:
    kinds = (LetterKind.REPLIED_TEAM, LetterKind.ESCALATED_LEADERSHIP, LetterKind.ESCALATED_TEAM)
    assert told(*kinds, case=replace(CROWD, owner=GUS, team="printers")) == {
        LEADER: (LetterKind.ESCALATED_LEADERSHIP, []),
        FAY: (LetterKind.ESCALATED_LEADERSHIP, []),
        GUS: (LetterKind.ESCALATED_TEAM, [LetterKind.REPLIED_TEAM]),
        AGENT: (LetterKind.ESCALATED_TEAM, [LetterKind.REPLIED_TEAM]),
    }


def test_a_leader_who_is_an_agent_too_hears_as_a_leader_and_of_the_rest_in_a_line() -> None:
    kinds = (LetterKind.OPENED_TEAM, LetterKind.ESCALATED_LEADERSHIP)
    assert told(*kinds, case=replace(CROWD, team="networks")) == {
        LEADER: (LetterKind.ESCALATED_LEADERSHIP, [LetterKind.OPENED_TEAM]),
        FAY: (LetterKind.ESCALATED_LEADERSHIP, [LetterKind.OPENED_TEAM]),
    }


def test_nobody_is_told_what_they_did_themselves() -> None:
    owned = replace(CROWD, owner=GUS)
    assert told(LetterKind.ESCALATED_LEADERSHIP, LetterKind.ESCALATED_TEAM, case=owned, by=GUS) == {
        LEADER: (LetterKind.ESCALATED_LEADERSHIP, []),
        FAY: (LetterKind.ESCALATED_LEADERSHIP, []),
    }


def test_letters_to_customers_and_to_an_author_are_no_notices() -> None:
    assert told(LetterKind.ANSWER, LetterKind.CLOSED, LetterKind.NOTE_KEPT) == {}


@pytest.mark.parametrize(
    ("kind", "did_it"),
    [
        (EventKind.CLOSED, True),
        (EventKind.NOTED, True),
        (EventKind.UNVERIFIED_MAIL, False),
        (EventKind.BOUNCED, False),
    ],
)
def test_who_only_claims_to_be_somebody_keeps_nothing_from_that_person(kind: EventKind, did_it: bool) -> None:
    """A forger who writes as the owner must not silence the warning to the owner."""
    assert (AGENT in doers([Event(NOW, kind, AGENT.upper())])) is did_it


# --- digests --------------------------------------------------------------------------------------


def test_a_digest_names_each_case_once_for_each_kind_the_most_important_first() -> None:
    other = replace(CASE, ref="AAAA-BBBB")
    items = [
        DigestItem(LetterKind.REPLIED_TEAM, CASE, NOW),
        DigestItem(LetterKind.OVERDUE, other, NOW),
        DigestItem(LetterKind.OVERDUE, CASE, NOW),
        DigestItem(LetterKind.REPLIED_TEAM, CASE, NOW),
    ]
    found = [(kind, [one.case.ref for one in same]) for kind, same in grouped(in_order(items))]
    assert found == [
        (LetterKind.OVERDUE, [CASE.ref, other.ref]),
        (LetterKind.REPLIED_TEAM, [CASE.ref]),
    ]
