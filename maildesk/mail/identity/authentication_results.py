"""The receiving server's word on a sender: Authentication-Results, read by grammar and position."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from maildesk.mail.mime.headers import Field

FIELD_NAME: Final = "authentication-results"

# What filters at a border write below its Received line, before the mail as it arrived. Used only where the
# operator says that the border takes forged results out.
_BORDER_FIELDS: Final = frozenset({FIELD_NAME, "received-spf", "dkim-filter", "dmarc-filter", "return-path"})
_BORDER_PREFIXES: Final = ("arc-", "x-")

_LIMIT: Final = 64 * 2**10

# Possessive wherever one class repeats: a failed match never tries a shorter piece, so reading is linear.
# Groups repeat as usual: before Python 3.11.5 a possessive group keeps what a failed round has read
# (gh-106052), which takes broken fields for good ones. Their rounds begin differently, so that is linear too.
_IN_COMMENT: Final = re.compile(r"(?:[^()\\]|\\.)*([()])", re.DOTALL)
_QUOTED: Final = r'"(?:[^"\\\x00]|\\[^\x00])*"'
_OUTSIDE: Final = re.compile(rf'(?:[^()"]++|{_QUOTED})*', re.DOTALL)
_KEYWORD: Final = r"[A-Za-z0-9][A-Za-z0-9_-]*+"
# Wider than the grammar of RFC 8601 §2.2: servers leave out quotes around `/`, `=`, `+` and `@`. What may not
# stand outside quotes is what could end a value or begin another: space, semicolon, comment, quote.
_BARE: Final = r'[^\s;()"\x00-\x1f\x7f]++'
_VALUE: Final = rf"(?:{_QUOTED}(?:@{_BARE})?|{_BARE})"
_NAME: Final = rf"{_KEYWORD}(?:\s*+\.\s*+{_KEYWORD})?"
_HEAD: Final = re.compile(
    rf'\s*+(?P<id>{_QUOTED}|[^\s;()"=\x00-\x1f\x7f]++)(?:\s++(?P<version>[0-9]{{1,9}}))?\s*+(?=;|\Z)',
    re.DOTALL,
)
_STATEMENT: Final = re.compile(
    rf";\s*+(?:(?P<method>{_KEYWORD})\s*+(?:/\s*+[0-9]++\s*+)?=\s*+(?P<result>{_KEYWORD})"
    rf"(?P<properties>(?:\s++{_NAME}\s*+=\s*+{_VALUE}?)*)\s*+|(?i:none)\s*+)?(?=;|\Z)",
    re.DOTALL,
)
_PROPERTY: Final = re.compile(rf"\s++(?P<name>{_NAME})\s*+=\s*+(?P<value>{_VALUE}?)", re.DOTALL)
_ESCAPE: Final = re.compile(r"\\(.)", re.DOTALL)
_BLANKS: Final = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Result:
    """One statement `method=result` with the properties it was drawn from, names in lower case.

    A property that was given twice is left out: one of the two was written by somebody else.
    """

    method: str
    result: str
    properties: tuple[tuple[str, str], ...] = ()

    def property(self, name: str) -> str | None:
        return dict(self.properties).get(name)


@dataclass(frozen=True, slots=True)
class AuthenticationResults:
    """One field: who says it, and what it says. `none` and a field that says nothing both have no results."""

    authserv_id: str
    results: tuple[Result, ...]


@dataclass(frozen=True, slots=True)
class BorderResults:
    """All that counts of our border's words, and how many fields bore its name where it does not write."""

    results: tuple[Result, ...]
    misplaced: int


def border_results(
    fields: Sequence[Field],
    authserv_id: str | None,
    hops: int,
    border_strips: bool,
    *,
    nameless: bool = False,
) -> BorderResults:
    """The results that our border wrote, found by position (RFC 8601 §5 leaves the rest to the reader).

    With `nameless`, fields that bear no authserv-id are the border's too: Microsoft 365 writes none.
    """
    end = _counting_end(fields, hops, border_strips)
    results: list[Result] = []
    misplaced = 0
    for place, field in enumerate(fields):
        if field.name != FIELD_NAME:
            continue
        read = parse(field.value, nameless=nameless)
        if read is None or not _is_ours(read.authserv_id, authserv_id, nameless):
            continue
        if place < end:
            results.extend(read.results)
        else:
            misplaced += 1
    return BorderResults(tuple(results), misplaced)


def _is_ours(found: str, authserv_id: str | None, nameless: bool) -> bool:
    if not found:
        return nameless
    return authserv_id is not None and found.lower() == authserv_id.lower()


def _counting_end(fields: Sequence[Field], hops: int, border_strips: bool) -> int:
    """The index of the first field that a stranger may have written."""
    end = 0
    if hops > 0:
        received = [place for place, field in enumerate(fields) if field.name == "received"]
        if len(received) < hops:
            return 0  # the mail did not come by the way the operator described
        end = received[hops - 1]
    if not border_strips:
        return end
    if hops > 0:
        end += 1
    while end < len(fields) and _border_writes(fields[end].name):
        end += 1
    return end


def _border_writes(name: str) -> bool:
    return name in _BORDER_FIELDS or name.startswith(_BORDER_PREFIXES)


def parse(value: bytes, *, nameless: bool = False) -> AuthenticationResults | None:
    """The field read by RFC 8601 §2.2; None if it does not follow it. Linear, and never raises.

    With `nameless`, a field may begin with its first statement; its authserv-id is then the empty string.
    """
    if len(value) > _LIMIT:
        return None
    text = _without_comments(value.decode("utf-8", "replace"))
    if text is None:
        return None
    head = _HEAD.match(text)
    if head is None and nameless:
        return _statements("", ";" + text, 0)
    if head is None or int(head["version"] or 1) != 1:  # §2.2: no other version may be read
        return None
    return _statements(_unquoted(head["id"]), text, head.end())


def _statements(authserv_id: str, text: str, position: int) -> AuthenticationResults | None:
    results = []
    while position < len(text):
        found = _STATEMENT.match(text, position)
        if found is None:
            return None
        position = found.end()
        if found["method"]:
            results.append(Result(found["method"].lower(), found["result"].lower(), _properties(found)))
    return AuthenticationResults(authserv_id, tuple(results))


def _properties(statement: re.Match[str]) -> tuple[tuple[str, str], ...]:
    properties: dict[str, str | None] = {}
    for found in _PROPERTY.finditer(statement["properties"]):
        name = _BLANKS.sub("", found["name"]).lower()
        properties[name] = None if name in properties else _unquoted(found["value"])
    return tuple((name, value) for name, value in properties.items() if value is not None)


def _without_comments(text: str) -> str | None:
    """The field with a space for each comment (RFC 5322 §3.2.2, they nest); None if one does not end."""
    kept: list[str] = []
    position = 0
    while True:
        outside = _OUTSIDE.match(text, position)
        assert outside  # it matches nothing at all, too
        kept.append(outside[0])
        position = outside.end()
        if position == len(text):
            return " ".join(kept)
        after = _after_comment(text, position) if text[position] == "(" else None
        if after is None:
            return None  # a parenthesis or quotation mark without its partner
        position = after


def _after_comment(text: str, position: int) -> int | None:
    depth = 0
    while found := _IN_COMMENT.match(text, position):
        depth += 1 if found[1] == "(" else -1
        position = found.end()
        if depth == 0:
            return position
    return None


def _unquoted(text: str) -> str:
    """A value without its quotation marks; an address may go on behind them."""
    if not text.startswith('"'):
        return text
    inside, _, behind = text[1:].rpartition('"')
    return _ESCAPE.sub(r"\1", inside) + behind
