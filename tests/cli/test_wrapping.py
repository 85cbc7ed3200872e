"""What people read ends its lines between words: on a terminal, in helps, letters and on the help page."""

from __future__ import annotations

import email
import random
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP

import click
import pytest
from click.testing import CliRunner

from maildesk.cli.main import cli
from maildesk.cli.wrapping import WholeWordsFormatter, wrapped
from maildesk.desk.letters.letter_context import cut
from maildesk.mail.composing import compose
from maildesk.mail.message import Address, OutgoingMail

URL = "https://docs.acme.example/a-very-long-path/that-nobody/should-ever-break/because-then-it-is-dead"


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("short", 10, ["short"]),
        ("one two three", 10, ["one two", "  three"]),
        ("one-two three-four", 10, ["one-two", "  three-four"]),
        ("  - one two three", 11, ["  - one two", "    three"]),
        ("unbreakablewordhere one", 10, ["unbreakablewordhere", "  one"]),
        (f"see {URL} for more", 20, ["see", f"  {URL}", "  for more"]),
        ("so\u00a0much\u00a0room here", 10, ["so\u00a0much\u00a0room", "  here"]),
        ("limits.notices_per_agent_hour is 60", 20, ["limits.notices_per_agent_hour", "  is 60"]),
        ("a  b", 10, ["a  b"]),
        ("\n\n", 10, ["", "", ""]),
        ("one two\n  three four five", 10, ["one two", "  three", "    four", "    five"]),
        ("漢字漢字 漢字漢字", 10, ["漢字漢字", "  漢字漢字"]),
        ("e\u0301e\u0301 e\u0301e\u0301", 5, ["e\u0301e\u0301 e\u0301e\u0301"]),
        (click.style("one two three", bold=True), 15, [click.style("one two three", bold=True)]),
        (" " * 40 + "deep words", 30, [" " * 40 + "deep", " " * 15 + "words"]),
    ],
)
def test_a_line_breaks_between_words_and_nowhere_else(text: str, width: int, lines: list[str]) -> None:
    assert [*wrapped(text, width)] == lines


def test_whatever_the_width_no_word_is_lost_or_broken() -> None:
    chance = random.Random(7)
    for _ in range(300):
        words = ["x" * chance.randint(1, 30) + chance.choice(["", "-", ".", ","]) for _ in range(40)]
        width = chance.randint(1, 60)
        lines = [*wrapped(" ".join(words), width)]
        assert " ".join(lines).split() == words
        assert all(len(line) <= width or len(line.split()) == 1 for line in lines)


def test_a_help_breaks_no_word_at_its_hyphens() -> None:
    formatter = WholeWordsFormatter(width=24)
    rows = [("--held", "dead-letter handling-mode"), ("--a-long-option X", "more")]
    with formatter.indentation():
        formatter.write_text(f"Take auto-replied mail-box\nnames.\n\n\b\nas it\n  is\n\nSee {URL}.")
        formatter.write_dl(rows, col_max=8)
    assert formatter.getvalue().splitlines() == [
        "  Take auto-replied",
        "  mail-box names.",
        "",
        "  as it",
        "    is",
        "",
        "  See",
        f"  {URL}.",
        "  --held    dead-letter",
        "            handling-mode",
        "  --a-long-option X",
        "            more",
    ]


@pytest.mark.parametrize("words", [["--help"], ["case", "new", "--help"], ["db", "backup", "--help"]])
def test_the_helps_of_the_commands_fit_a_terminal(words: list[str]) -> None:
    shown = CliRunner().invoke(cli, words).stdout
    assert "Usage:" in shown
    prose = shown.partition("Example:")[0]
    assert max(map(len, prose.splitlines())) <= 80


@pytest.mark.parametrize(
    ("text", "most", "left"),
    [
        ("one two three", 9, "one two"),
        ("one two three", 7, "one two"),
        ("one two three", 4, "one"),
        ("x" * 300, 200, "x" * 200),
        (f"see {'y' * 200}", 150, f"see {'y' * 146}"),
        ("ein Müller", 8, "ein"),
    ],
)
def test_what_is_cut_for_its_length_ends_with_a_whole_word(text: str, most: int, left: str) -> None:
    assert cut(text, most).partition("\n[")[0] == left


@pytest.mark.parametrize(
    "text",
    [
        "word " * 1000,
        f"{URL * 20} and more",
        "Ü" * 3000,
        "one line\n" + "another very long line, " * 200,
    ],
    ids=["a long paragraph", "a long address", "one long word", "two lines"],
)
def test_a_letter_arrives_with_the_lines_that_it_was_written_in(text: str) -> None:
    """The wire's limit (RFC 5322 §2.1.1) is met by encoding, which the reader's program takes back."""
    content = compose(
        OutgoingMail(
            message_id="1@acme.example",
            sender=Address("support@acme.example"),
            to=Address("bo@client.example"),
            subject="Your printer: " + "a long subject " * 20,
            text=text,
            date=datetime(2025, 11, 24, 9, 30, tzinfo=UTC),
            envelope_from="support@acme.example",
        )
    )
    assert max(map(len, content.split(b"\r\n"))) <= 78
    letter = email.message_from_bytes(content, policy=SMTP)
    assert isinstance(letter, EmailMessage)
    assert letter.get_content().splitlines() == text.splitlines()
    assert letter["Subject"].split() == ("Your printer: " + "a long subject " * 20).split()
