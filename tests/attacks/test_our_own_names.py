"""Every name that mail reaches us by is ours: it never takes part in a case, and is never written to."""

from __future__ import annotations

from typing import Any

import pytest

from tests.world.desk import TRUSTING, DeskWorld
from tests.world.people import words

pytestmark = pytest.mark.dovecot

OK = "dmarc=pass"
NAMES = {"aliases": ["help@acme.example", "support@acme.net"], "groups": ["all@acme.example"]}
OURS = (
    "help@acme.example",
    "Support@ACME.net",
    "all@acme.example",
    "support+x@acme.example",
    "help+urgent.things@acme.example",
    "all+7@acme.example",
)
"""Names of the mailbox support@acme.example, which gives out no reply addresses."""


async def a_desk(**more: Any) -> DeskWorld:
    return await DeskWorld.start(trust=TRUSTING, **{"mailbox": NAMES} | more)


async def parties(world: DeskWorld) -> set[str]:
    return {each["address"] for each in (await world.case())["parties"]}


def nobody_of(world: DeskWorld, *names: str) -> bool:
    """Whether no letter went to any of these."""
    told = {address.lower() for mail in world.relay.mails for address in mail.recipients}
    return not told & {each.lower() for each in names}


async def test_no_name_of_ours_becomes_a_party_by_standing_in_to_or_cc() -> None:
    async with await a_desk() as world:
        bo = world.person("bo@client.example", "Bo Lund")
        await bo.writes("Printer", "It burns.", cc=["cy@client.example", *OURS], border=OK)
        ack = bo.hears("Printer")
        assert await parties(world) == {"bo@client.example", "cy@client.example", "agent@acme.example"}
        await bo.replies(ack, "Still.", cc=OURS, border=OK)
        await world.agent.answers("A cable is on its way.")
        assert await parties(world) == {"bo@client.example", "cy@client.example", "agent@acme.example"}
        assert nobody_of(world, *OURS)


@pytest.mark.parametrize("name", [*OURS, "support-x@acme.example"])
async def test_a_mail_that_bears_a_name_of_ours_is_answered_to_nobody(name: str) -> None:
    async with await a_desk(mailbox=NAMES | {"subaddress": "-"}) as world:
        await world.person(name, "Ourselves").writes("Round", "and round it goes.", border=OK)
        assert await parties(world) == {"agent@acme.example"}
        assert nobody_of(world, name)
        world.agent.hears("New: Round")


@pytest.mark.parametrize("name", OURS)
async def test_a_form_that_names_us_as_the_customer_names_nobody(name: str) -> None:
    rule = {"name": "form", "when": {"sender": "form@acme.example"}, "then": {"requester": "reply-to"}}
    async with await a_desk(policy={"rules": [rule]}) as world:
        form = world.person("form@acme.example")
        await form.writes("Contact", "Hello.", headers={"Reply-To": name}, border=OK)
        assert name not in await parties(world)
        assert nobody_of(world, name)


@pytest.mark.parametrize("name", OURS)
async def test_an_agent_cannot_bring_a_name_of_ours_into_a_case(name: str) -> None:
    async with await a_desk() as world:
        await world.person("bo@client.example", "Bo Lund").writes("Printer", "It burns.", border=OK)
        notice = world.agent.hears("New: Printer")
        await world.agent.answers_notice(notice, f"#add {name}\n#ask {name}\n")
        assert words(world.agent.hears("Printer")).count("is the desk itself") == 2
        assert name not in await parties(world)
        assert nobody_of(world, name)


@pytest.mark.parametrize("name", OURS)
async def test_a_mail_of_our_own_that_is_passed_on_opens_no_case_for_us(name: str) -> None:
    async with await a_desk() as world:
        top = "---------- Forwarded message ---------\n"
        text = f"{top}From: Us <{name}>\nSubject: Hm\nTo: x@y.example\n\nHello.\n"
        await world.agent.writes("Fwd: Hm", text, border=OK)
        assert await world.cases() == []
        assert nobody_of(world, name)


@pytest.mark.parametrize("domain", ["help@acme.example", "support@acme.net", "all@acme.example"])
@pytest.mark.parametrize("separator", ["+", "-"])
async def test_a_token_comes_home_by_any_of_our_names(domain: str, separator: str) -> None:
    """Rewritten on the way, or details turned off since: what we signed counts wherever it reaches us."""
    async with await a_desk(mailbox=NAMES | {"subaddress": "+"}) as world:
        bo = world.person("bo@client.example", "Bo Lund")
        await bo.writes("Printer", "It burns.", border=OK)
        token = str(bo.hears("Printer")["Reply-To"]).partition("+")[2].partition("@")[0]
        name, _, host = domain.partition("@")
        await bo.writes("Another subject", "Still.", to=f"{name}{separator}{token}@{host}", border=OK)
        assert await world.happened() == ["opened", "replied"]
        assert await parties(world) == {"bo@client.example", "agent@acme.example"}
