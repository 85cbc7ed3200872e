"""The customers' help page as values: what stands in it, and what no customer is told."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from maildesk.desk.case.case import Phase
from maildesk.desk.policy.case_types import CaseType
from maildesk.desk.policy.flaws import flaws
from maildesk.desk.policy.help_page import DeskFacts, HelpPage, Opening, help_page
from maildesk.desk.policy.policy import FirstLetter, Policy, Reopening
from maildesk.desk.policy.promise_tables import Length, PromisedToAll
from maildesk.desk.policy.statuses import Status, Statuses
from maildesk.desk.promises.calendar import BusinessCalendar, Window
from maildesk.desk.promises.promised import Promised, PromiseRow
from maildesk.desk.promises.spans import Span
from tests.unit.desk.policy.process import PROCESS, WEEK

LISBON = ZoneInfo("Europe/Lisbon")
NOW = datetime(2025, 12, 1, 10, tzinfo=UTC)
"""A Monday, and a holiday in Portugal."""

FIRST, RESOLUTION = Promised.FIRST_RESPONSE, Promised.RESOLUTION


def page(now: datetime = NOW, **changes: Any) -> HelpPage:
    return help_page(replace(PROCESS, **changes), DeskFacts(), now)


def row(first: str = "", resolution: str = "", **asks: Any) -> PromiseRow:
    said = {FIRST: first, RESOLUTION: resolution}
    return PromiseRow({what: Span.parse(text) for what, text in said.items() if text}, **asks)


def told(of: HelpPage) -> list[tuple[tuple[str, ...], tuple[str, ...], dict[str, list[str]]]]:
    """The tables: types, plans, and each priority's promises as they are read."""
    return [
        (
            table.types,
            table.plans,
            {
                each.priority: [f"{at.count} {at.unit}" if at else "-" for at in each.lengths]
                for each in table.rows
            },
        )
        for table in of.tables
    ]


def test_the_process_has_no_flaw() -> None:
    assert flaws(PROCESS, NOW) == ()


# --- what is promised -------------------------------------------------------------------------------


def test_one_table_tells_of_all_priorities() -> None:
    assert told(page()) == [
        (
            (),
            (),
            {
                "Urgent": ["12 business hours"],
                "High": ["18 business hours"],
                "Normal": ["24 business hours"],
                "Low": ["48 business hours"],
            },
        )
    ]


def test_plans_that_differ_have_a_table_each() -> None:
    promises = (row("1h", plan=("Pro",), priority=("Urgent",)), row("4h", plan=("Pro",)), row("2bd"))
    four, days = ["4 business hours"], ["2 business days"]
    assert told(page(promises=promises)) == [
        ((), ("Pro",), {"Urgent": ["1 business hours"], "High": four, "Normal": four, "Low": four}),
        ((), ("",), {"Urgent": days, "High": days, "Normal": days, "Low": days}),
    ]


def test_types_that_differ_have_a_table_each_with_their_own_meanings() -> None:
    types = {
        "Bug": CaseType(
            "Bug", priorities={"Urgent": "Before the next deployment.", "Low": "When convenient."}
        ),
        "Question": CaseType("Question"),
    }
    promises = (row("2h", type=("Bug",), priority=("Urgent",)), row("1bd"))
    of = page(types=types, default_type="Question", promises=promises)
    day = ["1 business days"]
    assert told(of) == [
        (("Bug",), (), {"Urgent": ["2 business hours"], "Low": day}),
        (("Question",), (), {"Urgent": day, "High": day, "Normal": day, "Low": day}),
    ]
    assert [each.means for each in of.tables[0].rows] == ["Before the next deployment.", "When convenient."]


def test_what_everybody_is_promised_is_one_sentence() -> None:
    promises = (
        PromiseRow({FIRST: Span.parse("12h day and night")}, tells=("priority", "resolution")),
        row(resolution="1bd", priority=("Urgent",)),
        row(resolution="10bd"),
    )
    of = page(promises=promises, default_priority=None)
    assert of.to_all == (PromisedToAll(FIRST, Length(12, "hours")),)
    assert [table.kinds for table in of.tables] == [(RESOLUTION,)]
    assert of.answer_tells == ("priority", "resolution")


def test_nobody_reads_what_one_account_has_agreed() -> None:
    promises = (row("1h", account=("Client Inc",)), row("8h"))
    assert page(promises=promises).to_all == (PromisedToAll(FIRST, Length(8, "business hours")),)


def test_what_no_letter_tells_the_page_does_not_tell() -> None:
    of = page(first_letter=FirstLetter(tells=("reference",)), promises=(row("8h", "2bd"),))
    assert (of.to_all, of.tables, of.example) == ((), (), None)


