"""One act on several cases: typed one after the other, or handed on from `case list`."""

from __future__ import annotations

import pytest

from tests.cli.conftest import CommandedDesk


@pytest.fixture
def refs(desk: CommandedDesk) -> list[str]:
    return [desk.new(subject) for subject in ("One", "Two", "Three")]


def column(desk: CommandedDesk, name: str) -> list[str | None]:
    """What the cases have there, oldest first."""
    return [row[name] for row in desk.json("case", "list", "--all", "--sort", "age")]


ACTS = {
    "close": ((), ("--outcome", "printer replaced"), "phase", "closed"),
    "resolve": ((), (), "phase", "resolved"),
    "spam": ((), (), "phase", "closed"),
    "wait": (("3d",), (), "phase", "waiting"),
    "status": (("open",), (), "phase", "open"),
    "assign": (("Ana",), (), "owner", "ana@acme.example"),
    "set": (("priority=high", "subject=Ink"), (), "subject", "Ink"),
    "escalate": ((), ("--why", "promised"), "escalated", True),
}


@pytest.mark.parametrize("act", ACTS)
def test_an_act_takes_several_references(desk: CommandedDesk, refs: list[str], act: str) -> None:
    words, options, name, becomes = ACTS[act]
    said = desk.run("case", act, *refs[:2], *words, *options)
    assert [line.split()[0] for line in said.splitlines()] == refs[:2]
    assert [value == becomes for value in column(desk, name)] == [True, True, False]


def test_what_ended_goes_on_again_together(desk: CommandedDesk, refs: list[str]) -> None:
    desk.run("case", "close", *refs)
    desk.run("case", "reopen", *refs)
    assert column(desk, "phase") == ["open"] * 3


def test_a_list_is_handed_on_as_it_is_printed(desk: CommandedDesk, refs: list[str]) -> None:
    desk.run("case", "assign", refs[0], "Ana")
    listed = desk.run("case", "list", "--unowned")
    assert listed.startswith("CASE ")
    desk.run("case", "assign", "-", "Ben", stdin=listed)
    assert column(desk, "owner") == ["ana@acme.example", "ben@acme.example", "ben@acme.example"]


def test_references_stand_on_standard_input_in_any_spelling(desk: CommandedDesk, refs: list[str]) -> None:
    spelled = [f"#{refs[0]}", refs[1].lower(), refs[1].replace("-", "")]
    said = desk.run("case", "close", "-", stdin="\n\n".join(spelled) + "\r\n")
    assert [line.split()[0] for line in said.splitlines()] == refs[:2]  # each once


def test_nothing_on_standard_input_is_nothing_to_do(desk: CommandedDesk, refs: list[str]) -> None:
    result = desk.try_("case", "close", "-", stdin="\n")
    assert (result.exit_code, result.stdout) == (0, "")
    assert "No reference stands on standard input" in result.stderr


def test_where_one_is_unknown_nothing_is_done(desk: CommandedDesk, refs: list[str]) -> None:
    result = desk.try_("case", "close", *refs[:2], "9999-9999")
    assert result.exit_code == 1
    assert "there is no case 9999-9999" in result.stderr
    assert column(desk, "phase") == ["new"] * 3


def test_a_case_that_refuses_keeps_no_other_from_it(desk: CommandedDesk, refs: list[str]) -> None:
    desk.run("case", "merge", refs[0], refs[1])
    result = desk.try_("case", "escalate", refs[1], refs[2], refs[0])
    assert result.exit_code == 1
    assert [line.split()[0] for line in result.stdout.splitlines()] == [refs[2], refs[0]]
    assert f"maildesk: {refs[1]}: " in result.stderr
    assert "2 of 3 cases: done." in result.stderr


def test_a_note_is_kept_on_each(desk: CommandedDesk, refs: list[str]) -> None:
    desk.run("case", "set", *refs, "priority=high", "--note", "All of one network.")
    for ref in refs:
        assert desk.json("case", "show", ref)["mails"][-1]["new_text"] == "All of one network."


@pytest.mark.parametrize(
    "words",
    [("status", "pending", "input"), ("need",), ("set",), ("assign", "Ana", "Ben")],
    ids=lambda words: words[0],
)
def test_words_that_are_too_many_or_too_few_are_told(
    desk: CommandedDesk, refs: list[str], words: tuple[str, ...]
) -> None:
    act, *others = words
    assert desk.try_("case", act, refs[0], *others).exit_code == 2
    assert column(desk, "phase") == ["new"] * 3
