"""A team for escalations: its file runs a desk in London hours, where words alone escalate nothing."""

from __future__ import annotations

import pytest

from tests.conversations.policies.companies import LONDON, a_desk, at, until
from tests.world.people import words

pytestmark = pytest.mark.dovecot


async def test_a_case_is_an_ordinary_one_until_somebody_of_the_desk_escalates_it() -> None:
    holidays = {"country": "GB", "region": "ENG"}
    async with await a_desk(
        "escalate-my-case",
        LONDON,
        at(LONDON, "12-19", "10:00"),
        holidays=holidays,
        teams=["customer-resolutions"],
    ) as world:
        bo = world.person("bo@client.example", "Bo Lund")
        await bo.writes("Slow progress", "I want to escalate this.", border="dmarc=pass")
        assert "leadership" not in words(bo.hears("Slow progress"))
        world.leader.hears_nothing()
        case = await world.case()
        assert (case["priority"], case["escalation"]) == ("Normal", None)
        notice = world.agent.hears("New:")
        await until(world, at(LONDON, "12-19", "11:00"))
        await world.agent.answers_notice(notice, "#escalate promised for Monday")
        assert (await world.case())["escalation"]["level"] == 0  # the team has to approve it
        world.leader.hears_nothing()
