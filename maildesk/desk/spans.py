"""Spans of time and days as people type them: `3d`, `2 weeks`, `2026-03-09`."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from maildesk.errors import BadInput

_UNITS: Final[dict[str, timedelta]] = {
    **dict.fromkeys(("m", "min", "mins", "minute", "minutes"), timedelta(minutes=1)),
    **dict.fromkeys(("h", "hr", "hrs", "hour", "hours"), timedelta(hours=1)),
    **dict.fromkeys(("d", "day", "days"), timedelta(days=1)),
    **dict.fromkeys(("w", "wk", "week", "weeks"), timedelta(weeks=1)),
}
_SPAN: Final = re.compile(r"(?:for\s+)?(\d{1,5})\s*([a-z]+)\.?", re.ASCII)
_DAY: Final = re.compile(r"(?:until|till|to)?\s*(\d{4}-\d\d-\d\d)", re.ASCII)
_MORNING: Final = time(8)
"""When a day that somebody names begins."""

LONGEST: Final = timedelta(days=366)


def until(value: str, now: datetime, zone: str) -> datetime:
    """When the span is over, or the morning of that day in the desk's time zone; UTC."""
    typed = unicodedata.normalize("NFKC", value).casefold().strip(" .!")
    at = _after_span(typed, now) or _on_day(typed, zone)
    if at is None:
        raise BadInput(f"{value[:40]!r} is no span of time", remedy="write 3d, 4h, 2w or a day as 2026-03-09")
    if not now < at <= now + LONGEST:
        raise BadInput(f"{value[:40]!r} is not within a year from now")
    return at.astimezone(now.tzinfo)


def _after_span(typed: str, now: datetime) -> datetime | None:
    match = _SPAN.fullmatch(typed)
    unit = _UNITS.get(match.group(2)) if match else None
    return now + int(match.group(1)) * unit if match and unit else None


def _on_day(typed: str, zone: str) -> datetime | None:
    match = _DAY.fullmatch(typed)
    if match is None:
        return None
    try:
        day = date.fromisoformat(match.group(1))
    except ValueError:
        return None
    return datetime.combine(day, _MORNING, ZoneInfo(zone))
