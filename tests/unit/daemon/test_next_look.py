"""The next look: due at its hour, at the start, and when a clock went back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from maildesk.daemon.next_look import NextLook

NINE = datetime(2026, 11, 30, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)


def test_the_first_look_is_due_at_once() -> None:
    assert NextLook().is_due(NINE)


def test_the_next_look_is_due_at_its_hour_and_not_before() -> None:
    look = NextLook()
    look.looked(NINE, NINE + HOUR)
    assert not look.is_due(NINE)
    assert not look.is_due(NINE + HOUR - timedelta(seconds=1))
    assert look.is_due(NINE + HOUR)


def test_a_clock_that_was_set_back_is_a_reason_to_look() -> None:
    look = NextLook()
    look.looked(NINE, NINE + HOUR)
    assert look.is_due(NINE - HOUR)


def test_where_nobody_knows_the_hour_each_question_is_worth_a_look() -> None:
    look = NextLook()
    look.looked(NINE, None)
    assert look.is_due(NINE)
