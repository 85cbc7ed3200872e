"""The days on which a desk is closed: public holidays of a country, and days of its own."""

from __future__ import annotations

import re
from collections.abc import Container
from dataclasses import dataclass
from datetime import date

from maildesk.config.problems import WrongValue

_YEARLY = re.compile(r"([0-9]{2})-([0-9]{2})", re.ASCII)
_LEAP = 2000


@dataclass(frozen=True, slots=True)
class DaysOff:
    """Days that never count: single dates, (month, day) of every year, and a country's public holidays."""

    dates: frozenset[date] = frozenset()
    yearly: frozenset[tuple[int, int]] = frozenset()
    public: Container[object] = frozenset()

    def __contains__(self, day: object) -> bool:
        if not isinstance(day, date):
            return False
        return day in self.dates or (day.month, day.day) in self.yearly or day in self.public


def read_day(value: object) -> date | tuple[int, int]:
    """One closed day: `2026-12-24`, or `12-24` for every year."""
    text = value if isinstance(value, str) else ""
    yearly = _YEARLY.fullmatch(text)
    try:
        if yearly:
            day = date(_LEAP, int(yearly[1]), int(yearly[2]))
            return day.month, day.day
        if len(text) == len("2026-12-24"):
            return date.fromisoformat(text)
    except ValueError:
        pass  # a 31st of June is told below, like every other text that is no day
    raise WrongValue(f"{value!r} is not a day", "write 2026-12-24, or 12-24 for every year")


def days_off(closed: tuple[date | tuple[int, int], ...], country: str | None, region: str | None) -> DaysOff:
    """All closed days of a calendar; raises Wrong for a country or region that nobody knows."""
    return DaysOff(
        dates=frozenset(day for day in closed if isinstance(day, date)),
        yearly=frozenset(day for day in closed if not isinstance(day, date)),
        public=public_holidays(country, region) if country else frozenset(),
    )


def public_holidays(country: str, region: str | None) -> Container[object]:
    """Every public holiday of a country or one of its regions, in any year."""
    import holidays  # costs more than all the rest of reading a file, and not every policy wants it

    supported = holidays.list_supported_countries()
    if country not in supported:
        raise WrongValue(f"no public holidays are known for {country!r}", "use a two-letter code such as PT")
    if region is not None and region not in supported[country]:
        known = ", ".join(supported[country]) or "none"
        raise WrongValue(f"no public holidays are known for {region!r} in {country}", f"regions: {known}")
    return holidays.country_holidays(country, subdiv=region)
