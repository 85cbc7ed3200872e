"""Requirements at the command line: made, looked for, linked, shipped, and told of."""

from __future__ import annotations

from typing import Any

import pytest

from maildesk.config.packaged import packaged
from tests.cli.conftest import CommandedDesk


@pytest.fixture
def wishing(desk: CommandedDesk) -> CommandedDesk:
    """The desk, whose policy says what becomes of requests when what they wait for ships."""
    text = (packaged("policies") / "default.yaml").read_text(encoding="utf-8")
    ours = "requirements: {type: request, categories: [Feature, Design], shipped: {status: Resolved}}\n"
    (desk.folder / "own.yaml").write_text(text + ours, encoding="utf-8")
    desk.write(desk.config.read_text(encoding="utf-8") + "policy: own.yaml\n")
    return desk


def shipped_letters(desk: CommandedDesk) -> list[dict[str, Any]]:
    return [row for row in desk.json("outbox", "list") if row["kind"] == "shipped"]


def test_a_requirement_is_made_shown_and_changed(wishing: CommandedDesk) -> None:
    assert wishing.try_("requirement", "list").stderr.startswith("There are no such requirements.")
    ref = wishing.new("Too bright")
    made = wishing.run(
        "requirement", "new", "Dark mode", "--summary", "Light on dark", "--category", "feat",
        "--description", "All pages.\nAll of them.", "--case", ref,
    )  # fmt: skip
    assert made == "Dark mode: Not Started\n"
    [row] = wishing.json("requirement", "list")
    assert {key: row[key] for key in ("name", "status", "category", "summary", "cases", "shipped_at")} == {
        "name": "Dark mode",
        "status": "Not Started",
        "category": "Feature",
        "summary": "Light on dark",
        "cases": 1,
        "shipped_at": None,
    }
    assert (
        wishing.run("requirement", "set", "dark", "status=in prog", "item=Editor")
        == "Dark mode: In Progress\n"
    )
    one = wishing.json("requirement", "show", "dark")
    assert (one["status"], one["item"], one["description"]) == (
        "In Progress",
        "Editor",
        "All pages.\nAll of them.",
    )
    assert [each["ref"] for each in one["cases"]] == [ref]
    shown = wishing.run("requirement", "show", "dark")
    for words in ("Dark mode", "In Progress", "All of them.", "Too bright", "bo@client.example"):
        assert words in shown
    assert wishing.json("requirement", "list", "--status", "not started") == []
    assert len(wishing.json("requirement", "list", "--search", "EDITOR")) == 1


def test_those_that_are_near_are_shown_before_one_is_made(wishing: CommandedDesk) -> None:
    wishing.run("requirement", "new", "Dark mode")
    refused = wishing.try_("requirement", "new", "Dark theme")
    assert refused.exit_code == 1
    assert "perhaps it is there already: Dark mode (Not Started)" in refused.stderr
    wishing.run("requirement", "new", "Dark theme", "--anyway")
    twice = wishing.try_("requirement", "new", "dark  THEME", "--anyway")
    assert (twice.exit_code, "there is a requirement Dark theme already" in twice.stderr) == (1, True)
    unknown = wishing.try_("requirement", "show", "sign-on")
    assert (unknown.exit_code, "there is no requirement 'sign-on'" in unknown.stderr) == (1, True)


def test_cases_are_linked_listed_and_let_go(wishing: CommandedDesk) -> None:
    refs = [wishing.new(subject) for subject in ("One", "Two", "Three")]
    wishing.run("requirement", "new", "Dark mode")
    assert (
        wishing.run("requirement", "link", "dark", *refs[:2])
        == f"{', '.join(refs[:2])}: waits for Dark mode\n"
    )
    assert [row["ref"] for row in wishing.json("case", "list", "--requirement", "dark")] == refs[:2]
    assert [row["requirement"] for row in wishing.json("case", "list")] == ["Dark mode", "Dark mode", None]
    card = wishing.run("case", "show", refs[0])
    assert "Requirement Dark mode\n" in card
    again = wishing.try_("requirement", "link", "dark", refs[2], refs[1])
    assert (again.exit_code, "linked to Dark mode already" in again.stderr) == (1, True)
    assert wishing.json("case", "show", refs[2])["requirement"] is None  # all of them or none
    assert wishing.run("requirement", "unlink", refs[0]) == f"{refs[0]}: no requirement\n"
    assert [row["ref"] for row in wishing.json("case", "list", "--requirement", "dark")] == refs[1:2]


def test_it_ships_once_and_everybody_is_told(wishing: CommandedDesk) -> None:
    refs = [wishing.new(subject) for subject in ("One", "Two", "Three")]
    wishing.run("requirement", "new", "Dark mode", *(word for ref in refs for word in ("--case", ref)))
    wishing.run("case", "close", refs[2])
    said = wishing.run("requirement", "ship", "dark mode")
    assert said == "Dark mode has shipped: 3 cases, 2 moved; letters go to bo@client.example\n"
    letters = [row for row in wishing.json("outbox", "list") if row["kind"] == "shipped"]
    assert sorted(row["case"] for row in letters) == sorted(refs)
    assert [wishing.json("case", "show", ref)["status"] for ref in refs] == ["Resolved", "Resolved", "Closed"]
    again = wishing.try_("requirement", "ship", "dark mode")
    assert again.exit_code == 1
    assert "Dark mode shipped on Monday, 23 November 2026" in again.stderr
    assert len([row for row in wishing.json("outbox", "list") if row["kind"] == "shipped"]) == 3
    assert wishing.json("requirement", "show", "dark")["status"] == "Shipped"
    assert wishing.json("requirement", "show", "dark")["shipped_at"].startswith("2026-11-23T")


