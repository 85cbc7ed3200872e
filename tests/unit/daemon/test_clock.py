"""A clock that was set is noticed by what really passed, and told to the second."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from maildesk.daemon.clock import ClockWatch

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("passed", "set_by", "told"),
    [
        (1.0, timedelta(0), None),
        (1.0, timedelta(seconds=59), None),
        (8 * 3600.0, timedelta(0), None),  # the machine slept, its clock with it
        (1.0, timedelta(minutes=5), timedelta(minutes=5)),
        (1.0, timedelta(hours=-2), timedelta(hours=-2)),
        (0.3333333, timedelta(days=3652), timedelta(days=3652)),
        (0.3333333, timedelta(days=3652, microseconds=-1), timedelta(days=3652)),
        (0.3333333, timedelta(days=-3652, microseconds=1), timedelta(days=-3652)),
    ],
)
def test_a_leap_is_what_the_clock_shows_beyond_what_passed(
    passed: float, set_by: timedelta, told: timedelta | None
) -> None:
    watch = ClockWatch(NOON, 100.0)
    assert watch.leap(NOON + timedelta(seconds=passed) + set_by, 100.0 + passed) == told


def test_a_clock_far_ahead_is_doubted_until_it_comes_back() -> None:
    watch = ClockWatch(NOON, 100.0)
    watch.leap(NOON + timedelta(days=3), 101.0)
    assert watch.doubted
    watch.leap(NOON + timedelta(seconds=2), 102.0)
    assert not watch.doubted