def test_a_resolution_is_told_where_the_first_letter_tells_it() -> None:
    told_letter = FirstLetter(tells=("priority", "resolution"))
    of = page(first_letter=told_letter, promises=(row("8h", "2 releases"),))
    assert of.to_all == (PromisedToAll(RESOLUTION, Length(2, "releases")),)


LENGTHS = {
    "30m": Length(30, "business minutes"),
    "90m": Length(90, "business minutes"),
    "12h": Length(12, "business hours"),
    "2bd": Length(2, "business days"),
    "3d": Length(3, "days"),
    "14d": Length(2, "weeks"),
    "12h day and night": Length(12, "hours"),
    "release": Length(1, "releases"),
}


@pytest.mark.parametrize(("written", "length"), LENGTHS.items(), ids=LENGTHS)
def test_a_span_is_said_in_its_own_unit(written: str, length: Length) -> None:
    assert Length.of(Span.parse(written)) == length


# --- the example, and the days that count -----------------------------------------------------------


def test_the_example_is_the_most_pressing_promise_on_the_next_friday() -> None:
    example = page().example
    assert example
    assert (example.priority, example.kind) == ("Urgent", FIRST)
    assert example.at == datetime(2025, 12, 5, 16, 30, tzinfo=LISBON)
    assert example.due == datetime(2025, 12, 10, 10, 30, tzinfo=LISBON)
    assert example.closed == (date(2025, 12, 8),)


def test_on_a_friday_the_example_is_of_the_next_one() -> None:
    example = page(now=datetime(2025, 11, 21, 12, tzinfo=UTC)).example
    assert example
    assert example.at == datetime(2025, 11, 28, 16, 30, tzinfo=LISBON)


def test_closed_days_do_not_make_real_time_longer() -> None:
    example = page(promises=(row("72h day and night"),)).example
    assert example
    assert example.due == datetime(2025, 12, 8, 16, 30, tzinfo=LISBON)
    assert example.closed == ()


def test_a_release_that_nobody_planned_is_no_example() -> None:
    of = page(promises=(row(resolution="release"),), first_letter=FirstLetter(tells=("resolution",)))
    assert of.example is None


def test_closed_days_are_those_of_this_year_that_would_be_open() -> None:
    assert page().closed == (date(2025, 12, 1), date(2025, 12, 8), date(2025, 12, 25))
    assert page().year == 2025


def test_weekdays_with_the_same_hours_are_told_at_once() -> None:
    noon = (Window(9 * 60, 12 * 60), Window(13 * 60, 24 * 60))
    calendar = BusinessCalendar(LISBON, (*WEEK[:4], noon, (), noon[:1]))
    assert page(calendar=calendar).openings == (
        Opening(0, 3, (("09:00", "18:00"),)),
        Opening(4, 4, (("09:00", "12:00"), ("13:00", "24:00"))),
        Opening(6, 6, (("09:00", "12:00"),)),
    )


# --- how it ends ------------------------------------------------------------------------------------


def test_a_solution_is_told_first_and_then_what_waits() -> None:
    solved, waiting = page().stays
    assert (solved.name, solved.usual, waiting.name) == ("Solved", True, "Waiting for you")
    assert solved.asking
    assert [(each.name, each.leads) for each in solved.asking.answers] == [
        ("yes", Phase.CLOSED),
        ("no", Phase.OPEN),
    ]
    assert solved.asking.in_words
    assert waiting.silence
    assert waiting.silence.remind == (Length(4, "business days"), Length(7, "business days"))
    assert (waiting.silence.after, waiting.silence.phase) == (Length(2, "weeks"), Phase.CLOSED)


def test_only_customers_close_where_the_policy_says_so() -> None:
    assert page().only_customers
    assert page().silence_closes
    assert not help_page(
        Policy("A", PROCESS.calendar, PROCESS.priorities, None), DeskFacts(), NOW
    ).only_customers


def test_a_status_that_no_case_reaches_is_not_told() -> None:
    closed_off = [replace(each, next=("Open", "Solved", "Closed")) for each in PROCESS.statuses]
    of = page(statuses=Statuses((*closed_off, Status("Asked twice", Phase.WAITING, ask="solved"))))
    assert [each.name for each in of.stays] == ["Solved"]


def test_the_survey_and_where_it_is_not_asked() -> None:
    of = page()
    assert of.survey
    assert (of.survey.text, of.survey.scale, of.survey.once) == ("How satisfied are you?", 5, True)
    assert of.no_survey == ("no answer",)
    assert page(statuses=Policy("A", PROCESS.calendar, (), None).statuses).survey is None


def test_reopening_may_have_an_end() -> None:
    assert page().within is None
    assert page(reopening=Reopening(Span.parse("30d"))).within == Length(30, "days")
    stays = [
        replace(each, reply="stays") if each.phase is Phase.CLOSED else each for each in PROCESS.statuses
    ]
    assert not page(statuses=Statuses(tuple(stays))).reopens
