"""Times that go by as a page says them, in one or two units."""

from __future__ import annotations

from datetime import timedelta

from maildesk.desk.case.told import Phrase

_LONG = timedelta(hours=10)


def span(time: timedelta) -> Phrase:
    """`23 min`, `1 h 20 min`, `13 h`, `3 d`: the longer it is, the rounder."""
    minutes = max(0, int(time.total_seconds() // 60))
    if time >= timedelta(days=1):
        return Phrase("{count} d", count=minutes // 1440)
    hours, rest = divmod(minutes, 60)
    if time >= _LONG or (hours and not rest):
        return Phrase("{hours} h", hours=hours)
    if hours:
        return Phrase("{hours} h {minutes} min", hours=hours, minutes=f"{rest:02}")
    return Phrase("{minutes} min", minutes=rest)
