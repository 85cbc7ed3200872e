"""Whose case it becomes within a team: turns, the fewest open cases, people who are away, and who is told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from maildesk.desk.case.case import Case, Phase
from maildesk.desk.case.change import Change
from maildesk.desk.case.events import Event, EventKind
from maildesk.desk.case.letter_order import LetterKind, LetterOrder
from maildesk.desk.decisions import acts
from maildesk.desk.decisions.actor import Actor
from maildesk.desk.decisions.routing import Load, choose, counted, route, team_to_route, told_of_new_hands
from maildesk.desk.policy.desk import Desk
from maildesk.desk.policy.people import People, Person, Team
from maildesk.desk.policy.policy import AssignmentMode
from maildesk.mail.addr_spec import ByAddress
from tests.unit.desk.matters import CASE, DESK, NOW, POLICY

ANA = Person("Ana", "ana@acme.example", ("support", "billing"))
BEN = Person("Ben", "Ben@acme.example", ("support",))
CAT = Person("Cat", "cat@acme.example", ("support",))
MEMBERS = (ANA, BEN, CAT)
DIVIDED = replace(
    DESK,
    people=People(agents=MEMBERS, teams=(Team("support"), Team("billing"), Team("queue"))),
    policy=replace(
        POLICY,
        assignment={
            "support": AssignmentMode.ROUND_ROBIN,
            "billing": AssignmentMode.FEWEST_OPEN,
            "queue": AssignmentMode.NONE,
        },
        tells_reassigned=True,
    ),
)
HAND = Actor("cli:root", NOW)
OPENED = Event(NOW, EventKind.OPENED, "bo@client.example")
TOLD = (LetterOrder(LetterKind.OPENED_TEAM),)


def opened(team: str | None, **changes: object) -> Change:
    """A new case of that team, as it comes from the rules."""
    case = replace(CASE, phase=Phase.NEW, team=team, **changes)  # type: ignore[arg-type]  # fields of Case
    return Change(case, (OPENED,), TOLD)


def away(*gone: Person) -> tuple[Person, ...]:
    return tuple(replace(person, away=person in gone) for person in MEMBERS)


def test_turns_go_round_in_the_order_of_the_configuration() -> None:
    last, chosen = "", []
    for _ in range(5):
        person = choose(AssignmentMode.ROUND_ROBIN, MEMBERS, Load(last))
        assert person
        chosen.append(person.name)
        last = person.address.lower()
    assert chosen == ["Ana", "Ben", "Cat", "Ana", "Ben"]


@pytest.mark.parametrize(
    ("last", "gone", "chosen"),
    [
        ("", (ANA,), "Ben"),
        ("ana@acme.example", (BEN,), "Cat"),
        ("ben@acme.example", (BEN, CAT), "Ana"),
        ("ben@acme.example", (BEN,), "Cat"),
        ("gone@acme.example", (), "Ana"),
        ("", MEMBERS, None),
    ],
    ids=[
        "the first is away",
        "the next is away",
        "only one is there",
        "the last one went away after it",
        "the last one left the team",
        "all are away",
    ],
)
def test_nobody_who_is_away_is_given_a_case(last: str, gone: tuple[Person, ...], chosen: str | None) -> None:
    person = choose(AssignmentMode.ROUND_ROBIN, away(*gone), Load(last))
    assert (person.name if person else None) == chosen


@pytest.mark.parametrize(
    ("last", "counts", "chosen"),
    [
        ("", {"ana@acme.example": 2, "ben@acme.example": 1, "cat@acme.example": 3}, "Ben"),
        ("", {"ana@acme.example": 1, "ben@acme.example": 1}, "Cat"),
        ("ana@acme.example", {}, "Ben"),
        ("cat@acme.example", {"ana@acme.example": 1, "ben@acme.example": 1, "cat@acme.example": 1}, "Ana"),
    ],
    ids=["one has fewest", "nobody's cases are none", "equals take turns", "equals begin again"],
)
def test_the_fewest_open_cases_decide_and_equals_take_turns(
    last: str, counts: Mapping[str, int], chosen: str
) -> None:
    person = choose(AssignmentMode.FEWEST_OPEN, MEMBERS, Load(last, ByAddress(counts)))
    assert person
    assert person.name == chosen


def test_a_team_without_a_way_keeps_its_queue() -> None:
    assert choose(AssignmentMode.NONE, MEMBERS, Load()) is None


@pytest.mark.parametrize(
    ("change", "team"),
    [
        (opened("support"), "support"),
        (opened("queue"), None),
        (opened("unheard-of"), None),
        (opened(None), None),
        (opened("support", owner=ANA.address), None),
        (replace(opened("support"), letters=()), None),
    ],
    ids=[
        "a new case",
        "none",
        "a team of no policy",
        "no team",
        "a rule named the owner",
        "a machine's case",
    ],
)
def test_only_what_a_team_assigns_asks_how_busy_it_is(change: Change, team: str | None) -> None:
    assert team_to_route(change, DIVIDED) == team


def test_a_new_case_is_told_to_its_owner_by_the_one_letter_it_has() -> None:
    routed = route(opened("support"), DIVIDED, Load("ana@acme.example"))
    assert routed.turn is BEN
    assert routed.change.case.owner == BEN.address
    assert routed.change.letters == TOLD
    event = routed.change.events[-1]
    assert (event.kind, event.actor, event.at) == (EventKind.ASSIGNED, "desk", NOW)
    assert event.data == {"owner": BEN.address, "team": "support", "by": "round-robin"}


def test_a_case_that_came_from_another_team_is_given_to_somebody_of_the_new_one() -> None:
    moved = acts.assign(replace(CASE, team="queue"), DIVIDED, HAND, None, "billing")
    assert team_to_route(moved, DIVIDED) == "billing"
    routed = route(moved, DIVIDED, Load())
    assert routed.change.case.owner == ANA.address
    assert [order.kind for order in routed.change.letters] == [LetterKind.ASSIGNED_TEAM]


@pytest.mark.parametrize(
    ("owner", "team"),
    [(None, "support"), (ANA.address, "billing")],
    ids=["taken from its owner", "given to somebody"],
)
def test_what_a_person_decides_stays(owner: str | None, team: str) -> None:
    case = replace(CASE, team="support", owner=CAT.address)
    assert team_to_route(acts.assign(case, DIVIDED, HAND, owner, team), DIVIDED) is None


def test_with_everybody_away_the_case_waits_in_the_queue() -> None:
    gone = People(agents=away(*MEMBERS), teams=DIVIDED.people.teams)
    change = opened("support")
    assert route(change, replace(DIVIDED, people=gone), Load()).change == change


def in_hands(owner: Person | None, team: str | None, **changes: object) -> Case:
    return replace(CASE, owner=owner.address if owner else None, team=team, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (in_hands(ANA, "support"), in_hands(BEN, "support"), {"owner": "Ben", "team": "support"}),
        (in_hands(ANA, "support"), in_hands(None, "billing"), {"owner": "", "team": "billing"}),
        (in_hands(None, "support"), in_hands(ANA, "billing"), {"owner": "Ana", "team": "billing"}),
        (in_hands(None, "support"), in_hands(ANA, "support"), None),
        (in_hands(None, None), in_hands(None, "support"), None),
        (in_hands(ANA, "support"), in_hands(None, "support"), None),
        (in_hands(ANA, "support"), in_hands(ANA, "support"), None),
        (in_hands(ANA, "support"), in_hands(BEN, "support", phase=Phase.CLOSED), None),
    ],
    ids=[
        "another person",
        "another team",
        "another team and its person",
        "the first person",
        "the first team",
        "back to the queue",
        "nothing new",
        "a closed case",
    ],
)
def test_a_customer_hears_of_other_hands_and_not_of_the_first(
    before: Case, after: Case, said: dict[str, str] | None
) -> None:
    orders = told_of_new_hands(before, after, DIVIDED)
    assert [(order.kind, order.extra) for order in orders] == (
        [(LetterKind.REASSIGNED, said)] if said else []
    )
    silent: Desk = replace(DIVIDED, policy=replace(DIVIDED.policy, tells_reassigned=False))
    assert told_of_new_hands(before, after, silent) == ()


@pytest.mark.parametrize(
    ("team", "people"),
    [("support", ()), ("queue", ()), ("unheard-of", ()), ("billing", (ANA.address,))],
)
def test_only_the_fewest_open_asks_for_counts(team: str, people: tuple[str, ...]) -> None:
    assert counted(team, DIVIDED) == people
