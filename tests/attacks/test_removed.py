"""Who was taken off a case stays off it, whatever they hold; who is named by no account joins by nothing."""

from __future__ import annotations

from email.message import EmailMessage
from typing import Any

import pytest

from tests.world.desk import TRUSTING, DeskWorld
from tests.world.people import Person, words

pytestmark = pytest.mark.dovecot

OK = "dmarc=pass"
PLUS = {"subaddress": "+"}
CLIENT = [{"name": "Client Inc", "domains": ["client.example"], "addresses": ["dee@freemail.example"]}]
CY = "cy@client.example"


async def a_desk(**more: Any) -> DeskWorld:
    return await DeskWorld.start(trust=TRUSTING, mailbox=PLUS, **{"accounts": CLIENT} | more)


async def customers(world: DeskWorld) -> set[str]:
    here = (await world.case())["parties"]
    return {each["address"] for each in here if each["role"] in ("requester", "cc")}


async def cy_was_removed(world: DeskWorld, who: str = CY) -> tuple[Person, EmailMessage, EmailMessage]:
    """Bo and what the two of them got before an agent wrote `#remove`: Cy's letter, and Bo's."""
    bo, cy = world.person("bo@client.example", "Bo Lund"), world.person(who, "Cy")
    await bo.writes("Printer", "It burns.", cc=[who], border=OK)
    bo.hears_all()
    await world.agent.answers("Both of you read this.")
    to_bo, to_cy = bo.hears("Printer"), cy.hears("Printer")
    await world.agent.answers_notice(world.agent.letters()[0], f"#remove {who}\n")
    assert await customers(world) == {"bo@client.example"}
    world.agent.hears_all(), bo.hears_all(), cy.hears_all()
    return bo, to_cy, to_bo


WAYS = ["their reply address", "another's reply address", "Message-ID", "thread", "copied again"]
SPELLINGS = [
    (CY, CY),
    (CY, "cy+x@client.example"),
    ("cy+x@client.example", CY),
    ("cy+x@client.example", "Cy+y@Client.example"),
]


@pytest.mark.parametrize(("removed", "back"), SPELLINGS, ids=lambda each: each)
@pytest.mark.parametrize("way", WAYS)
async def test_who_was_removed_comes_back_by_nothing_they_hold(way: str, removed: str, back: str) -> None:
    async with await a_desk() as world:
        bo, to_cy, to_bo = await cy_was_removed(world, removed)
        cy = world.person(back, "Cy")
        if way == "copied again":
            await bo.replies(to_bo, "Thanks.", cc=[back], border=OK)
        else:
            to = {"their reply address": to_cy, "another's reply address": to_bo}.get(way)
            headers = {
                "Message-ID": {"In-Reply-To": str(to_cy["Message-ID"])},
                "thread": {"References": f"<a@x.example> {to_cy['References']}"},
            }.get(way, {})
            await cy.writes(
                "Hm", "I am still here.", to=str(to["Reply-To"]) if to else None, headers=headers, border=OK
            )
            assert (await world.verdicts())[-1] == "third_party"
        await world.agent.answers("SECRET: only Bo reads this.")
        assert await customers(world) == {"bo@client.example"}
        assert all(
            "SECRET" not in each.as_string() for each in [*cy.letters(), *world.person(removed).letters()]
        )


async def test_an_agents_own_yes_lets_them_in_again() -> None:
    async with await a_desk() as world:
        _, to_cy, _ = await cy_was_removed(world)
        await world.person(CY).replies(to_cy, "Let me in.", border=OK)
        question = world.agent.hears("Take care: Printer")
        await world.agent.answers_notice(question, "yes")
        assert await customers(world) == {"bo@client.example", CY}


async def test_one_remove_ends_every_detail_of_the_address() -> None:
    async with await a_desk() as world:
        bo = world.person("bo@client.example", "Bo Lund")
        both = [CY, "cy+home@client.example"]
        await bo.writes("Printer", "It burns.", cc=both, border=OK)
        await world.agent.answers_notice(world.agent.hears("New: Printer"), f"#remove {CY}\n")
        assert await customers(world) == {"bo@client.example"}
        assert "cy@client.example takes part no longer, nor does cy+home@client.example" in " ".join(
            words(world.agent.hears("Printer")).split()
        )


SHARED = [
    "gmail.com", "cock.li", "disroot.org", "hushmail.com", "inbox.lv", "mail.de", "riseup.net",
    "rediffmail.com", "runbox.com", "shaw.ca", "tutanota.com", "yahoo.com.mx", "somebody.example",
]  # fmt: skip
"""Providers where anybody may have an address, in no list of ours for the most part."""


