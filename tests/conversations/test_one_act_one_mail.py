"""One act makes one mail to each reader, and whoever takes part hears that a case ends and goes on."""

from __future__ import annotations

import pytest

from tests.world.desk import TRUSTING, DeskWorld
from tests.world.people import Person, words

pytestmark = pytest.mark.dovecot

OK = "dmarc=pass"
PEOPLE = {
    "agents": [
        {"name": "Ana Agent", "address": "agent@acme.example"},
        {"name": "Ben Beck", "address": "ben@acme.example"},
    ],
    "leadership": [{"name": "Lea Leader", "address": "leader@acme.example"}],
}


async def a_desk() -> DeskWorld:
    return await DeskWorld.start(people=PEOPLE, trust=TRUSTING, mailbox={"subaddress": "+"})


async def bo_and_dora(world: DeskWorld) -> tuple[Person, Person, Person]:
    """Bo's case with Dora in copy, which is Ben's; who is neither, but asked, is Dev."""
    bo, dora, dev = world.person("bo@client.example", "Bo Lund"), world.person("dora@client.example"), None
    await bo.writes("Printer", "It burns.", cc=[dora.address], border=OK)
    bo.hears("Printer")
    ben = world.person("ben@acme.example", "Ben Beck")
    await ben.answers_notice(ben.hears("New: Printer"), "#take")
    ben.hears("Done: Printer")
    dev = world.person("dev@partner.example", "Dev")
    await world.agent.answers_notice(
        world.agent.hears("New: Printer"), "#ask dev@partner.example\nSeen this?"
    )
    dev.hears("A question")
    world.agent.hears("Done: Printer")
    return bo, dora, dev


async def test_an_answer_that_closes_is_one_letter_to_each_customer_and_one_notice_to_the_owner() -> None:
    async with await a_desk() as world:
        bo, dora, dev = await bo_and_dora(world)
        ben = world.person("ben@acme.example")
        notice = world.agent.letters()[0]
        await world.agent.answers_notice(notice, "#close a new cable\n#priority high\nPlug it in, please.")
        for each in (bo, dora):
            said = words(each.hears("Printer"))
            assert said.startswith("Plug it in, please.")
            assert "We have closed your case" in said
            assert ": a new cable." in said
        told = words(ben.hears("A colleague acted: Printer")).replace("\r\n", "\n")
        assert "Ana Agent answered the customer and closed it: a new cable." in told
        assert "Ana Agent wrote to the customer:\n\n> Plug it in, please." in told
        transcript = words(world.agent.hears("Done: Printer"))
        assert "closed; bo@client.example; also dora@client.example (Cc) are told" in transcript
        world.leader.hears_nothing()
        dev.hears_nothing()


async def test_who_takes_part_hears_of_closing_and_of_reopening_and_nobody_twice() -> None:
    async with await a_desk() as world:
        bo, dora, dev = await bo_and_dora(world)
        ben = world.person("ben@acme.example")
        await ben.closes("a new cable")
        closed = [each.hears("Printer") for each in (bo, dora)]
        for letter in closed:
            assert "we have closed your case" in words(letter)
            assert "Bo Lund" not in words(letter)
        assert [(str(each["To"]), each["Cc"]) for each in closed] == [
            ("Bo Lund <bo@client.example>", None), ("dora@client.example", None),
        ]  # fmt: skip
        assert len({str(each["Reply-To"]) for each in closed}) == 2
        world.agent.hears_nothing()

        # Dora answers: it goes on, and she asks for more. One mail to each of them and us.
        await dora.replies(closed[1], "It burns again. Please escalate this.", border=OK)
        # What became of it is Bo's to hear, in the letter that says to both that it is open again.
        for each in (bo, dora):
            said = words(each.hears("Printer"))
            assert "is open again" in said
            assert ("has been escalated: our leadership has been told" in said) is (each is bo)
        assert "the case is open again" in words(ben.hears("Escalated: Printer"))
        world.leader.hears("Escalated: Printer")
        world.agent.hears_nothing()
        dev.hears_nothing()

        # A program of Dora's that wants no automatic answer gets none; Bo is told all the same.
        await ben.closes()
        for each in (bo, dora):
            each.hears("Printer")
        await dora.replies(
            closed[1], "Still.", headers={"X-Auto-Response-Suppress": "All", "X-Note": "2"}, border=OK
        )
        bo.hears("Printer")
        dora.hears_nothing()
        ben.hears("Reopened: Printer")
