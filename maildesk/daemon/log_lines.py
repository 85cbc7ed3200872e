"""Log lines: one each, `key=value`, nothing a customer wrote may break them, and no storm may flood them."""

from __future__ import annotations

import ast
import contextlib
import json
import logging
import os
import re
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from traceback import extract_tb
from types import TracebackType
from typing import IO, TextIO

from maildesk.errors import MaildeskError

ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]

LINES_PER_SECOND = 10
"""The most lines a second from one place in the code; the rest are counted."""


_PRIORITIES = ((logging.ERROR, "<3>"), (logging.WARNING, "<4>"), (logging.INFO, "<6>"))
_DEBUG = "<7>"


def priority(level: int) -> str:
    """Say how grave a line is as journald reads it at the line's beginning (sd-daemon(3))."""
    return next((word for least, word in _PRIORITIES if level >= least), _DEBUG)


class LineFormatter(logging.Formatter):
    """`2026-11-22T08:30:00Z INFO maildesk.daemon.filing filed mails=3`. Controls become escapes.

    journald stamps lines by itself, and takes a priority instead (`<6>INFO …`): `stamped=False`.
    """

    def __init__(self, *, stamped: bool) -> None:
        stamp = "%(asctime)s " if stamped else ""
        super().__init__(f"{stamp}%(levelname)s %(name)s %(message)s", "%Y-%m-%dT%H:%M:%SZ")
        self.converter = time.gmtime
        self._stamped = stamped

    def format(self, record: logging.LogRecord) -> str:
        line = super().format(record)
        line = "".join(char if char.isprintable() else ascii(char)[1:-1] for char in line)
        return line if self._stamped else f"{priority(record.levelno)}{line}"

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


_PAIR = re.compile(r"""(?:^|(?<=\s))([a-z_]+)=('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|\S+?)[:;,]?(?:\s+|$)""")


class JsonFormatter(LineFormatter):
    """The same line as a JSON object: `time`, `level`, `logger`, `message`, and each `key=value` of it.

    What is in the message once more by its key is text, as it stands there.
    """

    def format(self, record: logging.LogRecord) -> str:
        message = record.getMessage()
        told = {key: _plain(value) for key, value in _PAIR.findall(message)}
        told |= {
            "time": self.formatTime(record, self.datefmt),
            "level": record.levelname,
            "logger": record.name,
            "message": message,
        }
        if record.exc_info:
            told["trace"] = self.formatException(record.exc_info)
        line = json.dumps(told)
        return line if self._stamped else f"{priority(record.levelno)}{line}"


def _plain(value: str) -> str:
    """Take a value out of its quotation marks."""
    if value[:1] in ("'", '"'):
        with contextlib.suppress(ValueError, SyntaxError):
            return str(ast.literal_eval(value))
    return value


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


def without_values(record: logging.LogRecord) -> bool:
    """Take what was being worked on out of asyncio's lines, which show tasks, errors and arguments."""
    if record.name == "asyncio":
        record.msg, record.args = record.getMessage().partition("\n")[0].partition("(")[0].rstrip(), None
    return True


def journald_reads(stream: IO[str], environ: Mapping[str, str] = os.environ) -> bool:
    """Tell whether journald is at the other end of `stream`, by its numbers (systemd.exec(5)).

    A shell may have taken the variable over from a service that began it, and write to a file.
    """
    try:
        found = os.fstat(stream.fileno())
    except (OSError, ValueError):
        return False  # nothing of the system's, as in a test
    return environ.get("JOURNAL_STREAM") == f"{found.st_dev}:{found.st_ino}"


def set_up(
    level: int = logging.INFO, stream: TextIO = sys.stderr, *, stamped: bool = True, as_json: bool = False
) -> None:
    """Send every line of ours to `stream`, in text or as JSON; `stamped=False` where journald reads it."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter((JsonFormatter if as_json else LineFormatter)(stamped=stamped))
    handler.addFilter(without_values)
    handler.addFilter(RateLimit())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("maildesk").setLevel(level)
    # aioimaplib logs whole commands at DEBUG, passwords and all: never let it.
    logging.getLogger("aioimaplib").setLevel(logging.WARNING)
