"""The customer's card in notices: their earlier cases, and how satisfied they last were."""

from __future__ import annotations

from email.policy import SMTP
from typing import Any

import pytest

from tests.world.desk import TRUSTING, DeskWorld
from tests.world.people import Person, border_lines, headline, words

pytestmark = pytest.mark.dovecot

PEOPLE: dict[str, Any] = {
    "agents": [
        {"name": "Ana Agent", "address": "agent@acme.example", "teams": ["support"]},
        {"name": "Gus Olsen", "address": "gus@acme.example", "teams": ["billing"]},
    ],
    "teams": [{"name": "support"}, {"name": "billing"}],
}
BILLS = [{"name": "bills", "when": {"words": ["invoice"]}, "then": {"team": "billing"}}]


async def two_teams(**policy: Any) -> DeskWorld:
    return await DeskWorld.start(
        trust=TRUSTING,
        people=PEOPLE,
        policy={"default_team": "support", "rules": BILLS, **policy},
        mailbox={"subaddress": "+"},
    )


async def bo_writes(world: DeskWorld, *subjects: str) -> Person:
    bo = world.person("bo@client.example", "Bo Lund")
    for subject in subjects:
        await bo.writes(subject, "Please look at it.", border="dmarc=pass")
        await world.passes(minutes=10)
    return bo


def card(world: DeskWorld, title: str, person: Person | None = None) -> str:
    news = (person or world.agent).hears_all()
    found = next(each for each in reversed(news) if title in headline(each))
    return words(found).replace("\r\n", "\n")


async def test_a_first_case_has_no_earlier_ones() -> None:
    async with await two_teams() as world:
        await bo_writes(world, "Printer")
        assert "Earlier:" not in card(world, "New: Printer")


async def test_a_notice_shows_the_newest_three_earlier_cases_and_how_many_are_open() -> None:
    async with await two_teams() as world:
        await bo_writes(world, "One", "Two", "Three", "Four", "Five")
        shown = card(world, "New: Five")
        assert "Earlier:   4 cases (4 open)\n" in shown
        lines = [line for line in shown.splitlines() if "24 Nov 2025" in line]
        assert [line.rpartition("  ")[2] for line in lines] == ["Four", "Three", "Two"]


async def test_earlier_cases_are_known_however_the_customer_spells_the_address() -> None:
    async with await two_teams() as world:
        await bo_writes(world, "Printer")
        also_bo = world.person("Bo@Client.Example", "Bo Lund")
        await also_bo.writes("Screen", "Please look at it.", border="dmarc=pass")
        assert "Earlier:   1 case (1 open)\n" in card(world, "New: Screen")


async def test_cases_of_a_team_that_the_readers_are_not_of_stand_on_no_card() -> None:
    async with await two_teams() as world:
        await bo_writes(world, "An invoice that nobody sent", "Printer")
        assert "Earlier:" not in card(world, "New: Printer")
        await bo_writes(world, "Another invoice")
        shown = card(world, "New: Another invoice", world.person("gus@acme.example"))
        assert "Earlier:   1 case (1 open)\n" in shown
        assert "Printer" not in shown


async def test_two_cases_of_one_customer_filed_together_know_of_each_other() -> None:
    async with await two_teams() as world:
        bo = world.person("bo@client.example", "Bo Lund")
        mails = [bo.composes(each, "Please look.") for each in ("Printer", "Screen")]
        border = border_lines("dmarc=pass", bo.address)
        await world.lies(*(border + mail.as_bytes(policy=SMTP) for mail in mails))
        await world.works()
        assert "Earlier:   1 case (1 open)\n" in card(world, "New: Screen")


async def test_a_customer_reads_no_card() -> None:
    async with await two_teams() as world:
        bo = await bo_writes(world, "Printer", "Screen")
        notice = world.agent.hears_all()[-1]
        assert "Earlier:" in words(notice)
        await world.agent.answers_notice(notice, "It is plugged in now.\n")
        letter = words(bo.hears_all()[-1])
        assert "It is plugged in now." in letter
        assert "Earlier:" not in letter


async def test_an_owner_from_another_team_reads_of_no_case_of_the_cases_team() -> None:
    async with await two_teams() as world:
        bo = await bo_writes(world, "An invoice that nobody sent", "Another invoice")
        gus = world.person("gus@acme.example")
        notice = next(each for each in reversed(gus.hears_all()) if "Another" in headline(each))
        await gus.answers_notice(notice, "#assign agent@acme.example\n")
        world.agent.hears_all()
        await bo.replies(bo.hears_all()[-1], "It is still wrong.", border="dmarc=pass")
        shown = card(world, "Another invoice")
        assert "It is still wrong." in shown
        assert "nobody sent" not in shown
        assert "Earlier:" not in shown
