"""Bytes to text: the declared charset's superset first, then UTF-8, then a guess; never an exception."""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Collection
from encodings.aliases import aliases
from typing import Final

from maildesk.mail.mime.iso_8859 import NAMES, windows_in
from maildesk.mail.mime.japanese import read_japanese

# What mail programs call a charset is often a subset of what they send: the superset decodes both.
_SUPERSETS: Final = {
    "ascii": "cp1252",
    "latin_1": "cp1252",
    "iso8859_9": "cp1254",
    "iso8859_11": "cp874",
    "tis_620": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "big5": "big5hkscs",
    "iso2022_jp": "iso2022_jp_ext",
}

# Names seen in mail that Python's own table does not know.
_ALIASES: Final = {
    "utf8mb4": "utf_8",
    "utf_8_sig": "utf_8",
    "unicode_1_1_utf_8": "utf_8",
    "unicode_1_1_utf_7": "utf_7",
    "x_unicode_2_0_utf_7": "utf_7",
    "ansi": "cp1252",
    "x_ansi": "cp1252",
    "iso_8859_8_i": "iso8859_8",
    "iso_8859_8_e": "iso8859_8",
    "iso8859_8_i": "iso8859_8",
    "x_gbk": "gb18030",
    "x_euc_cn": "gb18030",
    "ansi_x3_4_1986": "ascii",
    "ks_c_5601": "cp949",
    "x_windows_949": "cp949",
    "x_euc_kr": "cp949",
    "x_sjis": "cp932",
    "x_ms_cp932": "cp932",
    "windows_31j": "cp932",
    "x_euc_jp": "euc_jp",
    "x_euc": "euc_jp",
    "cp50220": "iso2022_jp_ext",
    "cp50221": "iso2022_jp_ext",
    "x_big5": "big5hkscs",
    "cn_big5": "big5hkscs",
    "cn_gb": "gb18030",
    "macintosh": "mac_roman",
    "x_mac_roman": "mac_roman",
    "x_mac_cyrillic": "mac_cyrillic",
    "windows_874": "cp874",
    "x_windows_1252": "cp1252",
    "x_cp1252": "cp1252",
    "x_cp1251": "cp1251",
    "win_1251": "cp1251",
    "koi8": "koi8_r",
    "unicode": "utf_16",
    "cp20127": "ascii",
    "cp20866": "koi8_r",
    "cp21866": "koi8_u",
    "cp28591": "latin_1",
    "cp28592": "iso8859_2",
    "cp28605": "iso8859_15",
    "cp51932": "euc_jp",
    "cp51949": "cp949",
    "cp54936": "gb18030",
    "cp65000": "utf_7",
    "cp65001": "utf_8",
    "cp10000": "mac_roman",
}
# Spellings that differ in their separators only: `win-1252`, `windows1251`, `ISO8859-15`, `iso-88591`.
_CODE_PAGE: Final = re.compile(r"(?:x_)?(?:cp|win|windows|ibm|ms)_?(\d{3,5})")
_ISO_8859: Final = re.compile(r"(?:x_)?iso_?8859_?(\d{1,2})(?:_.*)?")

# Python also has codecs that are no charsets (idna, punycode, unicode_escape …), some of them slow on input
# made for that. Only these may be named by a mail.
_NAMES: Final = """
    ascii latin_1 utf_8 utf_7 utf_16 utf_16_le utf_16_be utf_32 utf_32_le utf_32_be
    iso8859_2 iso8859_3 iso8859_4 iso8859_5 iso8859_6 iso8859_7 iso8859_8 iso8859_9 iso8859_10 iso8859_11
    iso8859_13 iso8859_14 iso8859_15 iso8859_16 tis_620 koi8_r koi8_u koi8_t kz1048 ptcp154 hp_roman8
    cp037 cp273 cp437 cp500 cp720 cp737 cp775 cp850 cp852 cp855 cp856 cp857 cp858 cp860 cp861 cp862 cp863
    cp864 cp865 cp866 cp869 cp874 cp875 cp932 cp949 cp950 cp1026 cp1125 cp1140
    cp1250 cp1251 cp1252 cp1253 cp1254 cp1255 cp1256 cp1257 cp1258
    mac_roman mac_cyrillic mac_greek mac_turkish mac_latin2 mac_iceland mac_croatian
    gb2312 gbk gb18030 hz big5 big5hkscs shift_jis shift_jis_2004 shift_jisx0213 euc_jp euc_jis_2004
    euc_jisx0213 euc_kr johab iso2022_jp iso2022_jp_1 iso2022_jp_2 iso2022_jp_2004 iso2022_jp_3 iso2022_jp_ext
    iso2022_kr
"""
_ALLOWED: Final = frozenset(_NAMES.split())

