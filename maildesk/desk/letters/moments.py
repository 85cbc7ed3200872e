"""Times and numbers as each language tells them, times in the time zone of their reader."""

from __future__ import annotations

from datetime import datetime

from maildesk.desk.case.told import Speech, Told
from maildesk.desk.letters.language import ENGLISH


class Moment(Told):
    """A time that each language tells in its own way; `zone` is an IANA name."""

    at: datetime
    zone: str

    def __new__(cls, at: datetime, zone: str) -> Moment:
        moment = super().__new__(cls, cls._told(ENGLISH, at, zone))
        moment.at, moment.zone = at, zone
        return moment

    def in_(self, language: Speech) -> str:
        return self._told(language, self.at, self.zone)

    @staticmethod
    def _told(language: Speech, at: datetime, zone: str) -> str:
        return language.moment(at, zone)


class InShort(Moment):
    """A time as it stands in a table: `Mon 23 Nov 09:30`."""

    @staticmethod
    def _told(language: Speech, at: datetime, zone: str) -> str:
        return language.in_short(at, zone)


class Day(Moment):
    """A day with its year: `23 Nov 2026`."""

    @staticmethod
    def _told(language: Speech, at: datetime, zone: str) -> str:
        return language.date_of(at, zone)


class Weekday(Told):
    """A day of the week as the head of a table: `Mon` for 0."""

    at: int

    def __new__(cls, at: int) -> Weekday:
        day = super().__new__(cls, ENGLISH.weekdays()[at])
        day.at = at
        return day

    def in_(self, language: Speech) -> str:
        return language.weekdays()[self.at]


class Decimal(Told):
    """A number with one digit after the point."""

    value: float

    def __new__(cls, value: float) -> Decimal:
        number = super().__new__(cls, ENGLISH.decimal(value))
        number.value = value
        return number

    def in_(self, language: Speech) -> str:
        return language.decimal(self.value)


def moment(at: datetime, zone: str) -> Moment:
    """A time as people read it: `Monday, 23 November 2026, 09:30 (Lisbon)`."""
    return Moment(at, zone)
