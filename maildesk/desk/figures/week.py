"""The calendar week, from Monday 00:00 to the next Monday 00:00 by the desk's clock."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from maildesk.errors import BadInput

_WRITTEN = re.compile(r"([0-9]{4})-?W([0-9]{1,2})", re.ASCII | re.IGNORECASE)


@dataclass(frozen=True, slots=True, order=True)
class Week:
    """One week by its number in its year, as ISO 8601 counts them."""

    year: int
    number: int

    @classmethod
    def parse(cls, text: str) -> Week:
        """Read `2026-W47`; raises BadInput."""
        match = _WRITTEN.fullmatch(text.strip())
        try:
            if match is None:
                raise ValueError(text)
            date.fromisocalendar(int(match[1]), int(match[2]), 1)
        except ValueError:
            raise BadInput(f"{text[:40]!a} is no week", remedy="write 2026-W47") from None
        return cls(int(match[1]), int(match[2]))

    @classmethod
    def of(cls, day: date) -> Week:
        """The week of that day."""
        year, number, _ = day.isocalendar()
        return cls(year, number)

    @classmethod
    def last_whole(cls, now: datetime, zone: ZoneInfo) -> Week:
        """The newest week that is over by the clock of that zone."""
        return cls.of(now.astimezone(zone).date()).later(-1)

    def __str__(self) -> str:
        return f"{self.year}-W{self.number:02}"

    @property
    def monday(self) -> date:
        return date.fromisocalendar(self.year, self.number, 1)

    def later(self, weeks: int = 1) -> Week:
        """The week that comes so many weeks later."""
        return Week.of(self.monday + timedelta(weeks=weeks))

    def begins(self, zone: ZoneInfo) -> datetime:
        """The moment (UTC) at which it begins."""
        return datetime.combine(self.monday, time(), zone).astimezone(UTC)
