"""Forms sent by who means no good: nothing of another's case is told, nobody is written to without end."""

from __future__ import annotations

import pytest

from tests.conversations.policies.test_forms import (
    SUBJECT,
    WHOLE,
    a_case,
    desk_hears_nothing,
    desk_of_forms,
    files_form,
    said_in,
    verdicts,
)
from tests.world.people import in_reply

pytestmark = pytest.mark.dovecot


async def test_anothers_reference_counts_as_none_and_discloses_nothing(database_url: str) -> None:
    async with await desk_of_forms(store=database_url) as world:
        _, ref, _ = await a_case(world)
        before = await world.case(ref)
        eve = world.person("eve@evil.example")
        told = []
        for named in (ref, "ZZZZ-9999"):
            await files_form(eve, WHOLE.format(ref=named))
            told.append(said_in(eve.hears(SUBJECT)))
        assert told[0] == told[1]
        assert ref not in told[0]
        assert await verdicts(world) == ["opened", "form_returned", "form_returned"]
        assert {each["reason"] for each in (await world.inbox())[1:]} == {"form-without-case"}
        assert (await world.case(ref))["events"] == before["events"]
        desk_hears_nothing(world)


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"headers": {"Auto-Submitted": "auto-replied"}}, "form-automatic"),
        ({"headers": {"Precedence": "bulk"}}, "form-automatic"),
        ({"border": "dmarc=fail"}, "form-sender-failed"),
        ({"headers": {"X-Spam-Flag": "YES"}}, "form-spam"),
    ],
    ids=["an automatic reply", "a list", "a forger", "spam"],
)
async def test_who_gets_no_letter_is_kept_in_quarantine(more: dict[str, object], reason: str) -> None:
    async with await desk_of_forms() as world:
        bo = world.person("bo@client.example")
        await files_form(bo, "Description: It burns.", **more)
        bo.hears_nothing()
        assert await world.cases() == []
        (kept,) = await world.inbox()
        assert (kept["verdict"], kept["reason"]) == ("quarantined", reason)
        assert "quarantine" in str(world.operator.hears()["Subject"]).lower()


async def test_a_program_that_answers_every_letter_is_not_answered_for_ever() -> None:
    async with await desk_of_forms() as world:
        robot = world.person("robot@client.example")
        await files_form(robot, "We have received your message.")
        for _ in range(5):
            heard = robot.hears_all()
            if not heard:
                break
            await robot.writes(
                in_reply(heard[-1]),
                "We have received your message.",
                answering=heard[-1],
                mailbox="escalations",
                border="dmarc=pass",
            )
        assert await verdicts(world) == ["form_returned", "form_returned", "quarantined"]
        assert (await world.inbox())[-1]["reason"] == "form-again"


async def test_one_that_forgets_what_it_answers_is_stopped_by_the_limits() -> None:
    limits = {"acks_per_address_day": 2}
    async with await desk_of_forms(limits=limits) as world:
        robot = world.person("robot@client.example")
        for number in range(4):
            await files_form(robot, f"We have received message {number}.")
        assert len(robot.hears_all()) == 2
        assert await verdicts(world) == ["form_returned", "form_returned", "quarantined", "quarantined"]
        assert (await world.inbox())[-1]["reason"] == "form-unanswered"


async def test_who_is_not_vouched_for_hears_fixed_words_once_a_day() -> None:
    async with await desk_of_forms() as world:
        victim = world.person("vic@client.example")
        await files_form(victim, "Description: Buy at https://evil.example/", border=None)
        said = said_in(victim.hears(SUBJECT))
        assert "evil.example" not in said
        assert "Description:\n" in said
        await files_form(victim, "Description: Once more.", border=None)
        victim.hears_nothing()
        assert await verdicts(world) == ["form_returned", "quarantined"]


async def test_a_form_of_a_party_who_cannot_be_trusted_changes_nothing() -> None:
    async with await desk_of_forms() as world:
        bo, ref, _ = await a_case(world)
        await files_form(bo, WHOLE.format(ref=ref), border="dmarc=fail")
        case = await world.case(ref)
        assert case["escalation"] is None
        assert await verdicts(world) == ["opened", "unverified"]
        bo.hears_nothing()
