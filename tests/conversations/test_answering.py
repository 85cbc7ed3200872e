"""The desk's own words: they reach every customer, stop the clock, and late ones are noticed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.world.desk import TRUSTING, DeskWorld
from tests.world.people import Person, words

pytestmark = pytest.mark.dovecot

MONDAY_TO_SATURDAY = timedelta(days=5)


async def bo_writes(world: DeskWorld, **more: Any) -> Person:
    bo = world.person("bo@client.example", "Bo Lund")
    await bo.writes("Printer", "It burns.", border="dmarc=pass", **more)
    bo.hears("Printer")
    world.agent.hears("New: Printer")
    return bo


async def test_an_answer_reaches_every_customer_and_stops_the_clock() -> None:
    async with await DeskWorld.start(trust=TRUSTING) as world:
        bo = await bo_writes(world, cc=["cy@client.example"])
        await world.passes(hours=2)
        await world.agent.answers("Try water.")
        for customer in (bo, world.person("cy@client.example")):
            letter = customer.hears("Re: [Acme #", "Printer")
            assert words(letter).split("\r\n\r\n") == ["Try water.", "Ana Agent\r\n"]
            assert letter["Auto-Submitted"] is None
        case = await world.case()
        assert case["first_response_at"] == "2025-11-24T11:30:00.000000Z"
        assert case["due"]["response"] is None
        await world.passes(days=10)
        world.agent.hears("Nobody touched it")  # no answer is overdue


async def test_an_acknowledgement_is_no_response() -> None:
    async with await DeskWorld.start(trust=TRUSTING) as world:
        await bo_writes(world)
        assert (await world.case())["first_response_at"] is None


async def test_a_promise_that_is_missed_is_told_once_to_whoever_should_answer() -> None:
    async with await DeskWorld.start(trust=TRUSTING) as world:
        await bo_writes(world)
        await world.passes(hours=23)
        world.agent.hears("Answer soon")
        await world.passes(hours=1)  # eight business hours later: 9:30 on Tuesday
        assert "An answer was due by Tuesday, 25 November 2025, 09:30" in words(world.agent.hears("Overdue"))
        await world.passes(days=3)
        world.agent.hears_nothing()
        assert await world.happened() == ["opened", "response-near", "response-overdue"]


async def test_a_promise_of_the_weekend_runs_from_monday() -> None:
    async with await DeskWorld.start(trust=TRUSTING) as world:
        world.clock.passes(MONDAY_TO_SATURDAY)
        await bo_writes(world)
        assert (await world.case())["due"]["response"] == "2025-12-01T17:00:00.000000Z"


async def test_the_owner_alone_hears_that_their_case_is_late() -> None:
    people = {
        "agents": [
            {"name": "Ana Agent", "address": "agent@acme.example"},
            {"name": "Al Other", "address": "other@acme.example"},
        ],
        "leadership": [{"name": "Lea Leader", "address": "leader@acme.example"}],
    }
    async with await DeskWorld.start(trust=TRUSTING, people=people) as world:
        await bo_writes(world)
        other = world.person("other@acme.example")
        other.hears("New: Printer")
        await other.takes()
        await world.passes(days=2)
        other.hears("Overdue")
        world.agent.hears_nothing()


async def test_a_first_response_that_never_arrived_was_none() -> None:
    async with await DeskWorld.start(trust=TRUSTING) as world:
        await bo_writes(world)
        world.relay.refuse("bo@client.example")
        await world.agent.answers("Try water.")
        assert "no such user" in words(world.agent.hears("Not delivered"))
        case = await world.case()
        assert case["first_response_at"] is None
        assert await world.happened() == ["opened", "answered", "letter-failed"]


async def test_the_customer_is_told_that_a_case_is_closed_and_how_to_reopen_it() -> None:
    async with await DeskWorld.start(trust=TRUSTING) as world:
        bo = await bo_writes(world)
        await world.agent.closes("a new printer is on its way")
        letter = words(bo.hears("Printer"))
        assert "we have closed your case" in letter
        assert "a new printer is on its way" in letter
        assert "simply reply" in letter
        case = await world.case()
        assert (case["phase"], case["closed_at"]) == ("closed", "2025-11-24T09:30:00.000000Z")
        await world.passes(days=10)
        world.agent.hears_nothing()  # nothing is late about a closed case


async def test_a_note_is_for_colleagues_only() -> None:
    async with await DeskWorld.start(trust=TRUSTING) as world:
        bo = await bo_writes(world)
        await world.agent.notes("MARKER: this customer never pays.")
        await world.agent.answers("Try water.")
        await bo.replies(bo.hears("Printer"), "Escalate!", border="dmarc=pass")
        escalated = world.leader.hears("Escalated")
        await world.agent.closes()
        for mail in world.relay.mails:
            if mail.recipients != ("leader@acme.example",):
                assert b"MARKER" not in mail.raw
        assert "MARKER" in words(escalated)


async def test_a_new_owner_is_told_and_who_takes_a_case_is_not() -> None:
    async with await DeskWorld.start(trust=TRUSTING) as world:
        await bo_writes(world)
        await world.agent.takes()
        world.agent.hears_nothing()
        assert (await world.case())["owner"] == "agent@acme.example"


async def test_an_answer_follows_the_customers_thread_whatever_strangers_and_machines_sent_meanwhile() -> (
    None
):
    """A stranger's or a machine's subject and Message-ID never reach the customer."""
    async with await DeskWorld.start(trust=TRUSTING, mailbox={"subaddress": "+"}) as world:
        bo = world.person("bo@client.example", "Bo Lund")
        first = await bo.writes("Printer", "It burns.", border="dmarc=pass")
        back = bo.hears("Printer")["Reply-To"]
        eve = world.person("eve@evil.example")
        await eve.writes("Cheap pills", "Buy.", to=back, border="dmarc=pass")
        await bo.writes("Out of office", "Away.", to=back, headers={"Auto-Submitted": "auto-replied"})
        assert await world.verdicts() == ["opened", "third_party", "automatic"]
        await world.agent.answers("Try water.")
        answer = bo.hears("Re: [Acme #", "Printer")
        assert answer["In-Reply-To"] == first["Message-ID"]
        assert "evil.example" not in answer["References"]
