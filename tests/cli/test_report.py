"""`maildesk report`: a week of a desk, in each of its forms."""

from __future__ import annotations

import json

import pytest

from tests.cli.conftest import CommandedDesk
from tests.cli.test_weekly_views import speak

THIS_WEEK = ("report", "--week", "2026-W48")


def test_a_week_is_told_as_text_page_and_json(desk: CommandedDesk) -> None:
    answered, other = desk.new(), desk.new("It is on fire", "--priority", "urgent")
    desk.run("case", "reply", answered, "Turn it on.", "--as", "ana@acme.example")
    desk.run("case", "close", answered)
    said = desk.run(*THIS_WEEK)
    assert said.startswith("Acme Support, week 48 of 2026\n23 Nov 2026 to 23 Nov 2026 (")
    assert "2 cases came in, 0 came back, 1 ended. 1 is open, 1 more than a week ago; 1 of them waits" in said
    told = desk.json(*THIS_WEEK)
    week = told["weeks"][-1]
    assert (week["opened"], week["ended"], week["after"], week["ours"]) == (2, 1, 1, 1)
    assert week["first_in_time"] == {"part": 1, "of": 1}
    assert other
    page = desk.folder / "week.html"
    assert desk.run(*THIS_WEEK, "--html", str(page)) == f"{page} written\n"
    shown = page.read_text(encoding="utf-8")
    assert "2 cases came in, 0 came back, 1 ended." in shown
    assert desk.run(*THIS_WEEK, "--html", "-")[:15] == "<!DOCTYPE html>"


def test_text_and_page_speak_the_language_of_the_policy_and_the_json_none(desk: CommandedDesk) -> None:
    desk.new()
    plain = desk.json(*THIS_WEEK)
    speak(desk, "de")
    assert desk.json(*THIS_WEEK)["weeks"] == plain["weeks"]
    told = desk.run(*THIS_WEEK)
    assert told.startswith("Acme Support, Woche 48 von 2026\n23. Nov. 2026 bis 23. Nov. 2026 (")
    assert "1 neuer Fall, 0 wieder geöffnet, 0 beendet." in told
    page = desk.run(*THIS_WEEK, "--html", "-")
    assert '<html lang="de">' in page
    assert "1 neuer Fall, 0 wieder geöffnet, 0 beendet." in page


def test_a_past_moment_is_told_again_to_the_byte_whatever_happened_since(desk: CommandedDesk) -> None:
    ref = desk.new()
    past = (*THIS_WEEK, "--as-of", "2026-11-23T23:00")
    before = {form: desk.run(*past, *form) for form in ((), ("--json",), ("--html", "-"))}
    at_night = "2026-11-23T23:30:00+00:00"
    assert desk.try_("case", "close", ref, MAILDESK_NOW=at_night).exit_code == 0
    assert {form: desk.run(*past, *form) for form in before} == before
    later = json.loads(desk.run(*THIS_WEEK, "--as-of", "2026-11-24", "--json"))
    assert later["weeks"][-1]["ended"] == 1


def test_without_a_week_it_is_the_last_whole_one(desk: CommandedDesk) -> None:
    desk.new()
    found = desk.json("report")
    assert (found["week"], found["weeks"][-1]["opened"]) == ("2026-W47", 0)
    assert (found["begins"], found["ends"]) == ("2026-11-16T00:00:00+00:00", "2026-11-23T00:00:00+00:00")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--week", "last"), "'last' is no week (write 2026-W47)"),
        (("--week", "2026-W49"), "week 2026-W49 has not begun (name a week of the past)"),
        (("--as-of", "Monday"), "'Monday' is no moment (write 2026-11-23, or 2026-11-23T09:00)"),
        (
            ("--html", "nowhere/report.html"),
            "nowhere/report.html cannot be written: No such file or directory",
        ),
    ],
)
def test_what_cannot_be_told_is_refused_with_a_remedy(
    desk: CommandedDesk, words: tuple[str, ...], said: str
) -> None:
    result = desk.try_("report", *words)
    assert result.exit_code == 1
    assert said in result.stderr
