"""Business time against hand-computed clocks, and against laws that hold for every calendar."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maildesk.desk.promises.calendar import BusinessCalendar, Window
from maildesk.desk.promises.spans import Span, SpanKind
from maildesk.errors import BadInput

NINE_TO_FIVE = Window(9 * 60, 17 * 60)
HOUR = timedelta(hours=1)
DAY_SPAN = Span.parse("1bd")


def office(zone: str, *days_off: date) -> BusinessCalendar:
    """Monday to Friday, nine to five."""
    return BusinessCalendar(ZoneInfo(zone), ((NINE_TO_FIVE,),) * 5 + ((), ()), frozenset(days_off))


def every_day(zone: str, *windows: tuple[str, str]) -> BusinessCalendar:
    return BusinessCalendar(ZoneInfo(zone), (tuple(window(*each) for each in windows),) * 7)


def window(opens: str, closes: str) -> Window:
    return Window(minutes(opens), minutes(closes))


def minutes(clock: str) -> int:
    hours, _, rest = clock.partition(":")
    return 60 * int(hours) + int(rest)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def is_open(calendar: BusinessCalendar, at: datetime) -> bool:
    """Whether business time passes at this moment."""
    return calendar.next_open(at) == at


# --- four hours from a Friday afternoon, over a weekend on which the clock changes -----------------


@pytest.mark.parametrize(
    ("zone", "start", "due"),
    [
        pytest.param("Europe/Berlin", "2026-03-27 14:00", "2026-03-30 09:00", id="Berlin, into summer"),
        pytest.param("Europe/Berlin", "2026-10-23 13:00", "2026-10-26 10:00", id="Berlin, into winter"),
        pytest.param(
            "America/Sao_Paulo", "2018-11-02 18:00", "2018-11-05 13:00", id="Sao Paulo, into summer"
        ),
        pytest.param(
            "America/Sao_Paulo", "2018-02-16 17:00", "2018-02-19 14:00", id="Sao Paulo, into winter"
        ),
        pytest.param(
            "Australia/Lord_Howe", "2026-10-02 04:30", "2026-10-05 00:00", id="Lord Howe, into summer"
        ),
        pytest.param(
            "Australia/Lord_Howe", "2026-04-03 04:00", "2026-04-06 00:30", id="Lord Howe, into winter"
        ),
        pytest.param("Asia/Kathmandu", "2026-03-27 09:15", "2026-03-30 05:15", id="Kathmandu, no change"),
        pytest.param("UTC", "2026-03-27 15:00", "2026-03-30 11:00", id="UTC"),
    ],
)
def test_four_hours_from_friday_three_o_clock_are_over_on_monday_at_eleven(
    zone: str, start: str, due: str
) -> None:
    calendar = office(zone)
    assert calendar.add(utc(start), 4 * HOUR) == utc(due)
    assert calendar.between(utc(start), utc(due)) == 4 * HOUR


@pytest.mark.parametrize(
    ("zone", "start", "due"),
    [
        pytest.param(
            "Europe/Berlin", "2026-03-28 22:00", "2026-03-29 02:00", id="Berlin, an hour is skipped"
        ),
        pytest.param(
            "Europe/Berlin", "2026-10-24 22:00", "2026-10-25 02:00", id="Berlin, an hour comes twice"
        ),
        pytest.param(
            "America/Sao_Paulo", "2018-11-04 01:00", "2018-11-04 05:00", id="Sao Paulo, no midnight"
        ),
        pytest.param(
            "America/Sao_Paulo", "2018-02-18 01:00", "2018-02-18 05:00", id="Sao Paulo, two evenings"
        ),
        pytest.param(
            "Australia/Lord_Howe", "2026-10-03 14:00", "2026-10-03 18:00", id="Lord Howe, half an hour"
        ),
        pytest.param(
            "America/St_Johns", "2006-10-29 01:00", "2006-10-29 05:00", id="St John's, back over midnight"
        ),
    ],
)
def test_round_the_clock_only_real_time_counts(zone: str, start: str, due: str) -> None:
    calendar = every_day(zone, ("0:00", "24:00"))
    assert calendar.add(utc(start), 4 * HOUR) == utc(due)
    assert calendar.between(utc(start), utc(due)) == 4 * HOUR
    assert all(is_open(calendar, utc(start) + step * timedelta(minutes=10)) for step in range(24))


# On the day of the change: which instants a window means. Berlin skips 02:00-03:00 on 29 March (01:00 UTC)
# and shows it twice on 25 October; Sao Paulo skips 00:00-01:00 on 4 November 2018 (03:00 UTC) and shows
# 23:00-24:00 twice on 17 February 2018; Lord Howe skips 02:00-02:30 and shows 01:30-02:00 twice.
@pytest.mark.parametrize(
    ("zone", "opens", "closes", "first", "last"),
    [
        pytest.param(
            "Europe/Berlin", "1:00", "5:00", "2026-03-29 00:00", "2026-03-29 03:00", id="3 of 4 hours"
        ),
        pytest.param(
            "Europe/Berlin", "2:30", "6:00", "2026-03-29 01:00", "2026-03-29 04:00", id="opens in the gap"
        ),
        pytest.param(
            "Europe/Berlin", "0:00", "2:30", "2026-03-28 23:00", "2026-03-29 01:00", id="closes in the gap"
        ),
        pytest.param(
            "Europe/Berlin", "1:00", "5:00", "2026-10-24 23:00", "2026-10-25 04:00", id="5 of 4 hours"
        ),
        pytest.param(
            "Europe/Berlin", "2:30", "6:00", "2026-10-25 00:30", "2026-10-25 05:00", id="opens in the fold"
        ),
        pytest.param(
            "Europe/Berlin", "0:00", "2:30", "2026-10-24 22:00", "2026-10-25 00:30", id="closes in the fold"
        ),
        pytest.param(
            "America/Sao_Paulo", "0:00", "4:00", "2018-11-04 03:00", "2018-11-04 06:00", id="no midnight"
        ),
        pytest.param(
            "America/Sao_Paulo", "0:00", "24:00", "2018-02-17 02:00", "2018-02-18 03:00", id="25 hours"
        ),
        pytest.param(
            "America/Sao_Paulo", "0:00", "24:00", "2018-11-04 03:00", "2018-11-05 02:00", id="23 hours"
        ),
        pytest.param(
            "Australia/Lord_Howe", "1:00", "5:00", "2026-10-03 14:30", "2026-10-03 18:00", id="3 1/2 hours"
        ),
        pytest.param(
            "Australia/Lord_Howe", "1:00", "5:00", "2026-04-04 14:00", "2026-04-04 18:30", id="4 1/2 hours"
        ),
    ],
)
def test_a_window_on_the_day_of_the_change(zone: str, opens: str, closes: str, first: str, last: str) -> None:
    calendar = every_day(zone, (opens, closes))
    begin, end = utc(first), utc(last)
    whole_day = closes == "24:00"  # then the days beside it touch
    assert is_open(calendar, begin)
    assert is_open(calendar, begin - timedelta(seconds=1)) is whole_day
    assert is_open(calendar, end - timedelta(seconds=1))
    assert is_open(calendar, end) is whole_day
    assert calendar.between(begin, end) == end - begin
    assert calendar.add(begin, end - begin) == end


def test_a_window_that_the_clock_skips_whole_does_not_exist() -> None:
    calendar = every_day("Europe/Berlin", ("2:10", "2:50"))
    assert calendar.between(utc("2026-03-28 12:00"), utc("2026-03-29 12:00")) == timedelta(0)
    assert calendar.next_open(utc("2026-03-28 12:00")) == utc("2026-03-30 00:10")


def test_a_day_that_a_country_left_out_has_no_hours() -> None:
    """Samoa went from 29 to 31 December 2011."""
    calendar = office("Pacific/Apia")
    assert calendar.add(utc("2011-12-30 02:00"), HOUR + timedelta(minutes=1)) == utc("2012-01-01 19:01")


# --- opening and closing ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "span", "due"),
    [
        pytest.param("2026-03-02 10:00", "2h", "2026-03-02 12:00", id="within the day"),
        pytest.param("2026-03-02 15:00", "2h", "2026-03-02 17:00", id="exactly at the close"),
        pytest.param("2026-03-02 16:59", "2m", "2026-03-03 09:01", id="a minute is left for tomorrow"),
        pytest.param("2026-03-02 17:00", "1h", "2026-03-03 10:00", id="from the close"),
        pytest.param("2026-03-02 03:00", "1h", "2026-03-02 10:00", id="from the night before"),
        pytest.param("2026-03-07 12:00", "8h", "2026-03-09 17:00", id="from a Saturday"),
        pytest.param("2026-03-02 09:00", "40h", "2026-03-06 17:00", id="a week"),
        pytest.param("2026-03-02 09:00", "48h", "2026-03-09 17:00", id="more than a week"),
    ],
)
def test_business_hours_are_added(start: str, span: str, due: str) -> None:
    assert office("UTC").due(utc(start), Span.parse(span)) == utc(due)


@pytest.mark.parametrize(
    ("start", "first"),
    [("2026-03-02 10:00", "2026-03-02 10:00"), ("2026-03-02 17:00", "2026-03-03 09:00"),
     ("2026-03-07 12:00", "2026-03-09 09:00"), ("2026-03-02 09:00", "2026-03-02 09:00")],
)  # fmt: skip
def test_nothing_to_wait_for_is_the_next_open_moment(start: str, first: str) -> None:
    assert office("UTC").add(utc(start), timedelta(0)) == utc(first)


def test_a_lunch_break_does_not_count() -> None:
    calendar = every_day("UTC", ("9:00", "12:00"), ("13:00", "17:00"))
    assert calendar.add(utc("2026-03-02 11:00"), 2 * HOUR) == utc("2026-03-02 14:00")
    assert not is_open(calendar, utc("2026-03-02 12:30"))
    assert calendar.between(utc("2026-03-02 08:00"), utc("2026-03-02 18:00")) == 7 * HOUR


def test_days_off_do_not_count() -> None:
    calendar = office("UTC", date(2026, 3, 3), date(2026, 3, 4))
    assert calendar.add(utc("2026-03-02 16:00"), 2 * HOUR) == utc("2026-03-05 10:00")
    assert calendar.due(utc("2026-03-02 16:00"), Span.parse("1bd")) == utc("2026-03-05 16:00")


def test_between_runs_forward_only() -> None:
    assert office("UTC").between(utc("2026-03-03 12:00"), utc("2026-03-02 12:00")) == timedelta(0)


def test_moments_of_any_zone_are_taken_and_utc_is_given() -> None:
    due = office("UTC").add(datetime(2026, 3, 2, 12, tzinfo=ZoneInfo("Asia/Tokyo")), HOUR)
    assert (due, due.tzinfo) == (utc("2026-03-02 10:00"), UTC)


# --- business days ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "days", "due"),
    [
        pytest.param("2026-03-02 10:00", 2, "2026-03-04 10:00", id="the same time of day"),
        pytest.param("2026-03-06 15:00", 1, "2026-03-09 15:00", id="over a weekend"),
        pytest.param("2026-03-06 18:00", 1, "2026-03-10 09:00", id="after hours counts as the next opening"),
        pytest.param("2026-03-07 10:00", 2, "2026-03-11 09:00", id="from a Saturday"),
        pytest.param("2026-03-02 10:00:30.5", 5, "2026-03-09 10:00:30.5", id="seconds are kept"),
    ],
)
def test_business_days_are_added(start: str, days: int, due: str) -> None:
    assert office("UTC").due(utc(start), Span(SpanKind.BUSINESS_DAYS, count=days)) == utc(due)


def test_a_business_day_keeps_its_wall_time_over_a_clock_change() -> None:
    assert office("Europe/Berlin").add_days(utc("2026-03-27 14:00"), 1) == utc("2026-03-30 13:00")


@pytest.mark.parametrize(
    ("windows", "at", "due"),
    [
        pytest.param([("9:00", "13:00")], "15:00", "13:00", id="a day that closes earlier"),
        pytest.param([("10:00", "17:00")], "9:30", "10:00", id="a day that opens later"),
        pytest.param([("9:00", "12:00"), ("13:00", "17:00")], "12:30", "12:00", id="a lunch break"),
    ],
)
def test_a_business_day_ends_within_the_hours_of_its_day(
    windows: list[tuple[str, str]], at: str, due: str
) -> None:
    tuesday = tuple(window(*each) for each in windows)
    calendar = BusinessCalendar(ZoneInfo("UTC"), ((NINE_TO_FIVE,), tuesday, (), (), (), (), ()))
    monday = utc("2026-03-02 00:00") + timedelta(minutes=minutes(at))
    assert calendar.add_days(monday, 1) == utc("2026-03-03 00:00") + timedelta(minutes=minutes(due))


@pytest.mark.parametrize(
    ("zone", "start", "span", "due"),
    [
        pytest.param("UTC", "2026-03-02 22:00", "12h day and night", "2026-03-03 10:00", id="day and night"),
        pytest.param("UTC", "2026-03-02 10:00", "7d", "2026-03-09 10:00", id="a week, to the hour"),
        pytest.param(
            "UTC", "2026-03-02 18:00", "1d", "2026-03-04 09:00", id="closed by then: at the opening"
        ),
        pytest.param("UTC", "2026-03-05 10:00", "2d", "2026-03-09 09:00", id="a weekend: on Monday"),
        pytest.param("Europe/Berlin", "2026-03-26 10:00", "7d", "2026-04-02 09:00", id="the clock changes"),
    ],
)
def test_other_spans_are_added(zone: str, start: str, span: str, due: str) -> None:
    assert office(zone).due(utc(start), Span.parse(span)) == utc(due)


def test_a_release_is_the_close_of_its_day() -> None:
    days = (date(2026, 3, 5), date(2026, 3, 7))
    calendar = BusinessCalendar(ZoneInfo("UTC"), ((NINE_TO_FIVE,),) * 5 + ((), ()), releases=days)
    spans = [Span.parse(text) for text in ("release", "2 releases", "3 releases")]
    dues = [utc("2026-03-05 17:00"), utc("2026-03-08 00:00"), None]
    assert [calendar.due(utc("2026-03-02 10:00"), each) for each in spans] == dues
    assert calendar.due(utc("2026-03-05 17:00"), spans[0]) == utc("2026-03-08 00:00")


# --- what is refused --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("4h", "4h"),
        ("30m", "30m"),
        ("90m", "90m"),
        ("120m", "2h"),
        ("2bd", "2bd"),
        ("7d", "1w"),
        ("10d", "10d"),
        ("2w", "2w"),
        ("12h day and night", "12h day and night"),
        ("release", "release"),
        ("1 release", "release"),
        ("2 releases", "2 releases"),
    ],
)
def test_a_span_is_read_and_shown(text: str, shown: str) -> None:
    assert str(Span.parse(text)) == shown


@pytest.mark.parametrize(
    "text",
    [
        "",
        "4",
        "1bd day and night",
        "0h",
        "0d",
        "0 releases",
        "-4h",
        "4 h",
        "4hours",
        "٤h",
        "1h30m",
        "9" * 9 + "h",
    ],
)
def test_a_span_that_could_be_misread_is_refused(text: str) -> None:
    with pytest.raises(BadInput, match="business time as 30m or 4h, business days as 2bd"):
        Span.parse(text)


@pytest.mark.parametrize(
    ("longest", "longer"),
    [
        ("6000h", "6001h"),
        ("6000h", "360001m"),
        ("520bd", "521bd"),
        ("730d", "731d"),
        ("730d", "105w"),
        ("17520h day and night", "17521h day and night"),
        ("24 releases", "25 releases"),
        ("730d", "999999w"),
    ],
)
def test_a_span_is_two_years_at_most(longest: str, longer: str) -> None:
    assert str(Span.parse(longest)) == longest
    with pytest.raises(BadInput, match="is longer than two years") as refused:
        Span.parse(longer)
    assert refused.value.remedy == f"write {longest} at most"


def test_a_calendar_without_open_hours_is_refused() -> None:
    with pytest.raises(BadInput, match="no open hours"):
        BusinessCalendar(ZoneInfo("UTC"), ((),) * 7)


def test_a_week_of_other_than_seven_days_is_refused() -> None:
    with pytest.raises(BadInput, match="seven weekdays"):
        BusinessCalendar(ZoneInfo("UTC"), ((NINE_TO_FIVE,),) * 5)


def test_windows_that_overlap_are_refused() -> None:
    with pytest.raises(BadInput, match="09:00-12:00 and 11:00-17:00 overlap"):
        every_day("UTC", ("9:00", "12:00"), ("11:00", "17:00"))


@pytest.mark.parametrize(("opens", "closes"), [(60, 60), (120, 60), (0, 1441), (-1, 60)])
def test_a_window_that_does_not_end_after_it_begins_is_refused(opens: int, closes: int) -> None:
    with pytest.raises(BadInput, match="22:00-24:00, and 00:00-06:00 on the next day"):
        Window(opens, closes)


def test_a_moment_without_a_zone_is_refused() -> None:
    naive = utc("2026-03-02 10:00").replace(tzinfo=None)
    with pytest.raises(BadInput, match="without a zone"):
        office("UTC").add(naive, HOUR)


def test_time_does_not_run_backward() -> None:
    with pytest.raises(BadInput, match="only runs forward"):
        office("UTC").add(utc("2026-03-02 10:00"), -HOUR)


class Always:
    """Days off that never end."""

    def __contains__(self, day: object) -> bool:
        return True


def test_a_calendar_whose_every_day_is_off_is_found_out_instead_of_searched_for_ever() -> None:
    closed = BusinessCalendar(ZoneInfo("UTC"), ((NINE_TO_FIVE,),) * 7, Always())
    for ask in (lambda at: closed.add(at, HOUR), closed.next_open, lambda at: closed.due(at, DAY_SPAN)):
        with pytest.raises(BadInput, match="no open hours in the two years before"):
            ask(utc("2026-03-02 10:00"))


# --- laws -------------------------------------------------------------------------------------------

ZONES = ("UTC", "Europe/Berlin", "America/Sao_Paulo", "Australia/Lord_Howe", "Asia/Kathmandu",
         "America/St_Johns", "America/Havana", "Pacific/Apia", "Africa/Casablanca")  # fmt: skip


@st.composite
def days(draw: st.DrawFn, lowest: int = 0, highest: int = 24 * 60) -> tuple[Window, ...]:
    edges = sorted(draw(st.sets(st.integers(lowest, highest), max_size=6)))
    return tuple(Window(*pair) for pair in zip(edges[::2], edges[1::2], strict=False))


@st.composite
def calendars(draw: st.DrawFn, lowest: int = 0, highest: int = 24 * 60) -> BusinessCalendar:
    hours = draw(st.lists(days(lowest, highest), min_size=7, max_size=7).filter(any))
    off = draw(st.frozensets(st.dates(date(2005, 1, 1), date(2019, 12, 31)), max_size=3))
    return BusinessCalendar(ZoneInfo(draw(st.sampled_from(ZONES))), tuple(hours), off)


moments = st.datetimes(datetime(2005, 1, 1), datetime(2019, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001 (the strategy adds the zone)
spans = st.timedeltas(timedelta(microseconds=1), timedelta(hours=60))


@given(calendars(), moments, spans)
def test_what_was_added_is_what_passes(calendar: BusinessCalendar, start: datetime, span: timedelta) -> None:
    due = calendar.add(start, span)
    assert calendar.between(start, due) == span


@given(calendars(), moments, spans)
def test_a_due_moment_ends_open_time(calendar: BusinessCalendar, start: datetime, span: timedelta) -> None:
    assert is_open(calendar, calendar.add(start, span) - timedelta(microseconds=1))
    assert is_open(calendar, calendar.add(start, timedelta(0)))


@given(calendars(), moments, st.timedeltas(timedelta(0), timedelta(days=20)), spans, spans)
def test_later_starts_and_longer_spans_are_due_no_earlier(
    calendar: BusinessCalendar, start: datetime, later: timedelta, span: timedelta, more: timedelta
) -> None:
    due = calendar.add(start, span)
    assert due <= calendar.add(start + later, span)
    assert due < calendar.add(start, span + more)
    assert calendar.add(due, more) == calendar.add(start, span + more)


@given(calendars(), moments, st.timedeltas(timedelta(0), timedelta(days=20)), st.integers(1, 6))
def test_business_days_are_due_in_order_and_not_in_closed_time(
    calendar: BusinessCalendar, start: datetime, later: timedelta, count: int
) -> None:
    due = calendar.add_days(start, count)
    assert due > start
    assert is_open(calendar, due) or is_open(calendar, due - timedelta(microseconds=1))
    assert due <= calendar.add_days(start + later, count)
    assert due < calendar.add_days(start, count + 1)


@settings(max_examples=40)
@given(calendars(4 * 60, 22 * 60), moments)
def test_hours_that_no_clock_change_touches_are_those_the_wall_clock_shows(
    calendar: BusinessCalendar, start: datetime
) -> None:
    begin = start.replace(second=0, microsecond=0)
    minute = timedelta(minutes=1)
    shown = 0
    for step in range(2 * 24 * 60):
        local = (begin + step * minute).astimezone(calendar.zone)
        at = local.hour * 60 + local.minute
        windows = () if local.date() in calendar.days_off else calendar.hours[local.weekday()]
        shown += any(each.opens <= at < each.closes for each in windows)
    assert calendar.between(begin, begin + 2 * 24 * 60 * minute) == shown * minute
