"""Summaries: written when their hour comes, once each business day."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from maildesk.casework.office import Office
from maildesk.casework.summaries import write_summaries
from maildesk.daemon.next_look import NextLook
from maildesk.store.database import Database


class SummaryDuty:
    """Knows when the next summary is due, so that the database is only asked then."""

    def __init__(self, store: Database, office: Office) -> None:
        self._store = store
        self._office = office
        self._next = NextLook()

    def is_due(self, now: datetime) -> bool:
        """Tell whether there is something to look for: at the start, at the hour, after a clock went back."""
        if not self._office.desk.policy.summaries:
            return False
        return self._next.is_due(now)

    async def drain(self, now: datetime) -> int:
        """All summaries that are due; how many letters that were."""
        if not self.is_due(now):
            return 0
        written = await self._store.write(partial(write_summaries, office=self._office, now=now))
        self._next.looked(now, written.again_at)
        return written.letters
