"""Spans of time as people type them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from maildesk.desk.promises.typed_times import until
from maildesk.errors import BadInput

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
SPANS = {
    "3d": timedelta(days=3),
    "3 days": timedelta(days=3),
    "for 3 days": timedelta(days=3),
    "1D": timedelta(days=1),
    "2w": timedelta(weeks=2),
    "90 min.": timedelta(minutes=90),
    "\uff13\uff44": timedelta(days=3),
}


@pytest.mark.parametrize(("typed", "span"), SPANS.items(), ids=[ascii(each) for each in SPANS])
def test_a_span_is_counted_from_now(typed: str, span: timedelta) -> None:
    assert until(typed, NOW, "Europe/Lisbon") == NOW + span


@pytest.mark.parametrize("typed", ["2026-07-09", "until 2026-07-09"])
def test_a_day_begins_in_the_morning_where_the_desk_is(typed: str) -> None:
    assert until(typed, NOW, "Europe/Lisbon") == datetime(2026, 7, 9, 7, tzinfo=UTC)


DAYS = {
    "tomorrow": (3, 3),
    "monday": (3, 9),  # today is one
    "Tuesday": (3, 3),
    "until fri": (3, 6),
    "until next friday": (3, 6),
    "next sunday": (3, 8),
    "9 March": (3, 9),
    "till Mar 9": (3, 9),
    "9. march": (3, 9),
    "28feb": (2, 28),
    "2 March": (3, 2),
}


@pytest.mark.parametrize(("typed", "day"), DAYS.items(), ids=[*DAYS])
def test_a_day_that_is_named_is_the_next_one_of_that_name(typed: str, day: tuple[int, int]) -> None:
    at = until(typed, NOW, "Europe/Lisbon")
    assert (at.month, at.day) == day
    assert at.year == 2026 if day > (3, 2) else 2027
    assert at.hour == 8


def test_which_day_it_is_the_desk_s_own_clock_says() -> None:
    late = datetime(2026, 3, 2, 23, tzinfo=UTC)  # already Tuesday there
    assert until("tomorrow", late, "Asia/Kathmandu") == datetime(2026, 3, 4, 2, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    "typed", ["9.3.", "31 Feb", "mo", "someday", "29 February", "friday 9", "until", "9 to march"]
)
def test_a_day_that_is_not_clear_is_refused(typed: str) -> None:
    with pytest.raises(BadInput):
        until(typed, NOW, "UTC")


@pytest.mark.parametrize("typed", ["soon", "3", "0d", "-", "99999w", "2026-02-31", "2026-03-01", "3 parsecs"])
def test_what_is_no_span_is_refused_with_one_that_is(typed: str) -> None:
    with pytest.raises(BadInput):
        until(typed, NOW, "UTC")
