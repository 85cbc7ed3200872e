"""The morning sheet at the desk's opening; who is away, and who stands in for them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.world.desk import TRUSTING, DeskWorld
from tests.world.people import Person, subjects, words

pytestmark = pytest.mark.dovecot

ANA, BEN = "agent@acme.example", "ben@acme.example"
PEOPLE: dict[str, Any] = {
    "agents": [
        {"name": "Ana Agent", "address": ANA, "teams": ["support"]},
        {"name": "Ben Ito", "address": BEN, "teams": ["billing"]},
    ],
    "teams": [{"name": "support"}, {"name": "billing"}],
    "leadership": [{"name": "Lea Leader", "address": "leader@acme.example"}],
}
MONDAY_EIGHT = datetime(2025, 11, 24, 8, tzinfo=UTC)
"""Lisbon time is UTC, and the desk opens at nine."""


async def a_desk(
    at: datetime = MONDAY_EIGHT, people: dict[str, Any] = PEOPLE, subaddress: str = "+", **changes: Any
) -> DeskWorld:
    return await DeskWorld.start(
        at=at,
        trust=TRUSTING,
        people=people,
        policy={"default_team": "support", **changes.pop("policy", {})},
        mailbox={"subaddress": subaddress},
        desk={**DESK, "morning_sheet": True},
        **changes,
    )


DESK = {
    "name": "Acme Support",
    "address": "support@acme.example",
    "tag": "Acme",
    "timezone": "Europe/Lisbon",
    "secret": {"file": "secret.key"},
}


async def bo_writes(world: DeskWorld, subject: str = "Printer") -> Person:
    bo = world.person("bo@client.example", "Bo Lund")
    await bo.writes(subject, "It burns.", border="dmarc=pass")
    bo.hears_all()
    return bo


def text(person: Person, title: str) -> str:
    return words(person.hears(title)).replace("\r\n", "\n")


async def test_a_sheet_comes_at_the_opening_once_with_an_address_for_each_case() -> None:
    async with await a_desk() as world:
        bo = await bo_writes(world)
        ana = world.agent
        ana.hears("New: Printer")
        await world.passes(hours=1)
        sheet = ana.hears("Your Monday: 1 nobody's")
        shown = words(sheet).replace("\r\n", "\n")
        ref = (await world.case())["ref"]
        assert f"NOBODY’S YET, in support: 1\n  {ref}  normal  Printer\n" in shown
        assert sheet["Auto-Submitted"] == "auto-generated"
        await world.passes(minutes=5)
        await world.restarts()
        await world.works()
        ana.hears_nothing()
        back = shown.partition("write to ")[2].split()[0]
        await ana.writes("Re: your sheet", "#take\n\nWe come at ten.\n", to=back, border="dmarc=pass")
        assert "We come at ten." in words(bo.hears("Printer"))


async def test_where_cases_have_no_address_the_sheet_says_how_to_write_about_one() -> None:
    async with await a_desk(subaddress="none") as world:
        bo = await bo_writes(world)
        ana = world.agent
        ana.hears_all()
        await world.passes(hours=1)
        shown = text(ana, "Your Monday: 1 nobody's")
        assert shown.startswith(shown.partition("Good")[0] + "Good morning Ana.\n\nNOBODY’S YET")
        tag = f"[Acme #{(await world.case())['ref']}]"
        assert tag in shown
        assert "write to its address" not in shown
        await ana.writes(tag, "#take\n\nWe come at ten.\n", border="dmarc=pass")
        await ana.replies(ana.hears("Is this yours? Printer"), "yes", border="dmarc=pass")
        assert "We come at ten." in words(bo.hears("Printer"))


async def test_the_most_pressing_stands_first_and_what_waits_is_counted() -> None:
    async with await a_desk() as world:
        ana = world.agent
        await bo_writes(world, "Waits")
        await ana.answers_notice(ana.hears("New: Waits"), "#take\n#wait 9d\n\nPlease try.\n")
        await bo_writes(world, "Late")
        await ana.answers_notice(ana.hears_all()[-1], "#take\n")
        await world.passes(days=2, hours=1)
        shown = words(ana.hears_all()[-1])
        assert shown.index("OVERDUE: 1") < shown.index("WAITING FOR CUSTOMERS: 1")


@pytest.mark.parametrize(
    ("day", "hours", "told"),
    [
        (datetime(2025, 11, 24, 8, tzinfo=UTC), 0.9, 0),
        (datetime(2025, 11, 24, 8, tzinfo=UTC), 1, 1),
        (datetime(2025, 11, 24, 8, tzinfo=UTC), 4.1, 0),
        (datetime(2025, 11, 29, 8, tzinfo=UTC), 1, 0),
    ],
    ids=["before the opening", "at the opening", "more than three hours late", "on a Saturday"],
)
async def test_a_sheet_comes_when_the_desk_opens_and_at_no_other_time(
    day: datetime, hours: float, told: int
) -> None:
    async with await a_desk(at=day) as world:
        await bo_writes(world)
        world.agent.hears_all()
        await world.passes(hours=hours)
        assert len([each for each in subjects(world.agent.hears_all()) if "Your " in each]) == told


@pytest.mark.parametrize(
    ("saturday", "hours"),
    [
        (datetime(2025, 3, 29, 12, tzinfo=UTC), 19),  # Monday, nine in Lisbon, eight in UTC
        (datetime(2025, 10, 25, 12, tzinfo=UTC), 20),  # the same, nine in UTC; the Friday before it was eight
    ],
    ids=["set forward in spring", "set back in autumn"],
)
async def test_the_clock_that_is_set_moves_no_opening(saturday: datetime, hours: int) -> None:
    async with await a_desk(at=saturday) as world:
        await bo_writes(world)
        world.agent.hears_all()
        await world.passes(days=1, hours=hours, minutes=59)
        world.agent.hears_nothing()
        await world.passes(minutes=1)
        world.agent.hears("Your Monday")
        await world.passes(hours=1)
        world.agent.hears_nothing()


async def test_on_a_holiday_nobody_gets_one_and_the_next_day_everybody_does() -> None:
    holiday = datetime(2025, 12, 1, 8, tzinfo=UTC)  # a Monday, the day on which Portugal was restored
    async with await a_desk(at=holiday, calendar={"holidays": {"country": "PT"}}) as world:
        await bo_writes(world)
        world.agent.hears_all()
        await world.passes(hours=1)
        await world.passes(hours=8)
        world.agent.hears_nothing()
        await world.passes(hours=16)
        world.agent.hears("Your Tuesday")


async def test_a_sheet_that_was_written_and_not_sent_goes_once_after_a_new_start() -> None:
    async with await a_desk() as world:
        await bo_writes(world)
        world.agent.hears_all()
        world.clock.passes(timedelta(hours=1))
        assert await world.service.timekeeper.drain()
        world.agent.hears_nothing()
        await world.restarts()
        await world.works()
        world.agent.hears("Your Monday")
        await world.restarts()
        await world.passes(minutes=10)
        world.agent.hears_nothing()


async def test_who_has_nothing_to_do_gets_none() -> None:
    async with await a_desk() as world:
        await bo_writes(world)
        await world.passes(hours=1)
        world.person(BEN).hears_nothing()


async def test_who_wants_none_says_so_in_a_mail_of_its_own() -> None:
    async with await a_desk() as world:
        await bo_writes(world)
        ana = world.agent
        ana.hears("New: Printer")
        await ana.writes("Sheets", "#morning off\n", border="dmarc=pass")
        assert "you get no morning sheet any more" in text(ana, "Done")
        await world.passes(hours=1)
        ana.hears_nothing()
        await ana.writes("Sheets", "#morning on\n", border="dmarc=pass")
        ana.hears("Done")
        await world.passes(days=1)
        assert any("Your Tuesday" in each for each in subjects(ana.hears_all()))


async def test_a_choice_in_somebody_elses_name_is_asked_about_and_not_made() -> None:
    async with await a_desk() as world:
        await bo_writes(world)
        ana = world.agent
        ana.hears("New: Printer")
        await ana.writes("Sheets", "#away until friday\n", border=None)
        ana.hears("Is this yours?")
        await world.passes(hours=1)
        ana.hears("Your Monday")


async def test_a_deputy_hears_of_the_cases_reads_the_sheet_and_may_answer() -> None:
    async with await a_desk() as world:
        ana, ben = world.agent, world.person(BEN)
        bo = await bo_writes(world)
        await ana.answers_notice(ana.hears("New: Printer"), "#take\n#away until wednesday deputy ben\n")
        assert "you are away until 2025-11-26" in " ".join(text(ana, "Done").split())
        await bo.replies(bo.letters()[-1], "And now it smokes.")
        notice = ben.hears("Reply: Printer")
        assert "away until 26 Nov 2025, deputy: Ben Ito" in words(notice)
        ana.hears("Reply: Printer")
        await world.passes(hours=1)
        assert "You stand in for Ana Agent, who is away until 26 Nov 2025." in text(ben, "Ana Agent")
        ana.hears_nothing()
        await ben.answers_notice(notice, "Pull the plug.\n")
        assert "Pull the plug." in words(bo.hears("Printer"))


async def test_an_absence_ends_after_its_last_day() -> None:
    async with await a_desk() as world:
        ana, ben = world.agent, world.person(BEN)
        bo = await bo_writes(world)
        await ana.answers_notice(ana.hears("New: Printer"), "#take\n#away until tuesday deputy ben\n")
        ana.hears("Done")
        await world.passes(days=2)
        ben.hears_all()
        ana.hears_all()
        await bo.replies(bo.letters()[-1], "And now?")
        ben.hears_nothing()
        ana.hears("Reply: Printer")


async def test_who_is_away_by_mail_is_given_no_case_by_turns() -> None:
    people = {**PEOPLE, "agents": [{**each, "teams": ["support"]} for each in PEOPLE["agents"]]}
    policy = {"assignment": {"support": "round-robin"}}
    async with await a_desk(people=people, policy=policy) as world:
        await world.agent.writes("Out", "#away until friday deputy ben\n", border="dmarc=pass")
        world.agent.hears("Done")
        for subject in ("One", "Two"):
            await bo_writes(world, subject)
        assert [each["owner"] for each in await world.cases()] == [BEN, BEN]
        await world.agent.writes("Back", "#away off\n", border="dmarc=pass")
        await bo_writes(world, "Three")
        owners = {each["subject"]: each["owner"] for each in await world.cases()}
        assert owners["Three"] == ANA


@pytest.mark.parametrize("line", ["#away until today", "#away until 2025-11-24", "#away today"])
async def test_somebody_may_be_away_for_the_rest_of_today(line: str) -> None:
    async with await a_desk() as world:
        await world.agent.writes("Out", f"{line}\n", border="dmarc=pass")
        assert "until 2025-11-24, that day too" in " ".join(text(world.agent, "Done").split())


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("#away until friday deputy nobody-here", "is no agent and no leader"),
        ("#away until friday deputy ana", "nobody is their own deputy"),
        ("#away until the cows come home", "is no span of time"),
        ("#away until 2025-11-23 deputy ben", "2025-11-23 is over"),
        ("#morning perhaps", "it is on or off"),
    ],
)
async def test_what_cannot_be_chosen_is_told(line: str, why: str) -> None:
    async with await a_desk() as world:
        await world.agent.writes("Out", f"{line}\n", border="dmarc=pass")
        assert why in " ".join(text(world.agent, "Not all done").split())
