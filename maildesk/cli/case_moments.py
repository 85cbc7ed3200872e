"""Moments as people type them to `case list`: a span back or ahead, or a day of the desk's own calendar."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from maildesk.errors import BadInput

_DAYS: Final = {"today": 0, "yesterday": -1, "tomorrow": 1}
_DAY: Final = timedelta(days=1)


def back_to(typed: str, now: datetime, zone: str) -> datetime:
    """Find the moment so long ago, or the beginning of that day; UTC."""
    return _moment(typed, now, zone, sign=-1, after=timedelta(), example="7d, yesterday or 2026-11-01")


def back_until(typed: str, now: datetime, zone: str) -> datetime:
    """Find the moment so long ago, or the end of that day; UTC."""
    return _moment(typed, now, zone, sign=-1, after=_DAY, example="7d, yesterday or 2026-11-01")


def ahead(typed: str, now: datetime, zone: str) -> datetime:
    """Find the moment in so long, or the end of that day; UTC."""
    return _moment(typed, now, zone, sign=1, after=_DAY, example="today, tomorrow, 48h or 2026-11-30")


def _moment(typed: str, now: datetime, zone: str, *, sign: int, after: timedelta, example: str) -> datetime:
    from maildesk.desk.promises.typed_times import span

    long, here = span(typed), ZoneInfo(zone)
    try:
        if long is not None:
            return now + sign * long
        day = _day(typed.strip().casefold(), now.astimezone(here).date()) + after
        return datetime.combine(day, time(), here).astimezone(now.tzinfo)
    except (ValueError, OverflowError):
        raise BadInput(f"{typed[:40]!a} is no span of time and no day", remedy=f"write {example}") from None


def _day(typed: str, today: date) -> date:
    days = _DAYS.get(typed)
    return date.fromisoformat(typed) if days is None else today + timedelta(days=days)
