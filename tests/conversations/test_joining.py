"""How a customer's next mail finds its case, and who else takes part in it."""

from __future__ import annotations

import pytest

from tests.world.desk import DeskWorld
from tests.world.people import quoted, words

pytestmark = pytest.mark.dovecot

PLUS = {"subaddress": "+"}


async def test_a_reply_finds_its_case_by_the_address_it_answers_alone() -> None:
    """Subject rewritten, References stripped, the reply address is enough."""
    async with await DeskWorld.start(mailbox=PLUS) as world:
        bo = world.person("bo@client.example")
        await bo.writes("Printer", "It burns.")
        ack = bo.hears("received")
        assert "support+" in ack["Reply-To"]
        await bo.writes("Something else entirely", "And it smokes.", to=ack["Reply-To"])
        assert await world.verdicts() == ["opened", "appended"]


async def test_a_reply_finds_its_case_by_our_message_id_alone() -> None:
    async with await DeskWorld.start() as world:
        bo = world.person("bo@client.example")
        await bo.writes("Printer", "It burns.")
        ack = bo.hears("received")
        await bo.writes("Hm", "And it smokes.", headers={"In-Reply-To": ack["Message-ID"]})
        assert await world.verdicts() == ["opened", "appended"]


async def test_a_second_thought_finds_its_case_by_the_customers_own_thread() -> None:
    async with await DeskWorld.start() as world:
        bo = world.person("bo@client.example")
        first = await bo.writes("Printer", "It burns.")
        await bo.adds(first, "I forgot: on the second floor.")
        assert await world.verdicts() == ["opened", "appended"]


async def test_a_reply_finds_its_case_by_the_tag_in_the_subject() -> None:
    async with await DeskWorld.start() as world:
        bo = world.person("bo@client.example")
        await bo.writes("Printer", "It burns.")
        ref = (await world.case())["ref"]
        await bo.writes(f"AW: [ACME #{ref.lower()}] Printer", "And it smokes.")
        assert await world.verdicts() == ["opened", "appended"]


async def test_letter_case_of_an_address_does_not_make_a_stranger() -> None:
    async with await DeskWorld.start(mailbox=PLUS) as world:
        bo = world.person("Bo@Client.Example")
        await bo.writes("Printer", "It burns.")
        (ack,) = world.relay.letters_to("Bo@client.example")
        other = world.person("bo@CLIENT.example")
        await other.writes("Re: Printer", "And it smokes.", to=ack["Reply-To"].upper())
        assert await world.verdicts() == ["opened", "appended"]


async def test_two_mails_about_the_same_words_are_two_cases() -> None:
    async with await DeskWorld.start() as world:
        bo = world.person("bo@client.example")
        await bo.writes("Help", "Please help.")
        await bo.writes("Help", "Please help.")
        assert await world.verdicts() == ["opened", "opened"]


async def test_copied_customers_are_parties_and_the_desk_never_is() -> None:
    async with await DeskWorld.start(mailbox=PLUS) as world:
        bo = world.person("bo@client.example")
        await bo.writes(
            "Printer",
            "It burns.",
            cc=["cy@client.example", "support@acme.example", "agent@acme.example", "CY@client.example"],
        )
        await world.agent.answers("Have you tried water?")
        case = await world.case()
        customers = [p["address"] for p in case["parties"] if p["role"] in ("requester", "cc")]
        assert customers == ["bo@client.example", "cy@client.example"]
        cy = world.person("cy@client.example")
        told = cy.hears("Printer")
        await cy.replies(told, "We have no water.")
        assert await world.verdicts() == ["opened", "appended"]


async def test_each_recipient_has_an_address_of_their_own_to_answer_to() -> None:
    async with await DeskWorld.start(mailbox=PLUS) as world:
        bo, cy = world.person("bo@client.example"), world.person("cy@client.example")
        await bo.writes("Printer", "It burns.", cc=[cy.address])
        bo.hears("received")
        await world.agent.answers("Water?")
        to_bo, to_cy = bo.hears("Printer"), cy.hears("Printer")
        assert to_bo["Reply-To"] != to_cy["Reply-To"]
        assert to_bo["Message-ID"] == to_cy["Message-ID"]
        senders = {mail.recipients[0]: mail.envelope_from for mail in world.relay.mails}
        assert senders["cy@client.example"] in to_cy["Reply-To"]


async def test_a_customer_who_is_added_to_a_reply_takes_part_from_then_on() -> None:
    async with await DeskWorld.start() as world:
        bo, di = world.person("bo@client.example"), world.person("di@client.example")
        await bo.writes("Printer", "It burns.")
        await bo.replies(bo.hears("received"), "Di knows more.", cc=[di.address])
        assert await world.happened() == ["opened", "party-joined", "replied"]
        await world.agent.answers("What do you know, Di?")
        assert "What do you know" in words(di.hears("Printer"))


async def test_a_reply_to_a_resolved_case_reopens_it() -> None:
    async with await DeskWorld.start() as world:
        bo = world.person("bo@client.example")
        await bo.writes("Printer", "It burns.")
        ack = bo.hears("received")
        await world.agent.resolves()
        await bo.replies(ack, "Not solved.")
        assert (await world.case())["phase"] == "open"
        assert await world.happened() == ["opened", "resolved", "reopened"]


async def test_a_reply_to_a_waiting_case_ends_the_waiting() -> None:
    async with await DeskWorld.start() as world:
        bo = world.person("bo@client.example")
        await bo.writes("Printer", "It burns.")
        ack = bo.hears("received")
        await world.agent.waits()
        await bo.replies(ack, "Here is the serial number.")
        assert (await world.case())["phase"] == "open"


async def test_only_the_new_words_of_a_reply_are_shown_to_the_agent() -> None:
    async with await DeskWorld.start() as world:
        bo = world.person("bo@client.example")
        await bo.writes("Printer", "It burns.")
        ack = bo.hears("received")
        world.agent.hears("New")
        await bo.replies(ack, "And it smokes.\n\n-- \nBo Lund\nClient Inc")
        notice = words(world.agent.hears("Reply"))
        assert "> And it smokes." in notice
        assert "thank you for writing" not in notice
        assert "Client Inc" not in notice
        assert "thank you for writing" in quoted(ack)


async def test_letters_to_the_customer_follow_the_customers_thread() -> None:
    async with await DeskWorld.start() as world:
        bo = world.person("bo@client.example")
        first = await bo.writes("Printer", "It burns.")
        bo.hears("received")
        await world.agent.answers("Water?")
        answer = bo.hears("Re: [Acme #", "Printer")
        assert answer["In-Reply-To"] == first["Message-ID"]
        second = await bo.replies(answer, "It did not help.")
        await world.agent.answers("Sand?")
        assert bo.hears()["In-Reply-To"] == second["Message-ID"]
