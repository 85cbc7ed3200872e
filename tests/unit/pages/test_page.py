"""A page of its own: what it allows, and that words stay words."""

from __future__ import annotations

import re
from base64 import b64encode
from hashlib import sha256

import pytest

from maildesk.pages.page import MOST_WORDS, page, words
from tests.unit.pages.boards import HOSTILE


def digest(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


def policy(text: str) -> dict[str, str]:
    """The policy of a page's content, by directive."""
    found = re.search(r'Content-Security-Policy" content="([^"]*)"', text)
    assert found
    return {name: rest for name, _, rest in (law.strip().partition(" ") for law in found[1].split(";"))}


def test_a_page_allows_its_own_style_and_script_and_nothing_else() -> None:
    text = page("Acme", "<p>Hello</p>", ".x{color:red}", "let a = 1;")
    style, script = (
        re.search(r"<style>(.*?)</style>", text, re.S),
        re.search(r"<script>(.*?)</script>", text, re.S),
    )
    assert style
    assert script
    assert policy(text) == {
        "default-src": "'none'",
        "style-src": digest(style[1]),
        "script-src": digest(script[1]),
        "base-uri": "'none'",
        "form-action": "'none'",
    }


def test_a_page_without_a_script_allows_none_and_is_read_again_only_where_asked() -> None:
    text = page("Acme", "<p>Hello</p>")
    assert "script" not in text
    assert "refresh" not in text
    assert '<meta http-equiv="refresh" content="60">' in page("Acme", "", again=60)


def test_the_policy_stands_before_whatever_it_is_about() -> None:
    text = page("<b>", "<p>Hello</p>")
    assert text.index("Content-Security-Policy") < text.index("<title>") < text.index("<style>")
    assert "<title>&lt;b&gt;</title>" in text


@pytest.mark.parametrize("hostile", HOSTILE, ids=range(len(HOSTILE)))
def test_whatever_a_customer_writes_is_text_on_one_line(hostile: str) -> None:
    shown = words(hostile)
    assert not re.search("[<>\"'\0\n\u202e]", shown)
    assert len(shown) <= 6 * MOST_WORDS


def test_long_words_are_cut_and_say_so() -> None:
    assert words("A" * MOST_WORDS) == "A" * MOST_WORDS
    assert words("A" * 10_000) == "A" * (MOST_WORDS - 1) + "…"
    assert words("two\nlines\t\x1b[31mof\x9b them\ud800") == "two lines [31mof them"