def test_where_all_letters_are_held_nobody_is_said_to_be_told(wishing: CommandedDesk) -> None:
    wishing.change("testing: true", "testing: true\nlimits: {acks_per_hour: 0}")
    wishing.run("requirement", "new", "Dark mode", "--case", wishing.new("One"))
    said = wishing.run("requirement", "ship", "dark mode")
    assert said == (
        "Dark mode has shipped: 1 case, 1 moved; "
        "held until you let them go (maildesk outbox list --state held): bo@client.example\n"
    )
    again = wishing.try_("requirement", "ship", "dark mode").stderr
    assert "nothing is done now; letters that are held: 1" in again
    assert "were told" not in again


def test_letters_that_were_dropped_are_written_again_when_it_ships_again_and_no_other(
    wishing: CommandedDesk,
) -> None:
    refs = [wishing.new(subject) for subject in ("One", "Two")]
    wishing.change("testing: true", "testing: true\nlimits: {acks_per_hour: 1}")
    wishing.run("requirement", "new", "Dark mode", *(word for ref in refs for word in ("--case", ref)))
    wishing.run("requirement", "ship", "dark mode")
    first, held = ((row["case"], row["state"], row["id"]) for row in shipped_letters(wishing))
    assert (first[1], held[1]) == ("queued", "held")
    wishing.run("outbox", "drop", str(held[2]))
    wishing.change("{acks_per_hour: 1}", "{acks_per_hour: 9}")
    wishing.run("case", "reopen", held[0])
    said = wishing.run("requirement", "ship", "dark mode")
    assert said == "Dark mode has shipped: 1 case, 0 moved; letters go to bo@client.example\n"
    assert [(row["case"], row["state"]) for row in shipped_letters(wishing)] == [
        (first[0], "queued"),
        (held[0], "dropped"),
        (held[0], "queued"),
    ]
    assert wishing.json("case", "show", held[0])["status"] == "Open"  # it moved when it shipped
    assert "its customers were told" in wishing.try_("requirement", "ship", "dark mode").stderr
    assert len(shipped_letters(wishing)) == 3


def test_of_a_case_closed_as_spam_nobody_hears_that_it_ships(wishing: CommandedDesk) -> None:
    ref = wishing.new("One")
    wishing.run("requirement", "new", "Dark mode", "--case", ref)
    wishing.run("case", "spam", ref)
    said = wishing.run("requirement", "ship", "dark mode")
    assert said == "Dark mode has shipped: 0 cases, 0 moved; nobody is written to\n"
    assert [row for row in wishing.json("outbox", "list") if row["kind"] == "shipped"] == []


def test_a_case_is_split_by_subjects(desk: CommandedDesk) -> None:
    ref = desk.new("Two things", "--text", "Paper is out, and ink too.")
    said = desk.run("case", "split", ref, "--subject", "Paper", "--subject", "Ink").splitlines()
    apart = [line.split()[0] for line in said[:2]]
    assert [line.split(maxsplit=1)[1] for line in said[:2]] == ["Paper", "Ink"]
    assert said[2].startswith(f"{ref} New: letters go to ")
    assert "bo@client.example" in said[2]
    case = desk.json("case", "show", ref)
    assert case["linked"] == apart
    for new in apart:
        other = desk.json("case", "show", new)
        assert (other["linked"], other["requester"]) == ([ref], "bo@client.example")
        assert "Paper is out, and ink too." in other["mails"][0]["text"]
    assert f"Linked     {ref}\n" in desk.run("case", "show", apart[0])
    told = [row for row in desk.json("outbox", "list") if row["to"] == "bo@client.example"]
    assert [row["kind"] for row in told] == ["split-off"]


@pytest.mark.parametrize(
    ("words", "code", "why"),
    [
        ([], 2, "give the number of a MAIL, or a --subject"),
        (["--subject", " "], 1, "there are no words in it"),
        (["7", "--subject", "Ink"], 1, "mail 7 of"),
        (["--subject", "Ink", "--subject", "INK"], 1, "name each thing once"),
        ([word for n in range(21) for word in ("--subject", f"Ink {n}")], 1, "limits.splits_per_mail"),
    ],
)
def test_what_cannot_be_split_changes_nothing(
    desk: CommandedDesk, words: list[str], code: int, why: str
) -> None:
    ref = desk.new("Two things", "--text", "Paper is out, and ink too.")
    refused = desk.try_("case", "split", ref, *words)
    assert (refused.exit_code, why in refused.stderr) == (code, True), refused.stderr
    assert [row["ref"] for row in desk.json("case", "list")] == [ref]
