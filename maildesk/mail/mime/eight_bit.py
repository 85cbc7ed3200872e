"""Raw 8-bit bytes in header fields, which name no charset: guessed once for a mail, and made UTF-8."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from maildesk.mail.mime import charsets
from maildesk.mail.mime.headers import Field

# Each stretch outside the encoded words; bytes inside one are in the charset that the word names.
_WORD: Final = re.compile(rb"(=\?[!->@-~]{1,80}\?[bBqQ]\?[^?]*+\?=)")
_SAMPLE_BYTES: Final = 4 * 2**10


class EightBit:
    """The charset in which the headers of one mail write what is not ASCII.

    One guess serves all fields of the mail and its parts: a guess costs as much as the rest of the reading,
    and a sender may put ten thousand such values in one mail.
    """

    def __init__(self) -> None:
        self._codec: str | None = None

    @property
    def guessed(self) -> bool:
        """Tell whether there were such bytes, so that what is shown may be wrong."""
        return self._codec is not None

    def readable(self, fields: tuple[Field, ...]) -> tuple[Field, ...]:
        """The fields with their raw bytes as UTF-8; for people and parties, never for identity or digests."""
        for each in fields:
            if not each.value.isascii():
                break
        else:
            return fields
        unclear = {each.value for each in fields if not charsets.is_utf_8(each.value)}
        if not unclear:
            return fields
        if self._codec is None:
            self._codec = _guess(each.value for each in fields if each.value in unclear)
        codec = self._codec
        return tuple(
            Field(each.name, _as_utf_8(each.value, codec)) if each.value in unclear else each
            for each in fields
        )


def _guess(values: Iterable[bytes]) -> str:
    sample = bytearray()
    for value in values:
        sample += value[:_SAMPLE_BYTES] + b"\n"
        if len(sample) > _SAMPLE_BYTES:
            break
    whole = max(sample.rfind(b" ", 0, _SAMPLE_BYTES), sample.rfind(b"\n", 0, _SAMPLE_BYTES)) + 1
    codec = charsets.guess(bytes(sample[: whole or _SAMPLE_BYTES]))
    return codec if charsets.keeps_ascii(codec) else "cp1252"


def _as_utf_8(value: bytes, codec: str) -> bytes:
    pieces = _WORD.split(value)
    pieces[::2] = (charsets.decode_word(each, codec).encode("utf-8", "replace") for each in pieces[::2])
    return b"".join(pieces)
