"""Times as letters tell them, in the time zone of their reader."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


def moment_in(zone: ZoneInfo) -> Callable[[datetime], str]:
    """A time as a customer reads it: `Monday, 23 November 2026, 09:30 WET`."""

    def moment(at: datetime) -> str:
        local = at.astimezone(zone)
        day = _WEEKDAYS[local.weekday()]
        return f"{day}, {local.day} {_MONTHS[local.month - 1]} {local.year}, {local:%H:%M} {local.tzname()}"

    return moment


def day_in(zone: ZoneInfo) -> Callable[[datetime], str]:
    """A time in short, as an agent reads it in a list: `23 Nov, 09:30`."""

    def day(at: datetime) -> str:
        local = at.astimezone(zone)
        return f"{local.day} {_MONTHS[local.month - 1][:3]}, {local:%H:%M}"

    return day
