"""Other people's text on our terminal."""

from __future__ import annotations

import pytest

from maildesk.cli.words import one_line, plain, safe


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param("plain words, 日本語, é", "plain words, 日本語, é", id="ordinary"),
        pytest.param("\x1b[31mred\x1b[0m", "red", id="colour"),
        pytest.param("\x1b]0;new title\x07text", "text", id="window title"),
        pytest.param("\x1b]8;;http://evil.example\x1b\\click\x1b]8;;\x1b\\", "click", id="hyperlink"),
        pytest.param("\x1b]52;c;ZXZpbA==\x1b\\x", "x", id="clipboard"),
        pytest.param("\x9b2Jgone\x9d0;title\x9c!", "gone!", id="8-bit controls"),
        pytest.param("\x1bPq#0\x1b\\x", "x", id="sixel"),
        pytest.param("\x1bcreset", "reset", id="terminal reset"),
        pytest.param("half \x1b", "half ", id="escape at the end"),
        pytest.param("never ended \x1b]0;title", "never ended 0;title", id="unended"),
        pytest.param("a\u202egnp.exe", "agnp.exe", id="turned direction"),
        pytest.param("bell\x07 back\x08 nul\x00", "bell back nul", id="controls"),
        pytest.param("half a \udc9b character", "half a  character", id="lone surrogate"),
        pytest.param("[bold]markup[/bold]", "[bold]markup[/bold]", id="markup is text"),
    ],
)
def test_nothing_in_a_text_steers_the_terminal(text: str, shown: str) -> None:
    assert safe(text) == shown


def test_lines_stay_lines_and_a_carriage_return_hides_nothing() -> None:
    assert safe("one\r\ntwo\rthree\n\tfour") == "one\ntwo\nthree\n\tfour"


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r", "\u2028", "\t"])
def test_a_cell_is_one_line(line_end: str) -> None:
    assert one_line(f"a{line_end}b") == "a b"


@pytest.mark.parametrize("flood", ["\x1b]" * 200_000, "\x1b[" + "0" * 400_000, "\x9d" * 400_000])
def test_a_flood_of_escapes_is_read_in_linear_time(flood: str) -> None:
    assert "\x1b" not in safe(flood)


def test_what_a_person_types_is_kept_as_the_desk_keeps_text() -> None:
    assert plain("\nHello\r\n\0Ana \udcff\n\n") == "Hello\nAna ?"
