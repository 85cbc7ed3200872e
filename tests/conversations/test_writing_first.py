"""An agent writes to a customer first, with the desk in copy: the customer's case, which is the agent's."""

from __future__ import annotations

from email.message import EmailMessage
from typing import Any

import pytest

from tests.world.desk import TRUSTING, DeskWorld
from tests.world.people import Person, words

pytestmark = pytest.mark.dovecot

OK = "dmarc=pass"
SUPPORT, CARLA, DORA = "support@acme.example", "carla@client.example", "dora@client.example"


async def a_desk(**more: Any) -> DeskWorld:
    return await DeskWorld.start(**{"trust": TRUSTING, "mailbox": {"subaddress": "+"}} | more)


async def ana_writes(
    world: DeskWorld, text: str = "Your licence ends on Friday.", **more: Any
) -> EmailMessage:
    given = {"to": CARLA, "cc": [SUPPORT], "border": OK} | more
    return await world.agent.writes("Your licence", text, **given)


def carla(world: DeskWorld) -> Person:
    return world.person(CARLA, "Carla Nunes")


async def test_it_opens_the_customers_case_and_nobody_else_is_written_to() -> None:
    async with await a_desk() as world:
        mail = await ana_writes(world)
        carla(world).hears_nothing()
        case = await world.case()
        assert (case["requester"], case["owner"], case["phase"]) == (CARLA, world.agent.address, "open")
        assert case["first_response_at"]
        assert [(each["from"], each["new_text"]) for each in case["mails"] if each["direction"] == "in"] == [
            (world.agent.address, "Your licence ends on Friday.")
        ]
        told = world.agent.hears("Done: Your licence")
        assert f"opened {case['ref']} for {CARLA}, and it is yours; nothing was sent to anybody" in words(
            told
        )
        # The customer answers all, from their own mail program: it joins, and the agent hears.
        await carla(world).replies(mail, "Please renew it.", to=world.agent.address, cc=[SUPPORT], border=OK)
        notice = world.agent.hears("Reply: Your licence")
        assert "Please renew it." in words(notice)
        await world.agent.answers_notice(notice, "Done.")
        letter = carla(world).hears("Your licence")
        assert str(mail["Message-ID"]) in str(letter["References"])
        assert await world.verdicts() == ["opened", "appended", "command"]


async def test_its_first_answer_follows_the_agents_own_mail() -> None:
    async with await a_desk() as world:
        mail = await ana_writes(world)
        await world.agent.answers_notice(world.agent.hears("Done"), "One more thing: the key is new.")
        assert letter_follows(carla(world).hears("Your licence"), mail)


def letter_follows(letter: EmailMessage, mail: EmailMessage) -> bool:
    return bool(letter["In-Reply-To"] == mail["Message-ID"])


async def test_whom_else_the_agent_wrote_to_takes_part_too() -> None:
    async with await a_desk() as world:
        mail = await ana_writes(world, to=SUPPORT, cc=[CARLA, DORA, "leader@acme.example"])
        dora = world.person(DORA)
        dora.hears_nothing()
        assert (await world.case())["requester"] == CARLA
        assert "also dora@client.example (Cc)" in words(world.agent.hears("Done"))
        await dora.replies(mail, "I pay for it.", to=SUPPORT, border=OK)
        assert await world.verdicts() == ["opened", "appended"]


@pytest.mark.parametrize(
    ("trust", "more"),
    [(TRUSTING, {"border": None}), ({}, {"border": None})],
    ids=["nobody vouches for it", "nobody is named who could"],
)
async def test_where_nobody_vouches_the_agent_is_asked_first(
    trust: dict[str, str], more: dict[str, Any]
) -> None:
    async with await a_desk(trust=trust) as world:
        world.ends_verified = False  # the mail lies in quarantine until its author answers for it
        await ana_writes(world, **more)
        assert await world.cases() == []
        asked = world.agent.hears("Is this yours?")
        assert f"{CARLA}, to whom it was written, then has a case, which is yours" in words(asked)
        await world.agent.answers_notice(asked, "yes", border=OK if trust else None)
        case = await world.case()
        assert (case["requester"], case["owner"]) == (CARLA, world.agent.address)
        carla(world).hears_nothing()


@pytest.mark.parametrize(
    ("more", "verdict"),
    [
        ({"cc": []}, "quarantined"),
        ({"to": "leader@acme.example", "cc": [SUPPORT]}, "quarantined"),
        ({"border": "dmarc=fail"}, "quarantined"),
        ({"headers": {"Auto-Submitted": "auto-replied"}}, "quarantined"),
    ],
    ids=["a blind copy", "to colleagues alone", "not theirs", "by a program of theirs"],
)
async def test_other_mails_of_agents_open_no_case(more: dict[str, Any], verdict: str) -> None:
    async with await a_desk() as world:
        world.ends_verified = False
        await ana_writes(world, **more)
        assert await world.cases() == []
        assert await world.verdicts() == [verdict]
        carla(world).hears_nothing()


async def test_commands_in_it_are_read_by_the_customer_and_not_done() -> None:
    async with await a_desk() as world:
        await ana_writes(world, "#close\nGoodbye.")
        assert (await world.case())["phase"] == "open"
        assert "the commands in it" in words(world.agent.hears("Not all done"))
        carla(world).hears_nothing()


async def test_who_is_too_many_to_take_part_is_named() -> None:
    async with await a_desk(limits={"parties_per_mail": 1}) as world:
        await ana_writes(world, cc=[DORA, "eve@client.example", SUPPORT])
        assert "not part of the case: eve@client.example" in words(world.agent.hears("Not all done"))
