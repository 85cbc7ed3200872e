"""Log lines: one each, nothing foreign in them, no flood, no secret."""

from __future__ import annotations

import io
import json
import logging
import os
import re
import sys

import pytest

from maildesk.daemon.log_lines import (
    LINES_PER_SECOND,
    ExcInfo,
    JsonFormatter,
    LineFormatter,
    RateLimit,
    journald_reads,
    set_up,
)
from maildesk.errors import StoreRefused


def record(message: str, *args: object, line: int = 1, trace: ExcInfo | None = None) -> logging.LogRecord:
    return logging.LogRecord("maildesk.x", logging.INFO, "x.py", line, message, args, trace)


def line(message: str, *args: object) -> str:
    return LineFormatter(stamped=False).format(record(message, *args)).removeprefix("<6>")


# --- one line ---------------------------------------------------------------------------------------


def test_a_line_is_level_place_and_words() -> None:
    assert line("filed mails=%d", 3) == "INFO maildesk.x filed mails=3"


def test_a_stamp_is_utc_to_the_second() -> None:
    one = record("filed mails=%d", 3)
    one.created = 1772445600.9
    assert LineFormatter(stamped=True).format(one) == "2026-03-02T10:00:00Z INFO maildesk.x filed mails=3"


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("a\nINFO maildesk.y forged", r"a\nINFO maildesk.y forged"),
        ("a\r\n\tb", r"a\r\n\tb"),
        ("\x1b[2J\x07", r"\x1b[2J\x07"),
        ("a\u2028b\x85c", r"a\u2028b\x85c"),
        ("a\u202eb\u200bc", r"a\u202eb\u200bc"),
        ("\udcff", r"\udcff"),
        ("\0", r"\x00"),
        ("Grüße, 日本 €", "Grüße, 日本 €"),
        ("100 %s {x}", "100 %s {x}"),
    ],
    ids=[
        "a line of its own",
        "white space",
        "a terminal's orders",
        "odd line ends",
        "hidden directions",
        "half a character",
        "NUL",
        "letters of every script",
        "marks of a pattern",
    ],
)
def test_what_a_customer_wrote_can_not_break_a_line(words: str, shown: str) -> None:
    assert line("mail subject=%s", words) == f"INFO maildesk.x mail subject={shown}"
    line("mail subject=%s", words).encode()


def traced(problem: Exception) -> str:
    try:
        raise problem
    except Exception:  # noqa: BLE001 - whatever was handed in
        return LineFormatter(stamped=False).format(record("failed", trace=sys.exc_info()))


def test_a_trace_is_one_line_of_places() -> None:
    shown = traced(RuntimeError("odd"))
    assert "\n" not in shown
    assert "RuntimeError at test_log_lines.py:" in shown
    assert " traced" in shown


def test_a_trace_never_shows_the_values_that_were_being_worked_on() -> None:
    shown = traced(ValueError("'my password is hunter2' is no number"))
    assert "ValueError at " in shown
    assert "hunter2" not in shown


def test_a_trace_says_what_our_own_errors_say() -> None:
    shown = traced(StoreRefused("the database does not take it", remedy="tell us"))
    assert "StoreRefused: the database does not take it (tell us) at " in shown


# --- no flood ---------------------------------------------------------------------------------------


class Seconds:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def passed(limit: RateLimit, times: int, place: int = 1) -> list[str]:
    """The messages that get through of so many from one place."""
    records = [record("failed", line=place) for _ in range(times)]
    return [one.getMessage() for one in records if limit.filter(one)]


def test_one_place_has_so_many_lines_a_second_and_says_how_many_were_left_out() -> None:
    clock = Seconds()
    limit = RateLimit(clock=clock)
    assert passed(limit, 1000) == ["failed"] * LINES_PER_SECOND
    clock.now += 1
    assert passed(limit, 2) == ["failed left_out=990", "failed"]
    clock.now += 1
    assert passed(limit, 1) == ["failed"]


def test_a_storm_in_one_place_does_not_silence_another() -> None:
    limit = RateLimit(clock=Seconds())
    passed(limit, 1000, place=1)
    assert passed(limit, 1, place=2) == ["failed"]


def test_what_just_fits_is_not_counted_as_left_out() -> None:
    clock = Seconds()
    limit = RateLimit(3, clock)
    assert passed(limit, 3) == ["failed"] * 3
    clock.now += 1
    assert passed(limit, 1) == ["failed"]


def test_a_count_does_not_disturb_the_values_of_a_line() -> None:
    clock = Seconds()
    limit = RateLimit(1, clock)
    for _ in range(3):
        limit.filter(record("failed mailbox=%s", "support"))
    clock.now += 5
    last = record("failed mailbox=%s", "support")
    assert limit.filter(last)
    assert last.getMessage() == "failed mailbox=support left_out=2"


