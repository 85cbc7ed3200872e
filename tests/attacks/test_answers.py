"""Answers that nobody was asked for: made-up tokens, another case's, a stolen name, a pair of programs."""

from __future__ import annotations

from email.message import EmailMessage
from urllib.parse import quote, unquote

import pytest

from tests.conversations.policies.companies import LISBON, a_desk, at, clicks, links
from tests.world.desk import DeskWorld
from tests.world.people import Person, words

pytestmark = pytest.mark.dovecot

OK = "dmarc=pass"


async def asked(world: DeskWorld) -> tuple[Person, EmailMessage]:
    """Bo's case, which Ana says is solved, and the letter that asks Bo."""
    bo = world.person("bo@client.example", "Bo Lund")
    await bo.writes("Printer", "It hums.", border=OK)
    bo.hears("Printer")
    await world.agent.answers_notice(world.agent.hears("New:"), "#resolve")
    world.agent.hears_all()
    return bo, bo.hears("Printer")


async def a_desk_that_asks() -> DeskWorld:
    return await a_desk("productiv", LISBON, at(LISBON, "11-24", "10:00"))


def tampered(address: str) -> list[str]:
    """The address with one sign of its token changed, each in turn."""
    local, _, domain = address.partition("@")
    begin = local.index("+") + 1
    swapped = (
        f"{local[:place]}{'7' if local[place] != '7' else '8'}{local[place + 1 :]}@{domain}"
        for place in range(begin, len(local), 5)
    )
    return list(swapped)


async def test_a_token_that_we_did_not_sign_answers_nothing() -> None:
    async with await a_desk_that_asks() as world:
        bo, question = await asked(world)
        subject, address = next(iter(links(question).items()))
        before = await world.case()
        ref = before["ref"]
        for number, forged in enumerate(tampered(address)):
            await bo.writes(f"Hello {number}", "", to=forged, border=OK)
        case = await world.case(ref)
        assert (case["status"], case["mails"]) == ("Solved", before["mails"])
        assert not [each for each in case["events"] if each["kind"] == "question-answered"]
        await bo.writes(subject, "", to=address, border=OK)
        assert (await world.case(ref))["status"] == "Closed"


async def test_who_stole_the_letter_answers_nothing_in_another_name_that_is_not_vouched_for() -> None:
    async with await a_desk_that_asks() as world:
        bo, question = await asked(world)
        address = next(iter(links(question).values()))
        eve = world.person("eve@evil.example", "Bo Lund")
        await eve.writes("Yes", "", to=address, border=OK)
        forger = Person(world, bo.address, bo.name)
        await forger.writes("Yes", "", to=address, border="dmarc=fail")
        assert (await world.case())["status"] == "Solved"
        eve.hears_nothing()
        bo.hears_nothing()


async def test_a_link_says_no_more_than_which_mail_it_makes() -> None:
    """No header but the subject, no other recipient, no body: whatever the case is called."""
    async with await a_desk_that_asks() as world:
        bo = world.person("bo@client.example", "Bo Lund")
        subject = "Printer?cc=eve@evil.example&body=x <mailto:eve@evil.example>"
        await bo.writes(subject, "It hums.", border=OK)
        bo.hears_all()
        await world.agent.answers_notice(world.agent.hears("New:"), "#resolve")
        said = words(bo.hears_all()[-1])
        for link in [each for each in said.split() if each.startswith("<mailto:support")]:
            path, _, query = link.strip("<>").removeprefix("mailto:").partition("?")
            assert unquote(path).startswith("support+")
            assert query.startswith("subject=")
            assert "&" not in query
            assert "?" not in query
            assert quote("eve@evil.example", safe="") in query


async def test_a_robot_that_answers_the_question_moves_nothing() -> None:
    async with await a_desk_that_asks() as world:
        bo, question = await asked(world)
        robot = {"Auto-Submitted": "auto-replied"}
        await bo.replies(question, "Yes", headers=robot, border=OK)
        await clicks(bo, question, "yes", headers=robot)
        assert (await world.case())["status"] == "Solved"
        bo.hears_nothing()


async def test_the_token_of_one_case_says_nothing_in_another() -> None:
    async with await a_desk_that_asks() as world:
        bo, question = await asked(world)
        first = (await world.case())["ref"]
        await bo.writes("Scanner", "It hums too.", border=OK)
        second = next(each["ref"] for each in await world.cases() if each["ref"] != first)
        bo.hears("Scanner")
        address = next(iter(links(question).values()))
        await bo.writes(f"Yes: Scanner [Acme #{second}]", "", to=address, border=OK)
        assert (await world.case(first))["status"] == "Closed"
        assert (await world.case(second))["status"] == "New"
