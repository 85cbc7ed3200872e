"""Files that stand uuencoded in a text, as programs sent them before MIME and Outlook still may."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

_BEGIN: Final = re.compile(rb"^begin [0-7]{3,4} ([^\r\n]{1,255}+)\r?\n([^\r\n]{1,90}+)\r?\n", re.MULTILINE)
_END: Final = re.compile(rb"^end[ \t]*\r?(?:\n|\Z)", re.MULTILINE)
_MOST_TRIED: Final = 200


@dataclass(frozen=True, slots=True)
class FileInText:
    """The place where a file begins and ends in the bytes of a mail, and the name it was given."""

    name: bytes
    start: int
    end: int


def files_in_text(raw: bytes, start: int, end: int) -> Iterator[FileInText]:
    """The whole files in a stretch of a mail; a text that only speaks of uuencode has none."""
    for _ in range(_MOST_TRIED):
        begin = _BEGIN.search(raw, start, end)
        if begin is None:
            return
        start = begin.end(2)
        if _is_uu_line(begin[2]):
            last = _END.search(raw, start, end)
            if last is None:
                return
            yield FileInText(begin[1].strip(), begin.start(), last.end())
            start = last.end()


def _is_uu_line(line: bytes) -> bool:
    """Tell whether a line has the length that its first character says; spaces at its end may be lost."""
    if not all(32 <= each <= 96 for each in line):
        return False
    encoded = (((line[0] - 32) & 63) + 2) // 3 * 4
    return encoded // 2 <= len(line) - 1 <= encoded + 2
