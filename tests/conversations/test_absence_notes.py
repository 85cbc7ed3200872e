"""An agent's mailbox says that they are away: #away is suggested once, as the desk opens; nothing changes."""

from __future__ import annotations

from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import pytest

from tests.attacks.test_restored_backups import backed_up, moved_back, restored
from tests.conversations.test_mornings import ANA, BEN, MONDAY_EIGHT, PEOPLE, a_desk, bo_writes, text
from tests.world.desk import TRUSTING, DeskWorld
from tests.world.people import Person, border_lines, subjects

pytestmark = pytest.mark.dovecot

UNTIL_FRIDAY = "I am out of the office until 28 November 2025."
FOR_SOME_TIME = "I am out of the office with no access to my e-mail. For urgent matters please contact Ben."
PROGRAM = {"Auto-Submitted": "auto-replied"}


async def notes(who: Person, notice: EmailMessage, says: str = UNTIL_FRIDAY, **more: Any) -> None:
    """The program of somebody who is away answers a notice."""
    mail = {"border": "dmarc=pass", "headers": PROGRAM, **more}
    await who.writes(f"Automatic reply: {notice['Subject']}", says, answering=notice, **mail)


async def quiet_desk(people: dict[str, Any] = PEOPLE, **mailbox: str) -> DeskWorld:
    """A desk without morning sheets: what comes at the opening is the suggestion alone."""
    return await DeskWorld.start(
        at=MONDAY_EIGHT,
        trust=TRUSTING,
        people=people,
        policy={"default_team": "support"},
        mailbox={"subaddress": "+", **mailbox},
    )


async def opens(world: DeskWorld, days: int = 0) -> None:
    """The desk opens, today or so many days later."""
    now = world.clock.now()
    world.clock.passes(now.replace(hour=9, minute=0) + timedelta(days=days) - now)
    await world.works()


def suggested(who: Person) -> list[str]:
    return [each for each in subjects(who.hears_all()) if "Say so to the desk" in each]


def lines(letter: str) -> list[str]:
    """The lines that one may answer with."""
    return [each for each in letter.splitlines() if each.startswith("#away until")]


async def test_away_is_suggested_at_the_opening_and_one_line_of_the_letter_says_it() -> None:
    async with await quiet_desk() as world:
        ana, ben = world.agent, world.person(BEN)
        bo = await bo_writes(world)
        notice = ana.hears("New: Printer")
        await notes(ana, notice)
        await world.passes(minutes=59)
        assert [len(each.hears_all()) for each in (ana, ben, bo)] == [0, 0, 0]
        await opens(world)
        letter = ana.letters()[-1]
        said = text(ana, "Away until 28 Nov 2025?")
        assert letter["Auto-Submitted"] == "auto-generated"
        assert (letter["In-Reply-To"], letter["References"]) == (None, None)
        assert letter["To"] == f"Ana Agent <{ANA}>"
        assert "Your mailbox said on 24 Nov, 08:00 that you are away, and named 28 Nov 2025." in said
        assert lines(said) == ["#away until 2025-11-28", "#away until 2025-11-28 deputy NAME"]
        assert (await world.case())["owner"] is None, "nothing was changed"
        ben.hears_nothing()
        bo.hears_nothing()

        await ana.replies(letter, lines(said)[1].replace("NAME", "ben"), border="dmarc=pass")
        assert "you are away until 2025-11-28" in " ".join(text(ana, "Done").split())
        await notes(ana, notice)
        await opens(world, days=1)
        assert not suggested(ana)


@pytest.mark.parametrize(
    ("says", "spans", "letters"),
    [
        (UNTIL_FRIDAY, (0, 1, 1), [1, 0, 0]),
        (FOR_SOME_TIME, (0, 1, 1), [1, 0, 0]),
        (FOR_SOME_TIME, (0, 14, 1), [1, 0, 0]),
        (FOR_SOME_TIME, (0, 15, 1), [1, 0, 1]),
    ],
    ids=["with a day", "without a day", "a fortnight later", "after a fortnight"],
)
async def test_one_absence_is_suggested_once(says: str, spans: tuple[int, ...], letters: list[int]) -> None:
    async with await quiet_desk() as world:
        await bo_writes(world)
        notice = world.agent.hears("New: Printer")
        heard = []
        for days in spans:
            await notes(world.agent, notice, says)
            await opens(world, days)
            heard.append(len(suggested(world.agent)))
        assert heard == letters


async def test_the_absence_of_the_next_week_is_another() -> None:
    async with await quiet_desk() as world:
        await bo_writes(world)
        ana = world.agent
        notice = ana.hears("New: Printer")
        await notes(ana, notice)
        await opens(world)
        assert len(suggested(ana)) == 1
        await opens(world, days=7)
        assert not suggested(ana)
        await notes(ana, notice, "I am out of the office until 5 December 2025.")
        await opens(world, days=1)
        assert "#away until 2025-12-05" in lines(text(ana, "Away until 5 Dec 2025?"))


