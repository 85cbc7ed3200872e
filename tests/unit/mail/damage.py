"""Ways in which mails are damaged on their way or on purpose, drawn from a given source of chance."""

from __future__ import annotations

import re
from random import Random

_MOST = 60_000
_BORDER = re.compile(rb"boundary=[^\r\n;]+|\r?\n--[^\r\n]{1,70}")
_TRICKS = (
    b"\0", b"\r", b"\n", b"\r\n\r\n", b"\r\n.\r\n", b"\x1b$B", b"\xff\xfe", b"\xef\xbb\xbf",
    b"\xed\xa0\x80", b"=?", b"?=", b"=?utf-8?b?", b"=?utf-7?q?+2AA-?=", b"=0D=0A", b"--", b"<", b">", b"@",
    b";", b":", b",", b'"', b"\\", b"(", b")", b"%00", b"&#0;", b"&#xD800;", b"<blockquote>", b"> ",
    b"*0*=", b"''", b"multipart/", b"message/rfc822", b"Content-Type: ",
    b"Content-Transfer-Encoding: base64\r\n", b"charset=utf-16\r\n", b"boundary=", b"begin 644 x\n",
    b"\xe2\x80\xa8", b"\xc2\x85", b"\x0b\x0c", b"-- \r\n", b"a" * 998,
)  # fmt: skip


def damaged(chance: Random, raw: bytes, others: list[bytes]) -> bytes:
    """The mail after one to six accidents."""
    for _ in range(chance.choice((1, 1, 2, 3, 6))):
        raw = chance.choice(_ACCIDENTS)(chance, raw, others)[:_MOST]
    return raw


def _flip(chance: Random, raw: bytes, _: list[bytes]) -> bytes:
    data = bytearray(raw)
    for _count in range(chance.choice((1, 3, 20))):
        if data:
            data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    return bytes(data)


def _truncate(chance: Random, raw: bytes, _: list[bytes]) -> bytes:
    at = chance.randint(0, len(raw))
    return raw[:at] if chance.random() < 0.7 else raw[at:]


def _insert(chance: Random, raw: bytes, _: list[bytes]) -> bytes:
    at = chance.randint(0, len(raw))
    return raw[:at] + chance.choice(_TRICKS) * chance.choice((1, 1, 1, 2, 50)) + raw[at:]


def _remove(chance: Random, raw: bytes, _: list[bytes]) -> bytes:
    at = chance.randint(0, len(raw))
    return raw[:at] + raw[at + chance.choice((1, 2, 10, 100)) :]


def _swap_lines(chance: Random, raw: bytes, _: list[bytes]) -> bytes:
    lines = raw.split(b"\n")
    one, two = chance.randrange(len(lines)), chance.randrange(len(lines))
    lines[one], lines[two] = lines[two], lines[one]
    return b"\n".join(lines)


def _repeat_line(chance: Random, raw: bytes, _: list[bytes]) -> bytes:
    lines = raw.split(b"\n")
    at = chance.randrange(len(lines))
    lines[at:at] = [lines[at]] * chance.choice((1, 2, 40))
    return b"\n".join(lines)


def _fold(chance: Random, raw: bytes, _: list[bytes]) -> bytes:
    at = chance.randint(0, len(raw))
    return raw[:at] + chance.choice((b"\r\n ", b"\n\t", b"\r\n", b"\r ")) + raw[at:]


def _hurt_border(chance: Random, raw: bytes, _: list[bytes]) -> bytes:
    found = list(_BORDER.finditer(raw))
    if not found:
        return raw
    one = chance.choice(found)
    at = chance.randint(one.start(), one.end())
    return raw[:at] + chance.choice((b"", b" ", b"--", b'"', b"x")) + raw[at + chance.randint(0, 3) :]


def _borrow_header(chance: Random, raw: bytes, others: list[bytes]) -> bytes:
    """Fields of another mail, or this one's own a second time, before or behind."""
    head = chance.choice([raw, *others]).partition(b"\r\n\r\n")[0]
    return (
        head + b"\r\n" + raw
        if chance.random() < 0.5
        else raw.replace(b"\r\n\r\n", b"\r\n" + head + b"\r\n\r\n", 1)
    )


def _splice(chance: Random, raw: bytes, others: list[bytes]) -> bytes:
    other = chance.choice(others)
    return raw[: chance.randint(0, len(raw))] + other[chance.randint(0, len(other)) :]


def _line_ends(chance: Random, raw: bytes, _: list[bytes]) -> bytes:
    return raw.replace(b"\r\n", chance.choice((b"\n", b"\r", b"\r\r\n", b"\n\r", b"\x85")))


def _recode(chance: Random, raw: bytes, _: list[bytes]) -> bytes:
    charset = chance.choice(
        ("utf-16", "utf-7", "iso-2022-jp", "hz", "cp037", "punycode", "idna", "base64", "x" * 300)
    )
    return re.sub(rb"charset=[^\r\n;]+", b"charset=" + charset.encode(), raw)


_ACCIDENTS = (
    _flip, _truncate, _insert, _insert, _remove, _swap_lines, _repeat_line, _fold, _hurt_border,
    _borrow_header, _splice, _line_ends, _recode,
)  # fmt: skip
