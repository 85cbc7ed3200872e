"""Told to stop: at once while nothing has begun, in good order while work is under way, or by force."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from types import FrameType
from typing import Any, NoReturn

from maildesk.cli.invocation import PROBLEM

_log = logging.getLogger(__name__)

_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)

LAST_RESORT = 25.0
"""Seconds a good end may take: longer than the last dot of a letter under way and the commit after it.

Only a thread that waits for a database server that hangs takes longer, and nothing can call it back.
"""
_LAST_LINE = 1.0
"""Seconds the last line has to get out: whoever reads our log may hang as well."""


class StopSignals:
    """A signal to stop: it ends the process, or sets the event of the loop that runs meanwhile."""

    def __init__(self, patience: float, signals: Sequence[signal.Signals] = _SIGNALS) -> None:
        self._patience = patience
        self._signals = signals
        self._timer: threading.Timer | None = None

    def event(self) -> asyncio.Event:
        """Make an event of the running loop that a signal sets from now on: the loop ends what it does."""
        stop = asyncio.Event()

        def told() -> None:
            stop.set()
            self._count_down()

        for number in self._signals:
            asyncio.get_running_loop().add_signal_handler(number, told)
        return stop

    def reload_event(self) -> asyncio.Event:
        """Make an event of the running loop that SIGHUP sets, where it does not mean the terminal's end."""
        asked = asyncio.Event()
        if signal.SIGHUP not in self._signals and signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
            asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, asked.set)
        return asked

    def leave(self, _number: int, _frame: FrameType | None) -> NoReturn:
        """Nothing has begun: what waits now, for a database perhaps, waits for nobody."""
        self._count_down()
        raise SystemExit(0)

    def over(self) -> None:
        """The end was good."""
        if self._timer:
            self._timer.cancel()

    def _count_down(self) -> None:
        if self._timer is None:
            self._timer = threading.Timer(self._patience, _end, [self._patience])
            self._timer.daemon = True
            self._timer.start()


def has_terminal() -> bool:
    """Tell whether this process has a terminal, at whose end it gets SIGHUP; a service has none."""
    try:
        os.close(os.open("/dev/tty", os.O_RDONLY | os.O_NOCTTY | os.O_CLOEXEC))
    except OSError:
        return False
    return True


@contextmanager
def stoppable(
    patience: float = LAST_RESORT, terminal: Callable[[], bool] = has_terminal
) -> Iterator[StopSignals]:
    """Signals to stop are heeded inside, after `patience` seconds by force, whatever is waited for.

    SIGHUP is one where there is a terminal that may end. Elsewhere it asks for a reload, and is passed over
    as long as there is nothing to reload.
    """
    signals = [number for number in _SIGNALS if not _outlives_terminal(number)]
    before: dict[signal.Signals, Any] = {}
    if signal.SIGHUP in signals and not terminal():
        signals.remove(signal.SIGHUP)
        before[signal.SIGHUP] = signal.signal(signal.SIGHUP, _passed_over)
    stopping = StopSignals(patience, signals)
    before |= {number: signal.signal(number, stopping.leave) for number in signals}
    try:
        yield stopping
    finally:
        stopping.over()
        for number, handler in before.items():
            signal.signal(number, handler)


def _passed_over(_number: int, _frame: FrameType | None) -> None:
    """There is nothing to reload yet."""


def _outlives_terminal(number: signal.Signals) -> bool:
    """Tell whether the end of the terminal is ignored, as whoever starts us with nohup wants it."""
    return number is signal.SIGHUP and signal.getsignal(number) is signal.SIG_IGN


def _end(waited: float) -> None:
    """End the process as a crash would: every step can be repeated, so the next start goes on from here."""
    names = [each.name for each in threading.enumerate()]
    line = threading.Thread(target=_say, args=(waited, names), daemon=True)
    line.start()
    line.join(_LAST_LINE)
    os._exit(PROBLEM)


def _say(waited: float, threads: list[str]) -> None:
    waiting = ",".join(name for name in threads if name.startswith(("store-", "tokens-", "asyncio_")))
    _log.error("ended without waiting any longer after=%.0fs waiting=%s", waited, waiting or "-")
