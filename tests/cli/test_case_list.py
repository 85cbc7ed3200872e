"""`case list`, as a person who wants to know what to do next asks it."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import update

from maildesk.store.schema import cases
from tests.cli.conftest import NOW, CommandedDesk
from tests.cli.test_terminal import at_a_terminal, plain

HOUR = timedelta(hours=1)


def put(desk: CommandedDesk, ref: str, **values: object) -> None:
    """Move a case in time, as weeks would."""
    store = desk.open_store()
    try:
        store.write_now(lambda conn: conn.execute(update(cases).where(cases.c.ref == ref).values(values)))
    finally:
        store.close_now()


def subjects(desk: CommandedDesk, *words: str) -> list[str]:
    return [row["subject"] for row in desk.json("case", "list", *words)]


@pytest.fixture
def busy(desk: CommandedDesk) -> CommandedDesk:
    """A desk with one case that is late, one due in the evening, one due on Wednesday, and one closed."""
    due: list[tuple[str, datetime]] = [
        ("Late", NOW - HOUR),
        ("Evening", NOW + 9 * HOUR),
        ("Wednesday", NOW + 40 * HOUR),
    ]
    for age, (subject, at) in enumerate(due):
        opened = NOW - (age * 24 + 1) * HOUR
        put(desk, desk.new(subject), response_due=at, resolution_due=None, opened_at=opened)
    desk.run("case", "close", desk.new("Closed"))
    return desk


@pytest.mark.parametrize(
    ("words", "found"),
    [
        pytest.param(["--overdue"], ["Late"], id="overdue"),
        pytest.param(["--due", "today"], ["Evening", "Late"], id="today"),
        pytest.param(["--due", "48h"], ["Wednesday", "Evening", "Late"], id="within a span"),
        pytest.param(["--due", "48h", "--overdue"], ["Late"], id="both are the narrower"),
        pytest.param(["--due", "2026-11-24"], ["Evening", "Late"], id="by the end of a day"),
        pytest.param(["--since", "26h", "--open"], ["Evening", "Late"], id="since a span"),
        pytest.param(["--since", "yesterday", "--open"], ["Evening", "Late"], id="since a day"),
        pytest.param(["--until", "2026-11-22"], ["Wednesday", "Evening"], id="until the end of a day"),
        pytest.param(["--sort", "due", "--open"], ["Late", "Evening", "Wednesday"], id="in their order"),
        pytest.param(["--sort", "due", "--limit", "1", "--offset", "1"], ["Evening"], id="one page"),
    ],
)
def test_what_is_to_be_done_is_asked_for(busy: CommandedDesk, words: list[str], found: list[str]) -> None:
    assert subjects(busy, *words) == found


def test_a_day_is_one_of_the_desks_own_zone(busy: CommandedDesk) -> None:
    busy.change(
        "tag: Acme,", "tag: Acme, timezone: Asia/Tokyo,"
    )  # where it is evening, and nine hours on, Tuesday
    assert subjects(busy, "--due", "today") == ["Late"]


def test_nobodys_cases_are_asked_for(busy: CommandedDesk) -> None:
    ref = busy.json("case", "list")[0]["ref"]
    busy.run("case", "assign", ref, "Ana")
    assert subjects(busy, "--unowned", "--open") == ["Evening", "Late"]
    assert busy.try_("case", "list", "--unowned", "--owner", "Ana").exit_code == 2


def test_whose_turn_it_is_is_asked_for(busy: CommandedDesk) -> None:
    ref = busy.json("case", "list", "--open")[-1]["ref"]
    busy.run("case", "reply", ref, "Try water.")
    assert subjects(busy, "--turn", "ours") == ["Wednesday", "Evening"]
    assert subjects(busy, "--turn", "theirs") == ["Late"]  # not the one that has ended
    assert [row["asked_at"] is None for row in busy.json("case", "list", "--open")] == [False, False, True]


@pytest.mark.parametrize("option", ["--due", "--since", "--until"])
def test_what_is_no_moment_is_told_with_an_example(desk: CommandedDesk, option: str) -> None:
    result = desk.try_("case", "list", option, "soonish")
    assert result.exit_code == 1
    assert "'soonish' is no span of time and no day (write " in result.stderr


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--owner", "Bem"], "did you mean ben@acme.example?"),
        (["--team", "suport"], "did you mean support?"),
        (["--status", "Opem"], "did you mean Open?"),
    ],
    ids=["owner", "team", "status"],
)
def test_an_unknown_name_is_told_with_the_one_that_may_be_meant(
    busy: CommandedDesk, words: list[str], told: str
) -> None:
    result = busy.try_("case", "list", *words)
    assert result.exit_code == 1
    assert told in result.stderr


async def test_a_terminal_shows_open_cases_and_marks_what_is_late(busy: CommandedDesk) -> None:
    table = await at_a_terminal(busy, "case", "list", MAILDESK_NOW=NOW.isoformat(), COLUMNS="200")
    lines = plain(table).splitlines()
    assert [line.split()[-1] for line in lines if "client.example" in line] == [
        "Wednesday",
        "Evening",
        "Late",
    ]
    assert [line.split()[-1] for line in lines if " late " in line] == ["Late"]
    late = next(line for line in table.splitlines() if " late " in plain(line))
    assert "\x1b[31m" in late  # red, and said in a word
    assert "1 more have ended: --all shows them too" in plain(table)
    assert "Closed" in await at_a_terminal(busy, "case", "list", "--all", COLUMNS="200")
    assert "late" not in busy.run("case", "list", "--overdue")  # a program reads the moment


async def test_a_page_says_how_to_go_on(busy: CommandedDesk) -> None:
    table = await at_a_terminal(busy, "case", "list", "--limit", "2", "--sort", "age")
    assert "2 of 3; --offset 2 goes on" in plain(table)
