"""A stranger copies people, and uses ids that those people will use: their later mails are none of his."""

from __future__ import annotations

from email.message import EmailMessage
from typing import Any

import pytest

from tests.world.desk import TRUSTING, DeskWorld
from tests.world.people import Person, words

pytestmark = pytest.mark.dovecot

PLUS = {"subaddress": "+"}
NEWS = "<issue-7@news.example>"
"""The id of a newsletter that many have."""


def the_news(world: DeskWorld) -> EmailMessage:
    """The newsletter itself, as its readers have it."""
    editor = world.person("editor@news.example", "The Editor")
    return editor.composes("Issue 7", "All about printers.", to="readers@news.example", message_id=NEWS)


async def eve_copies_everybody(
    world: DeskWorld, way: dict[str, Any], border: str | None, *victims: Person
) -> tuple[Person, str]:
    """Eve opens a case that is tied to the newsletter's id, and copies those who have it; gives her case."""
    eve = world.person("eve@evil.example", "Eve")
    await eve.writes("Hello", "Nothing of note.", cc=[each.address for each in victims], border=border, **way)
    (ref,) = [case["ref"] for case in await world.cases() if case["requester"] == eve.address]
    for each in (eve, *victims, world.agent):
        each.hears_all()
    return eve, ref


WAYS: dict[str, dict[str, Any]] = {
    "bears it": {"message_id": NEWS},
    "answers it": {"headers": {"In-Reply-To": NEWS}},
    "refers to it": {"headers": {"References": NEWS}},
    "refers to it far up": {"headers": {"References": f"{NEWS} <2@evil.example>"}},
}


async def nothing_of_it_reaches(world: DeskWorld, eve: Person, ref: str, *writers: Person) -> None:
    """The writers' mails lie on cases of their own, and what the agent says there is not for Eve."""
    theirs = [case for case in await world.cases() if case["requester"] in {each.address for each in writers}]
    assert len(theirs) == len(writers)
    shown = (await world.case(ref))["mails"]
    assert {mail["from"] for mail in shown if mail["direction"] == "in"} == {eve.address}
    for case in theirs:
        await world.agent.answers("SECRET: here is how.", ref=case["ref"])
    assert all("SECRET" in words(writer.hears_all()[-1]) for writer in writers)
    assert "SECRET" not in "".join(words(letter) for letter in eve.hears_all())
    assert any("touches another case" in words(each) for each in world.agent.hears_all())


@pytest.mark.parametrize("border", [None, "dmarc=pass"], ids=["no host named", "vouched"])
@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS.keys())
@pytest.mark.parametrize("to_author", [False, True], ids=["to the desk alone", "to the newsletter's author"])
async def test_who_was_copied_by_a_stranger_writes_about_their_newsletter_in_a_case_of_their_own(
    way: dict[str, Any], border: str | None, to_author: bool
) -> None:
    async with await DeskWorld.start(trust=TRUSTING if border else {}) as world:
        bo, cy = world.person("bo@client.example", "Bo Lund"), world.person("cy@partner.example", "Cy")
        news = the_news(world)
        eve, ref = await eve_copies_everybody(world, way, border, bo, cy)
        to = {"to": "editor@news.example", "cc": [world.address]} if to_author else {"to": world.address}
        for each in (bo, cy):
            await each.writes("Re: Issue 7", "Help us with that.", answering=news, border=border, **to)
        await nothing_of_it_reaches(world, eve, ref, bo, cy)


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS.keys())
async def test_it_is_the_same_for_one_who_writes_to_another_whom_the_stranger_copied(
    way: dict[str, Any],
) -> None:
    async with await DeskWorld.start() as world:
        bo, cy = world.person("bo@client.example", "Bo Lund"), world.person("cy@partner.example", "Cy")
        news = the_news(world)
        eve, ref = await eve_copies_everybody(world, way, None, bo, cy)
        await bo.writes("Re: Issue 7", "Look.", answering=news, to=cy.address, cc=[world.address])
        await nothing_of_it_reaches(world, eve, ref, bo)


@pytest.mark.parametrize(
    "way", [WAYS["answers it"], WAYS["refers to it"]], ids=["answers it", "refers to it"]
)
async def test_the_newsletters_own_author_is_not_drawn_in_when_it_arrives_later(way: dict[str, Any]) -> None:
    """Also one of Eve's own provider: who shares a domain with her is not of her company."""
    async with await DeskWorld.start() as world:
        editor = world.person("editor@evil.example", "The Editor")
        eve, ref = await eve_copies_everybody(world, way, None, editor)
        await editor.writes("Issue 7", "All about printers.", message_id=NEWS)
        await nothing_of_it_reaches(world, eve, ref, editor)


@pytest.mark.parametrize("first", ["the newsletter", "Eve's mail"])
async def test_whichever_comes_first_the_newsletter_leads_its_readers_to_nobody(first: str) -> None:
    async with await DeskWorld.start() as world:
        bo, editor = world.person("bo@client.example"), world.person("editor@news.example")
        news = the_news(world)
        if first == "the newsletter":
            await editor.sends(news, border=None)
        eve, ref = await eve_copies_everybody(world, WAYS["bears it"], None, bo)
        if first != "the newsletter":
            await editor.sends(news, border=None)
        await bo.writes("Re: Issue 7", "Help us.", answering=news, to=world.address)
        await nothing_of_it_reaches(world, eve, ref, bo)


