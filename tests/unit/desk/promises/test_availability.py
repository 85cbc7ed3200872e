"""Availability: the share of a time in which a mailbox was heard."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from maildesk.desk.promises.availability import Outage, availability

BEGIN = datetime(2025, 11, 1, tzinfo=UTC)
DAY = timedelta(days=1)


def out(since: float, until: float) -> Outage:
    """An outage from and to so many minutes after the beginning."""
    return Outage("m", BEGIN + timedelta(minutes=since), BEGIN + timedelta(minutes=until))


@pytest.mark.parametrize(
    ("outages", "percent"),
    [
        ([], 100),
        ([out(0, 1440)], 0),
        ([out(0, 720)], 50),
        ([out(60, 74.4), out(100, 100)], 99),
        ([out(-500, 144)], 90),
        ([out(1296, 9000)], 90),
        ([out(-500, -100), out(2000, 3000)], 100),
        ([out(10, 10 + 1 / 60)], 99.99),
    ],
    ids=["none", "all day", "half", "two", "begun before", "not over", "outside", "a second is never none"],
)
def test_the_time_outside_outages_counts(outages: list[Outage], percent: float) -> None:
    assert availability(outages, BEGIN, BEGIN + DAY) == percent


def test_where_no_time_has_passed_nothing_is_measured() -> None:
    assert availability([], BEGIN, BEGIN) is None
