"""Letters of the morning, sheets and others: written as the desk opens, once each business day."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from maildesk.casework.morning_sheets import write_morning_letters
from maildesk.casework.office import Office
from maildesk.daemon.next_look import NextLook
from maildesk.store.database import Database


class MorningDuty:
    """Knows when the desk opens next, so that the database is only asked then."""

    def __init__(self, store: Database, office: Office) -> None:
        self._store = store
        self._office = office
        self._next = NextLook()

    def is_due(self, now: datetime) -> bool:
        """Tell whether to look: at the start, at the opening, after a clock went back."""
        return bool(self._office.desk.people.agents) and self._next.is_due(now)

    async def drain(self, now: datetime) -> int:
        """All that are due; how many letters that were."""
        if not self.is_due(now):
            return 0
        written = await self._store.write(partial(write_morning_letters, office=self._office, now=now))
        self._next.looked(now, written.again_at)
        return written.letters
