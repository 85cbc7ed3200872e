"""The weekly report: its letters, once a week when the first day opens."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial

from maildesk.casework.office import Office
from maildesk.casework.weekly import ReportWish, due_at, read_weekly, write_weekly
from maildesk.daemon.next_look import NextLook
from maildesk.store.database import Database

_WEEK = timedelta(days=7)


class ReportDuty:
    """Knows when the next report is due, so that the database is only asked then. No wish: never."""

    def __init__(self, store: Database, office: Office, wish: ReportWish | None) -> None:
        self._store = store
        self._office = office
        self._wish = wish
        self._next = NextLook()

    def is_due(self, now: datetime) -> bool:
        """Tell whether there is something to look for: at the start, at the hour, after a clock went back."""
        if self._wish is None:
            return False
        return self._next.is_due(now)

    async def drain(self, now: datetime) -> int:
        """The letters that are due; how many that were. The figures are read before anything is locked."""
        if self._wish is None or not self.is_due(now):
            return 0
        office, wish = self._office, self._wish
        report = await self._store.read(partial(read_weekly, office=office, wish=wish, now=now))
        written = await self._store.write(
            partial(write_weekly, office=office, wish=wish, report=report, now=now)
        )
        due = due_at(office.desk, now)
        self._next.looked(now, due if due > now else due_at(office.desk, now + _WEEK))
        return written
