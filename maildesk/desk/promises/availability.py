"""Availability: the share of a time in which a mailbox was heard."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

MEASURED = timedelta(days=30)
"""The time before now of which availability is told."""


@dataclass(frozen=True, slots=True)
class Outage:
    """A time in which a mailbox was not heard: from the last word of its server to the next."""

    mailbox: str
    since: datetime
    until: datetime

    @property
    def lasted(self) -> timedelta:
        return self.until - self.since


def availability(outages: Iterable[Outage], since: datetime, until: datetime) -> float | None:
    """The percent of the time from `since` to `until` outside these outages of one mailbox; None: no time.

    Rounded down to a hundredth: a desk that missed a minute is never told that it missed none.
    """
    whole = until - since
    if whole <= timedelta(0):
        return None
    within = ((max(each.since, since), min(each.until, until)) for each in outages)
    silent = sum((end - begin for begin, end in within if begin < end), timedelta(0))
    return max(0, 10_000 * (whole - silent) // whole) / 100
