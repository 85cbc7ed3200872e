"""Teams: which agent a case comes to, who hears of it, and what the customer hears when that changes."""

from __future__ import annotations

from typing import Any

import pytest

from maildesk.desk.decisions import acts
from maildesk.desk.decisions.actor import Actor
from tests.world.desk import TRUSTING, DeskWorld
from tests.world.people import headline, words

pytestmark = pytest.mark.dovecot

ANA = {"name": "Ana Souza", "address": "ana@acme.example", "teams": ["support", "billing"]}
BEN = {"name": "Ben Okoro", "address": "ben@acme.example", "teams": ["support"]}
CAT = {"name": "Cat Lindt", "address": "cat@acme.example", "teams": ["support"]}
OK = "dmarc=pass"


def people(*agents: dict[str, Any]) -> dict[str, Any]:
    return {
        "agents": list(agents),
        "teams": [{"name": "support"}, {"name": "billing"}, {"name": "storage"}],
        "leadership": [],
    }


async def divided(
    assignment: dict[str, str], *agents: dict[str, Any], reassigned: bool = False, **more: Any
) -> DeskWorld:
    """A desk with teams. A mail that speaks of an invoice is the billing team's, all others are support's."""
    policy = {
        "default_team": "support",
        "assignment": assignment,
        "letters": {"reassigned": reassigned},
        "rules": [{"name": "money", "when": {"words": ["invoice"]}, "then": {"team": "billing"}}],
    }
    return await DeskWorld.start(
        trust=TRUSTING,
        mailbox={"subaddress": "+"},
        policy=policy,
        people=people(*agents or (ANA, BEN, CAT)),
        **more,
    )


def addresses() -> list[str]:
    return [str(each["address"]) for each in (ANA, BEN, CAT)]


async def owners(world: DeskWorld) -> list[str | None]:
    """Who owns the cases, in the order they were opened."""
    found = {case["subject"]: case["owner"] for case in await world.cases()}
    return [found[subject] for subject in sorted(found)]


async def bo_writes(world: DeskWorld, *subjects: str, at_once: bool = False) -> None:
    bo = world.person("bo@client.example", "Bo Lund")
    if at_once:
        await world.lies(*(bo.composes(subject, "Please help.").as_bytes() for subject in subjects))
        await world.works()
        return
    for subject in subjects:
        await bo.writes(subject, "Please help.", border=OK)


@pytest.mark.parametrize("at_once", [False, True], ids=["one by one", "in one batch"])
async def test_cases_go_round_and_each_is_told_to_its_owner_alone(at_once: bool) -> None:
    async with await divided({"support": "round-robin"}) as world:
        await bo_writes(world, "A", "B", "C", "D", at_once=at_once)
        ana, ben, cat = addresses()
        assert await owners(world) == [ana, ben, cat, ana]
        world.person(ana).hears_of("New: A", "New: D")
        world.person(ben).hears("New: B")
        world.person(cat).hears("New: C")
        (ref,) = [case["ref"] for case in await world.cases() if case["subject"] == "B"]
        assert (await world.happened(ref))[:2] == ["opened", "assigned"]


async def test_the_turn_outlives_a_restart_and_passes_over_who_is_away() -> None:
    async with await divided({"support": "round-robin"}) as world:
        await bo_writes(world, "A")
        await world.restarts(people=people(ANA, BEN | {"away": True}, CAT))
        await bo_writes(world, "B", "C")
        await world.restarts(people=people(*(each | {"away": True} for each in (ANA, BEN, CAT))))
        await bo_writes(world, "D")
        assert await owners(world) == ["ana@acme.example", "cat@acme.example", "ana@acme.example", None]
        # With everybody away the whole team hears: somebody may look in.
        assert "New: D" in headline(world.person("ben@acme.example").hears_all()[-1])


async def test_who_owns_the_fewest_open_cases_gets_the_next() -> None:
    async with await divided({"support": "fewest-open"}) as world:
        ana, ben, cat = addresses()
        await bo_writes(world, "A", "B", "C", at_once=True)
        assert await owners(world) == [ana, ben, cat]
        (second,) = [case["ref"] for case in await world.cases() if case["subject"] == "B"]
        await world.person(ben).closes(ref=second)
        await bo_writes(world, "D", "E")
        assert (await owners(world))[3:] == [ben, cat]  # equals take turns: after Ben comes Cat


async def test_a_team_without_a_way_keeps_its_queue_and_all_of_it_hears() -> None:
    async with await divided({"billing": "round-robin"}) as world:
        await bo_writes(world, "A")
        assert await owners(world) == [None]
        for each in (ANA, BEN, CAT):
            world.person(str(each["address"])).hears("New: A")
        await bo_writes(world, "B: my invoice")
        assert await owners(world) == [None, "ana@acme.example"]


async def test_what_a_machine_wrote_is_given_to_nobody() -> None:
    async with await divided({"support": "round-robin"}) as world:
        bo = world.person("bo@client.example")
        await bo.writes("Away", "I am away.", headers={"Auto-Submitted": "auto-replied"})
        await bo_writes(world, "B")
        assert await owners(world) == [None, "ana@acme.example"]


async def test_another_owner_or_team_is_told_to_the_customer_by_name_and_the_first_is_not() -> None:
    async with await divided({"billing": "round-robin"}, reassigned=True) as world:
        bo = world.person("bo@client.example", "Bo Lund")
        await bo_writes(world, "A")
        first = bo.hears("A")
        ben = world.person(str(BEN["address"]))
        await ben.takes()
        bo.hears_nothing()
        await world.person(str(CAT["address"])).takes()
        told = bo.hears("A")
        assert "Cat Lindt looks after your case" in words(told)
        assert told["Auto-Submitted"] == "auto-generated"
        assert told["In-Reply-To"] in (first["Message-ID"], "<1.bo@client.example>")
        assert "cat@acme.example" not in told.as_string()
        hand = Actor(ben.address, world.clock.now(), ben.address)
        await world.acts(lambda case: acts.assign(case, world.office.desk, hand, None, "billing"))
        assert await owners(world) == ["ana@acme.example"]
        assert "Ana Souza looks after your case" in words(bo.hears("A"))
        assert "A" in str(world.person("ana@acme.example").hears_all()[-1]["Subject"])
        await world.passes(hours=2)
        await world.acts(lambda case: acts.assign(case, world.office.desk, hand, None, "storage"))
        assert "other people of our desk" in words(bo.hears("A"))


async def test_a_customer_hears_nothing_of_other_hands_where_the_policy_is_silent() -> None:
    async with await divided({}) as world:
        bo = world.person("bo@client.example", "Bo Lund")
        await bo_writes(world, "A")
        bo.hears("A")
        await world.person("ben@acme.example").takes()
        await world.person("cat@acme.example").takes()
        bo.hears_nothing()


async def test_what_its_owner_gives_back_is_told_to_the_team() -> None:
    async with await divided({}) as world:
        await bo_writes(world, "A")
        ana, ben, cat = (world.person(each) for each in addresses())
        notices = [each.hears("New: A") for each in (ana, ben, cat)]
        await ana.answers_notice(notices[0], "#take")
        ana.hears("Done: A")
        await ana.answers_notice(notices[0], "#assign none\n#note\nHe wants somebody who knows printers.")
        ana.hears("Done: A")
        for each in (ben, cat):
            told = words(each.hears("For your team: A"))
            assert "Ana Souza notes, for colleagues only:" in told
            assert "> He wants somebody who knows printers." in told
        for letter in world.person("bo@client.example").letters():
            assert "printers" not in letter.as_string()
