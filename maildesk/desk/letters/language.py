"""A language as letters speak it: its words from its folder of templates, its dates and lists from CLDR."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from functools import lru_cache
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from maildesk.desk.case.told import said

if TYPE_CHECKING:  # a list of cases on a terminal needs no dates in words
    from babel import Locale

Words = Mapping[str, str | Mapping[str, str]]
"""Sentences by their English: the translation, or one for each plural of the language (`one`, `other` …)."""

_COUNT: Final = "count"
"""The value of a sentence by whose number its plural is chosen."""


@dataclass(frozen=True, slots=True)
class Language:
    """One language; `dates` is the tag by which CLDR knows how it tells times, where that is another."""

    tag: str
    words: Words = field(default_factory=dict, repr=False)
    dates: str = ""

    def say(self, english: str, values: Mapping[str, object]) -> str:
        """Say a sentence of ours; what nobody translated is English."""
        known = self.words.get(english) or english
        if not isinstance(known, str):
            known = known.get(self._plural(values.get(_COUNT))) or known.get("other") or english
        return known.format(**values) if values else known

    def word(self, words: str) -> str:
        """Say words that know how, or a sentence of ours that stands alone."""
        told = said(words, self)
        return told if told is not words else self.say(words, {})

    def _plural(self, count: object) -> str:
        return self._locale.plural_form(count) if isinstance(count, int) else "other"

    def listed(self, parts: Sequence[str], *, any_one: bool = False) -> str:
        """Join several things: `a, b e c`, `a, b ou c`."""
        if len(parts) < 2:  # most are
            return "".join(parts)
        from babel.lists import format_list

        return format_list(parts, "or" if any_one else "standard", self._locale)

    def moment(self, at: datetime, zone: str) -> str:
        """A time in full: `terça-feira, 25 de novembro de 2025, 10:30 (Lisboa)`. `zone` is an IANA name."""
        local = at.astimezone(ZoneInfo(zone))
        day = _day(local.date(), "full", self._known_as)
        return f"{day}, {self._time(local)} ({self.place(zone)})"

    def place(self, zone: str) -> str:
        """The name of the place that a zone is named by: `Lissabon`."""
        return _place(zone, self._known_as)

    def day(self, at: datetime, zone: str) -> str:
        """A time in short, as an agent reads it in a list: `23 Nov, 09:30`."""
        local = at.astimezone(ZoneInfo(zone))
        return f"{_told(local.date(), 'MMMd', self._known_as)}, {self._time(local)}"

    def in_short(self, at: datetime, zone: str) -> str:
        """A time in a table: `Mon 23 Nov 09:30`, in German `Mo. 23. Nov. 09:30`."""
        local = at.astimezone(ZoneInfo(zone))
        day, known_as = local.date(), self._known_as
        return f"{_day(day, 'EEE', known_as)} {_told(day, 'MMMd', known_as)} {self._time(local)}"

    def date_of(self, at: datetime, zone: str) -> str:
        """A day that may be long ago: `23 Nov 2026`."""
        return self.calendar_day(at.astimezone(ZoneInfo(zone)).date())

    def calendar_day(self, day: date) -> str:
        """The same of a day: `23 Nov 2026`."""
        return _told(day, "yMMMd", self._known_as)

    def weekday(self, at: datetime, zone: str) -> str:
        """The name of the day of the week: `Tuesday`."""
        return _day(at.astimezone(ZoneInfo(zone)).date(), "EEEE", self._known_as)

    def weekdays(self) -> tuple[str, ...]:
        """The days of the week as heads of a table, Monday first: `Mon`, `Tue` …"""
        names = self._locale.days["stand-alone"]["abbreviated"]
        return tuple(names[at] for at in range(7))

    def decimal(self, value: float) -> str:
        """A number with one digit after the point: `2.5`, in German `2,5`."""
        from babel.numbers import format_decimal

        return format_decimal(value, "0.0", self._locale)

    def _time(self, local: datetime) -> str:
        return _told(time(local.hour, local.minute), "Hm", self._known_as)

    @property
    def _known_as(self) -> str:
        return self.dates or self.tag

    @property
    def _locale(self) -> Locale:
        return _locale(self._known_as)


@lru_cache(maxsize=64)
def _locale(tag: str) -> Locale:
    """The language as CLDR knows it; the nearest that it does know, English at last."""
    from babel import Locale, UnknownLocaleError

    parts = tag.split("-")
    for most in range(len(parts), 0, -1):
        try:
            return Locale.parse("-".join(parts[:most]), sep="-")
        except (UnknownLocaleError, ValueError):
            continue
    return Locale.parse(ENGLISH.dates, sep="-")


@lru_cache(maxsize=256)
def _place(zone: str, tag: str) -> str:
    """The name of the place that a zone is named by, as the language calls it: `Lisbon`, `Lissabon`."""
    from babel.dates import get_timezone_location

    if "/" not in zone:
        return zone  # UTC lies nowhere
    if zone.startswith("Etc/"):
        return zone.removeprefix("Etc/")
    return get_timezone_location(zone, _locale(tag), return_city=True)


@lru_cache(maxsize=4096)  # a table has a thousand times of few days
def _day(day: date, form: str, tag: str) -> str:
    """A day as one of the language's own forms, `full`, or parts of it by CLDR's letters."""
    from babel.dates import format_date

    return format_date(day, form, _locale(tag))


@lru_cache(maxsize=4096)
def _told(at: date | time, parts: str, tag: str) -> str:
    """These parts of a day, or of a time, in the order and with the signs that the language has for them."""
    from babel.dates import format_skeleton

    return format_skeleton(parts, at, locale=_locale(tag))


ENGLISH: Final = Language("en", dates="en-150")
"""The language that every letter exists in; its dates as Europe writes them, the day first."""
