"""Who is away today, and who stands in: by the configuration, and by what people said by mail."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from maildesk.desk.policy.absences import StaffChoice, deputy_of, present_on, stood_in_for
from maildesk.desk.policy.people import People, Person, Team
from maildesk.desk.policy.rights import may_act
from tests.unit.desk.matters import case

ANA, BEN, LEA = "ana@acme.example", "ben@acme.example", "lea@acme.example"
DAY = date(2026, 3, 4)


def people(**ana: object) -> People:
    return People(
        agents=(
            Person("Ana Souza", ANA, ("support",), **ana),  # type: ignore[arg-type]
            Person("Ben Ito", BEN, ("billing",)),
        ),
        teams=(Team("support"), Team("billing")),
        leadership=(Person("Lea Dias", LEA),),
    )


def ana_on(day: date, known: People, *said: StaffChoice) -> Person:
    found = present_on(known, day, said).agent(ANA)
    assert found
    return found


@pytest.mark.parametrize(("day", "away"), [(3, True), (4, True), (5, False)])
def test_an_absence_of_the_configuration_ends_with_its_last_day(day: int, away: bool) -> None:
    known = people(away=True, until=DAY, deputy=BEN)
    assert ana_on(date(2026, 3, day), known).away is away


def test_without_a_last_day_it_lasts() -> None:
    assert ana_on(date(2030, 1, 1), people(away=True)).away


def test_what_somebody_said_by_mail_holds_until_it_is_over() -> None:
    said = StaffChoice(ANA, away=True, until=DAY, deputy=BEN)
    there = people()
    assert (ana_on(DAY, there, said).away, ana_on(DAY, there, said).deputy) == (True, BEN)
    assert not ana_on(date(2026, 3, 5), there, said).away


def test_nobody_away_leaves_the_people_as_they_are() -> None:
    known = people()
    assert present_on(known, DAY, [StaffChoice(ANA, no_sheet=True)]) is known


def test_a_deputy_stands_in_while_it_lasts_and_may_act_on_the_cases_of_who_is_away() -> None:
    away, there = people(away=True, deputy=BEN), people(deputy=BEN)
    owned = case(owner=ANA, team="support")
    ana = away.agent(ANA)
    assert ana
    assert deputy_of(away, ana) == away.agent(BEN)
    assert [each.address for each in stood_in_for(away, BEN)] == [ANA]
    assert may_act(away, BEN, owned)
    assert not may_act(there, BEN, owned)
    assert not may_act(away, BEN, replace(owned, owner=None))


def test_a_leader_may_stand_in_and_nobody_for_themselves() -> None:
    led, own = people(away=True, deputy=LEA), people(away=True, deputy=ANA)
    (ana, _), (self_named, _) = led.agents, own.agents
    assert deputy_of(led, ana) == led.leader(LEA)
    assert deputy_of(own, self_named) is None
