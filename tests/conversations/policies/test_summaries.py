"""The summary of the day: chats by their most severe outcome, at its hour, once, to whom the policy names."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import Any

import pytest

from tests.conversations.policies.companies import BEN, LOS_ANGELES, a_desk, at, just_before, until
from tests.world.desk import DeskWorld
from tests.world.people import words

pytestmark = pytest.mark.dovecot

TEAMS = ("support", "admin-tasks", "product", "development", "engineering")
MONDAY = at(LOS_ANGELES, "11-03", "10:00")
SIX = at(LOS_ANGELES, "11-03", "18:00")
PEOPLE: dict[str, Any] = {
    "agents": [
        {"name": "Ana Agent", "address": "agent@acme.example", "teams": list(TEAMS)},
        {"name": "Ben Beck", "address": BEN, "teams": ["support"]},
    ],
    "teams": [{"name": each, **({"lead": BEN} if each == "support" else {})} for each in TEAMS],
    "leadership": [
        {"name": "Lea Leader", "address": "leader@acme.example"},
        {"name": "Shia Lead", "address": "shift@acme.example", "role": "Shift Lead"},
        {"name": "Mara Manager", "address": "manager@acme.example", "role": "Manager"},
    ],
    "operators": ["ops@acme.example"],
}


async def profitco(start: datetime = MONDAY, **more: Any) -> DeskWorld:
    world = await a_desk("profitco", LOS_ANGELES, start, teams=TEAMS, people=PEOPLE, **more)
    await world.works()
    return world


async def enters(world: DeskWorld, subject: str, *outcomes: str) -> str:
    """Ana enters a chat, and then what came of it: its reference."""
    await world.agent.writes(
        subject, f"#new quietly chat cy@client.example\n\n{subject}, he said.", border="dmarc=pass"
    )
    done = world.agent.hears_all()[-1]
    for outcome in outcomes:
        await world.agent.answers_notice(done, f"#set chat outcome={outcome}")
    world.agent.hears_all()
    return next(str(each["ref"]) for each in await world.cases() if each["subject"] == subject)


def summary(world: DeskWorld) -> EmailMessage:
    """The one summary among what the lead has read since."""
    (one,) = summaries(world)
    return one


def summaries(world: DeskWorld) -> list[EmailMessage]:
    return [each for each in world.person(BEN).hears_all() if "Chats of the day" in str(each["Subject"])]


def counts(letter: EmailMessage) -> list[tuple[int, str, list[str]]]:
    """Each line of a summary: how many, of which outcome, and their references."""
    found: list[tuple[int, str, list[str]]] = []
    for line in words(letter).splitlines():
        if match := re.fullmatch(r" *([0-9]+)  (\S.*)", line):
            found.append((int(match[1]), match[2], []))
        elif match := re.match(r" {6}([0-9A-Z]{4}-[0-9A-Z]{4})  ", line):
            found[-1][2].append(match[1])
    return found


async def test_a_chat_with_outcome_2_and_then_4_counts_as_4_in_the_summary_at_six(database_url: str) -> None:
    async with await profitco(store=database_url) as world:
        ref = await enters(world, "Export", "Answered Question – Happy", "Added feature request")
        await world.passes(minutes=5)
        await world.agent.writes(
            "Nothing of a chat", "#new quietly phone cy@client.example\n\nHm.", border="dmarc=pass"
        )
        done = next(each for each in world.agent.letters() if "Export" in str(each["Subject"]))
        await world.agent.answers_notice(done, "#set chat outcome=Reported a problem – Workaround")
        await world.agent.answers_notice(done, "#set chat outcome=Added feature request")
        await just_before(world, SIX)
        assert summaries(world) == []
        await until(world, SIX)
        letter = summary(world)
        assert str(letter["Subject"]) == "[Acme] Chats of the day: 1"
        assert counts(letter) == [
            (0, "Answered Question – Happy", []),
            (0, "Answered Question – Unhappy", []),
            (0, "Added feature request", []),
            (1, "Reported a problem – Workaround", [ref]),
            (0, "Reported a problem – No Workaround", []),
        ]
        assert "Auto-Submitted" in letter
        world.leader.hears_nothing()


async def test_where_nobody_reads_it_the_operators_hear_which_and_why_once_at_its_hour() -> None:
    nobody = {**PEOPLE, "teams": [{"name": each} for each in TEAMS]}
    world = await a_desk("profitco", LOS_ANGELES, MONDAY, teams=TEAMS, people=nobody)
    async with world:
        await world.works()
        await until(world, SIX)
        told = " ".join(words(world.operator.hears("A summary has no reader")).split())
        assert "the summary Chats of the day tells lead, and no team has a lead: nobody reads it" in told
        world.operator.hears_nothing()


async def test_it_is_sent_once_whatever_stops_at_six(database_url: str) -> None:
    async with await profitco(store=database_url) as world:
        await enters(world, "Export", "Added feature request")
        world.clock.passes(SIX - world.clock.now())
        await world.restarts()
        await world.works()
        assert len(summaries(world)) == 1
        await world.restarts()
        await world.passes(minutes=1)
        await world.passes(hours=2)
        assert summaries(world) == []


async def test_a_day_without_chats_says_so_and_a_closed_day_says_nothing() -> None:
    async with await profitco(at(LOS_ANGELES, "11-07", "10:00")) as world:
        await until(world, at(LOS_ANGELES, "11-07", "18:00"))
        assert {count for count, *_ in counts(summary(world))} == {0}
        await until(world, at(LOS_ANGELES, "11-10", "17:59"))
        assert summaries(world) == []
        await until(world, at(LOS_ANGELES, "11-10", "18:00"))
        assert len(summaries(world)) == 1


async def test_what_came_after_the_hour_and_over_the_weekend_is_told_the_next_day() -> None:
    async with await profitco(at(LOS_ANGELES, "11-07", "10:00")) as world:
        early = await enters(world, "Early", "Added feature request")
        await until(world, at(LOS_ANGELES, "11-07", "18:00"))
        assert (1, "Added feature request", [early]) in counts(summary(world))
        await world.passes(hours=1)
        late = await enters(world, "Late", "Added feature request")
        await until(world, at(LOS_ANGELES, "11-10", "18:00"))
        assert (1, "Added feature request", [late]) in counts(summary(world))


async def test_an_outage_of_days_is_one_summary_of_all_of_them() -> None:
    async with await profitco() as world:
        refs = sorted([await enters(world, each, "Added feature request") for each in ("One", "Two")])
        world.clock.passes(timedelta(days=4, hours=12))
        await world.works()
        found = next(each for each in counts(summary(world)) if each[0])
        assert (found[0], found[1], sorted(found[2])) == (2, "Added feature request", refs)


async def test_a_summary_may_ask_which_cases_and_tell_a_team() -> None:
    rows = [
        {
            "name": "Chats of the day",
            "at": "17:30",
            "tells": ["support", "leadership"],
            "counts": "source",
            "when": {"type": "Bug", "source": ["chat", "phone"]},
        }
    ]
    async with await profitco(changed={"summaries": rows}) as world:
        await enters(world, "Export")
        await world.agent.writes(
            "Login", "#new quietly phone cy@client.example\n\nI cannot log in.", border="dmarc=pass"
        )
        (login,) = [each["ref"] for each in await world.cases() if each["subject"] == "Login"]
        await until(world, at(LOS_ANGELES, "11-03", "17:30"))
        assert counts(summary(world)) == [(0, "email", []), (0, "chat", []), (1, "phone", [login])]
        assert counts(world.leader.hears("Chats"))[2] == (1, "phone", [login])
        assert any("Chats" in str(each["Subject"]) for each in world.agent.hears_all())
