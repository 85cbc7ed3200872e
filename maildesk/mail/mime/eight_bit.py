"""Bytes whose charset a mail does not name, in header fields and texts, read as the rest of it is."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Final

from maildesk.mail.mime import charsets
from maildesk.mail.mime.headers import NO_CHARSETS, Field

# Each stretch outside the encoded words; bytes inside one are in the charset that the word names.
_WORD: Final = re.compile(rb"(=\?[!->@-~]{1,80}\?[bBqQ]\?[^?]*+\?=)")
_NAMELESS: Final = re.compile(
    rb"=\?(?:" + "|".join(NO_CHARSETS).encode() + rb")(?:\*[^?]{0,40})?\?", re.IGNORECASE
)
_NO_TEXT: Final = re.compile(
    rb"^content-type[ \t]*+:\s*+(?!text/(?:plain|html)\b)", re.IGNORECASE | re.MULTILINE
)
_FILE: Final = re.compile(rb"^content-disposition[ \t]*+:\s*+attachment", re.IGNORECASE | re.MULTILINE)
_ENCLOSED: Final = re.compile(rb"^content-type[ \t]*+:\s*+message/", re.IGNORECASE | re.MULTILINE)
_DECLARED: Final = re.compile(rb"\bcharset\s{0,9}=\s{0,9}[\"']?([\w:.-]{1,60})", re.IGNORECASE)
_HEADER_END: Final = re.compile(rb"\n\r?\n")
_PART_HEADER: Final = re.compile(rb"\n--[^\r\n]{1,200}\r?\n((?:[^\r\n]{1,1000}\r?\n){1,40})")
_NAMED: Final = re.compile(rb"=\?([\w:.-]{1,60})(?:\*[^?]{0,40})?\?[bBqQ]\?")
_SAMPLE_BYTES: Final = 4 * 2**10
_LOOKED_THROUGH: Final = 64 * 2**10
_MOST_HEADERS: Final = 50
_FEW: Final = 100
"""So many bytes beyond ASCII say too little of their charset to be guessed against what the mail declares."""


class EightBit:
    """The charset of what one mail writes without naming one.

    One guess serves all fields of the mail and its parts: a guess costs as much as the rest of the reading,
    and a sender may put ten thousand such values in one mail. What the mail declares elsewhere comes first.
    """

    def __init__(self, raw: bytes = b"") -> None:
        self._raw = raw
        self.codec: str | None = None
        """The codec of raw bytes in header fields, once there were some."""

    @property
    def guessed(self) -> bool:
        """Tell whether there were such bytes, so that what is shown may be wrong."""
        return self.codec is not None

    def readable(self, fields: tuple[Field, ...]) -> tuple[Field, ...]:
        """The fields with their raw bytes as UTF-8; for people and parties, never for identity or digests."""
        unclear = {each.value for each in fields if _is_unclear(each.value)}
        if not unclear:
            return fields
        if self.codec is None:
            self.codec = self._in_fields(each.value for each in fields if each.value in unclear)
        codec = self.codec
        return tuple(
            Field(each.name, _as_utf_8(each.value, codec)) if each.value in unclear else each
            for each in fields
        )

    def guess(self, data: bytes) -> str:
        """The codec of a text that names none, or one that it is not in."""
        few = len(data[:_SAMPLE_BYTES].translate(None, _ASCII)) <= _FEW
        for codec in self._declared if few else ():
            if charsets.strictly(data, codec) is not None:
                return codec
        codec = charsets.guess(data + b"\n" + self._others if few else data, self._declared)
        if few and charsets.strictly(data, codec) is None:
            return charsets.guess(data, self._declared)
        return codec

    def _in_fields(self, values: Iterable[bytes]) -> str:
        sample = _sample(values)
        for codec in self._declared:
            if charsets.strictly(sample, codec) is not None:
                return codec
        codec = self.guess(sample)
        return codec if charsets.keeps_ascii(codec) else "cp1252"

    @cached_property
    def _declared(self) -> tuple[str, ...]:
        """The codecs that the mail names: those of its texts, then those of its encoded words.

        What its files, the mails enclosed in it and its words say of charsets is about something else.
        """
        headers = tuple(_headers(self._raw[:_LOOKED_THROUGH]))
        texts = (each for each in headers if not _NO_TEXT.search(each) and not _FILE.search(each))
        found = itertools.chain(
            (name for each in texts for name in _DECLARED.findall(each)),
            (name for each in headers for name in _NAMED.findall(each)),
        )
        names = dict.fromkeys(each.decode("ascii", "replace").lower() for each in found)
        codecs = dict.fromkeys(charsets.codec_of(name) for name in names if not charsets.says_ascii(name))
        return tuple(each for each in codecs if each and each != "utf_8" and _is_likely(each))

    @cached_property
    def _others(self) -> bytes:
        """The lines that the mail writes in raw bytes."""
        lines = self._raw[:_LOOKED_THROUGH].split(b"\n")
        return _sample(each for each in lines if not charsets.is_utf_8(each))


_ASCII: Final = bytes(range(0x80))


def _headers(raw: bytes) -> Iterator[bytes]:
    """The header of a mail and those of its own parts, as far as the first mail that is enclosed."""
    end = _HEADER_END.search(raw)
    yield raw[: end.end()] if end else raw
    parts = _PART_HEADER.finditer(raw, end.start() if end else len(raw))
    for found in itertools.islice(parts, _MOST_HEADERS):
        if _ENCLOSED.search(found[1]):
            return
        yield found[1]


def _is_likely(codec: str) -> bool:
    """Tell whether raw bytes may be in a charset named elsewhere; with ISO-2022-JP go others."""
    return charsets.keeps_ascii(codec) or codec == "iso2022_jp_ext"


def _is_unclear(value: bytes) -> bool:
    return not charsets.is_utf_8(value) or (b"=?" in value and _NAMELESS.search(value) is not None)


def _sample(values: Iterable[bytes]) -> bytes:
    """The beginnings of some values, cut between two words."""
    sample = bytearray()
    for value in values:
        sample += value[:_SAMPLE_BYTES] + b"\n"
        if len(sample) > _SAMPLE_BYTES:
            break
    whole = max(sample.rfind(b" ", 0, _SAMPLE_BYTES), sample.rfind(b"\n", 0, _SAMPLE_BYTES)) + 1
    return bytes(sample[: whole or _SAMPLE_BYTES])


def _as_utf_8(value: bytes, codec: str) -> bytes:
    return b"".join(_pieces(value, codec))


def _pieces(value: bytes, codec: str) -> Iterator[bytes]:
    for number, each in enumerate(_WORD.split(value)):
        if number % 2:
            yield _NAMELESS.sub(b"=?" + codec.encode() + b"?", each)
        else:
            yield charsets.decode_word(each, codec).encode("utf-8", "replace")
