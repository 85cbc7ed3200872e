"""A clock that jumps: it is told, nothing ends because of it, and no letter waits for it."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from maildesk.daemon.clock import LEAP, ClockWatch
from maildesk.desk.case.told import Joined, Phrase
from maildesk.store import mailboxes, outbox
from maildesk.store.database import Database

_log = logging.getLogger(__name__)

PUT_OFF_AT_MOST = timedelta(hours=5)
"""A little more than the longest pause of a letter: what is due later was put off by a wrong clock."""

Tell = Callable[[str, str], Awaitable[None]]
"""Raises the alarm of a kind, with its detail."""


class ClockDuty:
    """Looks at the clock once a second. `steady` gives seconds that really passed."""

    def __init__(self, store: Database, tell: Tell, steady: Callable[[], float]) -> None:
        self._store = store
        self._tell = tell
        self._steady = steady
        self._watch: ClockWatch | None = None

    @property
    def doubted(self) -> bool:
        """Tell whether the clock stands so far ahead that time alone must end nothing: promise or letter."""
        return self._watch is not None and self._watch.doubted

    async def look(self, now: datetime) -> None:
        """Say that the clock was set, if it was; mend what a clock that came back left behind."""
        if self._watch is None:
            leap = await self._since_last_time(now)
            self._watch = ClockWatch(now, self._steady())
        else:
            leap = self._watch.leap(now, self._steady())
        if leap is None:
            return
        words = _in_words(leap, now, self.doubted)
        _log.warning("the clock was set by=%.0fs: %s", leap.total_seconds(), words)
        if leap < timedelta(0):
            await self._store.write(lambda conn: outbox.bring_forward(conn, now, now + PUT_OFF_AT_MOST))
        await self._tell("clock", words)

    async def _since_last_time(self, now: datetime) -> timedelta | None:
        """Before what we remember, it was set back while nobody looked; ahead it may be right."""
        last = await self._store.read(mailboxes.last_listing)
        back = timedelta(seconds=round((now - last).total_seconds())) if last else timedelta(0)
        return back if back < -LEAP else None


def _in_words(leap: timedelta, now: datetime, doubted: bool) -> Joined:
    by, at = str(abs(leap)), f"{now:%Y-%m-%d %H:%M} UTC"
    forward = "The clock was set forward by {by}; it says {at} now."
    back = "The clock was set back by {by}; it says {at} now."
    said = Phrase(forward, by=by, at=at) if leap > timedelta(0) else Phrase(back, by=by, at=at)
    if not doubted:
        return Joined(" ", (said, Phrase("Promises and letters run out by it.")))
    ahead = Phrase(
        "That far ahead it is not believed: promises and letters do not run out by it. If it is right, start "
        "the daemon again; if it is wrong, set it, and the desk goes on by itself."
    )
    return Joined(" ", (said, ahead))
