"""Profit.co's process: types that set where a case begins, twelve statuses, fields, need-by dates."""

from __future__ import annotations

from datetime import datetime
from email.message import EmailMessage
from typing import Any

import pytest
from click.testing import CliRunner

from maildesk.cli.main import cli
from tests.conversations.policies.companies import LOS_ANGELES, a_desk, at, clicks, just_before, until
from tests.world.desk import DeskWorld
from tests.world.people import Person, words

pytestmark = pytest.mark.dovecot

TEAMS = ("support", "admin-tasks", "product", "development", "engineering")
RELEASES = ["2025-11-13", "2025-11-27"]
HIGH: dict[str, Any] = {
    "accounts": [
        {"name": "Client Inc", "domains": ["client.example"], "plan": "paid", "fields": {"value": "high"}},
        {"name": "Paid Ltd", "domains": ["paid.example"], "plan": "paid", "fields": {"licenses": 12}},
    ]
}


async def profitco(start: datetime, **more: Any) -> DeskWorld:
    return await a_desk("profitco", LOS_ANGELES, start, teams=TEAMS, releases=RELEASES, **HIGH, **more)


async def writes(
    world: DeskWorld, subject: str, text: str, who: str = "bo@client.example"
) -> tuple[Person, EmailMessage, dict[str, Any]]:
    """Somebody's case: who, the notice that Ana has of it, the case."""
    somebody = world.person(who)
    await somebody.writes(subject, text, border="dmarc=pass")
    somebody.hears_all()
    case = next(each for each in await world.cases() if each["subject"] == subject)
    return somebody, world.agent.hears_all()[-1], case


async def test_a_bug_of_a_high_value_account_begins_where_its_type_says(database_url: str) -> None:
    async with await profitco(at(LOS_ANGELES, "11-03", "10:00"), store=database_url) as world:
        _, notice, case = await writes(world, "Login", "There is an error, we cannot log in.")
        assert (case["type"], case["status"], case["team"]) == ("Bug", "Pending Development", "development")
        assert case["priority"] == "P3 – Very High"
        need_by = at(LOS_ANGELES, "11-27", "18:00")
        assert case["due"]["resolution"] == need_by.strftime("%Y-%m-%dT%H:%M:%S.000000Z")
        await world.agent.answers_notice(notice, "#status closed")
        refused = words(world.agent.hears("Not all done"))
        for may_follow in ("Pending Release", "Moved to Staging", "Assigned", "Resolved"):
            assert may_follow in refused
        await world.agent.answers_notice(notice, "#set item=OKR tree")
        assert "OKR tree" in words(world.agent.hears("Done"))
        listed = CliRunner().invoke(cli, ["case", "list", "--field", "item", "-c", str(world.config_file)])
        assert "OKR tree" in listed.output


async def test_a_wish_of_a_paid_account_overtakes_nobodys_bug() -> None:
    async with await profitco(at(LOS_ANGELES, "11-03", "10:00")) as world:
        _, _, wish = await writes(world, "Dark mode", "It would be great.", "cy@paid.example")
        assert (wish["type"], wish["status"]) == ("Enhancement Request", "Pending Product")
        assert wish["priority"] == "P3 – Very High"
        await world.passes(minutes=5)
        _, notice, bug = await writes(world, "Export", "An error.", "eve@other.example")
        assert str(bug["priority"]).startswith("P6")
        await world.agent.answers_notice(notice, "#queue")
        shown = words(world.agent.hears("Done"))
        assert shown.index(": Export") < shown.index(": Dark mode")


async def test_ten_seats_are_p4_and_the_plan_alone_is_p5() -> None:
    async with await profitco(at(LOS_ANGELES, "11-03", "10:00")) as world:
        _, _, ten = await writes(world, "Billing", "Where is my bill?", "cy@paid.example")
        assert str(ten["priority"]).startswith("P4")
        _, _, paid = await writes(world, "Billing again", "Where is my bill?")
        assert str(paid["priority"]).startswith("P5")
        assert (paid["status"], paid["team"]) == ("New", "support")


async def pending_closure(world: DeskWorld) -> tuple[Person, EmailMessage]:
    """Bo's case, resolved and then asked about: Bo, and the letter that asks."""
    bo, notice, _ = await writes(world, "Billing", "Where is my bill?")
    await world.agent.answers_notice(notice, "#status resolved")
    bo.hears_all()
    await until(world, at(LOS_ANGELES, "10-29", "15:00"))
    await world.agent.answers_notice(notice, "#status pending closure")
    world.agent.hears_all()
    return bo, bo.hears("Billing")


async def test_pending_closure_closes_after_seven_days_across_a_clock_change() -> None:
    closes = at(LOS_ANGELES, "11-05", "15:00")
    async with await profitco(at(LOS_ANGELES, "10-29", "11:00")) as world:
        await pending_closure(world)
        resolved_at = (await world.case())["resolved_at"]
        await just_before(world, closes)
        assert (await world.case())["status"] == "Pending Closure"
        await until(world, closes)
        case = await world.case()
        assert (case["status"], case["resolved_at"]) == ("Closed", resolved_at)
        assert resolved_at is not None


async def test_not_solved_while_pending_closure_goes_back_to_assigned() -> None:
    async with await profitco(at(LOS_ANGELES, "10-29", "11:00")) as world:
        bo, question = await pending_closure(world)
        await until(world, at(LOS_ANGELES, "11-03", "10:00"))
        await bo.replies(question, "It is not solved.", border="dmarc=pass")
        assert (await world.case())["status"] == "Assigned"


@pytest.mark.parametrize(("said", "status"), [("Passes.", "Staging Pass"), ("It fails.", "Staging Fail")])
async def test_the_reporters_reply_moves_what_is_on_staging(said: str, status: str) -> None:
    async with await profitco(at(LOS_ANGELES, "11-03", "10:00")) as world:
        bo, notice, _ = await writes(world, "Login", "There is an error.")
        await world.agent.answers_notice(notice, "#status staging")
        bo_asked = bo.hears("Login")
        await bo.replies(bo_asked, said, border="dmarc=pass")
        assert (await world.case())["status"] == status


async def test_a_click_moves_it_too() -> None:
    async with await profitco(at(LOS_ANGELES, "11-03", "10:00")) as world:
        bo, notice, _ = await writes(world, "Login", "There is an error.")
        await world.agent.answers_notice(notice, "#status moved to staging")
        await clicks(bo, bo.hears("Login"), "no")
        assert (await world.case())["status"] == "Staging Fail"


async def test_who_was_asked_nothing_is_not_reminded() -> None:
    async with await profitco(at(LOS_ANGELES, "11-03", "10:00")) as world:
        bo, notice, _ = await writes(world, "Billing", "Where is my bill?")
        await world.agent.answers_notice(notice, "#status pending input")
        assert (await world.case())["status"] == "Pending Input"
        await world.passes(days=4)
        bo.hears_nothing()
        await world.agent.answers_notice(notice, "Which month?")
        bo.hears("Billing")
        await world.passes(days=4)
        bo.hears("Billing")
