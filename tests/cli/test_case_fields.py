"""Fields, labels and the queue at the command line: set, shown, asked for."""

from __future__ import annotations

from typing import Any

import pytest

from maildesk.config.packaged import packaged
from tests.cli.conftest import CommandedDesk

OWN = """\
labels: {priority: Severity, partner: Case From a Partner?}
fields:
  partner: yes or no
  audience: [external, internal]
  item: text
  chat outcome:
    keeps: last
    choices: [happy, unhappy, no workaround]
    note: unhappy
"""


@pytest.fixture
def fielded(desk: CommandedDesk) -> CommandedDesk:
    """The desk, whose policy has fields of its own and no priority before somebody has looked."""
    text = (packaged("policies") / "default.yaml").read_text(encoding="utf-8")
    (desk.folder / "own.yaml").write_text(
        OWN + text.replace("default_priority: normal", "default_priority: none"), encoding="utf-8"
    )
    desk.write(desk.config.read_text(encoding="utf-8") + "policy: own.yaml\n")
    return desk


def fields(desk: CommandedDesk, ref: str) -> dict[str, Any]:
    found: dict[str, Any] = desk.json("case", "show", ref)["fields"]
    return found


def test_fields_are_set_several_at_once_and_shown_with_their_defaults(fielded: CommandedDesk) -> None:
    ref = fielded.new()
    assert fields(fielded, ref) == {
        "partner": None, "audience": "external", "item": None, "chat outcome": "happy",
    }  # fmt: skip
    fielded.run("case", "set", ref, "partner=true", "item=OKR tree", "chat=no work")
    assert fields(fielded, ref) == {
        "partner": "yes", "audience": "external", "item": "OKR tree", "chat outcome": "no workaround",
    }  # fmt: skip
    shown = fielded.run("case", "show", ref)
    assert "Case From a Partner? yes\n" in shown
    assert "Severity             -\n" in shown
    assert "Chat outcome         no workaround\n" in shown
    assert "field=item new=OKR tree" in shown


def test_a_field_that_is_kept_says_so_and_a_note_comes_with_its_choice(fielded: CommandedDesk) -> None:
    ref = fielded.new()
    refused = fielded.try_("case", "set", ref, "item=x", "chat=unhappy")
    assert refused.exit_code == 1
    assert "unhappy wants a note with it" in refused.stderr
    assert fields(fielded, ref)["item"] is None
    fielded.run("case", "set", ref, "chat=unhappy", "--note", "He wants a refund.")
    assert fielded.json("case", "show", ref)["mails"][-1]["text"] == "He wants a refund."
    said = fielded.run("case", "set", ref, "chat outcome=happy")
    assert "its chat outcome stays as it is" in said
    assert fields(fielded, ref)["chat outcome"] == "unhappy"


def test_what_is_no_field_or_no_value_is_refused_with_what_there_is(fielded: CommandedDesk) -> None:
    ref = fielded.new()
    for typed, said in (
        ("colour=red", "use one of priority, type, subject, account, partner, audience, item, chat outcome"),
        ("partner=perhaps", "neither yes nor no"),
        ("audience=both", "use one of external, internal"),
    ):
        result = fielded.try_("case", "set", ref, typed)
        assert (result.exit_code, said in result.stderr) == (1, True), result.stderr


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (["--field", "item"], ["One", "Two"]),
        (["--field", "item=okr tree"], ["One"]),
        (["--field", "audience=ext"], ["One"]),
        (["--field", "audience=internal", "--field", "item="], ["Two"]),
    ],
    ids=" ".join,
)
def test_the_list_shows_fields_and_asks_for_their_values(
    fielded: CommandedDesk, words: list[str], found: list[str]
) -> None:
    one, two = fielded.new("One"), fielded.new("Two")
    fielded.run("case", "set", one, "item=OKR tree")
    fielded.run("case", "set", two, "audience=internal")
    assert [row["subject"] for row in fielded.json("case", "list", *words)] == found
    printed = fielded.run("case", "list", *words)
    assert "ITEM" in printed or "AUDIENCE" in printed
    if "One" in found and "item" in words[1]:
        assert "OKR tree" in printed


def test_a_field_that_there_is_not_is_told_in_the_list(fielded: CommandedDesk) -> None:
    result = fielded.try_("case", "list", "--field", "colour")
    assert result.exit_code == 1
    assert "the policy knows no field 'colour'" in result.stderr


def test_the_queue_has_the_unanalysed_first_and_is_that_of_a_team_where_asked(
    fielded: CommandedDesk,
) -> None:
    first, second, third, fourth = (fielded.new(subject) for subject in ("One", "Two", "Three", "Four"))
    fielded.run("case", "set", first, "priority=low")
    fielded.run("case", "set", second, "priority=urgent")
    fielded.run("case", "assign", fourth, "--team", "billing")
    taken = fielded.new("Taken")
    fielded.run("case", "assign", taken, "ben@acme.example")
    queue = [row["subject"] for row in fielded.json("case", "list", "--queue")]
    assert queue == ["Three", "Four", "Two", "One"]
    billing = fielded.json("case", "list", "--queue", "--team", "billing")
    assert [row["subject"] for row in billing] == ["Four"]
    assert third in fielded.run("case", "list", "--queue", "--limit", "1")
