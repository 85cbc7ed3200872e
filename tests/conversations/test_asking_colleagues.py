"""Colleagues who are asked answer whoever asked: no customer reads a word of it, whoever they are."""

from __future__ import annotations

from typing import Any

import pytest

from maildesk.desk.decisions import acts, parties
from maildesk.desk.decisions.actor import Actor
from tests.conversations.test_agents_together import a_desk, answers_heard, bo_writes, said_in
from tests.world.desk import DeskWorld
from tests.world.people import Person

pytestmark = pytest.mark.dovecot

LEADER = "leader@acme.example"


async def asks(world: DeskWorld, asker: Person, address: str, words: str) -> None:
    """A question from the command line."""
    hand = Actor(asker.address, world.clock.now(), asker.address)
    await world.acts(lambda case: parties.consult(case, world.office.desk, hand, address))
    await world.acts(lambda case: acts.ask(case, hand, (address,), words))


@pytest.mark.parametrize("how", ["answer", "no thread", "own mail added to", "command above"])
@pytest.mark.parametrize("by", ["mail", "command line"])
async def test_an_agent_and_a_leader_who_are_asked_answer_who_asked_and_never_the_customer(
    how: str, by: str
) -> None:
    async with await a_desk() as world:
        ana, cora = world.agent, world.person("cora@acme.example", "Cora Clark")
        bo, notices = await bo_writes(world)
        cora.hears_all()
        await cora.takes()
        for who in (world.person("ben@acme.example", "Ben Beck"), world.person(LEADER, "Lea Leader")):
            if by == "mail":
                await ana.answers_notice(notices[ana.address], f"#ask {who.address}\nDo you know this one?")
            else:
                await asks(world, ana, who.address, "Do you know this one?")
            for each in (ana, cora):
                each.hears_all()
            asked = who.hears("A question: Printer")
            assert "never to the customer" in said_in(asked)
            await answers(world, who, asked, how)
            assert answers_heard(bo) == []
            assert (await world.verdicts())[-1] == "note"
            for each in (ana, cora):
                assert "INSIDE: yes, I do." in said_in(each.hears("Answered by a colleague: Printer"))
            assert [letter for letter in who.hears_all() if "Answered" in str(letter["From"])] == []
        wanted = "urgent" if how == "command above" else "normal"
        assert (await world.case())["priority"] == wanted


async def answers(world: DeskWorld, who: Person, asked: Any, how: str) -> None:
    words = "INSIDE: yes, I do."
    if how == "no thread":  # a mail program that keeps only the address
        await who.writes("Printer", words, to=str(asked["Reply-To"]), border="dmarc=pass")
    elif how == "own mail added to":
        first = await who.answers_notice(asked, "#note\nLet me look.")
        who.hears_all()
        for each in (world.agent, world.person("cora@acme.example")):
            each.hears_all()
        await who.replies(first, words, to=str(asked["Reply-To"]), border="dmarc=pass")
    elif how == "command above":
        await who.answers_notice(asked, f"#priority urgent\n{words}")
    else:
        await who.answers_notice(asked, words)


async def test_an_answer_to_a_notice_after_the_question_goes_to_the_customer() -> None:
    async with await a_desk() as world:
        ana, ben = world.agent, world.person("ben@acme.example", "Ben Beck")
        bo, notices = await bo_writes(world)
        await ana.answers_notice(notices[ana.address], f"#ask {ben.address}\nDo you know this one?")
        asked = ben.hears("A question: Printer")
        await ben.answers_notice(notices[ben.address], "Try water.")
        assert answers_heard(bo) == ["Try water."]
        ana.hears_all()
        # That she wrote meanwhile does not matter to what is said inside.
        await ben.answers_notice(asked, "It was the fuse.")
        assert answers_heard(bo) == []
        assert "It was the fuse." in said_in(ana.hears("Answered by a colleague: Printer"))
        # Nobody vouches for the mail: asked about first, and then inside all the same.
        await ben.answers_notice(asked, "It is the fuse again.", border="")
        question = ben.hears("Is this yours? Printer")
        assert "its words stay inside" in said_in(question)
        await ben.answers_notice(question, "yes")
        assert answers_heard(bo) == []
        assert "It is the fuse again." in said_in(ana.hears("Answered by a colleague: Printer"))
