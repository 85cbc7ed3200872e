"""Fields, labels and the queue at the command line: set, shown, asked for."""

from __future__ import annotations

import logging
import os
import sqlite3
from datetime import datetime
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


STEPS = """
questions:
  cannot reproduce:
    sets: item
    steps:
      ISP: {team: Do others on the ISP have it?}
      region: {team: And in the region?}
"""


def test_a_question_in_steps_is_asked_and_answered_inside(fielded: CommandedDesk) -> None:
    policy = fielded.folder / "own.yaml"
    policy.write_text(policy.read_text(encoding="utf-8") + STEPS, encoding="utf-8")
    ref = fielded.new()
    assert fielded.try_("case", "answer", ref, "no").exit_code == 1
    fielded.run("case", "question", ref, "cannot")
    fielded.run("case", "answer", ref, "yes")
    fielded.run("case", "answer", ref, "region: no")
    assert fields(fielded, ref)["item"] == "region"
    found = fielded.json("case", "answers", "--question", "cannot reproduce")["answers"]
    assert [(each["question"], each["answer"]) for each in found] == [
        ("cannot reproduce: ISP", "yes"), ("cannot reproduce: region", "no"),
    ]  # fmt: skip


def test_a_case_is_entered_with_its_source_its_outcome_and_a_note(fielded: CommandedDesk) -> None:
    own = fielded.folder / "own.yaml"
    own.write_text(own.read_text().replace("fields:\n", "fields:\n  source: [email, chat, phone]\n", 1))
    entered = ("--source", "ch", "--set", "chat outcome=unhappy")
    refused = fielded.try_("case", "new", "--from", "bo@client.example", "--subject", "Export", *entered)
    assert refused.exit_code == 1
    assert "wants a note with it" in refused.output
    assert fielded.json("case", "list") == []
    ref = fielded.new("Export", *entered, "--note", "He was angry.", "--ack")
    found = fielded.json("case", "show", ref)
    assert (found["fields"]["source"], found["fields"]["chat outcome"]) == ("chat", "unhappy")
    assert found["events"][0]["data"]["source"] == "chat"
    assert next(mail["text"] for mail in found["mails"] if mail["direction"] == "out") == "He was angry."
    nobody = fielded.try_("case", "new", "--from", "bo@client.example", "--subject", "x", "--source", "fax")
    assert "use one of email, chat, phone" in nobody.output


@pytest.mark.parametrize(
    "words", [("set", "{ref}", "item=x"), ("new", "--from", "cy@client.example", "--subject", "Hm")]
)
def test_an_act_is_of_the_moment_when_its_turn_comes(
    words: tuple[str, ...], fielded: CommandedDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it had to wait for may have been told of the time until then: it must not lie before that."""
    ref = fielded.new()
    before, after = "2026-11-23T16:59:59+00:00", "2026-11-23T17:00:02+00:00"

    class TurnGiven(logging.Handler):
        """Ends the other's transaction a little later, once the command has begun to wait for it."""

        def emit(self, record: logging.LogRecord) -> None:
            if "trying again" in record.getMessage():
                os.environ["MAILDESK_NOW"] = after  # the command puts back what was there before it
                other.rollback()

    log = logging.getLogger("maildesk.store.database")
    waits = TurnGiven()
    monkeypatch.setattr(log, "level", logging.DEBUG)
    log.addHandler(waits)
    other = sqlite3.connect(fielded.folder / "desk.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        typed = [word.format(ref=ref) for word in words]
        said = fielded.try_("case", *typed, MAILDESK_NOW=before).stdout
    finally:
        log.removeHandler(waits)
        other.close()
    event = fielded.json("case", "show", said.split()[0])["events"][-1]
    assert datetime.fromisoformat(event["at"]) >= datetime.fromisoformat(after)
