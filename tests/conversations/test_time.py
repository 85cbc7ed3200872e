"""Time on the real wire: mail that came while the desk was down, mail from before it, nights and outages."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from email.policy import SMTP
from typing import Any

import pytest

from maildesk.store.refolding import refold
from tests.world.desk import MONDAY, TRUSTING, DeskWorld
from tests.world.people import Person, border_lines, subjects, words

pytestmark = pytest.mark.dovecot

BY_BO = border_lines("dmarc=pass", "bo@client.example")


async def a_desk(**changes: Any) -> DeskWorld:
    return await DeskWorld.start(trust=TRUSTING, mailbox={"subaddress": "+"}, **changes)


def titles(person: Person) -> list[str]:
    return [each.partition("] ")[2] for each in subjects(person.hears_all())]


async def test_what_was_missed_while_the_desk_was_down_is_told_at_once_and_no_receipt_promises_the_past() -> (
    None
):
    async with await a_desk() as world:
        await world.works()
        bo = world.person("bo@client.example", "Bo Lund")
        mail = BY_BO + bo.composes("Printer", "It burns.").as_bytes(policy=SMTP)
        world.clock.passes(timedelta(days=2))
        await world.arrives(mail, date=MONDAY + timedelta(minutes=1))
        assert "answer by" not in words(bo.hears("Printer")).lower()
        assert "Overdue: Printer" in titles(world.agent)
        case = await world.case()
        assert case["due"]["response"] == "2025-11-25T09:31:00.000000Z"
        await world.passes(hours=1)
        assert titles(world.agent) == []


async def test_mail_from_before_the_first_start_promises_nothing_and_one_letter_tells_of_it() -> None:
    async with await a_desk() as world:
        bo = world.person("bo@client.example", "Bo Lund")
        old = [BY_BO + bo.composes(f"Old {n}", "Help.").as_bytes(policy=SMTP) for n in range(3)]
        await world.lies(*old, date=MONDAY - timedelta(days=9))
        await world.works()
        assert await world.verdicts() == ["opened"] * 3
        ops = world.person("ops@acme.example")
        assert len([each for each in subjects(ops.hears_all()) if "from before the desk" in each]) == 1
        world.agent.hears_all()
        await world.passes(days=9)
        assert titles(world.agent) == []
        assert {each["due"]["response"] for each in await world.cases()} == {None}


QUIET_WEEKEND: Mapping[str, Any] = {
    "statuses": {
        "New": {"phase": "new"},
        "Open": {"phase": "open"},
        "Waiting": {
            "phase": "waiting",
            "remind": ["26h day and night", "30h day and night", "50h day and night"],
            "after": "52h day and night",
            "then": {"status": "Closed"},
        },
        "Solved": {"phase": "resolved"},
        "Closed": {"phase": "closed"},
    }
}


async def test_reminders_wait_for_the_morning_and_after_an_outage_one_goes() -> None:
    """Asked on Monday at half past nine; the desk is down from Tuesday to Friday night."""
    async with await a_desk(policy=QUIET_WEEKEND) as world:
        bo = world.person("bo@client.example", "Bo Lund")
        await bo.writes("Printer", "It burns.", border="dmarc=pass")
        bo.hears("Printer")
        await world.agent.replies(world.agent.hears("New"), "#wait\n\nWhich one?", border="dmarc=pass")
        bo.hears_all()
        await world.passes(days=4, hours=17)  # Saturday night
        bo.hears_nothing()
        world.clock.passes(timedelta(days=2, hours=7))
        await world.passes(hours=1)  # Monday, half past ten
        assert "wait for your answer" in words(bo.hears("Printer"))
        assert (await world.case())["phase"] == "waiting"
        await world.passes(hours=23)
        bo.hears_nothing()
        await world.passes(hours=1, minutes=1)
        assert (await world.case())["phase"] == "closed"


async def test_an_answer_that_lay_in_the_mailbox_through_an_outage_comes_before_the_closing() -> None:
    """The silence was over while the desk was down; time is kept before anybody looks into the mailbox."""
    statuses = {**QUIET_WEEKEND["statuses"]}
    statuses["Waiting"] = {"phase": "waiting", "after": "5bd", "then": {"status": "Closed"}}
    async with await a_desk(policy={"statuses": statuses}) as world:
        bo = world.person("bo@client.example", "Bo Lund")
        await bo.writes("Printer", "It burns.", border="dmarc=pass")
        bo.hears("Printer")
        await world.agent.replies(world.agent.hears("New"), "#wait\n\nWhich one?", border="dmarc=pass")
        letter = bo.hears("Printer")
        to, thread = str(letter["Reply-To"]), {"In-Reply-To": str(letter["Message-ID"])}
        answer = bo.composes("Re: Printer", "The one in the kitchen.", to=to, headers=thread)
        written = world.clock.now() + timedelta(days=1)
        world.clock.passes(timedelta(days=9))
        await world.lies(BY_BO + answer.as_bytes(policy=SMTP), date=written)
        await world.service.timekeeper.drain()
        assert (await world.case())["phase"] == "waiting"
        await world.works()
        assert (await world.case())["phase"] == "open"
        assert "closed" not in await world.happened()


async def test_a_damaged_case_is_what_its_events_say_again() -> None:
    async with await a_desk() as world:
        bo = world.person("bo@client.example", "Bo Lund")
        await bo.writes("Printer", "It burns.", border="dmarc=pass")
        before = await world.case()

        def spoil(conn: Any) -> None:
            conn.exec_driver_sql("UPDATE cases SET phase = 'closed', response_due = NULL, priority = 'x'")

        await world.service.store.write(spoil)
        assert await world.case() != before
        [changed] = await world.service.store.write(refold)
        assert {"phase", "response_due", "priority"} <= set(changed.columns)
        assert await world.case() == before


async def test_a_robot_that_wants_no_answer_is_told_no_new_moment() -> None:
    promises = [{"first_response": "4h", "resolution": "5bd"}]
    policy = {**QUIET_WEEKEND, "promises": promises, "acknowledgement": {"tells": ["resolution"]}}
    async with await a_desk(policy=policy) as world:
        bo = world.person("bo@client.example", "Bo Lund")
        await bo.writes("Printer", "It burns.", border="dmarc=pass")
        bo.hears("Printer")
        await world.agent.answers_notice(world.agent.hears("New"), "#wait\n\nWhich one?")
        letter = bo.hears("Printer")
        await world.passes(hours=20)
        words_of_bo = "The one on the second floor, please look again tomorrow."
        suppressed = {"X-Auto-Response-Suppress": "All"}
        await bo.replies(letter, words_of_bo, border="dmarc=pass", headers=suppressed)
        assert (await world.case())["phase"] == "open"
        bo.hears_nothing()
        await world.agent.answers_notice(world.agent.hears_all()[-1], "#wait\n\nWhich lamp?")
        letter = bo.hears("Printer")
        await world.passes(hours=4)
        await bo.replies(letter, "The red one beside the drawer, it blinks.", border="dmarc=pass")
        assert "what we promise you" in words(bo.hears("Printer"))
