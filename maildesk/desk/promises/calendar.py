"""Business time: which moments count, when a promise falls due, and how much of it has passed.

Opening hours are wall-clock times of one zone; they become instants before anything is counted, so
that what is counted is real elapsed time on days with a clock change too. A wall time that the clock
shows twice means the first showing; one that it skips means the moment of the jump (PEP 495).
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from maildesk.desk.promises.spans import Span, SpanKind
from maildesk.errors import BadInput

MIDNIGHT = 24 * 60
"""The end of a day, in minutes: 24:00, which `datetime.time` cannot say."""

_LONGEST_CLOSED = 800
"""Closed days in a row after which we say that the calendar never opens, instead of looking for ever."""

_DAYS_KEPT = 400
"""Days whose hours are remembered as instants."""

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, order=True)
class Window:
    """Open from `opens` until `closes`, in minutes after local midnight; 1440 is 24:00."""

    opens: int
    closes: int

    def __post_init__(self) -> None:
        if not 0 <= self.opens < self.closes <= MIDNIGHT:
            raise BadInput(
                f"{self} does not end after it begins",
                remedy="for hours over midnight write 22:00-24:00, and 00:00-06:00 on the next day",
            )

    def __str__(self) -> str:
        return f"{_clock(self.opens)}-{_clock(self.closes)}"


@dataclass(frozen=True, slots=True)
class BusinessCalendar:
    """Opening hours per weekday (Monday first) in one zone, except on `days_off`.

    A window includes its opening and excludes its closing moment. Moments taken and given are aware
    datetimes; those given are UTC. `releases` are days, in their order.
    """

    zone: ZoneInfo
    hours: tuple[tuple[Window, ...], ...]
    days_off: Container[date] = frozenset()
    releases: tuple[date, ...] = ()
    _days: dict[date, tuple[tuple[datetime, datetime], ...]] = field(
        init=False, repr=False, compare=False, default_factory=dict
    )

    def __post_init__(self) -> None:
        if len(self.hours) != 7:
            raise BadInput("a calendar needs hours for seven weekdays, Monday first")
        if not any(self.hours):
            raise BadInput("the calendar has no open hours", remedy="give at least one weekday its hours")
        for windows in self.hours:
            ordered(windows)

    def next_open(self, at: datetime) -> datetime:
        """This moment if it is open, else the next opening."""
        moment = _utc(at)
        for opens, closes in self._from(moment):
            if moment < closes:
                return max(moment, opens)
        raise AssertionError("unreachable: _from raises when nothing opens")

    def add(self, start: datetime, span: timedelta) -> datetime:
        """The earliest moment at which `span` of business time has passed since `start`.

        It may be a closing moment. Nothing to wait for means the next open moment.
        """
        if span < timedelta(0):
            raise BadInput("business time only runs forward")
        if not span:
            return self.next_open(start)
        moment, left = _utc(start), span
        for opens, closes in self._from(moment):
            available = closes - max(opens, moment)
            if available >= left:
                return max(opens, moment) + left
            left -= max(available, timedelta(0))
        raise AssertionError("unreachable: _from raises when nothing opens")

    def between(self, start: datetime, end: datetime) -> timedelta:
        """Count the business time from `start` until `end`; zero when `end` is not later."""
        begin, stop = _utc(start), _utc(end)
        total = timedelta(0)
        if stop <= begin:
            return total
        # A clock set back over midnight shows a date again after the next one has begun: look a day further.
        day, last = self._local(begin).date(), self._local(stop).date() + _DAY
        while day <= last:
            for opens, closes in self._day(day):
                total += max(min(closes, stop) - max(opens, begin), timedelta(0))
            day += _DAY
        return total

    def add_days(self, start: datetime, days: int) -> datetime:
        """`days` business days after `start`: the same time of day on that day, within its hours.

        What comes in while we are closed counts as coming in at the next opening. If the day closes
        before that time, the promise is due at its close.
        """
        if days < 0:
            raise BadInput("business time only runs forward")
        first = self._local(self.next_open(start))
        if days == 0:
            return first.astimezone(UTC)
        day, closed = first.date(), 0
        while days:
            day += _DAY
            closed = 0 if self._day(day) else closed + 1
            if closed > _LONGEST_CLOSED:
                raise self._never_opens(day)
            days -= closed == 0
        return self._within(day, first.timetz().replace(tzinfo=None))

    def due(self, start: datetime, span: Span) -> datetime | None:
        """Find when a span that begins at `start` is over; None where no such release is planned."""
        if span.kind is SpanKind.REAL:
            return _utc(start) + span.time
        if span.kind is SpanKind.RELEASES:
            return self._release(start, span.count)
        if span.kind is SpanKind.BUSINESS_DAYS:
            return self.add_days(start, span.count)
        if span.kind is SpanKind.DAYS:
            return self.next_open(self._days_on(start, span.count))
        return self.add(start, span.time)

    def _days_on(self, start: datetime, days: int) -> datetime:
        """The same wall time so many days later, on days with a clock change too."""
        local = self._local(_utc(start))
        rest = timedelta(seconds=local.second, microseconds=local.microsecond)
        return self._instant(local.date() + days * _DAY, local.hour * 60 + local.minute) + rest

    def _release(self, start: datetime, number: int) -> datetime | None:
        """The close of the day of the release that is the `number`-th to come."""
        closes = (self._close(day) for day in self.releases)
        to_come = [each for each in closes if each > _utc(start)]
        return to_come[number - 1] if number <= len(to_come) else None

    def _close(self, day: date) -> datetime:
        windows = self._windows(day)
        return self._instant(day, windows[-1].closes if windows else MIDNIGHT)

    # --- once a business day --------------------------------------------------------------------------

    def last_daily(self, minutes: int, now: datetime) -> datetime:
        """The newest moment, `now` at the latest, at which a business day came to that minute of it."""
        day = self._local(_utc(now)).date() + _DAY
        for _ in range(_LONGEST_CLOSED):
            if self._day(day) and (moment := self._instant(day, minutes)) <= now:
                return moment
            day -= _DAY
        raise self._never_opens(day + _LONGEST_CLOSED * _DAY)

    def next_daily(self, minutes: int, now: datetime) -> datetime:
        """The first moment after `now` at which a business day comes to that minute of it."""
        day = self._local(_utc(now)).date() - _DAY
        for _ in range(_LONGEST_CLOSED):
            if self._day(day) and (moment := self._instant(day, minutes)) > now:
                return moment
            day += _DAY
        raise self._never_opens(day)

    def last_opening(self, now: datetime) -> datetime:
        """The newest moment, `now` at the latest, at which a business day began."""
        day = self._local(_utc(now)).date() + _DAY
        for _ in range(_LONGEST_CLOSED):
            if (hours := self._day(day)) and hours[0][0] <= now:
                return hours[0][0]
            day -= _DAY
        raise self._never_opens(day + _LONGEST_CLOSED * _DAY)

    def next_opening(self, now: datetime) -> datetime:
        """The first moment after `now` at which a business day begins."""
        day = self._local(_utc(now)).date() - _DAY
        for _ in range(_LONGEST_CLOSED):
            if (hours := self._day(day)) and hours[0][0] > now:
                return hours[0][0]
            day += _DAY
        raise self._never_opens(day)

    def end_of_day(self, now: datetime) -> datetime:
        """The midnight after `now`."""
        return self._instant(self._local(_utc(now)).date() + _DAY, 0)

    # --- from wall clock to instants ----------------------------------------------------------------

    def _within(self, day: date, at: time) -> datetime:
        """Move that wall time on that day into its open hours: to the close before it or the opening."""
        minutes = at.hour * 60 + at.minute
        windows = self._windows(day)
        window = next((each for each in reversed(windows) if each.opens <= minutes), None)
        if window is None:
            return self._instant(day, windows[0].opens)
        if minutes >= window.closes:
            return self._instant(day, window.closes)
        rest = timedelta(seconds=at.second, microseconds=at.microsecond)
        return self._instant(day, minutes) + rest

    def _from(self, moment: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Every open interval that ends after `moment`, in order, without end."""
        day, closed = self._local(moment).date(), 0
        while closed <= _LONGEST_CLOSED:
            intervals = self._day(day)
            closed = 0 if intervals else closed + 1
            for interval in intervals:
                if interval[1] > moment:
                    yield interval
            day += _DAY
        raise self._never_opens(day)

    def _windows(self, day: date) -> tuple[Window, ...]:
        return () if day in self.days_off else self.hours[day.weekday()]

    def _day(self, day: date) -> tuple[tuple[datetime, datetime], ...]:
        """The open intervals of one local day, remembered: a desk asks for today with every mail."""
        known = self._days.get(day)
        if known is None:
            if len(self._days) >= _DAYS_KEPT:
                self._days.clear()
            known = self._days[day] = tuple(self._intervals(day))
        return known

    def _intervals(self, day: date) -> Iterator[tuple[datetime, datetime]]:
        """As instants; a window that a clock change swallowed is left out."""
        for window in self._windows(day):
            opens, closes = self._instant(day, window.opens), self._instant(day, window.closes)
            if opens < closes:
                yield opens, closes

    def _instant(self, day: date, minutes: int) -> datetime:
        """The moment at which the wall clock first shows this time, or jumps over it."""
        wall = datetime.combine(day, time.min, self.zone) + timedelta(minutes=minutes)
        moment = wall.astimezone(UTC)
        # PEP 495: only a time the clock skips does not come back from UTC as itself.
        if moment.astimezone(self.zone) == wall:  # of one zone: as the clock shows them
            return moment
        return self._jump(wall.replace(fold=1).astimezone(UTC), moment)

    def _jump(self, before: datetime, after: datetime) -> datetime:
        """The moment between the two at which the zone's offset changes, to the second."""
        old = self._local(before).utcoffset()
        while after - before > timedelta(seconds=1):
            middle = before + timedelta(seconds=(after - before) // timedelta(seconds=2))
            if self._local(middle).utcoffset() == old:
                before = middle
            else:
                after = middle
        return after

    def _local(self, moment: datetime) -> datetime:
        return moment.astimezone(self.zone)

    def _never_opens(self, day: date) -> BadInput:
        return BadInput(f"the calendar has no open hours in the two years before {day}")


def ordered(windows: Iterable[Window]) -> tuple[Window, ...]:
    """The windows of one day, which must follow each other; they may touch."""
    day = tuple(windows)
    for earlier, later in pairwise(day):
        if later.opens < earlier.closes:
            raise BadInput(f"{earlier} and {later} overlap or are out of order")
    return day


def _utc(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise BadInput("a moment without a zone cannot be placed in business time")
    return moment.astimezone(UTC)


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"
