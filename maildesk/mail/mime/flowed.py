"""Paragraphs that a mail program wrote as lines, put together again (format=flowed, RFC 3676)."""

from __future__ import annotations

import re
from typing import Final

_QUOTE: Final = re.compile(r">*+")


def unflowed(text: str, *, delete_space: bool = False) -> str:
    """Text whose paragraphs are one line again (RFC 3676 §4); quotes join those of the same depth only."""
    lines: list[list[str]] = []
    flowing: int | None = None
    for line in text.split("\n"):
        quotes = _QUOTE.match(line)
        assert quotes is not None
        depth = quotes.end()
        rest = line[depth:]
        rest = rest[1:] if rest.startswith(" ") else rest
        if flowing == depth and rest != "-- ":
            lines[-1].append(rest)
        else:
            lines.append([">" * depth + " " if depth else "", rest])
        flowing = depth if rest.endswith(" ") and rest != "-- " else None
        if flowing is not None and delete_space:
            lines[-1][-1] = rest[:-1]
    return "\n".join("".join(pieces) for pieces in lines)
