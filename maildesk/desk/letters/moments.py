"""Times as letters tell them, in the time zone of their reader."""

from __future__ import annotations

from datetime import datetime

from maildesk.desk.case.told import Speech, Told
from maildesk.desk.letters.language import ENGLISH


class Moment(Told):
    """A time that each language tells in its own way; `zone` is an IANA name."""

    at: datetime
    zone: str

    def __new__(cls, at: datetime, zone: str) -> Moment:
        moment = super().__new__(cls, ENGLISH.moment(at, zone))
        moment.at, moment.zone = at, zone
        return moment

    def in_(self, language: Speech) -> str:
        return language.moment(self.at, self.zone)


def moment(at: datetime, zone: str) -> Moment:
    """A time as people read it: `Monday, 23 November 2026, 09:30 (Lisbon)`."""
    return Moment(at, zone)
