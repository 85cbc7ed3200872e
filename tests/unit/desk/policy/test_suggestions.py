"""What is asked of somebody who typed a name that nobody has: the nearest one, or nothing."""

from __future__ import annotations

import pytest

from maildesk.desk.policy.people import People, Person, Team
from maildesk.desk.policy.suggestions import nearest, suggested_agent, suggestion
from maildesk.desk.policy.typed_people import known_agent, known_team
from maildesk.errors import NotFound

ANA, BEN = Person("Ana Souza", "ana@acme.example"), Person("Ben Ali", "ben@acme.example")
PEOPLE = People(agents=(ANA, BEN), teams=(Team("support"), Team("billing")))


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("suport", "support"),
        ("BILING", "billing"),
        ("sales", ""),
        ("", ""),
    ],
)
def test_a_name_is_near_another_by_its_letters(typed: str, meant: str) -> None:
    assert nearest(("support", "billing"), typed) == meant


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("bne@acme.example", "ben@acme.example"),
        ("ben@acme.exmaple", "ben@acme.example"),
        ("ben@client.org", ""),
        ("zoe@acme.example", ""),
        ("ben", "ben@acme.example"),
    ],
)
def test_addresses_of_one_domain_are_not_near_for_their_domain(typed: str, meant: str) -> None:
    assert nearest((ANA.address, BEN.address), typed) == meant


@pytest.mark.parametrize("typed", ["bne@acme.example", "Ben Aly", "benn", "bem"])
def test_an_agent_is_suggested_by_the_address_whatever_was_typed(typed: str) -> None:
    assert suggested_agent(PEOPLE, typed) == "did you mean ben@acme.example?"


def test_where_nothing_is_near_the_rest_is_said() -> None:
    assert suggestion(("support",), "x", "see people.teams") == "see people.teams"
    assert suggested_agent(PEOPLE, "zoe@acme.example", "see people.agents") == "see people.agents"
    assert suggested_agent(People(), "zoe@acme.example") == ""


def test_a_long_text_costs_no_more_than_a_name() -> None:
    assert nearest(["a" * 100], "a" * 1_000_000) == "a" * 100


def test_an_unknown_agent_or_team_is_refused_with_the_one_that_may_be_meant() -> None:
    with pytest.raises(NotFound, match=r"bne@acme\.example is not an agent .*did you mean ben@acme"):
        known_agent(PEOPLE, "bne@acme.example")
    with pytest.raises(NotFound, match=r"there is no team suport \(did you mean support\?\)"):
        known_team(PEOPLE, "suport")
    assert known_agent(PEOPLE, "BEN@acme.example") == BEN