async def test_a_note_in_somebody_elses_name_suggests_nothing() -> None:
    async with await quiet_desk() as world:
        await bo_writes(world)
        notice = world.agent.hears("New: Printer")
        await notes(world.agent, notice, border="dmarc=fail")
        await opens(world)
        world.agent.hears_nothing()


async def test_who_said_that_they_are_back_since_is_told_nothing() -> None:
    async with await quiet_desk() as world:
        await bo_writes(world)
        ana = world.agent
        await notes(ana, ana.hears("New: Printer"))
        await ana.writes("Here", "#away off\n", border="dmarc=pass")
        ana.hears("Done")
        await opens(world)
        ana.hears_nothing()


@pytest.mark.parametrize("how", ["configuration", "mail"])
async def test_who_is_away_already_is_told_nothing(how: str) -> None:
    away = {"until": "2025-11-26"} if how == "configuration" else False
    people = {**PEOPLE, "agents": [{**PEOPLE["agents"][0], "away": away}, PEOPLE["agents"][1]]}
    async with await quiet_desk(people=people) as world:
        await bo_writes(world)
        ana = world.agent
        notice = ana.hears_all()[-1]
        if how == "mail":
            await ana.writes("Out", "#away until wednesday\n", border="dmarc=pass")
            ana.hears("Done")
        await notes(ana, notice)
        for days in (0, 1, 3):
            await opens(world, days)
            assert not suggested(ana)


async def test_whom_the_configuration_has_called_away_since_is_told_nothing() -> None:
    async with await quiet_desk() as world:
        await bo_writes(world)
        await notes(world.agent, world.agent.hears("New: Printer"))
        away = {**PEOPLE["agents"][0], "away": {"until": "2025-11-25"}}
        await world.restarts(people={**PEOPLE, "agents": [away, PEOPLE["agents"][1]]})
        for days in (0, 1, 1):
            await opens(world, days)
            assert not suggested(world.agent)


async def test_a_new_start_soon_after_a_note_suggests_nothing_at_once() -> None:
    async with await quiet_desk() as world:
        await bo_writes(world)
        ana = world.agent
        notice = ana.hears("New: Printer")
        await opens(world)
        await world.passes(minutes=20)
        await notes(ana, notice)
        await world.restarts()
        await world.passes(minutes=20)
        ana.hears_nothing()
        await opens(world, days=1)
        assert len(suggested(ana)) == 1


async def test_a_leader_who_is_given_no_cases_is_told_nothing() -> None:
    async with await quiet_desk() as world:
        await bo_writes(world)
        lea = world.person("leader@acme.example", "Lea Leader")
        await lea.writes("Out of office", UNTIL_FRIDAY, headers=PROGRAM, border="dmarc=pass")
        await opens(world)
        lea.hears_nothing()


async def test_a_note_about_no_case_suggests_it_too() -> None:
    async with await quiet_desk() as world:
        await world.agent.writes("Out of office", UNTIL_FRIDAY, headers=PROGRAM, border="dmarc=pass")
        world.agent.hears_nothing()
        await opens(world)
        assert len(suggested(world.agent)) == 1


async def test_a_note_that_has_no_more_to_say_by_the_opening_suggests_nothing() -> None:
    async with await quiet_desk() as world:
        await bo_writes(world)
        notice = world.agent.hears("New: Printer")
        await world.passes(hours=2)
        await notes(world.agent, notice, "I am out of the office until 25 November 2025.")
        await opens(world, days=1)
        assert not suggested(world.agent)


async def test_it_comes_beside_a_sheet_and_once_across_restarts() -> None:
    async with await a_desk() as world:
        await bo_writes(world)
        ana = world.agent
        await notes(ana, ana.hears("New: Printer"))
        world.clock.passes(timedelta(hours=1))
        assert await world.service.timekeeper.drain()
        ana.hears_nothing()
        await world.restarts()
        await world.works()
        ana.hears_of("Your Monday", "Away until 28 Nov 2025?")
        await world.restarts()
        await world.passes(minutes=10)
        ana.hears_nothing()


async def test_notes_from_before_the_desk_suggest_nothing() -> None:
    world = await quiet_desk(existing_mail="file")
    async with world:
        note = world.agent.composes("Out of office", UNTIL_FRIDAY, headers=PROGRAM)
        raw = border_lines("dmarc=pass", ANA) + note.as_bytes()
        await world.arrives(raw, date=MONDAY_EIGHT.replace(day=20))
        await opens(world)
        world.agent.hears_nothing()


@pytest.mark.parametrize("noted", ["before the copy", "after the copy"])
async def test_what_a_restored_backup_held_or_reads_again_suggests_nothing_twice(noted: str) -> None:
    async with await quiet_desk() as world:
        await bo_writes(world)
        ana = world.agent
        notice = ana.hears("New: Printer")
        if noted == "before the copy":
            await notes(ana, notice)
        copy = await backed_up(world)
        if noted == "after the copy":
            await notes(ana, notice)
        await opens(world)
        assert len(suggested(ana)) == 1
        await restored(world, copy)
        if noted == "after the copy":
            await moved_back(world, 1)
        for days in (0, 1):
            await opens(world, days)
            assert not suggested(ana)
