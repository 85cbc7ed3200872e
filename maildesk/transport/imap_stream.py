"""Bytes from an IMAP server become answers: iterative, linear in the bytes, and bounded whatever is sent."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TypeAlias

from maildesk.errors import ConnectionLost

# One answer as it stood on the wire: text, literal, text, literal, …, text. Literals are the odd places.
Answer: TypeAlias = tuple[bytes, ...]

LINE_MAX = 1 << 20
SEARCH_MAX = 16 << 20  # every UID of a very large folder on one line
PARTS_MAX = 257
LITERAL_MAX = 80 << 20

# Only untagged data can hold a literal (RFC 3501 §9 response-data). Status texts are for people and may end
# in "{5}" by accident, for instance when they repeat a folder's name.
_STATUS_LINE = re.compile(rb"(?!\* )|\* (?:OK|NO|BAD|BYE|PREAUTH)(?![A-Z])", re.IGNORECASE)
_SEARCH_LINE = re.compile(rb"\* E?SEARCH ", re.IGNORECASE)


class AnswerReader:
    """Cuts the stream into answers; a line is continued exactly when it is data and ends in `{n}`."""

    def __init__(self, max_literal: int = LITERAL_MAX) -> None:
        self._max_literal = max_literal
        self._begun = bytearray()  # the beginning of a part whose end has not come yet
        self._parts: list[bytes] = []  # complete parts of an answer that is not
        self._size = 0  # bytes in _parts
        self._literal: int | None = None  # length of the literal we are inside of

    @property
    def pending(self) -> int:
        """Bytes that belong to an answer which is not complete yet."""
        return len(self._begun) + self._size

    def feed(self, data: bytes) -> Iterator[Answer]:
        """Every answer that `data` completes; raises ConnectionLost when a bound is passed."""
        if self._begun:
            searched = len(self._begun) - 1  # its last byte may be the CR of a CRLF
            self._begun += data
            end = self._part_end(self._begun, 0, searched)
            if end is None:
                return
            data, answer = self._finish_begun(end)
            if answer is not None:
                yield answer
        at = 0
        while (end := self._part_end(data, at, at)) is not None:
            after = end + 2 if self._literal is None else end
            answer = self._add(data[at:end])
            at = after
            if answer is not None:
                yield answer
        self._begun += data[at:]

    def _finish_begun(self, end: int) -> tuple[bytes, Answer | None]:
        """The part begun in an earlier chunk is complete: what follows it, and the answer it completes."""
        after = end + 2 if self._literal is None else end
        with memoryview(self._begun) as view:  # a large literal is copied once
            part, rest = bytes(view[:end]), bytes(view[after:])
        self._begun = bytearray()
        return rest, self._add(part)

    def _part_end(self, source: bytes | bytearray, at: int, searched: int) -> int | None:
        """Find where the text or literal that starts at `at` ends, or None while it is not all here."""
        if self._literal is not None:
            end = at + self._literal
            return end if len(source) >= end else None
        end = source.find(b"\r\n", searched)
        length = (len(source) if end < 0 else end) - at
        if length > LINE_MAX and (length > SEARCH_MAX or not _SEARCH_LINE.match(source, at)):
            raise ConnectionLost(f"the server sent a line of more than {LINE_MAX} bytes")
        return end if end >= 0 else None

    def _add(self, part: bytes) -> Answer | None:
        """Take one complete part; the answer, if it was the last one."""
        self._parts.append(part)
        self._size += len(part)
        if self._literal is not None:
            self._literal = None
            return None
        if part[-1:] == b"}" and self._announces_literal(part):
            return None
        answer = tuple(self._parts)
        self._parts.clear()
        self._size = 0
        return answer if answer != (b"",) else None

    def _announces_literal(self, line: bytes) -> bool:
        size = line[line.rfind(b"{") + 1 : -1].removesuffix(b"+")
        if not size.isdigit() or _STATUS_LINE.match(self._parts[0]):
            return False
        if len(size) > 12 or self._size + int(size) > self._max_literal + LINE_MAX:
            raise ConnectionLost(f"the server announced more than {self._max_literal} bytes in one answer")
        if len(self._parts) >= PARTS_MAX:
            raise ConnectionLost(f"the server sent one answer in more than {PARTS_MAX} parts")
        self._literal = int(size)
        return True
