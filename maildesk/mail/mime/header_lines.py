"""Header fields as they go out: 7-bit ASCII, folded, no line more than was meant (RFC 5322, RFC 2047)."""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from maildesk.mail.addr_spec import deliverable
from maildesk.mail.message import Address

_LINE: Final = 78  # RFC 5322 §2.1.1, the recommended most
_WORD: Final = 75  # RFC 2047 §2, the most an encoded word may have
_FRAME: Final = len("=?utf-8?q??=")

_WHITE: Final = re.compile("[\x00-\x20\x7f-\x9f\u2028\u2029]+")
# These turn what follows them about, in a list of mails beyond the subject itself (UAX #9).
_TURNING: Final = re.compile("[\u202a-\u202e\u2066-\u2069]")
_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_ATOMS: Final = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]+")
_QUOTABLE: Final = re.compile(r'["\\]')
_LONGEST_QUOTED: Final = 60

# Customers' own words come back in these; servers cut or refuse headers of many kilobytes.
SUBJECT_CHARS: Final = 1000
NAME_CHARS: Final = 200

# RFC 2047 §5 (3): these stand for themselves in any encoded word; a space is written `_`.
_Q_PLAIN: Final = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!*+-/ "
_Q: Final = tuple(
    "_" if byte == 32 else chr(byte) if byte in _Q_PLAIN else f"={byte:02X}" for byte in range(256)
)

_ID: Final = re.compile(r"[!#-'*+\--:=?-Z\[\]^-~]{1,900}")
_FILE_NAME: Final = re.compile(r"[A-Za-z0-9 ._+@#=-]{1,60}")
_FILE_PLAIN: Final = frozenset(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-+")
_SECTION: Final = 54


def one_line(text: str, most: int) -> str:
    """Text fit for a field: each run of white space, line ends and control characters is one space."""
    if not text.isascii() or not text.isprintable() or "  " in text:
        text = _SURROGATE.sub("\ufffd", _WHITE.sub(" ", _TURNING.sub("", text)))
    text = text.strip(" ")
    return text if len(text) <= most else text[: most - 1] + "…"


def text_field(name: str, text: str) -> str:
    """A field of free text. What looks like an encoded word is encoded itself, so that nobody decodes it."""
    text = one_line(text, SUBJECT_CHARS)
    if text.isascii() and "=?" not in text:
        if len(name) + 2 + len(text) <= _LINE:
            return f"{name}: {text}" if text else f"{name}:"
        words = text.split(" ")
        if len(words[0]) + len(name) + 2 <= _LINE and max(map(len, words)) < _LINE:
            return _folded(name, words)
    return _folded(name, encoded_words(text, taken=len(name) + 2))


def address_field(name: str, first: Address, *more: Address) -> str:
    """A field with one mailbox or several; BadInput if an address is not one that can be written."""
    words: list[str] = []
    for place, address in enumerate((first, *more)):
        spec = deliverable(address.address)
        phrase = one_line(address.name, NAME_CHARS)
        taken = len(name) + 2 if place == 0 else 1
        named = [*_phrase(phrase, taken), f"<{spec}>"] if phrase else [spec]
        words += [*named[:-1], f"{named[-1]}," if place < len(more) else named[-1]]
    return _folded(name, words)


def ids_field(name: str, ids: Sequence[str]) -> str:
    """A field of Message-IDs, which are given without brackets and written with them."""
    return _folded(name, [f"<{each}>" for each in ids])


def is_message_id(text: str) -> bool:
    """Tell whether a Message-ID can be repeated: printable ASCII without what would end or hide it."""
    return _ID.fullmatch(text) is not None


def file_name_parameters(name: str) -> list[str]:
    """`filename` for a Content-Disposition, in sections (RFC 2231 §3) where the plain form cannot say it."""
    name = one_line(name.replace("/", "_").replace("\\", "_"), NAME_CHARS).lstrip(".").strip() or "file"
    if _FILE_NAME.fullmatch(name):
        return [f'filename="{name}"']
    sections = list(_sections(name))
    sections[0] = "utf-8''" + sections[0]
    if len(sections) == 1:
        return [f"filename*={sections[0]}"]
    return [f"filename*{number}*={section}" for number, section in enumerate(sections)]


def _folded(name: str, words: Iterable[str]) -> str:
    """The words behind the field's name, on lines of at most 78 where a word itself is not longer."""
    lines, line = [], f"{name}:"
    bare = len(line)
    for word in words:
        if len(line) + 1 + len(word) > _LINE and len(line) > bare:
            lines.append(line)
            line, bare = "", 0
        line += " " + word
    lines.append(line)
    return "\r\n".join(lines)


def _phrase(text: str, taken: int) -> list[str]:
    """A display name as a phrase (RFC 5322 §3.2.5): atoms, else a quoted string, else encoded words."""
    if text.isascii() and "=?" not in text:
        if _ATOMS.fullmatch(text) and max(map(len, text.split(" "))) <= _LONGEST_QUOTED:
            return text.split(" ")
        if len(text) <= _LONGEST_QUOTED:
            return ['"' + _QUOTABLE.sub(r"\\\g<0>", text) + '"']
    return list(encoded_words(text, taken))


def encoded_words(text: str, taken: int = 0) -> Iterator[str]:
    """RFC 2047 words in UTF-8, Q where most of the text is ASCII; each holds whole characters.

    The first leaves room for what is taken of its line. White space between two words is no part of the text.
    """
    data = text.encode()
    room = _WORD - _FRAME - max(0, taken - 1)
    if 6 * len(data.translate(None, _Q_PLAIN)) < len(data):
        yield from _q_words(text, room)
        return
    start = 0
    while start < len(data):
        end = min(len(data), start + room // 4 * 3)
        while end < len(data) and data[end] & 0xC0 == 0x80:
            end -= 1
        yield f"=?utf-8?b?{binascii.b2a_base64(data[start:end], newline=False).decode('ascii')}?="
        start, room = end, _WORD - _FRAME


def _q_words(text: str, room: int) -> Iterator[str]:
    word: list[str] = []
    for character in text:
        written = "".join(_Q[byte] for byte in character.encode())
        if len(written) > room:
            yield f"=?utf-8?q?{''.join(word)}?="
            word, room = [], _WORD - _FRAME
        word.append(written)
        room -= len(written)
    yield f"=?utf-8?q?{''.join(word)}?="


def _sections(name: str) -> Iterator[str]:
    section = ""
    for character in name:
        written = "".join(chr(byte) if byte in _FILE_PLAIN else f"%{byte:02X}" for byte in character.encode())
        if len(section) + len(written) > _SECTION:
            yield section
            section = ""
        section += written
    yield section
