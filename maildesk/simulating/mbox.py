"""An mbox file, read mail by mail: however large it is, one mail is in memory."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, Final

_LINE: Final = 2**16
"""Bytes of a line that are taken at once: however long a line is, no mail begins in its middle."""
_WHEN: Final = re.compile(rb"\b\d{1,2}:\d\d(?::\d\d)?\b.{0,20}\b\d{4}\b")
"""The time and the year at the end of a line above a mail, as programs write it."""
_FIELD: Final = re.compile(rb"[!-9;-~]+[ \t]*:")


@dataclass(frozen=True, slots=True)
class MboxMail:
    """One mail of an mbox, which is counted from 1: where its bytes begin, and how many there are."""

    number: int
    start: int
    size: int


def mails_in(file: BinaryIO) -> Iterator[MboxMail]:
    """Find the mails of a file in its order: each begins below a line `From …` after an empty one (RFC 4155).

    Not every program quotes such a line of a text: one that says no time, and below which no field of a
    header stands, is text. Linear in the file; no mail is taken into memory.
    """
    number, start, at = 0, 0, 0
    empty = fresh = True
    while line := file.readline(_LINE):
        if fresh and empty and line.startswith(b"From ") and _stands_above_a_mail(file, line):
            if number:
                yield MboxMail(number, start, at - start)
            file.seek(at + len(line))  # whoever takes the mails reads elsewhere meanwhile
            number, start = number + 1, at + len(line)
        at += len(line)
        empty = fresh and not line.strip(b"\r\n")
        fresh = line.endswith(b"\n")
    if number:
        yield MboxMail(number, start, at - start)


def _stands_above_a_mail(file: BinaryIO, line: bytes) -> bool:
    """Tell whether a line `From …` is no text; the file is left where it was read to."""
    if _WHEN.search(line):
        return True
    after = file.tell()
    below = file.readline(_LINE)
    file.seek(after)
    return not below or _FIELD.match(below) is not None


def bytes_of(file: BinaryIO, mail: MboxMail) -> bytes:
    """The bytes of a mail as they were before it was put into the file: `>From ` stands for `From `."""
    file.seek(mail.start)
    return b"\n".join(map(_unquoted, file.read(mail.size).split(b"\n")))


def _unquoted(line: bytes) -> bytes:
    return line[1:] if line.startswith(b">") and line.lstrip(b">").startswith(b"From ") else line
