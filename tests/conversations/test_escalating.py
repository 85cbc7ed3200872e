"""When a customer asks for more attention, and who hears of it."""

from __future__ import annotations

import pytest

from tests.world.desk import TRUSTING, DeskWorld
from tests.world.people import Person, words

pytestmark = pytest.mark.dovecot


async def bo_has_a_case(world: DeskWorld, text: str = "It burns.") -> Person:
    """Bo wrote, was acknowledged, and everybody has read what there was to read."""
    bo = world.person("bo@client.example", "Bo Lund")
    await bo.writes("Printer", text, border="dmarc=pass")
    bo.hears("Printer")
    world.agent.hears("New: Printer")
    return bo


ASKING = [
    pytest.param("Please escalate.", id="the word alone"),
    pytest.param("I want this ESCALATED? No: Escalate it!", id="in capitals"),
    pytest.param("This is an escalation\n\n-- \nBo", id="another word of the policy"),
]
NOT_ASKING = (
    "The escalator burns.",
    "It burns on.\n\n> Please escalate.",
    "It burns on.\n\n-- \nBo Lund, Head of Escalation",
    "It burns on.\n\nOn Monday, Cy wrote:\n> escalate",
)
"""Part of a longer word; quoted; in the signature; below an attribution."""


@pytest.mark.parametrize("text", ASKING)
async def test_a_reply_that_asks_for_it_escalates(text: str) -> None:
    async with await DeskWorld.start(trust=TRUSTING) as world:
        bo = await bo_has_a_case(world)
        await bo.replies(bo.letters()[0], text, border="dmarc=pass")
        world.leader.hears("Escalated: Printer")
        assert "our leadership has been told" in words(bo.hears("Printer"))
        world.agent.hears("Escalated: Printer")
        case = await world.case()
        assert case["escalated"]
        told = {
            "level": 1, "since": "2025-11-24T09:30:00.000000Z", "by": "bo@client.example",
            "heard": ["leadership"],
        }  # fmt: skip
        assert case["escalation"].items() >= told.items()


async def test_a_reply_that_only_carries_the_word_along_does_not_escalate() -> None:
    async with await DeskWorld.start(trust=TRUSTING) as world:
        bo = await bo_has_a_case(world)
        for text in NOT_ASKING:
            await bo.replies(bo.letters()[0], text, border="dmarc=pass")
        world.leader.hears_nothing()
        bo.hears_nothing()
        assert await world.happened() == ["opened", *["replied"] * len(NOT_ASKING)]


async def test_the_subject_of_the_first_mail_may_ask_for_it() -> None:
    async with await DeskWorld.start(trust=TRUSTING) as world:
        bo = world.person("bo@client.example")
        await bo.writes("Escalation: printer on fire", "It burns.", border="dmarc=pass")
        world.leader.hears("Escalated: Escalation: printer on fire")
        assert "You asked us to escalate this" in words(bo.hears("printer on fire"))
        assert await world.happened() == ["opened", "escalated"]


async def test_an_unchanged_subject_does_not_ask_again_and_a_changed_one_does() -> None:
    async with await DeskWorld.start(trust=TRUSTING) as world:
        bo = world.person("bo@client.example")
        await bo.writes("Escalation of printers", "A question.", border="dmarc=pass")
        await world.agent.closes()
        closed = bo.hears_all()[-1]
        await bo.replies(closed, "One more question.", border="dmarc=pass")
        assert (await world.happened())[-1] == "reopened"
        await bo.writes("Re: Escalate the printer", "Now.", answering=closed, border="dmarc=pass")
        assert (await world.happened())[-2:] == ["replied", "escalated"]


async def test_our_own_words_below_a_reply_never_escalate() -> None:
    """A template that explains how to escalate must not do so when it is quoted, badly, by Outlook."""
    letter = "Subject: Re: {{ tag }} {{ case.subject }}\n\n{{ reply_mark }}\n\nTo escalate, say escalate.\n"
    async with await DeskWorld.start(trust=TRUSTING, templates={"en/acknowledgement.txt": letter}) as world:
        bo = await bo_has_a_case(world)
        ack = bo.letters()[0]
        unmarked = f"It burns on.\n\n-----Original Message-----\nFrom: Acme\n\n{words(ack)}"
        await bo.writes(
            "Re: Printer", unmarked, headers={"In-Reply-To": ack["Message-ID"]}, border="dmarc=pass"
        )
        assert await world.happened() == ["opened", "replied"]


async def test_a_second_request_while_one_is_active_is_told_to_leadership_alone() -> None:
    async with await DeskWorld.start(trust=TRUSTING) as world:
        bo = await bo_has_a_case(world)
        await bo.replies(bo.letters()[0], "Escalate.", border="dmarc=pass")
        world.leader.hears("Escalated")
        bo.hears("Printer")
        await bo.replies(bo.letters()[0], "I said: escalate!", border="dmarc=pass")
        world.leader.hears("Escalated")
        bo.hears_nothing()
        assert (await world.happened())[-2:] == ["replied", "escalation-repeated"]


