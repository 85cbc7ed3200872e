"""Other people's text on our terminal."""

from __future__ import annotations

import json

import pytest

from maildesk.cli.case_show import file_line
from maildesk.cli.output import print_json, print_table
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


@pytest.mark.parametrize(
    ("seal", "told"),
    [
        ({"seal": "signed"}, ", signed: nobody checked it"),
        ({"seal": "encrypted"}, ", encrypted: not readable here"),
        ({}, ""),
    ],
)
def test_a_container_is_shown_with_its_seal(seal: dict[str, str], told: str) -> None:
    file = {"name": "smime.p7m", "type": "application/pkcs7-mime", "size": 9}
    assert file_line(file | seal) == f"[smime.p7m, application/pkcs7-mime, 9 bytes{told}]"


def test_lines_stay_lines_and_a_carriage_return_hides_nothing() -> None:
    assert safe("one\r\ntwo\rthree\n\tfour") == "one\ntwo\nthree\n\tfour"


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r", "\u2028", "\t"])
def test_a_cell_is_one_line(line_end: str) -> None:
    assert one_line(f"a{line_end}b") == "a b"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param("a\u061cb\u200eb\u2067c", "abbc", id="direction"),
        pytest.param("ana\u200b@\u2060acme\ufeff.example", "ana@acme.example", id="zero width"),
        pytest.param("an\u200da\u200c", "ana", id="joiners between letters that do not join"),
        pytest.param("sa\u00adles\u034f", "sales", id="soft hyphen, grapheme joiner"),
        pytest.param("ok\U000e0041\U000e007f", "ok", id="tags"),
        pytest.param("A\u3164\u115f\uffa0B", "AB", id="fillers"),
        pytest.param("\u206a\ufff9x\u180e", "x", id="deprecated and old"),
        pytest.param("👩\u200d💻 👩🏽\u200d⚕\ufe0f 🏳\ufe0f\u200d🌈", None, id="emoji"),
        pytest.param("👩\u200dx\u200d💻", "👩x💻", id="an emoji and a letter"),
        pytest.param("می\u200cخواهم", None, id="Persian"),
        pytest.param("क्\u200dष", None, id="Hindi"),
        pytest.param("paypal\u200cخ", "paypalخ", id="two scripts"),
    ],
)
def test_a_name_hides_nothing(text: str, shown: str | None) -> None:
    assert one_line(text) == (text if shown is None else shown)


def test_a_text_of_several_lines_turns_nothing_round_and_keeps_its_joiners() -> None:
    assert safe("a\u061c\u202eb\nmi\u200cx") == "ab\nmi\u200cx"


def test_a_table_hides_nothing_and_json_says_what_is_hidden(capsys: pytest.CaptureFixture[str]) -> None:
    rows = [{"subject": "Pay\u200bpal \u061c\u2066\U000e0041bill 👩\u200d💻"}]
    print_table(rows, [("subject", "SUBJECT")], none="")
    print_json(rows)
    table, _, printed = capsys.readouterr().out.partition("[")
    assert table == "SUBJECT\nPaypal bill 👩\u200d💻\n"
    assert r"Pay\u200bpal \u061c\u2066\udb40\udc41bill" in printed
    assert json.loads(f"[{printed}") == rows


@pytest.mark.parametrize(
    "flood", ["\x1b]" * 200_000, "\x1b[" + "0" * 400_000, "\x9d" * 400_000, "👩\u200d" * 200_000]
)
def test_a_flood_of_escapes_is_read_in_linear_time(flood: str) -> None:
    assert "\x1b" not in one_line(flood)


def test_what_a_person_types_is_kept_as_the_desk_keeps_text() -> None:
    assert plain("\nHello\r\n\0Ana \udcff\n\n") == "Hello\nAna ?"
