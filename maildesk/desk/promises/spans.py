"""Spans of time as an operator writes them: `4h`, `2bd`, `2w`, `12h day and night`, `2 releases`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from maildesk.errors import BadInput


class SpanKind(StrEnum):
    """The ways in which a span is counted."""

    BUSINESS = "business time"
    BUSINESS_DAYS = "business days"
    DAYS = "days"
    REAL = "day and night"
    RELEASES = "releases"


@dataclass(frozen=True, slots=True)
class Span:
    """A span of one kind: `time` of business or real time, or a `count` of days or releases."""

    kind: SpanKind
    time: timedelta = timedelta(0)
    count: int = 0

    @classmethod
    def parse(cls, text: str) -> Span:
        """Read `30m` `4h` `2bd` `7d` `2w` `12h day and night` `release` `2 releases`; raises BadInput."""
        words = " ".join(text.split())
        if match := _RELEASES.fullmatch(words):
            return _counted(text, SpanKind.RELEASES, int(match[1] or 1))
        match = _SPAN.fullmatch(words)
        if match is None:
            raise _unread(text)
        amount, unit, real = int(match[1]), match[2], bool(match[3])
        if unit in _CLOCK_UNITS:
            kind = SpanKind.REAL if real else SpanKind.BUSINESS
            return _timed(text, kind, amount * _CLOCK_UNITS[unit])
        if real:
            raise _unread(text)
        kind = SpanKind.BUSINESS_DAYS if unit == "bd" else SpanKind.DAYS
        return _counted(text, kind, amount * (7 if unit == "w" else 1))

    def __str__(self) -> str:
        """Write it as the policy file does; `parse` reads it back."""
        if self.kind is SpanKind.BUSINESS_DAYS:
            return f"{self.count}bd"
        if self.kind is SpanKind.DAYS:
            return f"{self.count // 7}w" if self.count % 7 == 0 else f"{self.count}d"
        if self.kind is SpanKind.RELEASES:
            return "release" if self.count == 1 else f"{self.count} releases"
        minutes = self.time // timedelta(minutes=1)
        written = f"{minutes // 60}h" if minutes % 60 == 0 else f"{minutes}m"
        return f"{written} day and night" if self.kind is SpanKind.REAL else written


_SPAN = re.compile(r"([0-9]{1,6})(m|h|bd|d|w)( day and night)?", re.ASCII)
_RELEASES = re.compile(r"(?:([0-9]{1,3}) )?releases?", re.ASCII)
_CLOCK_UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1)}


_LONGEST = {
    each.kind: each
    for each in (
        Span(SpanKind.BUSINESS, time=timedelta(hours=6000)),
        Span(SpanKind.BUSINESS_DAYS, count=520),
        Span(SpanKind.DAYS, count=730),
        Span(SpanKind.REAL, time=timedelta(hours=17520)),
        Span(SpanKind.RELEASES, count=24),
    )
}
"""About two years of each kind: a promise of more is a slip, and days are counted one by one."""


def _timed(text: str, kind: SpanKind, time: timedelta) -> Span:
    return _checked(text, Span(kind, time=time))


def _counted(text: str, kind: SpanKind, count: int) -> Span:
    return _checked(text, Span(kind, count=count))


def _checked(text: str, span: Span) -> Span:
    longest = _LONGEST[span.kind]
    if not span.time and not span.count:
        raise _unread(text)
    if (span.time, span.count) > (longest.time, longest.count):
        raise BadInput(f"{text!r} is longer than two years", remedy=f"write {longest} at most")
    return span


def _unread(text: str) -> BadInput:
    return BadInput(
        f"{text!r} is not a span of time",
        remedy="write business time as 30m or 4h, business days as 2bd, days and weeks as 7d or 2w,"
        " real time as 12h day and night, or release",
    )
