"""`maildesk case party`, and a case that a policy gives to somebody when it is opened by hand."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.cli.conftest import CommandedDesk

CY = "cy@client.example"


def roles(desk: CommandedDesk, ref: str) -> dict[str, str]:
    found: dict[str, str] = {
        each["address"]: each["role"] for each in desk.json("case", "show", ref)["parties"]
    }
    return found


def told(desk: CommandedDesk, kind: str) -> list[str]:
    return [row["to"] for row in desk.json("outbox", "list") if row["kind"] == kind]


def test_somebody_is_added_and_removed_by_the_same_acts_as_by_mail(desk: CommandedDesk) -> None:
    ref = desk.new()
    assert "nobody is written to" in desk.run("case", "party", ref, "--add", CY, "--add", "di@other.example")
    assert roles(desk, ref)[CY] == "cc"
    desk.run("case", "reply", ref, "Please try again.")
    assert told(desk, "answer") == ["bo@client.example", CY, "di@other.example"]
    desk.run("case", "party", ref, "--remove", CY, "--as", "ana@acme.example")
    assert roles(desk, ref)[CY] == "former"
    events = desk.json("case", "show", ref)["events"]
    assert [(each["kind"], each["data"]) for each in events][-1] == (
        "party-removed",
        {"address": CY, "role": "cc"},
    )
    assert events[-1]["actor"] == "ana@acme.example"
    desk.run("case", "reply", ref, "Better now?")
    assert told(desk, "answer").count(CY) == 1


def test_people_read_who_takes_part_and_as_what(desk: CommandedDesk) -> None:
    ref = desk.new()
    desk.run("case", "party", ref, "--add", CY, "--add", "di@other.example")
    desk.run("case", "party", ref, "--remove", "di@other.example")
    desk.run(
        "case", "ask", ref, "--to", "dev@partner.example", "Do you know this?", "--as", "ana@acme.example"
    )
    shown = desk.run("case", "show", ref)
    for role, address in (
        ("Customer", CY),
        ("Customer", "bo@client.example"),
        ("Former", "di@other.example"),
        ("Colleague", "dev@partner.example"),
    ):
        assert re.search(rf"^{role} .*{re.escape(address)}", shown, re.MULTILINE), (role, address)


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        ((), 2, "name somebody to --add or to --remove"),
        (("--add", "ana@acme.example"), 1, "works at this desk"),
        (("--add", "bo@client.example"), 1, "the requester of"),
        (("--remove", CY), 1, "takes no part"),
        (("--add", CY, "--add", CY), 1, "already"),
        (("--add", "nonsense"), 1, "no e-mail address"),
    ],
)
def test_what_cannot_be_is_said_and_nothing_is_done(
    desk: CommandedDesk, words: tuple[str, ...], code: int, said: str
) -> None:
    ref = desk.new()
    before = roles(desk, ref)
    result = desk.try_("case", "party", ref, *words)
    assert (result.exit_code, said in result.output) == (code, True), result.output
    assert roles(desk, ref) == before


def test_a_case_opened_by_hand_comes_to_an_agent_as_one_that_a_mail_opened(desk: CommandedDesk) -> None:
    policy = Path(__file__).parents[2] / "policies" / "default.yaml"
    text = (
        policy.read_text(encoding="utf-8") + "\nassignment: {support: round-robin}\ndefault_team: support\n"
    )
    (desk.folder / "ours.yaml").write_text(text, encoding="utf-8")
    desk.change("testing: true", "testing: true\npolicy: ours.yaml")
    owners = [desk.json("case", "show", desk.new(subject))["owner"] for subject in ("One", "Two", "Three")]
    assert owners == ["ana@acme.example", "ben@acme.example", "ana@acme.example"]
    assert told(desk, "opened-team") == owners
    mine = desk.new("Four", "--owner", "ana@acme.example")
    assert desk.json("case", "show", mine)["owner"] == "ana@acme.example"
    assert desk.json("case", "show", desk.new("Five"))["owner"] == "ben@acme.example"
    desk.run("case", "assign", mine, "--nobody")
    assert desk.json("case", "show", mine)["owner"] is None


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ("assignment: {suport: round-robin}", "there is no team suport"),
        ("assignment: {support: by-luck}", "round-robin"),
        ("letters: {reasigned: true}", "unknown key"),
    ],
)
def test_a_mistake_in_the_policy_is_shown_where_it_stands(desk: CommandedDesk, lines: str, said: str) -> None:
    policy = Path(__file__).parents[2] / "policies" / "default.yaml"
    (desk.folder / "ours.yaml").write_text(
        f"{policy.read_text(encoding='utf-8')}\n{lines}\n", encoding="utf-8"
    )
    desk.change("testing: true", "testing: true\npolicy: ours.yaml")
    result = desk.try_("policy", "check")
    assert result.exit_code == 1
    assert said in result.output