async def test_an_id_that_the_stranger_teaches_the_case_later_is_no_key_either() -> None:
    """Hold.ALIAS: what a party's mail names when it joins."""
    async with await DeskWorld.start(mailbox=PLUS) as world:
        bo, news = world.person("bo@client.example", "Bo Lund"), the_news(world)
        eve = world.person("eve@evil.example", "Eve")
        await eve.writes("Hello", "Nothing of note.", cc=[bo.address])
        ref, ack = (await world.case())["ref"], eve.hears()
        await eve.writes("Re: Hello", "And.", to=str(ack["Reply-To"]), headers={"In-Reply-To": NEWS})
        assert await world.verdicts() == ["opened", "appended"]
        world.agent.hears_all()
        await bo.writes("Re: Issue 7", "Help us.", answering=news, to=world.address)
        await nothing_of_it_reaches(world, eve, ref, bo)


async def test_our_own_message_id_is_no_key_for_those_whom_its_letter_did_not_go_to() -> None:
    """Eve puts the id of our letter to her into the newsletter, or our tag into its subject."""
    async with await DeskWorld.start() as world:
        bo, cy = world.person("bo@client.example", "Bo Lund"), world.person("cy@partner.example", "Cy")
        eve = world.person("eve@evil.example", "Eve")
        await eve.writes("Hello", "Nothing of note.", cc=[bo.address, cy.address])
        ref, ack = (await world.case())["ref"], eve.hears()
        news = eve.composes("Issue 7", "All about printers.", to=bo.address, message_id=NEWS)
        news["References"] = str(ack["Message-ID"])
        world.agent.hears_all()
        await bo.writes("Re: Issue 7", "Help us.", answering=news, to=world.address)
        await cy.writes(f"Re: [Acme #{ref}] Issue 7", "Help us.")
        await nothing_of_it_reaches(world, eve, ref, bo, cy)


@pytest.mark.parametrize("where", ["Reply-To", "Cc"])
async def test_the_strangers_reply_address_in_a_newsletter_leads_its_readers_to_a_case_of_their_own(
    where: str,
) -> None:
    async with await DeskWorld.start(mailbox=PLUS) as world:
        bo, cy = world.person("bo@client.example", "Bo Lund"), world.person("cy@partner.example", "Cy")
        eve = world.person("eve@evil.example", "Eve")
        await eve.writes("Hello", "Nothing of note.", cc=[bo.address, cy.address])
        ref, back = (await world.case())["ref"], str(eve.hears()["Reply-To"])
        world.agent.hears_all()
        to: dict[str, Any] = (
            {"to": back} if where == "Reply-To" else {"to": "editor@news.example", "cc": [back]}
        )
        await bo.writes("Re: Issue 7", "Help us.", answering=the_news(world), **to)
        await nothing_of_it_reaches(world, eve, ref, bo)


# --- what goes on as it did --------------------------------------------------------------------------


@pytest.mark.parametrize("border", [None, "dmarc=pass"], ids=["no host named", "vouched"])
@pytest.mark.parametrize("mailbox", [{}, PLUS], ids=["no reply addresses", "reply addresses"])
@pytest.mark.parametrize("way", ["to all", "our letter"])
async def test_a_workmate_who_was_copied_takes_part_by_an_answer_to_all_or_to_our_letter(
    way: str, mailbox: dict[str, Any], border: str | None
) -> None:
    """And then writes by any of these: who has written is heard like the one who asked."""
    async with await DeskWorld.start(trust=TRUSTING if border else {}, mailbox=mailbox) as world:
        bo, cy = world.person("bo@client.example", "Bo Lund"), world.person("cy@client.example", "Cy")
        first = await bo.writes("Printer", "It burns.", cc=[cy.address], border=border)
        if way == "to all":
            to: dict[str, Any] = {"to": bo.address, "cc": [world.address]}
            await cy.writes("Re: Printer", "Here too.", answering=first, border=border, **to)
        else:
            await world.agent.answers("Water?")
            await cy.replies(cy.hears("Printer"), "We have none.", border=border)
        assert await world.verdicts() == ["opened", "appended"]
        await cy.writes("Re: Printer", "By now it smokes.", answering=first, to=world.address, border=border)
        await bo.adds(first, "Please hurry.", border=border)
        assert await world.verdicts() == ["opened", "appended", "appended", "appended"]


async def test_an_id_that_the_relay_gave_our_letter_is_the_readers_own_to_whom_it_went() -> None:
    async with await DeskWorld.start() as world:
        bo, cy = world.person("bo@client.example"), world.person("cy@partner.example")
        await bo.writes("Printer", "It burns.", cc=[cy.address])
        world.relay.thanks = "2.6.0 <x{}@prod.outlook.example> [InternalId=7] Queued mail"
        await world.agent.answers("Water?")
        given = {
            each.recipients[0]: f"<x{number}@prod.outlook.example>"
            for number, each in enumerate(world.relay.mails, start=1)
        }
        for who, known_as, verdict in (
            (cy, given[bo.address], "opened"),  # what went to Bo others may know
            (cy, given[cy.address], "appended"),
        ):
            await who.writes("Re: Printer", "No.", headers={"In-Reply-To": known_as})
            assert (await world.verdicts())[-1] == verdict


async def test_a_mail_in_the_name_of_the_one_who_asks_does_not_make_them_one_who_has_written() -> None:
    """Where a host is named, a mail that nobody vouches for opens a case, and its From has not written."""
    async with await DeskWorld.start(trust=TRUSTING) as world:
        forger = Person(world, "bo@client.example", "Bo Lund")
        bo, eve = world.person("bo@client.example", "Bo Lund"), world.person("eve@evil.example")
        await forger.writes("Hello", "Nothing.", cc=[eve.address], message_id=NEWS)
        bo.hears_all()
        await bo.writes(
            "Re: Issue 7", "Help us.", answering=the_news(world), to=world.address, border="dmarc=pass"
        )
        assert await world.verdicts() == ["opened", "opened"]
