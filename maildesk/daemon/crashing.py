"""Crash points: places where a test can end the daemon as a power cut would."""

from __future__ import annotations

import os
import signal
from typing import Final

CRASH_POINTS: Final = (
    "received",
    "before-filing",
    "filed",
    "cleared",
    "before-mark",
    "marked",
    "transmitted",
    "settled",
)
"""Every place, in the order a mail passes them."""


class CrashPoints:
    """Ends the process with SIGKILL at the named place. Only with `testing: true` in the configuration."""

    def __init__(self, at: str | None = None) -> None:
        if at is not None and at not in CRASH_POINTS:
            raise ValueError(f"MAILDESK_CRASH_AT={at}: one of {', '.join(CRASH_POINTS)}")
        self._at = at

    def here(self, place: str) -> None:
        """Die if this is the place."""
        if place == self._at:
            os.kill(os.getpid(), signal.SIGKILL)
