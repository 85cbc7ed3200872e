"""Dates as mail programs, scripts and gateways write them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maildesk.mail.mime.dates import date_in, is_usual

TEN_IN_PARIS = datetime(2022, 1, 3, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("Mon, 3 Jan 2022 10:00:00 +0100", TEN_IN_PARIS),
        ("3 Jan 22 10:00 -0330", datetime(2022, 1, 3, 13, 30, tzinfo=UTC)),
        ("Mon, 03 Jan 2022 10:00:00 EST (comment)", datetime(2022, 1, 3, 15, tzinfo=UTC)),
        ("Mon, 03 Jan 2022 10:00:00 -0000", datetime(2022, 1, 3, 10, tzinfo=UTC)),
        ("Thu, 1 Jan 1970 00:00:00 +0000", datetime(1970, 1, 1, tzinfo=UTC)),
        ("31 Dec 2099 23:59:60 +0000", datetime(2099, 12, 31, 23, 59, 59, tzinfo=UTC)),
        ("Mon, 3 Jan 122 10:00:00 +0100", TEN_IN_PARIS),
        ("Sun, 2 Jan 2022 24:00:00 +0000", datetime(2022, 1, 3, tzinfo=UTC)),
    ],
)
def test_a_date_of_the_standard_is_read_in_utc(value: str, expected: datetime) -> None:
    assert date_in(value.encode()) == expected


@pytest.mark.parametrize(
    "value",
    [
        pytest.param("Mon, 3 Jan 2022 10:00:00 GMT+0100 (CET)", id="gmt-and-offset"),
        pytest.param("Mon, 3 Jan 2022 10:00:00 +01:00", id="colon-in-the-offset"),
        pytest.param("Mon, 3 Jan 2022 10:00:00 (CET)", id="zone-in-a-comment"),
        pytest.param("Mon, 3 Jan 2022 10:00:00 CET", id="zone-by-name"),
        pytest.param("Mon,3 Jan 2022 10:00:00+0100", id="no-spaces"),
        pytest.param("Mon, 3 Jan 2022 10.00.00 +0100", id="dots"),
        pytest.param("Mon, 3-Jan-2022 10:00:00 +0100", id="hyphens"),
        pytest.param("Mon, 3 Jan 2022 10:00:00.250 +0100", id="fractions"),
        pytest.param("Monday, January 3, 2022 10:00 AM CET", id="month-first"),
        pytest.param("Jan 3, 2022 09:00:00 AM", id="no-zone"),
        pytest.param("Mon Jan  3 09:00:00 2022", id="asctime"),
        pytest.param("Mon Jan  3 10:00:00 CET 2022", id="date-command"),
        pytest.param("Mon Jan 3 10:00:00 2022 +0100", id="git"),
        pytest.param("Mon Jan 03 2022 10:00:00 GMT+0100 (Central European Standard Time)", id="javascript"),
        pytest.param("2022-01-03T10:00:00+01:00", id="iso-8601"),
        pytest.param("2022-01-03 09:00:00Z", id="iso-with-a-space"),
        pytest.param("2022/01/03 18:00:00 JST", id="slashes"),
        pytest.param("2022年1月3日 18:00:00 +0900", id="japanese"),
        pytest.param("03.01.2022 10:00:00 +0100", id="german-numbers"),
        pytest.param("=?utf-8?q?Mon=2C_3_Jan_2022_10=3A00=3A00_+0100?=", id="encoded-word"),
        pytest.param("Date: Mon, 3 Jan 2022 10:00:00 +0100", id="name-twice"),
        pytest.param("Mo, 3 Jän 2022 10:00:00 +0100", id="austrian"),
        pytest.param("lun., 3 janv. 2022 10:00:00 +0100", id="french"),
        pytest.param("3 de janeiro de 2022 10:00:00 +0100", id="portuguese"),
        pytest.param("lun, 3 ene 2022 10:00:00 +0100", id="spanish"),
        pytest.param("lun, 3 gen 2022 10:00:00 +0100", id="italian"),
        pytest.param("Пн, 3 янв 2022 12:00:00 +0300", id="russian"),
        pytest.param("pon., 3 sty 2022 10:00:00 +0100", id="polish"),
        pytest.param("Pzt, 3 Oca 2022 12:00:00 +0300", id="turkish"),
    ],
)
def test_a_date_of_another_program_is_understood(value: str) -> None:
    assert date_in(value.encode()) == TEN_IN_PARIS


def test_only_the_form_of_the_standard_is_usual() -> None:
    assert is_usual(b"Mon, 3 Jan 2022 10:00:00 +0100")
    assert not is_usual(b"Mon Jan 3 10:00:00 2022")


@pytest.mark.parametrize(
    ("value", "month"),
    [
        ("1 juin 2022", 6),
        ("1 juil. 2022", 7),
        ("1 août 2022", 8),
        ("1 Mär 2022", 3),
        ("1 Mai 2022", 5),
        ("1 мая 2022", 5),
    ],
)
def test_months_that_begin_alike_are_told_apart(value: str, month: int) -> None:
    assert date_in(value.encode()) == datetime(2022, month, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    "value",
    [
        "31 Feb 2022 10:00:00 +0000",
        "1 Jan 0000 00:00:00 +0000",
        "1 Jan 2022 10:00:00 +9999",
        "1 Jan 2022 25:00:00 +0000",
        "1 Jan 2022 10:61:00 +0000",
        "Mon, 3 Jan 2022 10:0",
        "Mon, 3 Jan 2022 10:00:t <ana@client.example>",
        "02/03/2022 10:00",
        "31 Dec 9999 23:00:00 -0200",
        "yesterday",
        "",
    ],
)
def test_what_is_no_date_or_could_be_two_is_none(value: str) -> None:
    assert date_in(value.encode()) is None


@pytest.mark.parametrize("value", ["25/12/2022 10:00", "12/25/2022 10:00"])
def test_numbers_that_can_only_be_the_day_tell_it(value: str) -> None:
    assert date_in(value.encode()) == datetime(2022, 12, 25, 10, tzinfo=UTC)


@given(st.integers(0, 2**37))
def test_every_moment_written_by_the_standard_comes_back(seconds: int) -> None:
    moment = datetime.fromtimestamp(seconds, UTC)
    assert date_in(moment.strftime("%a, %d %b %Y %H:%M:%S +0000").encode()) == moment


@given(st.one_of(st.binary(max_size=300), st.text("0123456789 :.-/+janJAN,()", max_size=80).map(str.encode)))
def test_no_bytes_make_it_raise(value: bytes) -> None:
    found = date_in(value)
    assert found is None or found.tzinfo is UTC
