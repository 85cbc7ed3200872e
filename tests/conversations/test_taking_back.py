"""Answers that wait a little (`limits.answer_delay`), so that `#cancel` takes them back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from sqlalchemy import update

from maildesk.daemon.reading import MailReader, Reading
from maildesk.store.schema import outbox
from tests.conversations.test_agents_batches import raw
from tests.world.desk import TRUSTING, DeskWorld
from tests.world.forking import ForkedReader
from tests.world.people import Person, words

pytestmark = pytest.mark.dovecot

HOUR = timedelta(hours=1)
WAITS: dict[str, Any] = {"limits": {"free_space": "1MiB", "answer_delay": "2m"}}


async def asked(world: DeskWorld) -> tuple[Person, EmailMessage]:
    """Bo has asked, and Ana has the notice."""
    bo = world.person("bo@client.example", "Bo Lund")
    await bo.writes("Printer", "It burns.", border="dmarc=pass")
    bo.hears_all()
    return bo, world.agent.hears("New: Printer")


async def a_desk(**changes: Any) -> DeskWorld:
    return await DeskWorld.start(trust=TRUSTING, mailbox={"subaddress": "+"}, **changes)


async def test_an_answer_waits_and_then_goes() -> None:
    async with await a_desk(**WAITS) as world:
        bo, notice = await asked(world)
        await world.agent.answers_notice(notice, "Pull the plug.\n")
        await world.passes(minutes=1, seconds=59)
        bo.hears_nothing()
        await world.passes(seconds=1)
        assert "Pull the plug." in words(bo.hears("Printer"))


async def test_one_that_is_taken_back_goes_to_nobody_and_its_author_has_the_words_again() -> None:
    async with await a_desk(**WAITS) as world:
        bo, notice = await asked(world)
        await world.agent.answers_notice(notice, "Pull the plug.\n")
        await world.passes(minutes=1)
        await world.agent.answers_notice(notice, "#cancel\n")
        told = words(world.agent.hears("Done"))
        assert "your last answer is taken back" in " ".join(told.split())
        assert "> Pull the plug." in told
        await world.passes(hours=1)
        bo.hears_nothing()
        case = await world.case()
        assert case["first_response_at"] is None
        assert case["due"]["response"] is not None
        assert [each["kind"] for each in case["events"]].count("letter-dropped") == 1
        assert [each.get("taken_back") for each in case["mails"] if each["verdict"] == "answer"] == [True]
        assert "a letter was not sent, by Ana Agent" in told


async def test_what_else_the_customer_hears_of_the_case_comes_after_the_answer_that_waits() -> None:
    async with await a_desk(**WAITS) as world:
        bo, notice = await asked(world)
        await world.agent.answers_notice(notice, "Pull the plug.\n")
        await world.passes(seconds=30)
        await world.agent.answers_notice(notice, "#close\n")
        assert "closed" in words(world.agent.hears("Done"))  # whoever is of the desk does not wait
        await world.passes(seconds=89)
        bo.hears_nothing()
        await world.passes(seconds=1)
        assert "Pull the plug." in words(bo.hears("Printer"))
        await world.passes(seconds=1)
        assert "we have closed your case" in words(bo.hears("Printer"))


async def test_better_words_below_it_go_in_its_place() -> None:
    async with await a_desk(**WAITS) as world:
        bo, notice = await asked(world)
        await world.agent.answers_notice(notice, "Pull the plug.\n")
        await world.agent.answers_notice(notice, "#cancel\n\nCall the fire brigade.\n")
        await world.passes(minutes=3)
        assert "Call the fire brigade." in words(bo.hears("Printer"))
        assert (await world.case())["first_response_at"] is not None


async def test_one_that_went_out_is_not_taken_back() -> None:
    async with await a_desk(**WAITS) as world:
        bo, notice = await asked(world)
        await world.agent.answers_notice(notice, "Pull the plug.\n")
        await world.passes(minutes=3)
        await world.agent.answers_notice(notice, "#cancel\n")
        assert "no answer of yours waits on this case" in " ".join(
            words(world.agent.hears("Not all done")).split()
        )
        bo.hears("Printer")


async def test_nobody_takes_back_the_answer_of_another() -> None:
    people = {
        "agents": [
            {"name": "Ana Agent", "address": "agent@acme.example"},
            {"name": "Ben Ito", "address": "ben@acme.example"},
        ]
    }
    async with await a_desk(people=people, **WAITS) as world:
        bo, notice = await asked(world)
        ben = world.person("ben@acme.example")
        theirs = ben.hears("New: Printer")
        await world.agent.answers_notice(notice, "Pull the plug.\n")
        await ben.answers_notice(theirs, "#cancel\n")
        ben.hears_all()
        await world.passes(minutes=3)
        bo.hears("Printer")


async def test_without_the_limit_an_answer_goes_at_once() -> None:
    async with await a_desk() as world:
        bo, notice = await asked(world)
        await world.agent.answers_notice(notice, "Pull the plug.\n")
        bo.hears("Printer")
        await world.agent.answers_notice(notice, "#cancel\n")
        assert "limits.answer_delay" in words(world.agent.hears("Not all done"))


@pytest.mark.parametrize(
    ("state", "reason", "told", "left"),
    [
        ("sent", None, "it has gone out to bo@client.example; cy@client.example will not get it", "sent"),
        ("sending", None, "it may have reached bo@client.example; cy@client.example will not", "sending"),
        ("deferred", "450 later", "taken back, and nobody gets it", "dropped"),
        (
            "deferred",
            "may have arrived twice: it fell silent",
            "may have reached bo@client.example; cy@",
            "dropped",
        ),
    ],
)
async def test_whoever_has_it_already_is_named(state: str, reason: str | None, told: str, left: str) -> None:
    """One copy of two was tried before its author thought better of it."""
    async with await a_desk(**WAITS) as world:
        bo, cy = world.person("bo@client.example", "Bo Lund"), world.person("cy@client.example")
        await bo.writes("Printer", "It burns.", cc=["cy@client.example"], border="dmarc=pass")
        notice = world.agent.hears("New: Printer")
        await world.agent.answers_notice(notice, "Pull the plug.\n")
        tried = update(outbox).where(outbox.c.recipient == "bo@client.example", outbox.c.kind == "answer")
        now = world.clock.now()
        ended = now if state == "sent" else None
        tried = tried.values(state=state, reason=reason, attempts=1, due_at=now + HOUR, ended_at=ended)
        await world.service.store.write(lambda conn: conn.execute(tried))
        await world.agent.answers_notice(notice, "#cancel\n")
        assert told in " ".join(words(world.agent.hears("Done")).split())
        rows = {row["to"]: row["state"] for row in await world.outbox() if row["kind"] == "answer"}
        assert rows == {"bo@client.example": left, "cy@client.example": "dropped"}
        cy.hears_nothing()


COLLEAGUES: dict[str, Any] = {
    "agents": [
        {"name": "Ana Agent", "address": "agent@acme.example"},
        {"name": "Ben Ito", "address": "ben@acme.example"},
    ]
}


async def test_an_answer_and_what_takes_it_back_may_lie_in_the_mailbox_together() -> None:
    """The desk was not there for a minute: both are read in one look."""
    async with await a_desk(**WAITS) as world:
        bo, notice = await asked(world)
        await world.lies(raw(world.agent, notice, "Pull the plug.\n"), raw(world.agent, notice, "#cancel\n"))
        await world.works()
        assert "taken back" in words(world.agent.hears("Done"))
        await world.passes(hours=1)
        bo.hears_nothing()


class CountingReader(ForkedReader):
    """Counts the mails that it reads."""

    def __init__(self, reader: MailReader) -> None:
        super().__init__(reader._setup)
        self.mails = 0

    async def read(self, raws: Sequence[bytes]) -> list[Reading]:
        self.mails += len(raws)
        return await super().read(raws)


async def test_many_that_take_back_are_read_once_each() -> None:
    """Anybody may write them in an agent's name, and each is looked at after all before it are filed."""
    async with await a_desk(**WAITS) as world:
        _, notice = await asked(world)
        world.service.filer._reader = reader = CountingReader(world.service.reader)
        many = [raw(world.agent, notice, f"#cancel\n\nIt is number {number}.\n") for number in range(9)]
        await world.lies(*many)
        await world.works()
        await reader.close()
        assert reader.mails == len(many)


