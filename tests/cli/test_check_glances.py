"""`maildesk check` for programs, and what it says of board, report and monitor."""

from __future__ import annotations

import json
import sys
from typing import Any

import pytest

from tests.cli.conftest import CommandedDesk


def found(desk: CommandedDesk) -> dict[str, list[dict[str, Any]]]:
    """The findings of each name."""
    by_name: dict[str, list[dict[str, Any]]] = {}
    for each in json.loads(desk.try_("check", "--quick", "--json").stdout):
        by_name.setdefault(each["name"], []).append(each)
    return by_name


def test_programs_read_the_same_lines_as_people(desk: CommandedDesk) -> None:
    people = desk.try_("check", "--quick")
    programs = desk.try_("check", "--quick", "--json")
    assert programs.exit_code == people.exit_code == 1  # it is a desk of tests
    listed = json.loads(programs.stdout)
    assert all(each.keys() == {"name", "outcome", "message", "remedy"} for each in listed)
    lines = people.stdout.splitlines()
    assert len(listed) == len(lines)
    for each, line in zip(listed, lines, strict=True):
        assert line.startswith(f"{each['outcome']:<4} {each['name']}: {each['message'].splitlines()[0]}")


def test_a_file_that_cannot_be_read_is_a_finding_too(desk: CommandedDesk) -> None:
    desk.change("testing: true", "testing: perhaps")
    result = desk.try_("check", "--json")
    assert result.exit_code == 1
    (only,) = json.loads(result.stdout)
    assert only["name"] == "config"
    assert only["outcome"] == "FAIL"


def test_the_folder_of_the_board_must_be_there(desk: CommandedDesk) -> None:
    desk.change("testing: true", "board: {file: wall/index.html}\ntesting: true")
    (board,) = found(desk)["board"]
    assert board["outcome"] == "FAIL"
    assert board["remedy"] == "make it, for the daemon's user to write into"
    (desk.folder / "wall").mkdir()
    (board,) = found(desk)["board"]
    assert board["outcome"] == "ok"


def test_a_board_that_everybody_can_read_is_warned_of(desk: CommandedDesk) -> None:
    desk.change("testing: true", "board: {file: index.html}\ntesting: true")
    (desk.folder / "index.html").touch(mode=0o644)
    (desk.folder / "index.html").chmod(0o644)
    outcomes = [each["outcome"] for each in found(desk)["board"]]
    assert outcomes == ["ok", "warn"]
    (desk.folder / "index.html").chmod(0o640)
    assert [each["outcome"] for each in found(desk)["board"]] == ["ok"]


@pytest.mark.parametrize(
    ("host", "outcome"),
    [("127.0.0.1", "ok"), ("::1", "ok"), ("localhost", "ok"), ("0.0.0.0", "FAIL"), ("10.1.2.3", "FAIL")],
)
def test_a_page_for_monitors_is_for_this_machine(desk: CommandedDesk, host: str, outcome: str) -> None:
    desk.change("testing: true", f'monitor: {{host: "{host}", port: 8025}}\ntesting: true')
    (monitor,) = found(desk)["monitor"]
    assert monitor["outcome"] == outcome


def test_a_monitor_without_a_place_is_a_mistake(desk: CommandedDesk) -> None:
    desk.change("testing: true", "monitor: {host: 127.0.0.1}\ntesting: true")
    result = desk.try_("check")
    assert result.exit_code == 1
    assert "monitor: says of no place" in " ".join(result.stdout.split())


def test_a_desk_with_a_weekly_letter_hears_whether_it_has_pictures(
    desk: CommandedDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "report" not in found(desk)
    desk.change("testing: true", "report: {}\ntesting: true")
    (report,) = found(desk)["report"]
    assert (report["outcome"], report["message"]) == ("ok", "the weekly letter has pictures")
    monkeypatch.setitem(sys.modules, "resvg_py", None)  # as if it were not installed
    (report,) = found(desk)["report"]
    assert (report["outcome"], report["message"]) == (
        "warn",
        "the weekly letter goes without pictures: resvg_py is missing",
    )
    assert report["remedy"].endswith('pip install "maildesk-helpdesk[report]"')
