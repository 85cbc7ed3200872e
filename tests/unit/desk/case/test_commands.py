"""How commands are read, and that everything people are told of them comes from the one table."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from maildesk.desk.case.commands import COMMANDS, May, foot_line, table
from maildesk.desk.case.events import EventKind
from maildesk.desk.decisions.command_actions import ACTIONS, may_give
from maildesk.desk.screening.command_lines import MOST_LINES, AgentMessage, read_commands
from tests.unit.desk.matters import AGENT, LEADER, PEOPLE

PAGES = Path(__file__).parents[4] / "docs"
PAGE = PAGES / "commands.md"
FIRST_DAY = PAGES / "agents.md"
WORDS_OF_A_PAGE = 900


def given(said: AgentMessage) -> list[tuple[str, str]]:
    """Each command with its value; what is none as it was written."""
    return [(line.command.word, line.value) if line.command else ("?", line.written) for line in said.lines]


READ = {
    "#close": [("close", "")],
    "#CLOSE": [("close", "")],
    "#Close.": [("close", "")],
    "#close: fixed": [("close", "fixed")],
    "#close fixed, with a new cable": [("close", "fixed, with a new cable")],
    "#close - fixed": [("close", "fixed")],
    "# close fixed": [("close", "fixed")],
    "   #close": [("close", "")],
    "\u00a0#close\u00a0fixed": [("close", "fixed")],
    "\u200b#close": [("close", "")],
    "\uff03close": [("close", "")],
    "\uff03\uff43\uff4c\uff4f\uff53\uff45\u3000fixed": [("close", "fixed")],
    "*#close*": [("close", "")],
    "_#note_": [("note", "")],
    "#re-open": [("reopen", "")],
    "#on_hold 3d": [("wait", "3d")],
    "#wait3d": [("wait", "3d")],
    "#priority=high": [("priority", "high")],
    "#priority = high": [("priority", "high")],
    "#set subject=A = B": [("set", "subject=A = B")],
    "#solved": [("resolve", "")],
    "#pending 3 days": [("wait", "3 days")],
    "#take": [("take", "")],
    "#?": [("help", "")],
    "#ask <dev@acme.example>": [("ask", "<dev@acme.example>")],
    "#take #close done": [("take", ""), ("close", "done")],
    "#close see #12": [("close", "see #12")],
    "#take\n\n  \n#close": [("take", ""), ("close", "")],
    "#clsoe": [("?", "#clsoe")],
    "#1 is broken": [("?", "#1 is broken")],
    "##": [("?", "##")],
    "#": [("?", "#")],
    "#закрыть": [("?", "#закрыть")],
}


@pytest.mark.parametrize(("text", "lines"), READ.items(), ids=[ascii(each) for each in READ])
def test_a_line_at_the_top_is_read_as_people_type_it(text: str, lines: list[tuple[str, str]]) -> None:
    said = read_commands(text)
    assert given(said) == lines
    assert said.words == ""


WORDS = {
    "": "",
    "Try water.": "Try water.",
    "\n\n#take\n\nTry water.\n\nAna": "Try water.\n\nAna",
    "#take\n  indented\n": "  indented",
    "Write #close to close it.": "Write #close to close it.",
    "First:\n#1 is dry\n#2 is wet": "First:\n#1 is dry\n#2 is wet",
    "a#close": "a#close",
    "> #close": "> #close",
}


@pytest.mark.parametrize(("text", "words"), WORDS.items(), ids=[ascii(each) for each in WORDS])
def test_the_first_other_line_ends_the_commands(text: str, words: str) -> None:
    said = read_commands(text)
    assert said.words == words
    assert said.stray == ()


@pytest.mark.parametrize("line", ["#close", "  #Note this", "# spam", "*#take*"])
def test_a_command_below_the_words_is_told_apart(line: str) -> None:
    said = read_commands(f"Try water.\n{line}\nAna")
    assert said.lines == ()
    assert [each.written for each in said.stray] == [line.strip().strip("*")]


NEAREST = {"clsoe": "close", "nite": "note", "asign": "assign", "prioritty": "priority", "spilt": "split",
           "pendng": "wait", "solvd": "resolve", "plam": "plan", "lang": "",
           "xyzzy": "", "1": "", "a" * 5000: ""}  # fmt: skip


@pytest.mark.parametrize(("word", "nearest"), NEAREST.items(), ids=[each[:10] for each in NEAREST])
def test_a_mistyped_word_is_told_with_the_nearest_command(word: str, nearest: str) -> None:
    [line] = read_commands(f"#{word}").lines
    assert (line.command, line.nearest) == (None, nearest)


def test_very_many_lines_are_read_in_no_time() -> None:
    said = read_commands("#take\n" * 10_000)
    assert (len(said.lines), said.more) == (MOST_LINES, 10_000 - MOST_LINES)
    assert read_commands("#take " * 10_000).more == 10_000 - MOST_LINES


# --- the table --------------------------------------------------------------------------------------


def test_no_word_stands_twice_in_the_table() -> None:
    words = [word for each in COMMANDS for word in (each.word, *each.synonyms)]
    assert len(words) == len(set(words))


@pytest.mark.parametrize("command", COMMANDS, ids=[each.word for each in COMMANDS])
def test_every_row_is_whole(command: object) -> None:
    from maildesk.desk.case.commands import Command

    assert isinstance(command, Command)
    assert command.word in ACTIONS
    assert command.help.endswith(".")
    assert command.event is None or command.event in EventKind
    [line] = read_commands(command.example).lines
    assert line.command is command
    assert not command.needs_argument or line.value


def test_every_doing_is_in_the_table() -> None:
    assert list(ACTIONS) == [each.word for each in COMMANDS]


def test_only_agents_have_cases_of_their_own() -> None:
    for each in COMMANDS:
        assert may_give(PEOPLE, AGENT, each)
        assert may_give(PEOPLE, LEADER, each) == (each.may is not May.AGENTS)


def test_the_foot_line_is_one_line() -> None:
    assert foot_line().startswith("#close [outcome] · #wait [3d]")
    assert "\n" not in foot_line()
    assert len(foot_line()) < 120


def test_the_page_for_agents_has_the_table_of_today() -> None:
    page = PAGE.read_text(encoding="utf-8")
    _, _, rest = page.partition("<!-- the table is made from maildesk/desk/case/commands.py -->")
    assert rest.partition("<!-- end of the table -->")[0].strip() == table(), f"put this there:\n{table()}"


def test_the_first_day_is_one_page_of_lines_that_are_read_as_they_stand() -> None:
    page = FIRST_DAY.read_text(encoding="utf-8")
    shown = re.findall(r"`(#[^`\n]+)`|^    (#.+)$", page, re.MULTILINE)
    lines = ["".join(each) for each in shown]
    assert len(lines) > 20
    assert [line for line in lines if not read_commands(line).lines] == []
    assert len(page.split()) < WORDS_OF_A_PAGE