async def test_closing_ends_the_escalation_and_a_new_request_is_heard_again() -> None:
    async with await DeskWorld.start(trust=TRUSTING) as world:
        bo = await bo_has_a_case(world)
        await bo.replies(bo.letters()[0], "Escalate.", border="dmarc=pass")
        world.leader.hears("Escalated")
        await world.agent.answers("We are on our way.")
        await world.agent.closes()
        assert not (await world.case())["escalated"]
        world.leader.hears("Closed")
        await world.passes(days=1)
        await bo.replies(bo.letters()[-1], "Escalate again.", border="dmarc=pass")
        world.leader.hears("Escalated")
        assert (await world.happened())[-2:] == ["reopened", "escalated"]


async def test_leadership_reads_the_whole_thread_newest_first_and_files_by_name() -> None:
    async with await DeskWorld.start(trust=TRUSTING) as world:
        bo = world.person("bo@client.example")
        await bo.writes("Printer", "The first word.", files={"fire.jpg": b"x" * 999}, border="dmarc=pass")
        await world.agent.answers("The second word.")
        await world.agent.notes("Between us: a third word.")
        await world.passes(minutes=5)
        await bo.replies(bo.letters()[-1], "The last word: escalate.", border="dmarc=pass")
        told = world.leader.hears("Escalated")
        said = words(told)
        places = [said.index(word) for word in ("last word", "third word", "second word", "first word")]
        assert places == sorted(places)
        assert "Attached: fire.jpg" in said
        assert "(internal)" in said
        assert not list(told.iter_attachments())
        assert "We have received" not in said


async def test_leadership_reads_no_more_than_64_kib_of_it() -> None:
    async with await DeskWorld.start(trust=TRUSTING) as world:
        bo = await bo_has_a_case(world, "First of all. " + "Long story. " * 5000)
        await bo.replies(bo.letters()[0], "Longer. " * 5000 + "\nEscalate!", border="dmarc=pass")
        said = words(world.leader.hears("Escalated"))
        assert "cut here" in said
        assert len(said.encode()) < 80 * 1024  # quoting adds two characters a line
        assert "First of all." in said


async def test_an_agent_may_escalate_too() -> None:
    async with await DeskWorld.start(trust=TRUSTING) as world:
        bo = await bo_has_a_case(world)
        await world.agent.escalates()
        world.leader.hears("Escalated")
        assert "leadership has been told" in words(bo.hears("Printer"))


async def test_the_policys_own_words_ask_in_any_script() -> None:
    async with await DeskWorld.start(
        trust=TRUSTING, policy={"escalation": {"words": ["hochstufen", "エスカレーション"]}}
    ) as world:
        bo = await bo_has_a_case(world)
        await bo.replies(bo.letters()[0], "至急エスカレーションお願いします", border="dmarc=pass")
        world.leader.hears("Escalated")


async def test_who_asks_for_none_gets_none_and_the_owner_reads_so() -> None:
    async with await DeskWorld.start(trust=TRUSTING) as world:
        bo = await bo_has_a_case(world)
        await bo.replies(bo.letters()[0], "It prints again, no need to escalate.", border="dmarc=pass")
        told = words(world.agent.hears("Reply: Printer"))
        assert "Take care: the customer wrote “no need to escalate”, so it was not escalated" in told
        world.leader.hears_nothing()
        bo.hears_nothing()
        await bo.replies(bo.letters()[0], "You did not escalate this as I asked.", border="dmarc=pass")
        world.leader.hears("Escalated: Printer")
        assert await world.happened() == ["opened", "replied", "replied", "escalated"]


@pytest.mark.parametrize("closed", [False, True])
async def test_who_is_in_copy_is_not_told_of_an_escalation(*, closed: bool) -> None:
    async with await DeskWorld.start(trust=TRUSTING) as world:
        bo, dora = world.person("bo@client.example"), world.person("dora@partner.example")
        await bo.writes("Printer on fire", "Smoke!", cc=[dora.address], border="dmarc=pass")
        letter = bo.hears()
        if closed:
            await world.agent.closes("done")
            letter = bo.hears()
            dora.hears()
        await bo.replies(letter, "I want to escalate this.", border="dmarc=pass")
        assert "has been escalated" in words(bo.hears())
        if closed:
            told = words(dora.hears())
            assert "is open again" in told
            assert "escalated" not in told
        dora.hears_nothing()


async def test_a_mail_that_asks_for_it_and_says_nothing_of_what_escalates_nothing() -> None:
    async with await DeskWorld.start() as world:
        bo = world.person("bo@client.example", "Bo Lund")
        await bo.writes("Please escalate my case!", "")
        assert not (await world.case())["escalated"]
        world.leader.hears_nothing()
        assert "says nothing of what" in words(world.agent.hears("New:"))
        await bo.writes("Please escalate my printer!", "")
        world.leader.hears("printer")