# In these a byte below 0x80 is not always the ASCII character, so the quick way is not open.
_NOT_ASCII: Final = re.compile(r"utf_(7|16|32)|hz$|iso2022|cp(037|273|500|875|1026|1140|864)$")

_BOMS: Final = (
    (b"\xef\xbb\xbf", "utf_8"),
    (b"\xff\xfe\x00\x00", "utf_32_le"),
    (b"\x00\x00\xfe\xff", "utf_32_be"),
    (b"\xff\xfe", "utf_16_le"),
    (b"\xfe\xff", "utf_16_be"),
)
# Where text declared so is valid UTF-8 with letters beyond ASCII, it is UTF-8: in these, such bytes in a row
# are letters with signs that no language writes (`Ã©`).
_SINGLE_BYTE: Final = frozenset({"cp1250", "cp1251", "cp1252", "cp1253", "cp1254", "cp1257", *NAMES})
_ASCII_NAME: Final = re.compile(r"(?:us-?)?ascii|ansi_x3|iso646", re.IGNORECASE)
_ISO_2022: Final = re.compile(rb"\x1b\$(\)C|[@B])")
_ISO_2022_CODECS: Final = {b"B": "iso2022_jp_ext", b"@": "iso2022_jp_ext", b")C": "iso2022_kr"}
_SEPARATORS: Final = re.compile(r"[^a-z0-9]+")
_NEWLINES: Final = re.compile("\r\n?|[\u2028\u2029]")
_UNWANTED: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufeff]+")
_HIGH_RUNS: Final = re.compile(rb"[\x80-\xff]+")
_ACCENTED_WORDS: Final = re.compile(rb"(?<![A-Za-z])[A-Za-z]*+[\x80-\xff][A-Za-z\x80-\xff]*+")
# Where single accents are all there is to guess from, these are meant, and by far most often the first.
_LATIN: Final = frozenset(
    {"cp1252", "cp1250", "cp1254", "cp1257", "cp1258", "iso8859_2", "iso8859_15", "iso8859_16", "mac_roman"}
)
_WESTERN_FIRST: Final = 1.5
_LIKELY_FIRST: Final = 4.0
_OLD: Final = re.compile(r"mac_|cp[48]\d\d$|hp_")  # of programs that wrote mails before there was MIME
_OLD_LAST: Final = 0.5
_GUESS_BYTES: Final = 8 * 2**10
_MOST_GUESSES: Final = 20
_NAME_CHARS: Final = 60

UNKNOWN: Final = "unknown-charset"
UNDECODABLE: Final = "charset-repaired"


def codec_of(declared: str) -> str | None:
    """The Python codec to read a declared charset with, or None for a name that is no charset."""
    if len(declared) > _NAME_CHARS:
        return None
    name = _SEPARATORS.sub("_", declared.lower()).strip("_")
    name = _ALIASES.get(name, name)
    name = aliases.get(name) or aliases.get(name.replace("_", "")) or name
    if name not in _ALLOWED:
        name = _respelt(name)
    if name not in _ALLOWED:
        return None
    return _SUPERSETS.get(name, name)


def _respelt(name: str) -> str:
    page = _CODE_PAGE.fullmatch(name)
    if page:
        name = f"cp{page[1]}"
        return _ALIASES.get(name) or aliases.get(page[1]) or name
    iso = _ISO_8859.fullmatch(name)
    return name if iso is None else "latin_1" if iso[1] == "1" else f"iso8859_{iso[1]}"


def keeps_ascii(codec: str) -> bool:
    """Tell whether bytes below 0x80 that stand alone are always ASCII in this codec."""
    return not _NOT_ASCII.match(codec)


def says_ascii(declared: str) -> bool:
    """Tell whether a declared charset is ASCII, which says nothing of bytes beyond it."""
    return _ASCII_NAME.match(declared) is not None


def is_utf_8(data: bytes) -> bool:
    """Tell whether bytes are UTF-8; of several characters the last may be cut off, as our limits do it."""
    if data.isascii():
        return True
    try:
        text, read = codecs.utf_8_decode(data, "strict", False)
    except UnicodeError:
        return False
    return read == len(data) or not text.isascii()


