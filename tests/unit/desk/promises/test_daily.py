"""Moments that come once a business day: closed days have none, and clock changes keep the wall time."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from maildesk.desk.promises.calendar import BusinessCalendar, Window

LISBON = ZoneInfo("Europe/Lisbon")
NINE_TO_SIX = (Window(9 * 60, 18 * 60),)
CALENDAR = BusinessCalendar(LISBON, (*(NINE_TO_SIX,) * 5, (), ()), frozenset({date(2025, 12, 1)}))
AT_SIX = 18 * 60


def lisbon(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=LISBON).astimezone(UTC)


@pytest.mark.parametrize(
    ("now", "last", "following"),
    [
        pytest.param("2025-11-25T17:59", "2025-11-24T18:00", "2025-11-25T18:00", id="before the hour"),
        pytest.param("2025-11-25T18:00", "2025-11-25T18:00", "2025-11-26T18:00", id="at the hour"),
        pytest.param("2025-11-30T12:00", "2025-11-28T18:00", "2025-12-02T18:00", id="weekend and holiday"),
        pytest.param("2025-10-26T23:00", "2025-10-24T18:00", "2025-10-27T18:00", id="clocks went back"),
    ],
)
def test_the_newest_moment_and_the_next(now: str, last: str, following: str) -> None:
    assert CALENDAR.last_daily(AT_SIX, lisbon(now)) == lisbon(last)
    assert CALENDAR.next_daily(AT_SIX, lisbon(now)) == lisbon(following)


def test_an_hour_that_the_clock_skips_is_the_moment_of_the_jump() -> None:
    every_day = BusinessCalendar(LISBON, (NINE_TO_SIX,) * 7)
    assert every_day.next_daily(90, lisbon("2025-03-29T12:00")) == datetime(2025, 3, 30, 1, tzinfo=UTC)


def test_after_each_moment_the_next_is_another() -> None:
    at, days = lisbon("2025-10-20T18:00"), list[datetime]()
    for _ in range(10):
        at = CALENDAR.next_daily(AT_SIX, at)
        assert CALENDAR.last_daily(AT_SIX, at) == at
        days.append(at)
    assert len(set(days)) == 10
    assert {each.astimezone(LISBON).hour for each in days} == {18}