@pytest.mark.parametrize("domain", SHARED)
async def test_at_no_shared_provider_does_a_stranger_join_by_a_neighbours_reply_address(domain: str) -> None:
    async with await a_desk() as world:
        bo = world.person(f"bo.lund@{domain}", "Bo Lund")
        await bo.writes("Printer", "It burns.", border=OK)
        back = str(bo.hears("Printer")["Reply-To"])
        await world.person(f"eve@{domain}").writes("Hm", "Me too.", to=back, border=OK)
        assert await world.verdicts() == ["opened", "third_party"]
        assert await customers(world) == {bo.address}


JOINERS = [
    ("cy@client.example", "reply address", True),
    ("dee@freemail.example", "reply address", True),
    ("eve@freemail.example", "reply address", False),
    ("cy@sub.client.example", "reply address", False),
    ("cy@client.example", "Message-ID", False),
    ("cy@client.example", "thread", False),
    ("cy@client.example", "an agent's reply address", False),
]


@pytest.mark.parametrize(("who", "way", "joins"), JOINERS)
async def test_only_whom_the_cases_account_names_joins_and_only_by_a_customers_reply_address(
    who: str, way: str, joins: bool
) -> None:
    async with await a_desk() as world:
        bo = world.person("bo@client.example", "Bo Lund")
        first = await bo.writes("Printer", "It burns.", border=OK)
        ack, notice = bo.hears("Printer"), world.agent.hears("New: Printer")
        to = {"reply address": ack, "an agent's reply address": notice}.get(way)
        headers = {
            "Message-ID": {"In-Reply-To": str(ack["Message-ID"])},
            "thread": {"In-Reply-To": str(first["Message-ID"])},
        }.get(way, {})
        await world.person(who).writes(
            "Hm", "Me too.", to=str(to["Reply-To"]) if to else None, headers=headers, border=OK
        )
        assert await customers(world) == {"bo@client.example", *([who] if joins else [])}


@pytest.mark.parametrize("accounts", [[], [{"name": "Other", "domains": ["other.example"]}]])
async def test_without_an_account_for_the_case_nobody_joins_by_their_domain(accounts: list[Any]) -> None:
    async with await a_desk(accounts=accounts) as world:
        bo = world.person("bo@client.example", "Bo Lund")
        await bo.writes("Printer", "It burns.", border=OK)
        back = str(bo.hears("Printer")["Reply-To"])
        for other in ("cy@client.example", "ann@other.example"):
            await world.person(other).writes("Hm", "Me too.", to=back, border=OK)
        assert await customers(world) == {"bo@client.example"}
        assert await world.verdicts() == ["opened", "third_party", "third_party"]


async def test_a_removal_holds_in_the_case_that_takes_over() -> None:
    async with await a_desk() as world:
        _, to_cy, _ = await cy_was_removed(world)
        ref = (await world.case())["ref"]
        dee = world.person("dee@freemail.example", "Dee")
        await dee.writes("Other", "A second one.", border=OK)
        notice = world.agent.hears("New: Other")
        await world.agent.answers_notice(notice, f"#merge {ref}\n")
        (whole,) = [case["ref"] for case in await world.cases() if case["ref"] != ref]
        await world.person(CY).replies(to_cy, "Still here.", border=OK)
        await dee.writes("Re: Other", "Hm.", to=str(dee.letters()[0]["Reply-To"]), cc=[CY], border=OK)
        here = {each["address"]: each["role"] for each in (await world.case(whole))["parties"]}
        assert here[CY] == "former"


@pytest.mark.parametrize("back", [CY, "cy+x@client.example"])
@pytest.mark.parametrize("way", ["copied again", "another's reply address"])
async def test_a_removal_holds_in_the_case_that_is_split_off(way: str, back: str) -> None:
    async with await a_desk() as world:
        bo, _, to_bo = await cy_was_removed(world)
        ref = (await world.case())["ref"]
        await bo.replies(to_bo, "Another thing: the scanner.", border=OK)
        await world.agent.answers_notice(world.agent.hears("Reply: Printer"), "#split\n")
        (apart,) = [case["ref"] for case in await world.cases() if case["ref"] != ref]
        await world.agent.answers("We look at the scanner.", ref=apart)
        answer = bo.hears_all()[-1]
        if way == "copied again":
            await bo.replies(answer, "Thanks.", cc=[back], border=OK)
        else:
            await world.person(back).writes("Hm", "Me too.", to=str(answer["Reply-To"]), border=OK)
        roles = {each["address"]: each["role"] for each in (await world.case(apart))["parties"]}
        assert {each for each, role in roles.items() if role in ("requester", "cc")} == {bo.address}
