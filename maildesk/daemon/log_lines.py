"""Log lines: one each, `key=value`, nothing a customer wrote may break them, and no storm may flood them."""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import Callable
from pathlib import Path
from traceback import extract_tb
from types import TracebackType
from typing import TextIO

from maildesk.errors import MaildeskError

ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]

LINES_PER_SECOND = 10
"""The most lines a second from one place in the code; the rest are counted."""


class LineFormatter(logging.Formatter):
    """`2026-11-22T08:30:00Z INFO maildesk.daemon.filing filed mails=3`. Controls become escapes."""

    def __init__(self, *, stamped: bool) -> None:
        stamp = "%(asctime)s " if stamped else ""
        super().__init__(f"{stamp}%(levelname)s %(name)s %(message)s", "%Y-%m-%dT%H:%M:%SZ")
        self.converter = time.gmtime

    def format(self, record: logging.LogRecord) -> str:
        line = super().format(record)
        return "".join(char if char.isprintable() else ascii(char)[1:-1] for char in line)

    def formatException(self, ei: ExcInfo) -> str:
        """The trace on one line: what and where, never the values that were being worked on.

        An error of somebody else's making may quote a mail; our own say only what a person may read.
        """
        kind, problem, trace = ei
        said = f": {problem}" if isinstance(problem, MaildeskError) else ""
        places = " > ".join(
            f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in extract_tb(trace)
        )
        return f"{kind.__name__ if kind else 'no error'}{said} at {places}"


class RateLimit(logging.Filter):
    """Lets through so many lines a second from one place; says how many were left out when it does again."""

    def __init__(self, most: int = LINES_PER_SECOND, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._most = most
        self._clock = clock
        self._seen: dict[tuple[str, int], tuple[int, int]] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        second = int(self._clock())
        place = (record.pathname, record.lineno)
        started, count = self._seen.get(place, (second, 0))
        if started != second:
            if count > self._most:
                record.msg = f"{record.msg} left_out={count - self._most}"
            started, count = second, 0
        self._seen[place] = (started, count + 1)
        return count < self._most


def set_up(level: int = logging.INFO, stream: TextIO = sys.stderr, *, stamped: bool = True) -> None:
    """Send every line of ours to `stream`; journald stamps lines by itself, so `stamped=False` under it."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(LineFormatter(stamped=stamped))
    handler.addFilter(RateLimit())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("maildesk").setLevel(level)
    # aioimaplib logs whole commands at DEBUG, passwords and all: never let it.
    logging.getLogger("aioimaplib").setLevel(logging.WARNING)
