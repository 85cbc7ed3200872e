"""Times as a page says them: a moment in the desk's zone, and spans in one or two units."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_LONG = timedelta(hours=10)


def moment(at: datetime, zone: ZoneInfo) -> str:
    """`Tue 24 Nov 10:20`, the wall clock of that zone."""
    local = at.astimezone(zone)
    return f"{_DAYS[local.weekday()]} {local.day} {_MONTHS[local.month - 1]} {local:%H:%M}"


def span(time: timedelta) -> str:
    """`23 min`, `1 h 20 min`, `13 h`, `3 d`: the longer it is, the rounder."""
    minutes = max(0, int(time.total_seconds() // 60))
    if time >= timedelta(days=1):
        return f"{minutes // 1440} d"
    if time >= _LONG:
        return f"{minutes // 60} h"
    hours, rest = divmod(minutes, 60)
    return f"{hours} h {rest:02} min" if hours and rest else f"{hours} h" if hours else f"{rest} min"