async def test_an_answer_that_was_taken_back_holds_no_other() -> None:
    async with await a_desk(people=COLLEAGUES, **WAITS) as world:
        bo, notice = await asked(world)
        ben = world.person("ben@acme.example")
        theirs = ben.hears("New: Printer")
        await world.agent.answers_notice(notice, "Pull the plug.\n")
        await world.agent.answers_notice(notice, "#cancel\n")
        await ben.answers_notice(theirs, "Use water.\n")
        await world.passes(minutes=3)
        said = words(bo.hears("Printer"))
        assert "Use water." in said
        assert "Pull the plug." not in said


async def test_who_heard_of_an_answer_hears_that_it_was_taken_back() -> None:
    async with await a_desk(people=COLLEAGUES, **WAITS) as world:
        _, notice = await asked(world)
        ben = world.person("ben@acme.example")
        await ben.answers_notice(ben.hears("New: Printer"), "#take\n")
        ben.hears_all()
        await world.agent.answers_notice(notice, "Pull the plug.\n")
        assert "> Pull the plug." in words(ben.hears("A colleague acted: Printer"))
        await world.agent.answers_notice(notice, "#cancel\n")
        told = " ".join(words(ben.hears("A colleague acted: Printer")).split())
        assert "Ana Agent took an answer back, as far as it was not sent yet" in told
