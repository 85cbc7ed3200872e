"""Spans of time and days as people type them: `3d`, `2 weeks`, `friday`, `9 March`, `2026-03-09`."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from maildesk.desk.case.told import Phrase
from maildesk.errors import BadInput

_UNITS: Final[dict[str, timedelta]] = {
    **dict.fromkeys(("m", "min", "mins", "minute", "minutes"), timedelta(minutes=1)),
    **dict.fromkeys(("h", "hr", "hrs", "hour", "hours"), timedelta(hours=1)),
    **dict.fromkeys(("d", "day", "days"), timedelta(days=1)),
    **dict.fromkeys(("w", "wk", "week", "weeks"), timedelta(weeks=1)),
}
_SPAN: Final = re.compile(r"(?:for\s+)?(\d{1,5})\s*([a-z]+)\.?", re.ASCII)
_UNTIL: Final = re.compile(r"^(?:(?:until|till|to|on|next)\s+)+")
_WEEKDAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MONTHS: Final = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
_DAY_OF_MONTH: Final = re.compile(r"(?:(\d{1,2})\.?\s*([a-z]{3,})|([a-z]{3,})\s*(\d{1,2}))\.?", re.ASCII)
_MORNING: Final = time(8)
"""The hour at which a day that somebody names begins."""

LONGEST: Final = timedelta(days=366)

_MOST_TYPED: Final = 100
"""Characters: no span or day is longer. Sorting a run of accents costs the square of its length."""


def until(value: str, now: datetime, zone: str) -> datetime:
    """Find when the span is over, or the morning of that day in the desk's time zone; UTC."""
    typed = value if len(value) <= _MOST_TYPED else ""
    typed = unicodedata.normalize("NFKC", typed).casefold().strip(" .!")
    local = now.astimezone(ZoneInfo(zone))
    day = _named_day(_UNTIL.sub("", typed), local.date())
    long = None if day else _span_of(typed)
    at = datetime.combine(day, _MORNING, local.tzinfo) if day else now + long if long else None
    if at is None:
        remedy = Phrase("write 3d, 4h, 2w, or a day as friday, 9 March or 2026-03-09")
        raise BadInput(Phrase("{typed} is no span of time", typed=repr(value[:40])), remedy=remedy)
    if not now < at <= now + LONGEST:
        raise BadInput(Phrase("{typed} is not within a year from now", typed=repr(value[:40])))
    return at.astimezone(now.tzinfo)


def day(value: str, now: datetime, zone: str) -> date:
    """Find the day that is meant: any that is written in full, else one within a year from now."""
    here = ZoneInfo(zone)
    typed = _UNTIL.sub("", value[:_MOST_TYPED].strip(" .!").casefold())
    if typed == "today":
        return now.astimezone(here).date()
    try:
        return date.fromisoformat(typed.upper())
    except ValueError:
        return until(value, now, zone).astimezone(here).date()


def span(value: str) -> timedelta | None:
    """Read a span such as `7d` or `48 hours`; None where it is none."""
    typed = value if len(value) <= _MOST_TYPED else ""
    return _span_of(unicodedata.normalize("NFKC", typed).casefold().strip(" .!"))


def _span_of(typed: str) -> timedelta | None:
    match = _SPAN.fullmatch(typed)
    unit = _UNITS.get(match.group(2)) if match else None
    return int(match.group(1)) * unit if match and unit else None


def _named_day(typed: str, today: date) -> date | None:
    """The day that is meant, after `today`. Digits alone (9.3.) are not read: elsewhere they mean another."""
    if typed == "tomorrow":
        return today + timedelta(days=1)
    if (weekday := _one_of(_WEEKDAYS, typed)) is not None:
        return today + timedelta(days=(weekday - today.weekday() - 1) % 7 + 1)
    try:
        return _day_of_month(typed, today) or date.fromisoformat(typed)
    except ValueError:
        return None  # no such day


def _day_of_month(typed: str, today: date) -> date | None:
    match = _DAY_OF_MONTH.fullmatch(typed)
    month = _one_of(_MONTHS, match[2] or match[3]) if match else None
    if match is None or month is None:
        return None
    day = date(today.year, month + 1, int(match[1] or match[4]))
    return day if day > today else day.replace(year=today.year + 1)


def _one_of(names: Sequence[str], typed: str) -> int | None:
    """Find which of the names is meant, whole or by at least three letters."""
    found = (at for at, name in enumerate(names) if len(typed) >= 3 and name.startswith(typed))
    return next(found, None)
