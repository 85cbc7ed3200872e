"""Measuring promises: how much of one is left, and when it is due after its clock stood still or changed."""

from __future__ import annotations

from datetime import datetime, timedelta

from maildesk.desk.case.clocks import Clock
from maildesk.desk.promises.calendar import BusinessCalendar
from maildesk.desk.promises.promised import WarnBefore
from maildesk.desk.promises.spans import Span, SpanKind

NONE = timedelta(0)


def left(calendar: BusinessCalendar, span: Span, now: datetime, due: datetime) -> timedelta:
    """Count the time of that kind of span from now until it is due."""
    return max(due - now, NONE) if span.kind is SpanKind.REAL else calendar.between(now, due)


def later(calendar: BusinessCalendar, span: Span, at: datetime, time: timedelta) -> datetime:
    """The moment at which so much time of that kind of span has passed."""
    if not time:
        return at
    return at + time if span.kind is SpanKind.REAL else calendar.add(at, time)


def resumed(
    calendar: BusinessCalendar, span: Span, began: datetime, at: datetime, rest: timedelta
) -> datetime | None:
    """The due moment of what goes on with that rest. A release stays the one that it was, or is the next."""
    if span.kind is SpanKind.RELEASES:
        planned = calendar.due(began, span)
        return planned if planned and planned > at else calendar.due(at, Span(SpanKind.RELEASES, count=1))
    return later(calendar, span, at, rest) if rest else calendar.next_open(at)


def retargeted(
    calendar: BusinessCalendar, new: Span, clock: Clock, at: datetime, due: datetime | None
) -> datetime | None:
    """The due moment of a promise that is `new` from now on: counted from the start, less stopped time.

    Where that has passed it counts from the change, never later than what was promised before (`due`).
    """
    wanted = calendar.due(clock.began, new)
    if wanted is None:
        return None
    stopped = clock.paused
    if clock.paused_at:
        stopped += left(calendar, new, clock.paused_at, at)
    if new.kind is not SpanKind.RELEASES:
        wanted = later(calendar, new, wanted, stopped)
    if wanted > at:
        return wanted
    from_change = calendar.due(at, new)
    return min(from_change, due) if from_change and due else from_change or due


def warned_at(
    calendar: BusinessCalendar, span: Span, before: WarnBefore, began: datetime, at: datetime, due: datetime
) -> datetime | None:
    """The moment at which people are warned of a promise that goes on at `at`; None where that is no use."""
    rest = calendar.between(at, due)
    planned = due if at == began else calendar.due(began, span) or due
    ahead = before.of(rest if at == began else calendar.between(began, planned))
    return calendar.add(at, rest - ahead) if NONE < ahead < rest else None
