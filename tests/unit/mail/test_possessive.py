"""Patterns that old Pythons would read wrongly, since they repeated groups possessively: none does."""

from __future__ import annotations

import re

import pytest

from maildesk.mail import addr_spec
from maildesk.mail.html import marks
from maildesk.mail.identity import authentication_results, authenticity
from maildesk.mail.identity.authentication_results import parse
from maildesk.mail.identity.authenticity import strict_from
from maildesk.mail.mime.headers import Field

PATTERNS = {
    f"{module.__name__.rpartition('.')[2]}.{name}": value
    for module in (addr_spec, authentication_results, authenticity, marks)
    for name, value in vars(module).items()
    if isinstance(value, re.Pattern)
}


@pytest.mark.parametrize("pattern", PATTERNS.values(), ids=PATTERNS.keys())
def test_no_group_is_repeated_possessively(pattern: re.Pattern[str]) -> None:
    """gh-106052, in Pythons before 3.11.5: what a failed round has read stays read."""
    assert not re.search(r"\)(?:[*+?]|\{[\d,]*\})\+", str(pattern.pattern))


@pytest.mark.parametrize(
    "value",
    [
        "b@client.example (",
        "b@client.example\r\n ( ",
        "(<b@client.example>",
        '"a <b@client.example>',
        'a "\\ <b@client.example>',
        "a (b <b@client.example>",
        "b.@client.example",
        "b..c@client.example",
        "b@client..example",
    ],
)
def test_what_is_begun_and_not_ended_is_no_address(value: str) -> None:
    assert strict_from([Field("from", value.encode())])[0] is None


@pytest.mark.parametrize(
    "value",
    [
        'mx.example; dmarc=pass header.from="x',
        'mx.example; spf=pass; x=y reason="dmarc=pass',
        "mx.example; dmarc=pass header.from",
        "mx.example; dmarc=pass x",
        "mx.example; dmarc=pass policy.",
        'mx.example; dmarc=pass header.from="x"@',
        'mx.example "; dmarc=pass',
    ],
)
def test_a_result_that_is_begun_and_not_ended_says_nothing(value: str) -> None:
    assert parse(value.encode()) is None