# --- for journald, and for programs -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("level", "begin"),
    [
        (logging.DEBUG, "<7>DEBUG "),
        (logging.INFO, "<6>INFO "),
        (logging.WARNING, "<4>WARNING "),
        (logging.ERROR, "<3>ERROR "),
        (logging.CRITICAL, "<3>CRITICAL "),
    ],
    ids=lambda value: logging.getLevelName(value) if isinstance(value, int) else None,
)
@pytest.mark.parametrize("as_json", [False, True], ids=["text", "json"])
def test_journald_reads_at_the_beginning_how_grave_a_line_is(level: int, begin: str, as_json: bool) -> None:
    one = record("filed mails=3")
    one.levelno, one.levelname = level, logging.getLevelName(level)
    said = (JsonFormatter if as_json else LineFormatter)(stamped=False).format(one)
    assert said.startswith(begin[:3] if as_json else begin)


def told(message: str, *args: object) -> dict[str, str]:
    said = JsonFormatter(stamped=True).format(record(message, *args))
    assert "\n" not in said
    found: dict[str, str] = json.loads(said)
    return found


def test_a_line_of_json_has_the_message_and_each_of_its_values() -> None:
    found = told("mailbox failed mailbox=%s problem=%r retry_in=%.0fs", "support", 'it\'s "gone"', 60)
    assert (found["mailbox"], found["problem"], found["retry_in"]) == ("support", 'it\'s "gone"', "60s")
    assert (found["level"], found["logger"]) == ("INFO", "maildesk.x")
    assert found["message"].startswith("mailbox failed mailbox=support ")
    assert found["time"].endswith("Z")


def test_a_value_at_the_end_of_a_clause_has_no_sign_of_the_sentence() -> None:
    found = told("mailbox left alone mailbox=%s: too old by=%s, at=10:00:30", "support", "-3s")
    assert (found["mailbox"], found["by"], found["at"]) == ("support", "-3s", "10:00:30")


def test_what_somebody_wrote_takes_no_key_of_the_line_itself() -> None:
    found = told("refused author=%s level=ERROR logger=x time=0 a=1\nb=2", "eve@evil.example")
    assert (found["level"], found["logger"], found["author"]) == ("INFO", "maildesk.x", "eve@evil.example")
    assert found["time"] != "0"


def test_a_trace_in_json_shows_places_and_no_values() -> None:
    try:
        raise ValueError("the words of a mail")
    except ValueError:
        one = record("failed", trace=sys.exc_info())
    found = json.loads(JsonFormatter(stamped=True).format(one))
    assert found["trace"].startswith("ValueError at test_log_lines.py:")
    assert "the words of a mail" not in str(found)


# --- the whole set-up -------------------------------------------------------------------------------


def logged(level: int, *names: str) -> str:
    """What stands in the log when each of these loggers says everything at every level."""
    stream = io.StringIO()
    set_up(level, stream, stamped=False)
    for name in names:
        for each in (logging.DEBUG, logging.INFO):
            logging.getLogger(name).log(each, "a1 LOGIN support hunter2")
    return stream.getvalue()


@pytest.mark.parametrize(
    "name",
    ["aioimaplib", "aioimaplib.aioimaplib", "aiosmtplib", "aiosmtplib.smtp", "asyncio", "sqlalchemy.engine"],
)
def test_no_library_says_what_it_puts_on_the_wire_even_where_we_debug(name: str) -> None:
    """At DEBUG aioimaplib logs the LOGIN command."""
    assert logged(logging.DEBUG, name) == ""


@pytest.mark.parametrize(
    ("message", "shown"),
    [
        (
            "Task exception was never retrieved\nfuture: <Task exception=E('a mail')>",
            "Task exception",
        ),
        (
            "Exception in callback W.taken(b'a mail')()\nhandle: <Handle>",
            "Exception in callback W.taken",
        ),
    ],
    ids=["a task", "a call-back"],
)
def test_what_asyncio_says_of_an_error_shows_no_values(message: str, shown: str) -> None:
    stream = io.StringIO()
    set_up(stream=stream)
    logging.getLogger("asyncio").error(message, exc_info=ValueError("a mail"))
    assert shown in stream.getvalue()
    assert "ValueError at" in stream.getvalue()
    assert "a mail" not in stream.getvalue()


def test_our_own_lines_come_at_the_level_that_was_asked_for() -> None:
    assert logged(logging.DEBUG, "maildesk.daemon.x").count("\n") == 2
    assert logged(logging.INFO, "maildesk.daemon.x").count("\n") == 1
    assert logged(logging.WARNING, "maildesk.daemon.x") == ""


def test_journald_reads_what_has_the_numbers_that_it_named() -> None:
    """A shell that a service began has the variable too, and writes into a file."""
    read, written = map(os.fdopen, os.pipe(), "rw")
    with read, written:
        status = os.fstat(written.fileno())
        here = {"JOURNAL_STREAM": f"{status.st_dev}:{status.st_ino}"}
        assert journald_reads(written, here)
        assert not journald_reads(written, {"JOURNAL_STREAM": f"{status.st_dev}:{status.st_ino + 1}"})
        assert not journald_reads(written, {})
    assert not journald_reads(io.StringIO(), here)


def test_setting_up_twice_says_everything_once() -> None:
    first = io.StringIO()
    set_up(stream=first)
    second = io.StringIO()
    set_up(stream=second)
    logging.getLogger("maildesk.x").warning("once")
    assert first.getvalue() == ""
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ WARNING maildesk\.x once\n", second.getvalue())
