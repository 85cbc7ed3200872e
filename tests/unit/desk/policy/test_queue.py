"""The queue: what is taken next."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from maildesk.desk.case.case import Case, Phase
from maildesk.desk.policy.case_types import CaseType
from maildesk.desk.policy.people import People, Person, Team
from maildesk.desk.policy.queue import in_order, others_teams
from tests.unit.desk.matters import NOW, POLICY, case

KINDS = {"bug": CaseType("bug"), "wish": CaseType("wish", queued_after=True)}
OF_TYPES = replace(POLICY, types=KINDS)


def held(ref: str, priority: str, minutes: int, kind: str | None = None) -> Case:
    at = NOW + timedelta(minutes=minutes)
    return case(ref=ref, priority=priority, opened_at=at, type=kind, owner=None)


QUEUES = [
    pytest.param([held("A", "", 2), held("B", "", 1)], "BA", id="who has no priority, by arrival"),
    pytest.param([held("A", "urgent", 1), held("B", "", 2)], "BA", id="who has none before who has"),
    pytest.param([held("A", "normal", 1), held("B", "urgent", 2)], "BA", id="then by priority"),
    pytest.param([held("A", "urgent", 3), held("B", "urgent", 2)], "BA", id="each by arrival"),
    pytest.param([held("A", "gone", 1), held("B", "normal", 2)], "BA", id="unknown ones last"),
    pytest.param(
        [held("A", "urgent", 1, "wish"), held("B", "normal", 2, "bug"), held("C", "", 3, "wish")],
        "BCA",
        id="a type behind the others",
    ),
    pytest.param([held("B", "normal", 1), held("A", "normal", 1)], "AB", id="the same moment"),
]


@pytest.mark.parametrize(("cases", "order"), QUEUES)
def test_the_queue_has_an_order(cases: list[Case], order: str) -> None:
    assert "".join(each.ref for each in in_order(cases, OF_TYPES)) == order


@pytest.mark.parametrize(
    ("changes", "queued"),
    [
        ({}, True),
        ({"phase": Phase.NEW}, True),
        ({"phase": Phase.WAITING}, False),
        ({"phase": Phase.RESOLVED}, False),
        ({"phase": Phase.CLOSED}, False),
        ({"owner": "ana@acme.example"}, False),
    ],
)
def test_open_work_that_nobody_took_is_in_it(changes: dict[str, object], queued: bool) -> None:
    assert bool(in_order([case(**{"owner": None} | changes)], POLICY)) is queued


def test_the_queues_of_other_teams_are_not_ones_own() -> None:
    people = People(
        agents=(Person("Ana", "ana@acme.example", ("support",)), Person("Gus", "gus@acme.example", ("ops",))),
        teams=(Team("support"), Team("ops", lead="lee@acme.example"), Team("nobody in it")),
        leadership=(Person("Lea", "lea@acme.example"),),
    )
    assert others_teams(people, "ana@acme.example") == ("ops",)
    assert others_teams(people, "lee@acme.example") == ("support",)
    assert others_teams(people, "lea@acme.example") == ()
