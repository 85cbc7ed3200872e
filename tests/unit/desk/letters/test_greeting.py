"""Which names stand in a greeting."""

from __future__ import annotations

import pytest

from maildesk.desk.letters.greeting import greeted


@pytest.mark.parametrize(
    ("name", "greeting"),
    [
        ("Bo Lund", "Bo Lund"),
        ("'Li Na'", "Li Na"),
        ('"Lund, Bo"', "Lund, Bo"),
        ("O'Brien", "O'Brien"),
        ("J. R. R. Tolkien", "J. R. R. Tolkien"),
        ("J.R. Lund", "J.R. Lund"),
        ("José Ñandú", "José Ñandú"),
        ("山田 太郎", "山田 太郎"),
        ("محمد", "محمد"),
        ("Bo Lund 3rd", "Bo Lund 3rd"),
        ("x" * 40, "x" * 40),
    ],
)
def test_a_name_is_greeted(name: str, greeting: str) -> None:
    assert greeted(name) == greeting


@pytest.mark.parametrize(
    "name",
    [
        "",
        "bo@client.example",
        "bo\uff20client.example",
        "http://evil",
        "hxxp://evil",
        "http\uff1a//evil",
        "//evil",
        "mailto:eve",
        "www evil",
        "WWW.evil.example",
        "evil.example",
        "Go to evil.example now",
        "evil\u3002example",
        "evil\uff0eexample",
        "evil\u2024example",
        "a\\b",
        "<b>Bo</b>",
        "Bo\nBcc: eve",
        "Bo\r\n\r\nPay here",
        "Bo\u2028Pay here",
        "Bo\x00",
        "Bo\u202e",
        "Bo\u200bLund",
        "\u2066Bo\u2069",
        "Bo \ud800",
        "Call 0800 555 123",
        "x" * 41,
        "\ufdfa" * 20,
        "x" * 100_000,
    ],
)
def test_what_is_no_name_is_not_greeted(name: str) -> None:
    assert greeted(name) == ""
