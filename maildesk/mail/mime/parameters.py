"""Values with parameters, such as Content-Type (RFC 2045 §5.1, RFC 2231), read with tolerance."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import unquote_to_bytes

from maildesk.mail.mime import charsets
from maildesk.mail.mime.headers import decode_words, unfold

_VALUE: Final = re.compile(rb"[^;]*+")
_SIMPLE: Final = re.compile(rb"[A-Za-z0-9/.+-]*+")
_PARAMETER: Final = re.compile(
    rb'[;\s]*+(?:([^=;\s"]++)\s*+=\s*+(?:"((?:[^"\\]++|\\.)*+)(?:"[^;]*+|\Z)|([^;]*+))|[^;]*+)', re.DOTALL
)
_BACKSLASH: Final = re.compile(rb'\\([\\"])')
_SECTION: Final = re.compile(r"([^*]+)\*(\d{1,3})?(\*)?")
_SECTIONED: Final = re.compile(r"\*(?:\d{1,3}\*?)?$")
_MOST: Final = 200
_MOST_BYTES: Final = 16 * 2**10


def read_value(raw: bytes) -> tuple[str, dict[str, str]]:
    """The value in lower case without comments, and its parameters by lower-case name."""
    raw = unfold(raw[:_MOST_BYTES]).replace(b"\t", b" ")
    if _SIMPLE.fullmatch(raw):
        return raw.lower().decode("ascii"), {}
    value = _VALUE.match(raw)
    assert value is not None
    main = value[0].partition(b"(")[0].strip().lower().decode("ascii", "ignore")
    position = value.end()
    if "=" in main:  # the semicolon is missing: `multipart/mixed boundary=x`, or `filename=x` alone
        first = main.partition(" ")[0]
        main = "" if "=" in first else first.rstrip(",")
        raw = b";" + raw if not main else raw.replace(b" ", b";", 1)
        position = 0 if not main else raw.find(b";")
    if position >= len(raw):
        return main, {}
    plain, sections = _split(raw, position)
    parameters = {name: _shown(piece) for name, piece in plain.items()}
    if sections:
        parameters.update(_joined(sections))
    return main, parameters


def _split(raw: bytes, position: int) -> tuple[dict[str, bytes], dict[str, bytes]]:
    """Plain parameters and those with a `*` in their name; of repeated ones the first counts."""
    plain: dict[str, bytes] = {}
    sections: dict[str, bytes] = {}
    for found in _PARAMETER.finditer(raw, position):
        if found[1] is None:
            continue
        name = found[1].lower().decode("ascii", "replace")
        quoted, bare = found[2], found[3]
        if quoted is None:
            piece = bare.strip()
        else:
            piece = _BACKSLASH.sub(rb"\1", quoted) if b"\\" in quoted else quoted
        (sections if "*" in name and _SECTIONED.search(name) else plain).setdefault(name, piece)
        if len(plain) + len(sections) >= _MOST:
            break
    return plain, sections


def _shown(piece: bytes) -> str:
    """A parameter's text; encoded words do not belong here (RFC 2047 §5) but are widely sent."""
    return piece.decode("ascii") if piece.isascii() and b"=?" not in piece else decode_words(piece, "utf_8")


def _joined(sections: dict[str, bytes]) -> dict[str, str]:
    """Parameters put together from their numbered and percent-encoded sections (RFC 2231 §3, §4)."""
    gathered: dict[str, list[tuple[int, bool, bytes]]] = {}
    for key, piece in sections.items():
        found = _SECTION.fullmatch(key)
        if found:
            number = int(found[2] or 0)
            encoded = found[3] is not None or found[2] is None
            gathered.setdefault(found[1], []).append((number, encoded, piece))
    joined = {}
    for name, pieces in gathered.items():
        charset, data = "", b""
        for position, (_, encoded, piece) in enumerate(sorted(pieces, key=lambda each: each[0])):
            if encoded and position == 0 and piece.count(b"'") >= 2:
                declared, _, piece = piece.split(b"'", 2)
                charset = declared.decode("ascii", "replace")
            data += unquote_to_bytes(piece) if encoded else piece
        if data:
            joined[name] = charsets.decode_word(data, charset) if charset else _shown(data)
    return joined
