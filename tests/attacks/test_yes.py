"""What an agent seems to have said yes to: only a first line that holds one word sends it to a customer."""

from __future__ import annotations

from email.message import EmailMessage

import pytest

from tests.world.desk import TRUSTING, DeskWorld
from tests.world.people import Person, words

pytestmark = pytest.mark.dovecot

OK = "dmarc=pass"
FORGED = "MARKER: send the money to another account."


async def forged(world: DeskWorld) -> tuple[Person, EmailMessage]:
    """Somebody wrote to the customer in Ana's name; the desk asks Ana whether she did."""
    bo = world.person("bo@client.example", "Bo Lund")
    await bo.writes("Printer", "It burns.", border=OK)
    bo.hears_all()
    notice = world.agent.hears("New: Printer")
    await world.agent.replies(notice, FORGED)
    question = world.agent.hears("Is this yours?")
    assert "answer with the one word yes" in words(question)
    bo.hears_nothing()
    return bo, question


@pytest.mark.parametrize(
    "said",
    [
        "Let me check with a colleague first",
        "Who sent me this",
        "OK so somebody forged this, do not do it",
        "Sure looks odd to me",
        "That was not me, correct it",
        "Confirm first who wrote that",
        "It is mine to answer, not this",
        "ok",
        "Yes, it was me",
        "Yes\nbut do not send it",
        "Ja, gerne",
        "yes?",
        "si",
        "👍",
    ],
)
async def test_a_sentence_sends_nothing_in_an_agents_name_and_the_agent_hears_how_to_answer(
    said: str,
) -> None:
    async with await DeskWorld.start(trust=TRUSTING) as world:
        bo, question = await forged(world)
        await world.agent.replies(question, said, border=OK)
        bo.hears_nothing()
        assert (await world.inbox())[-1]["reason"] == "confirmation-unclear"
        assert "answer the question again with the one word yes" in words(world.agent.hears("Refused"))


@pytest.mark.parametrize(
    "said", ["Yes", "*Yes.*\n\nAna\nAcme Support", "„Ja!“", "はい。", "\u200fنعم\u200f"], ids=ascii
)
async def test_the_one_word_sends_it(said: str) -> None:
    async with await DeskWorld.start(trust=TRUSTING) as world:
        bo, question = await forged(world)
        await world.agent.replies(question, said, border=OK)
        assert "MARKER" in words(bo.hears("Printer"))


@pytest.mark.parametrize(
    ("subject", "note", "headers"),
    [
        ("Re: Is this yours?", "Contact me on my mobile.", {}),
        ("Re: Is this yours?", "Not in the office this week. Contact me on my mobile.", {}),
        ("Re: Is this yours?", "No estoy en la oficina hasta el lunes.", {}),
        ("Re: Is this yours?", "Contact me on my mobile.", {"X-Auto-Response-Suppress": "All"}),
        ("Automatic reply: Is this yours?", "Yes", {"X-Auto-Response-Suppress": "All"}),
        ("Automatic reply: Is this yours?", "Yes", {"Auto-Submitted": "auto-replied"}),
        ("Re: Is this yours?", "Yes\n\nI am out of the office until 5 January.", {}),
        ("Re: Is this yours?", "Me and my team are back on Monday. Sure, call me.", {}),
    ],
    ids=[
        "no header",
        "not there",
        "not there, Spanish",
        "suppressed",
        "yes suppressed",
        "yes automatic",
        "yes and absent",
        "me",
    ],
)
async def test_a_machine_with_nobody_there_sends_nothing(
    subject: str, note: str, headers: dict[str, str]
) -> None:
    async with await DeskWorld.start(trust=TRUSTING) as world:
        bo, question = await forged(world)
        mail = world.agent.composes(
            subject,
            note,
            to=str(question["Reply-To"] or question["From"]),
            headers={"In-Reply-To": str(question["Message-ID"]), **headers},
        )
        await world.agent.sends(mail, border=OK)
        bo.hears_nothing()
        assert "confirmed" not in await world.happened()
        await world.agent.replies(question, "Yes", border=OK)
        assert "MARKER" in words(bo.hears("Printer"))