def decode(
    data: bytes, declared: str | None = None, guesser: Callable[[bytes], str] | None = None
) -> tuple[str, str | None]:
    """The text of some bytes, and the name of the repair when the declared charset did not do."""
    codec = codec_of(declared) if declared else None
    if data.isascii() and (codec is None or keeps_ascii(codec)):
        seven_bit = b"\x1b$" in data and _ISO_2022.search(data)
        if seven_bit:  # Japanese and Korean in seven bits, by a program that does not say so
            codec = _ISO_2022_CODECS[seven_bit[1]]
            return strictly(data, codec) or data.decode(codec, "replace"), UNDECODABLE
        return data.decode("ascii"), None if codec or not declared else UNKNOWN
    complaint = UNDECODABLE if codec or not declared else UNKNOWN
    if codec == "cp1252" and declared is not None and says_ascii(declared):
        codec = None  # it is not ASCII, and so nothing is known of it
    for bom, its_codec in _BOMS:
        if data.startswith(bom):
            return data[len(bom) :].decode(its_codec, "replace"), None
    for each in ("utf_8", codec) if codec in _SINGLE_BYTE else (codec, "utf_8"):
        text = strictly(data, each) if each else None
        if text is not None:
            return text, None if each == codec or not declared else complaint
    if codec and codec != "cp1252" and _mostly_right(data, codec):
        return data.decode(codec, "replace"), complaint
    return data.decode((guesser or guess)(data), "replace"), complaint


def clean(text: str) -> str:
    """Line ends as `\\n`, without control characters, byte order marks and lone surrogates."""
    if "\r" in text or not text.isascii():
        text = _NEWLINES.sub("\n", text)
    return _UNWANTED.sub("", text)


def strictly(data: bytes, codec: str) -> str | None:
    """The text of bytes as a codec's programs write them; None where they cannot be in it."""
    try:
        windows = windows_in(data, codec) if codec in NAMES else None
        return data.decode(codec) if windows is None else windows
    except (UnicodeError, LookupError):
        if codec != "iso2022_jp_ext":
            return None
    try:
        return read_japanese(data)
    except UnicodeError:
        return None


def _mostly_right(data: bytes, codec: str) -> bool:
    """Tell whether a few broken characters stand among many whole ones (a line cut inside a character).

    Each whole character of UTF-8 is evidence: other charsets write such bytes by chance only.
    """
    text = data.decode(codec, "replace")
    broken = text.count("\ufffd")
    whole = len(text) - broken - sum(map(str.isascii, text[:65536]))
    return 0 < broken * (1 if codec == "utf_8" else 10) <= whole


def guess(data: bytes, likely: Collection[str] = ()) -> str:
    """The codec that undeclared bytes seem to be written in; it decodes them, or replaces what it cannot.

    `likely` are the codecs that the rest of the mail is written in.
    """
    if is_utf_8(data):
        return "utf_8"
    import chardet  # loaded only for the few mails that do not say how they are written

    accents = _looks_latin(data)
    best, weight = "cp1252", 0.0
    for each in chardet.detect_all(data[:_GUESS_BYTES]):
        codec = codec_of(each["encoding"] or "")
        if codec is None or (accents and codec not in _LATIN) or strictly(data, codec) is None:
            continue
        found = each["confidence"] * (_WESTERN_FIRST if accents and codec == "cp1252" else 1)
        found *= _LIKELY_FIRST if codec in likely else _OLD_LAST if _OLD.match(codec) else 1
        if found > weight:
            best, weight = codec, found
    return best


class Guesser:
    """Guesses for the texts of one mail: each is dear, so after many the last answer stands."""

    def __init__(self, guess: Callable[[bytes], str] = guess) -> None:
        self._guess = guess
        self._left = _MOST_GUESSES
        self._last = "cp1252"

    def __call__(self, data: bytes) -> str:
        if self._left > 0:
            self._left -= 1
            self._last = self._guess(data)
        return self._last


def _looks_latin(data: bytes) -> bool:
    """Tell whether bytes above 0x7F stand alone among letters, as accents do; other scripts write runs."""
    runs = _HIGH_RUNS.findall(data, 0, _GUESS_BYTES)
    if sum(map(len, runs)) <= 1.6 * len(runs):
        return True
    words = b"".join(_ACCENTED_WORDS.findall(data, 0, _GUESS_BYTES))
    return 2 * sum(map(len, runs)) <= len(words)


def decode_word(data: bytes, declared: str) -> str:
    """The text of a few bytes in a header without guessing: declared, else UTF-8, else cp1252."""
    codec = codec_of(declared)
    for each in ("utf_8", codec) if codec in _SINGLE_BYTE else (codec, "utf_8"):
        text = strictly(data, each) if each else None
        if text is not None:
            return text
    if codec and codec != "cp1252" and (codec != "utf_8" or _mostly_right(data, codec)):
        return data.decode(codec, "replace")
    return data.decode("cp1252", "replace")
