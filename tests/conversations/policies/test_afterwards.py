"""Once an escalation is over its team is asked what would have avoided it; the answers are the report."""

from __future__ import annotations

import json
from email.message import EmailMessage
from typing import Any

import pytest
from click.testing import CliRunner

from maildesk.cli.main import cli
from tests.conversations.policies.companies import BEN, LONDON, a_desk, at
from tests.world.desk import DeskWorld
from tests.world.people import Person, words

pytestmark = pytest.mark.dovecot

ASKED = "What would have avoided this escalation?"
PEOPLE = {
    "agents": [
        {"name": "Ana Agent", "address": "agent@acme.example", "teams": ["support"]},
        {"name": "Ben Beck", "address": BEN, "teams": ["customer-resolutions"]},
        {"name": "Eva Ek", "address": "eva@acme.example", "teams": ["customer-resolutions"]},
    ],
    "teams": [{"name": "support"}, {"name": "customer-resolutions"}],
    "leadership": [
        {"name": "Lea Leader", "address": "leader@acme.example", "role": "Team Manager"},
        {"name": "Hal Head", "address": "hal@acme.example", "role": "Head of Support"},
    ],
    "operators": ["ops@acme.example"],
}


async def london(**more: Any) -> DeskWorld:
    """The desk whose team customer-resolutions reviews escalations, and works on no case."""
    holidays = {"country": "GB", "region": "ENG"}
    start = at(LONDON, "12-22", "10:00")
    changed = {"default_team": "support"}
    return await a_desk(
        "escalate-my-case", LONDON, start, holidays=holidays, people=PEOPLE, changed=changed, **more
    )


async def escalated(world: DeskWorld) -> tuple[Person, EmailMessage]:
    """Bo's case, escalated and approved: Bo, and Ana's notice."""
    bo = world.person("bo@client.example", "Bo Lund")
    await bo.writes("Slow progress", "It still does not print.", border="dmarc=pass")
    notice = world.agent.hears_all()[-1]
    await world.agent.answers_notice(notice, "#take\n#escalate promised for Monday")
    ben = world.person(BEN)
    await ben.answers_notice(ben.hears_all()[-1], "#approve")
    for person in (bo, ben, world.agent, world.leader, world.person("eva@acme.example")):
        person.hears_all()
    return bo, notice


async def answers_listed(world: DeskWorld) -> list[tuple[str, str]]:
    run = ["case", "answers", "--question", "afterwards", "--json", "-c", str(world.config_file)]
    listed = CliRunner().invoke(cli, run)
    return [(each["by"], each["words"]) for each in json.loads(listed.stdout)["answers"]]


async def test_two_answers_stand_in_the_report_and_reach_nobody(database_url: str) -> None:
    async with await london(store=database_url) as world:
        bo, notice = await escalated(world)
        await world.agent.answers_notice(notice, "#close")
        bo.hears_all()
        ben, eva = world.person(BEN), world.person("eva@acme.example")
        asked, hers = ben.hears("Looking back"), eva.hears("Looking back")
        assert ASKED in words(asked)
        assert "no customer reads it" in words(asked)
        world.agent.hears_all()
        before = await world.case()
        await ben.replies(asked, "A call on the first day.", border="dmarc=pass")
        await eva.replies(hers, "Nobody told us that it is urgent.\n\n#close", border="dmarc=pass")
        for person in (bo, ben, eva, world.agent):
            person.hears_nothing()
        after = await world.case()
        assert (after["status"], after["reopened"]) == (before["status"], before["reopened"])
        listed = await answers_listed(world)
        assert listed[0] == (BEN, "A call on the first day.")
        assert listed[1][0] == "eva@acme.example"
        assert listed[1][1].startswith("Nobody told us that it is urgent.")
        assert all("first day" not in each.as_string() for each in bo.letters())
        await world.agent.answers_notice(notice, "Anything else, let me know.")
        assert all("first day" not in each.as_string() for each in bo.letters())


async def test_an_escalation_that_was_declined_is_not_asked_about() -> None:
    async with await london() as world:
        bo = world.person("bo@client.example", "Bo Lund")
        await bo.writes("Slow progress", "It still does not print.", border="dmarc=pass")
        notice = world.agent.hears_all()[-1]
        await world.agent.answers_notice(notice, "#escalate promised for Monday")
        ben = world.person(BEN)
        await ben.answers_notice(ben.hears_all()[-1], "#decline it is not old enough")
        await world.agent.answers_notice(notice, "#close")
        assert not [each for each in ben.hears_all() if ASKED in words(each)]


async def test_an_escalation_is_asked_about_once_however_often_its_case_ends() -> None:
    async with await london() as world:
        bo, notice = await escalated(world)
        await world.agent.answers_notice(notice, "#close")
        await bo.replies(bo.hears_all()[-1], "It is back.", border="dmarc=pass")
        await world.agent.answers_notice(notice, "#close")
        ben = world.person(BEN)
        assert sum(ASKED in words(each) for each in ben.hears_all()) == 1
