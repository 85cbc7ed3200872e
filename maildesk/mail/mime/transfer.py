"""Transfer encodings undone (RFC 2045 §6, and uuencode), whatever state they arrive in."""

from __future__ import annotations

import binascii
import itertools
import re
from typing import Final

_NOT_BASE64: Final = bytes(
    set(range(256)) - set(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
)
_STRETCH: Final = 2**18
_SOFT_BREAK: Final = re.compile(rb"=[ \t]++(?=\r?\n)")
_PADDING: Final = re.compile(rb"=+[^A-Za-z0-9+/]*+")
_INNER_SPACE: Final = re.compile(rb"[^\s] +(?=[^\s])")
_SAMPLE_BYTES: Final = 400
_WORD_BYTES: Final = 16
_MOST_JOINED: Final = 1000  # encodings in one part; what is beyond is read as one
_PLAIN_ENCODINGS: Final = frozenset({"", "7bit", "8bit", "binary", "7-bit", "8-bit", "none", "plain"})
_UU_ENCODINGS: Final = frozenset({"x-uuencode", "uuencode", "x-uue", "uue", "x-uu"})


def without_encoding(encoding: str, data: bytes) -> tuple[bytes, str | None]:
    """The bytes under a Content-Transfer-Encoding, and the repair that was needed."""
    if encoding == "base64":
        return _from_base64(data)
    if encoding in ("quoted-printable", "quotedprintable", "quoted_printable"):
        return binascii.a2b_qp(_without_padding(data)), None
    if encoding in _UU_ENCODINGS:
        return _from_uu(data), None
    return data, None if encoding in _PLAIN_ENCODINGS else "transfer-encoding"


def _without_padding(data: bytes) -> bytes:
    """Soft line breaks without white space before the line end; a stretch at a time, to save memory."""
    if b"= " not in data and b"=\t" not in data:
        return data
    pieces, position = [], 0
    while position < len(data):
        end = data.find(b"\n", position + _STRETCH) + 1 or len(data)
        pieces.append(_SOFT_BREAK.sub(b"=", data[position:end]))
        position = end
    return b"".join(pieces)


def _from_base64(data: bytes) -> tuple[bytes, str | None]:
    """Broken base64 gives what can be read; what follows padding is read too where it is base64 again."""
    padding = data.find(b"=")
    if _is_words(data[:_SAMPLE_BYTES] if padding < 0 else data[: min(padding, _SAMPLE_BYTES)]):
        return data, "base64"  # a script that declares base64 and does not encode
    if padding < 0 or not data[padding:].strip(b"=\r\n \t"):
        try:
            return binascii.a2b_base64(data), None
        except binascii.Error:
            return _repaired(data), "base64"
    first, *more = _PADDING.split(data, _MOST_JOINED)
    if len(more[-1].translate(None, b"\r\n")) % 4 or _INNER_SPACE.search(more[-1], 0, _SAMPLE_BYTES):
        more.pop()  # no encoded text, but a line that a list or a virus scanner put below
    return b"".join([_repaired(first), *map(_repaired, more)]), "base64"


def is_plain(encoding: str) -> bool:
    """Tell whether the bytes stand there as they are."""
    return encoding in _PLAIN_ENCODINGS


def _is_words(sample: bytes) -> bool:
    """Tell whether there are spaces inside the lines, as often as in text that people read."""
    return b" " in sample and len(_INNER_SPACE.findall(sample)) * _WORD_BYTES > len(sample)


def _repaired(data: bytes) -> bytes:
    data = data.translate(None, _NOT_BASE64)
    data = data[:-1] if len(data) % 4 == 1 else data
    return binascii.a2b_base64(data + b"=" * (-len(data) % 4))


_UU_LINE: Final = re.compile(rb"[^\r\n]++")
_UU_LINE_BYTES: Final = 32  # half of a full line: a file has only its last line shorter
_FEWEST_UU_LINES: Final = 100


def _from_uu(data: bytes) -> bytes:
    pieces = []
    most = _FEWEST_UU_LINES + len(data) // _UU_LINE_BYTES
    for found in itertools.islice(_UU_LINE.finditer(data), most):
        line = found[0]
        if line.startswith(b"begin ") or line == b"end":
            continue
        try:
            pieces.append(binascii.a2b_uu(line))
        except binascii.Error:
            size = (((line[0] - 32) & 63) * 4 + 5) // 3  # some encoders pad the line too long
            pieces.append(_uu_line(line[:size]))
    return b"".join(pieces)


def _uu_line(line: bytes) -> bytes:
    try:
        return binascii.a2b_uu(line)
    except binascii.Error:
        return b""
