"""The way in: a mail server's pipe is told 75 (try again) for whatever goes wrong, anything else as ever.

Nothing is imported here but the standard library, and the rest only where a failure is caught: most other
exit codes make Postfix, Exim and maildrop return the mail to its author.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Sequence
from contextlib import suppress
from enum import StrEnum
from types import FrameType

STORED = 0
REFUSED = 69
TRY_AGAIN = 75
"""sysexits.h, the language of pipe(8): EX_UNAVAILABLE and EX_TEMPFAIL."""

_DELIVER = "deliver"
_TOLD = (
    *("SIGHUP", "SIGINT", "SIGQUIT", "SIGTERM", "SIGALRM", "SIGVTALRM", "SIGPROF", "SIGUSR1", "SIGUSR2"),
    "SIGXCPU",
)
"""Signals that would end us with a code of their own; of SIGKILL nobody hears."""
_LINE = 300


class Intent(StrEnum):
    """The request in the words of a command line."""

    DELIVERY = "delivery"
    MANGLED = "mangled"
    OTHER = "other"


def meant(words: Sequence[str]) -> Intent:
    """Tell whether these words of a command line hand in a mail, or were meant to.

    Before the command there stands nothing but `-c FILE`. With anything else there, or where FILE is missing
    and the command was taken for it, nobody can say which word is the command.
    """
    left = iter(words)
    for word in left:
        if word in ("-c", "--config"):
            next(left, None)
        elif not word or (word.startswith("-") and not word.startswith(("-c", "--config="))):
            break
        elif not word.startswith("-"):
            return Intent.DELIVERY if word == _DELIVER else Intent.OTHER
    return Intent.MANGLED if _DELIVER in words else Intent.OTHER


def main() -> None:
    """Run the command line."""
    words = sys.argv[1:]
    wanted = meant(words)
    if wanted is Intent.OTHER:
        from maildesk.cli.main import run

        run()
        return
    # Not sys.exit: what fails on the way out, a closed stream say, would end us with 120.
    os._exit(_delivered(words) if wanted is Intent.DELIVERY else _mangled())


def _mangled() -> int:
    _say("before `deliver` there may stand -c FILE and nothing else; its other options come behind it")
    return TRY_AGAIN


def _delivered(words: Sequence[str]) -> int:
    """The exit code: 0 only where the command itself says that the mail is stored, or was asked for help."""
    code: object = TRY_AGAIN
    try:
        _heed()
        from maildesk.cli.main import cli

        code = cli.main(args=list(words), prog_name="maildesk", standalone_mode=False)
    except BaseException as problem:  # noqa: BLE001 - MemoryError, SystemExit: the mail is not stored
        _say(f"the mail was not stored: {_words_of(problem)}")
    _deafen()
    for stream in (sys.stdout, sys.stderr):
        with suppress(Exception):  # closed, or full: what we had to say is not worth a mail
            stream.flush()
    return code if isinstance(code, int) and code in (STORED, REFUSED) else TRY_AGAIN


def _words_of(problem: BaseException) -> str:
    """Say what may be said of it. The server may show it to the author of the mail: no words of our files."""
    said = getattr(problem, "format_message", None)  # a mistake in the command, as click says it
    if said is not None:
        return str(said())
    return type(problem).__name__


def _say(text: str) -> None:
    """One line, whatever became of the stream."""
    line = " ".join(text.split())[:_LINE]
    with suppress(OSError):
        os.write(2, f"maildesk: {line}\n".encode("ascii", "backslashreplace"))


def _heed() -> None:
    """End at once at a signal. What is raised in a destructor or a callback, Python passes over."""

    def called_off(number: int, _frame: FrameType | None) -> None:
        _deafen()
        _say(f"told to stop by signal {number}: the mail is to be handed in again")  # stored or not
        os._exit(TRY_AGAIN)

    for name in _TOLD:
        signal.signal(getattr(signal, name), called_off)


def _deafen() -> None:
    """Let what is said now be true: no second signal changes it."""
    for name in _TOLD:
        signal.signal(getattr(signal, name), signal.SIG_IGN)
