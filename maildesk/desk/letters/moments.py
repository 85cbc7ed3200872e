"""Times as letters tell them, in the time zone of their reader."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

# strftime speaks the machine's language; letters speak that of their template.
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


def moment(at: datetime, zone: str) -> str:
    """A time as a customer reads it: `Monday, 23 November 2026, 09:30 WET`. `zone` is an IANA name."""
    local = at.astimezone(ZoneInfo(zone))
    day = _WEEKDAYS[local.weekday()]
    return f"{day}, {local.day} {_MONTHS[local.month - 1]} {local.year}, {local:%H:%M} {local.tzname()}"


def day(at: datetime, zone: str) -> str:
    """A time in short, as an agent reads it in a list: `23 Nov, 09:30`. `zone` is an IANA name."""
    local = at.astimezone(ZoneInfo(zone))
    return f"{local.day} {_MONTHS[local.month - 1][:3]}, {local:%H:%M}"
