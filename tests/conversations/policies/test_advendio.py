"""ADvendio's process: severities with definitions, case reasons, and targets by plan and severity."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from tests.conversations.policies.companies import HAMBURG, a_desk, at, told_as
from tests.world.desk import DeskWorld
from tests.world.people import words

pytestmark = pytest.mark.dovecot

PREMIUM: dict[str, Any] = {
    "accounts": [{"name": "Client Inc", "domains": ["client.example"], "plan": "Premium Success"}]
}


async def advendio(start: datetime, **more: Any) -> DeskWorld:
    return await a_desk("advendio", HAMBURG, start, holidays={"country": "DE", "region": "HH"}, **more)


async def test_a_severity_is_told_with_its_definition_and_the_plans_target(database_url: str) -> None:
    async with await advendio(at(HAMBURG, "10-30", "16:30"), store=database_url, **PREMIUM) as world:
        bo = world.person("bo@client.example", "Bo Lund")
        await bo.writes("Ad server", "The system down again.", border="dmarc=pass")
        said = words(bo.hears("Ad server"))
        assert "Severity: Level 1 - Critical" in said
        assert "no workaround available" in " ".join(said.split())
        assert told_as(at(HAMBURG, "11-03", "09:30"), HAMBURG) in said
        assert (await world.case())["type"] == "Bug"


@pytest.mark.parametrize(
    ("arrives", "due"),
    [
        (at(HAMBURG, "10-30", "16:30"), at(HAMBURG, "11-04", "16:30")),
        (at(HAMBURG, "11-01", "12:00"), at(HAMBURG, "11-05", "09:00")),
    ],
)
async def test_without_a_plan_two_business_days_count_and_no_holiday_does(
    arrives: datetime, due: datetime
) -> None:
    async with await advendio(arrives) as world:
        bo = world.person("bo@client.example", "Bo Lund")
        await bo.writes("Ad server", "The system down again.", border="dmarc=pass")
        assert told_as(due, HAMBURG) in words(bo.hears("Ad server"))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("A feature request: dark mode.", "Feature request"),
        ("We need a customization for our invoices.", "Customization / development request"),
        ("There is an error in the report.", "Bug"),
        ("How do I export?", "Question about handling"),
    ],
)
async def test_the_case_reason_is_told_by_rule_and_changed_by_the_agent(text: str, reason: str) -> None:
    async with await advendio(at(HAMBURG, "11-04", "10:00")) as world:
        bo = world.person("bo@client.example", "Bo Lund")
        await bo.writes("Export", text, border="dmarc=pass")
        bo.hears_all()
        assert (await world.case())["type"] == reason
        notice = world.agent.hears("New:")
        assert f"Case reason: {reason}" in words(notice)
        await world.agent.answers_notice(notice, "#type feature")
        assert (await world.case())["type"] == "Feature request"