@pytest.mark.parametrize("said", ["Yes, who is that?", "ok", "Let me ask", "Yes\nbut later", "Sure"])
async def test_a_sentence_lets_nobody_in_and_says_how_to(said: str) -> None:
    async with await DeskWorld.start(trust=TRUSTING, mailbox={"subaddress": "+"}) as world:
        bo = world.person("bo@client.example", "Bo Lund")
        await bo.writes("Printer", "It burns.", border=OK)
        world.agent.hears("New: Printer")
        eve = world.person("eve@evil.example")
        await eve.writes("Re: Printer", "Me too.", to=str(bo.hears("Printer")["Reply-To"]), border=OK)
        notice = world.agent.hears("Take care: Printer")
        assert "Answer with the one word yes" in words(notice)
        await world.agent.replies(notice, said, border=OK)
        assert {each["address"] for each in (await world.case())["parties"]}.isdisjoint({eve.address})
        again = world.agent.hears("Not let in")
        assert "with the one word yes" in words(again)
        assert "the customer receives your words" not in words(again)
        bo.hears_nothing()
        await world.agent.replies(notice, "Yes!", border=OK)
        world.agent.hears("Let in: Printer")


@pytest.mark.parametrize("subaddress", ["none", "+"])
async def test_the_letter_that_says_answer_again_may_be_answered_itself(subaddress: str) -> None:
    """People answer the newest letter: their `yes` is no word for the customer."""
    async with await DeskWorld.start(trust=TRUSTING, mailbox={"subaddress": subaddress}) as world:
        bo, question = await forged(world)
        await world.agent.replies(question, "ok sure", border=OK)
        refused = world.agent.hears("Refused")
        assert "answer this mail instead" in words(refused)
        await world.agent.replies(refused, "That was me", border=OK)
        refused = world.agent.hears("Refused")
        bo.hears_nothing()
        await world.agent.replies(refused, "yes", border=OK)
        assert FORGED in words(bo.hears("Printer"))


async def test_the_letter_that_says_answer_again_about_a_stranger_may_be_answered_itself() -> None:
    async with await DeskWorld.start(trust=TRUSTING, mailbox={"subaddress": "+"}) as world:
        bo = world.person("bo@client.example", "Bo Lund")
        await bo.writes("Printer", "It burns.", border=OK)
        world.agent.hears("New: Printer")
        eve = world.person("eve@evil.example")
        await eve.writes("Re: Printer", "Me too.", to=str(bo.hears("Printer")["Reply-To"]), border=OK)
        await world.agent.replies(world.agent.hears("Take care: Printer"), "ok sure", border=OK)
        await world.agent.replies(world.agent.hears("Not let in"), "Why not", border=OK)
        await world.agent.replies(world.agent.hears("Not let in"), "yes", border=OK)
        told = world.agent.hears("Let in: Printer")
        bo.hears_nothing()
        await world.agent.replies(told, "Welcome, Eve.", border=OK)
        assert "Welcome" in words(bo.hears("Printer"))


async def test_the_letter_about_a_forward_that_says_answer_again_may_be_answered_itself() -> None:
    async with await DeskWorld.start(trust=TRUSTING) as world:
        await world.agent.writes("Fwd: Lamp", FORWARD)
        question = world.agent.hears("Is this yours?")
        await world.agent.replies(question, "Sure, that was me", border=OK)
        await world.agent.replies(world.agent.hears("Refused"), "yes", border=OK)
        assert (await world.case())["requester"] == "mia@client.example"


FORWARD = """Please look after this.

---------- Forwarded message ---------
From: Mia <mia@client.example>
Date: Fri, 27 Nov 2026 at 10:00
Subject: Lamp
To: Ana Agent <agent@acme.example>

My lamp is broken.
"""
