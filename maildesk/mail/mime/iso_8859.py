"""ISO 8859 as mail programs mean it: where bytes 0x80-0x9F stand, Windows wrote them.

These bytes are control characters that no mail holds. Programs on Windows write their own code page, and
declare the ISO charset beside it. ISO-8859-1, -9 and -11 are parts of a code page, and always read as it.
"""

from __future__ import annotations

import codecs
import re
from functools import cache
from typing import Final

# What else a code page has where the ISO charset has another letter decides which of both was written.
_CODE_PAGES: Final = {
    "iso8859_2": "cp1250",
    "iso8859_4": "cp1257",
    "iso8859_5": "cp1251",
    "iso8859_6": "cp1256",
    "iso8859_7": "cp1253",
    "iso8859_8": "cp1255",
    "iso8859_13": "cp1257",
    "iso8859_15": "cp1252",
    "iso8859_16": "cp1250",
}
# No code page has their letters; quotation marks and dashes stand at the same places in all of them.
_MARKS_OF: Final = {"iso8859_3": "cp1254", "iso8859_10": "cp1257", "iso8859_14": "cp1252"} | _CODE_PAGES
_CONTROLS: Final = re.compile(rb"[\x80-\x9f]")
_ASCII_LETTERS: Final = frozenset(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
# So close to a word nobody writes these.
_AFTER_LETTERS: Final = frozenset("±¶¦µ")
_BEFORE_LETTERS: Final = frozenset("±¶¦®¹²³")
_CURRENCY: Final = "¤"  # nobody writes it: where it was is the euro sign of the ISO charset
_UNDEFINED: Final = "\ufffe"  # as codecs.charmap_decode wants it
_SAMPLE: Final = 8 * 2**10
_BETWEEN_WORDS: Final = frozenset("\xa0\xad´·")
_RUSSIAN_ISO: Final = re.compile(rb"[\xd0-\xdf]")  # small letters of ISO-8859-5, capitals of cp1251
_RUSSIAN_WINDOWS: Final = re.compile(rb"[\xf1-\xff]")  # small letters of cp1251, hardly any of ISO-8859-5

NAMES: Final = frozenset(_MARKS_OF)


def windows_in(data: bytes, codec: str) -> str | None:
    """The text of bytes declared as one of `NAMES`, where there are some that only Windows writes, else None.

    Raises UnicodeDecodeError for bytes that neither has.
    """
    if not _CONTROLS.search(data):
        return None
    page = _CODE_PAGES.get(codec)
    whole = page is not None and not _is_iso(data, codec, page)
    letters = page if page is not None and whole else codec
    return codecs.charmap_decode(data, "strict", _table(letters, _MARKS_OF[codec]))[0]


@cache
def _table(letters: str, controls: str) -> str:
    """The character of each byte; what not even Windows has at 0x80-0x9F stays a control character."""
    low = bytes(range(0x80)).decode("ascii")
    marks = (bytes([byte]).decode(controls, "ignore") or chr(byte) for byte in range(0x80, 0xA0))
    high = (bytes([byte]).decode(letters, "ignore") or _UNDEFINED for byte in range(0xA0, 0x100))
    return "".join((low, *marks, *high))


def _is_iso(data: bytes, codec: str, page: str) -> bool:
    """Tell whether the letters are those of the ISO charset, and Windows wrote its quotation marks only."""
    if codec == "iso8859_5":
        sample = data[:_SAMPLE]
        return len(_RUSSIAN_ISO.findall(sample)) > len(_RUSSIAN_WINDOWS.findall(sample))
    return _impossible(codec, page).search(data) is not None


@cache
def _impossible(codec: str, page: str) -> re.Pattern[bytes]:
    """The bytes that are a sign inside a word in the code page, and a letter in the ISO charset.

    Arabic has no such signs in its code page but the accented letters of French.
    """
    letters, inside, alone = set(_ASCII_LETTERS), set[int](), set[int]()
    after, before = set[int](), set[int]()
    for byte in range(0xA0, 0x100):
        iso, windows = (bytes([byte]).decode(each, "replace") for each in (codec, page))
        if iso.isalpha():
            letters.add(byte)
        if iso == windows or "\ufffd" in (iso, windows) or windows in _BETWEEN_WORDS:
            continue
        if windows == _CURRENCY:
            alone.add(byte)
        elif iso.isalpha() and not windows.isalpha():
            inside.add(byte)
        french = page == "cp1256" and iso.isalpha() and windows < "\u0100"
        if french or windows in _AFTER_LETTERS:
            after.add(byte)
        if french or windows in _BEFORE_LETTERS:
            before.add(byte)
    near = _one_of(letters)
    choices = (
        near + _one_of(inside) + b"(?=" + near + b")",
        near + _one_of(after),
        _one_of(before) + b"(?=" + near + b")",
        _one_of(alone),
    )
    return re.compile(b"|".join(choices))


def _one_of(characters: set[int]) -> bytes:
    return b"[" + b"".join(b"\\x%02x" % each for each in sorted(characters)) + b"]" if characters else b"(?!)"
