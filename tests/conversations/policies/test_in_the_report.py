"""What the report of the week must tell of these processes: sources, chats by the day, surveys, lessons."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from click.testing import CliRunner

from maildesk.casework.reports import report_of
from maildesk.casework.weekly import ReportWish, letters_of
from maildesk.cli.main import cli
from maildesk.desk.figures.week import Week
from tests.conversations.policies.companies import BEN, LOS_ANGELES, at, clicks
from tests.conversations.policies.test_afterwards import escalated, london
from tests.conversations.policies.test_productiv import productiv, solved
from tests.conversations.policies.test_summaries import enters, profitco
from tests.world.desk import DeskWorld
from tests.world.people import words

pytestmark = pytest.mark.dovecot


def report(world: DeskWorld, *form: str, as_of: datetime | None = None) -> str:
    """The report of the week in which the world is, as the command prints it a second later."""
    now = as_of or _just_after(world)
    year, week, _ = now.isocalendar()
    run = ["report", "--week", f"{year}-W{week:02}", "--as-of", now.isoformat(), *form]
    done = CliRunner().invoke(cli, [*run, "-c", str(world.config_file)])
    assert done.exit_code == 0, done.output
    return done.output


def _just_after(world: DeskWorld) -> datetime:
    return world.clock.now() + timedelta(seconds=1)


def in_json(world: DeskWorld, as_of: datetime | None = None) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(report(world, "--json", as_of=as_of))
    return told


async def test_mails_calls_and_chats_stand_by_source_and_chats_by_the_most_severe_of_their_day(
    database_url: str,
) -> None:
    """A chat entered with the second outcome and then the fourth counts once, as the fourth."""
    async with await profitco(store=database_url) as world:
        await enters(world, "Export", "Answered Question – Happy", "Reported a problem – Workaround")
        await world.agent.writes(
            "A call", "#new quietly phone cy@client.example\n\nHe rang.", border="dmarc=pass"
        )
        world.agent.hears_all()
        bo = world.person("bo@client.example", "Bo Lund")
        for subject in ("Printer", "Scanner"):
            await bo.writes(subject, "It hums.", border="dmarc=pass")
        await world.passes(days=1)
        await enters(world, "Import", "Added feature request")
        await enters(world, "Nobody said what came of it")
        told = in_json(world)
        assert {each["name"]: each["days"][:3] for each in told["sources"]} == {
            "email": [2, 0, 0],
            "chat": [1, 2, 0],
            "phone": [1, 0, 0],
        }
        [summary] = told["summaries"]
        assert summary["name"] == "Chats of the day"
        assert {each["value"]: each["days"][:3] for each in summary["values"]} == {
            "Answered Question – Happy": [0, 0, 0],
            "Answered Question – Unhappy": [0, 0, 0],
            "Added feature request": [0, 1, 0],
            "Reported a problem – Workaround": [1, 0, 0],
            "Reported a problem – No Workaround": [0, 0, 0],
        }
        plain = " ".join(report(world).split())
        assert "chat 1 2 0 0 0 0 0 3" in plain
        assert "Reported a problem – Workaround 1 0 0 0 0 0 0 1" in plain
        page = report(world, "--html", "-")
        assert "<h2>Chats of the day</h2>" in page
        monday = in_json(world, at(LOS_ANGELES, "11-03", "23:00"))
        assert {each["name"]: sum(each["days"]) for each in monday["sources"]} == {
            "email": 2,
            "chat": 1,
            "phone": 1,
        }


async def test_an_answer_to_the_survey_counts_once_as_what_it_says_and_stands_on_the_cases_card() -> None:
    async with await productiv() as world:
        bo, question, _ = await solved(world)
        await clicks(bo, question, "yes")
        survey = bo.hears("Printer")
        week = in_json(world)["weeks"][-1]
        assert (week["surveys_sent"], week["satisfied"]) == (1, {"part": 0, "of": 0})
        await bo.replies(survey, "4 quick help", border="dmarc=pass")
        await bo.replies(survey, "It is back", border="dmarc=pass")
        bo.hears_all()
        notice = world.agent.hears_all()[-1]
        assert "Satisfied: 4 of 5, " in " ".join(words(notice).split())
        await world.agent.answers_notice(notice, "#resolve")
        await clicks(bo, bo.hears("Printer"), "yes")
        week = in_json(world)["weeks"][-1]
        assert (week["surveys_sent"], week["satisfied"]) == (1, {"part": 1, "of": 1})
        assert "1 of 1 who answered the survey were satisfied; sent: 1." in report(world)


async def test_what_the_team_says_would_avoid_the_next_escalation_stands_in_it() -> None:
    async with await london() as world:
        _, notice = await escalated(world)
        assert in_json(world)["weeks"][-1]["escalations_active"] == 1
        await world.agent.answers_notice(notice, "#close")
        ben, eva = world.person(BEN), world.person("eva@acme.example")
        await ben.replies(ben.hears("Looking back"), "A call on the first day.", border="dmarc=pass")
        await eva.replies(eva.hears("Looking back"), "Nobody told us.", border="dmarc=pass")
        told, ref = in_json(world), (await world.case())["ref"]
        assert [(each["words"], each["ref"]) for each in told["lessons"]] == [
            ("A call on the first day.", ref),
            ("Nobody told us.", ref),
        ]
        assert (told["weeks"][-1]["escalated"], told["weeks"][-1]["escalations_active"]) == (1, 0)
        for view in (report(world), report(world, "--html", "-")):
            assert f"A call on the first day. ({ref})" in view
            assert "ben" not in view.lower().partition("how it is counted")[0]
        assert f"A call on the first day. ({ref})" in words_of_letter(world)


def words_of_letter(world: DeskWorld) -> str:
    """The letter about the week, as leadership would read it now."""
    now = _just_after(world)
    week = Week.of(now.date())
    terms = ReportWish().terms(world.office.desk, week, now)
    found = world.service.store.read_now(lambda conn: report_of(conn, terms))
    return letters_of(world.office, ReportWish(), found, (), now)[0].text
