"""What is promised and when it is due, as events and time go on: the moments of the published processes."""

from __future__ import annotations

import dataclasses
import typing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from maildesk.desk.case.case import Phase
from maildesk.desk.case.clocks import ClockKind
from maildesk.desk.case.events import EventKind
from maildesk.desk.case.folding import folded
from maildesk.desk.case.letter_order import LetterKind
from maildesk.desk.policy.desk import Desk
from maildesk.desk.policy.escalation_path import EscalationPath
from maildesk.desk.policy.policy import Policy
from maildesk.desk.policy.statuses import Status, Statuses
from maildesk.desk.policy.then import Then
from maildesk.desk.promises.promised import Promised
from maildesk.desk.promises.spans import Span
from maildesk.desk.promises.table import TABLE
from tests.unit.desk.matters import AGENT, BO
from tests.unit.desk.timed import DROZ, LISBON, PRODUCTIV, Told, calendar, row, timed_desk

E, L = EventKind, LetterKind


def told(desk: Desk) -> Told:
    return Told(desk)


def due(story: Told) -> str:
    assert story.case
    return story.local(story.case.response_due)


def solved_by(story: Told) -> str:
    assert story.case
    return story.local(story.case.resolution_due)


def raised(story: Told, at: str, priority: str) -> Told:
    return story.happens(at, E.CHANGED, field="priority", new=priority)


# --- the published processes ------------------------------------------------------------------------


def test_an_urgent_mail_on_friday_is_warned_of_on_monday_and_overdue_on_tuesday_once() -> None:
    story = told(PRODUCTIV).opened("21 Nov 16:30", "Urgent")
    assert due(story) == "Tue 25 Nov 10:30"
    story.passes("28 Nov 12:00")
    assert story.said(L.RESPONSE_NEAR) == ["Mon 24 Nov 16:30"]
    assert story.said(L.OVERDUE) == ["Tue 25 Nov 10:30"]


def test_a_holiday_in_between_does_not_count() -> None:
    assert due(told(PRODUCTIV).opened("28 Nov 17:59", "Normal")) == "Thu 4 Dec 14:59"


def test_a_case_that_is_raised_is_due_as_if_it_had_been_from_the_start_and_its_customer_hears() -> None:
    story = told(PRODUCTIV).opened("24 Nov 10:00", "Normal")
    assert due(story) == "Wed 26 Nov 16:00"
    raised(story, "25 Nov 09:30", "Urgent")
    assert due(story) == "Tue 25 Nov 13:00"
    assert story.said(L.NEW_MOMENT) == ["Tue 25 Nov 09:30"]
    story.passes("27 Nov 12:00")
    assert story.said(L.OVERDUE) == ["Tue 25 Nov 13:00"]
    assert story.said(L.RESPONSE_NEAR) == ["Tue 25 Nov 10:00"]


def waits(story: Told, at: str) -> Told:
    return story.happens(at, E.ANSWERED, E.WAITING, needs="reproduce")


def test_two_reminders_and_then_it_is_closed_for_want_of_an_answer() -> None:
    story = waits(told(PRODUCTIV).opened("25 Nov 10:00", "Normal"), "25 Nov 11:00").passes("24 Dec 18:00")
    assert story.said(L.REMINDER) == ["Tue 2 Dec 11:00", "Fri 5 Dec 11:00"]
    assert story.case
    assert (story.case.phase, story.case.outcome) == (Phase.CLOSED, "no answer")
    assert story.local(story.case.closed_at) == "Tue 9 Dec 11:00"


def test_a_reply_stops_the_reminders_and_the_closing() -> None:
    story = waits(told(PRODUCTIV).opened("25 Nov 10:00", "Normal"), "25 Nov 11:00")
    story.happens("4 Dec 10:00", E.REPLIED, actor=BO).passes("24 Dec 18:00")
    assert story.said(L.REMINDER) == ["Tue 2 Dec 11:00"]
    assert story.case
    assert story.case.phase is Phase.OPEN


def test_a_second_question_starts_the_reminders_anew() -> None:
    story = waits(told(PRODUCTIV).opened("25 Nov 10:00", "Normal"), "25 Nov 11:00")
    waits(story, "3 Dec 11:00").passes("16 Dec 18:00")
    assert story.said(L.REMINDER) == ["Tue 2 Dec 11:00", "Wed 10 Dec 11:00", "Mon 15 Dec 11:00"]
    assert story.case
    assert story.case.phase is Phase.WAITING
    story.passes("17 Dec 18:00")
    assert story.local(story.case.closed_at) == "Wed 17 Dec 11:00"


def test_the_time_to_solve_stands_still_while_the_customer_owes_an_answer() -> None:
    story = told(DROZ).opened("18 Nov 14:00")
    assert due(story) == "Wed 19 Nov 02:00"
    story.happens("18 Nov 15:00", E.CHANGED, E.ANSWERED, field="priority", new="Alta")
    assert solved_by(story) == "Mon 24 Nov 14:00"
    assert story.said(L.NEW_MOMENT) == ["Tue 18 Nov 15:00"]
    story.happens("19 Nov 10:00", E.WAITING, needs="imagens")
    assert solved_by(story) == ""
    story.happens("24 Nov 10:00", E.REPLIED, actor=BO)
    assert solved_by(story) == "Wed 26 Nov 14:00"
    assert story.said(L.NEW_MOMENT) == ["Tue 18 Nov 15:00", "Mon 24 Nov 10:00"]


def test_an_answer_that_says_less_than_a_first_one_must_is_none() -> None:
    story = told(DROZ).opened("18 Nov 14:00").happens("18 Nov 15:00", E.ANSWERED)
    assert story.case
    assert story.case.first_response_at is None
    assert story.passes("19 Nov 12:00").said(L.OVERDUE) == ["Wed 19 Nov 02:00"]


# --- when a promise begins --------------------------------------------------------------------------


def test_the_clock_starts_when_the_mail_reached_the_mailbox_and_a_miss_is_told_at_once() -> None:
    story = told(PRODUCTIV).opened("25 Nov 12:00", "Urgent", since="21 Nov 16:30")
    assert due(story) == "Tue 25 Nov 10:30"
    story.passes("25 Nov 12:00", asleep="25 Nov 12:00")
    assert story.said(L.OVERDUE) == ["Tue 25 Nov 12:00"]
    assert story.said(L.RESPONSE_NEAR) == []


def test_a_mail_of_before_the_desk_promises_nothing_whatever_its_priority_becomes() -> None:
    desk = timed_desk(
        LISBON, row(first_response="4h", resolution="8h"), row("Low"), row("Urgent"), quiet="5bd"
    )
    story = told(desk).opened("24 Nov 10:00", "Low", unpromised=True)
    assert story.case
    assert (story.case.clocks, story.case.promised_from) == ((), None)
    raised(story, "25 Nov 10:00", "Urgent")
    assert story.case
    assert {each.kind for each in story.case.clocks} == {ClockKind.QUIET}


def test_who_writes_again_about_a_mail_of_before_the_desk_is_promised_an_answer_from_then() -> None:
    story = told(PRODUCTIV).opened("24 Nov 10:00", "Urgent", unpromised=True)
    story.happens("25 Nov 10:00", E.REPLIED, actor=BO)
    assert due(story) == "Wed 26 Nov 13:00"


def test_a_second_mail_does_not_move_the_first_answer() -> None:
    story = told(PRODUCTIV).opened("24 Nov 10:00", "Urgent").happens("25 Nov 09:00", E.REPLIED, actor=BO)
    assert due(story) == "Tue 25 Nov 13:00"


# --- what ends it -----------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [E.CLOSED, E.SPAM, E.MERGED_INTO, E.RESOLVED])
def test_an_ended_case_promises_nothing(kind: EventKind) -> None:
    desk = timed_desk(LISBON, row(first_response="4h", resolution="8h", update="2h"), quiet="1bd")
    story = told(desk).opened("24 Nov 10:00").happens("24 Nov 11:00", kind)
    assert story.case
    assert story.case.clocks == ()
    story.happens("24 Nov 12:00", E.NOTED).passes("24 Dec 18:00")
    assert {kind for _, kind in story.letters} == {L.ACKNOWLEDGEMENT}


def test_a_reopened_case_has_a_promise_of_its_own_and_is_not_overdue_at_once() -> None:
    story = told(PRODUCTIV).opened("24 Nov 10:00", "Urgent").happens("24 Nov 11:00", E.CLOSED)
    story.happens("3 Dec 10:00", E.REOPENED, actor=BO)
    assert due(story) == "Thu 4 Dec 13:00"
    assert story.passes("4 Dec 12:59").said(L.OVERDUE) == []
    assert story.passes("5 Dec 10:00").said(L.OVERDUE) == ["Thu 4 Dec 13:00"]


def test_a_case_that_was_answered_and_is_reopened_owes_an_answer_again() -> None:
    story = told(PRODUCTIV).opened("24 Nov 10:00", "Urgent").happens("24 Nov 11:00", E.ANSWERED, E.CLOSED)
    story.happens("3 Dec 10:00", E.REOPENED, actor=BO)
    assert due(story) == "Thu 4 Dec 13:00"
    assert due(story.happens("3 Dec 12:00", E.ANSWERED)) == ""


def test_a_first_answer_that_failed_was_none() -> None:
    story = told(PRODUCTIV).opened("24 Nov 10:00", "Urgent").happens("24 Nov 11:00", E.ANSWERED)
    assert due(story) == ""
    story.happens("24 Nov 12:00", E.LETTER_FAILED, actor="desk", first_answer="", met="")
    assert due(story) == "Tue 25 Nov 13:00"


def test_an_answer_that_failed_after_a_case_was_opened_again_was_none_there() -> None:
    story = told(PRODUCTIV).opened("24 Nov 10:00", "Urgent").happens("24 Nov 11:00", E.ANSWERED, E.CLOSED)
    story.happens("3 Dec 10:00", E.REOPENED, actor=BO).happens("3 Dec 11:00", E.ANSWERED)
    story.happens("3 Dec 12:00", E.LETTER_FAILED, actor="desk", met="")
    assert due(story) == "Thu 4 Dec 13:00"
    assert story.case
    assert story.local(story.case.first_response_at) == "Mon 24 Nov 11:00"


def test_waiting_does_not_stop_the_first_answer() -> None:
    story = told(PRODUCTIV).opened("24 Nov 10:00", "Urgent").happens("24 Nov 11:00", E.WAITING)
    assert due(story) == "Tue 25 Nov 13:00"


NEXT = timed_desk(LISBON, row(first_response="4h", next_response="8h"))


def test_after_the_first_answer_the_customers_next_mail_is_watched() -> None:
    story = told(NEXT).opened("24 Nov 10:00").happens("24 Nov 11:00", E.ANSWERED)
    assert due(story) == ""
    story.happens("25 Nov 10:00", E.REPLIED, actor=BO).happens("25 Nov 12:00", E.REPLIED, actor=BO)
    assert due(story) == "Tue 25 Nov 18:00"
    assert story.passes("26 Nov 10:00").said(L.OVERDUE) == ["Tue 25 Nov 18:00"]
    assert due(story.happens("26 Nov 11:00", E.ANSWERED)) == ""


def test_mere_thanks_start_no_next_answer() -> None:
    story = told(NEXT).opened("24 Nov 10:00").happens("24 Nov 11:00", E.ANSWERED)
    assert due(story.happens("25 Nov 10:00", E.THANKED, actor=BO)) == ""


# --- a resolution -----------------------------------------------------------------------------------

SOLVES = timed_desk(LISBON, row("Low", resolution="18h"), row("High", resolution="9h"), row("Free"))


def test_a_resolution_is_warned_about_and_its_breach_told() -> None:
    story = told(SOLVES).opened("24 Nov 10:00", "Low").passes("28 Nov 18:00")
    assert story.said(L.RESOLUTION_NEAR) == ["Tue 25 Nov 14:30"]
    assert story.said(L.RESOLUTION_OVERDUE) == ["Wed 26 Nov 10:00"]


def test_what_stands_still_is_neither_near_nor_overdue_and_is_warned_of_once() -> None:
    story = told(SOLVES).opened("24 Nov 10:00", "Low").happens("25 Nov 10:00", E.WAITING)
    story.passes("9 Dec 10:00")
    assert story.said(L.RESOLUTION_NEAR, L.RESOLUTION_OVERDUE) == []
    story.happens("9 Dec 10:00", E.REPLIED, actor=BO)
    assert solved_by(story) == "Wed 10 Dec 10:00"
    story.happens("9 Dec 15:00", E.WAITING).happens("10 Dec 15:00", E.REPLIED, actor=BO)
    assert solved_by(story) == "Thu 11 Dec 10:00"
    story.passes("12 Dec 18:00")
    assert story.said(L.RESOLUTION_NEAR) == ["Tue 9 Dec 14:30"]


def test_hours_while_we_are_closed_are_no_pause() -> None:
    """A pause from Friday evening to Tuesday morning over a holiday adds nothing to what is due."""
    story = told(SOLVES).opened("28 Nov 10:00", "Low").happens("28 Nov 18:00", E.WAITING)
    story.happens("2 Dec 09:00", E.REPLIED, actor=BO)
    assert solved_by(story) == "Wed 3 Dec 10:00"


def test_a_mail_that_came_before_the_pause_and_is_filed_in_it_takes_no_time_away() -> None:
    story = told(SOLVES).opened("24 Nov 10:00", "Low").happens("25 Nov 10:00", E.WAITING)
    came = story.at("25 Nov 09:30").isoformat()
    story.happens("25 Nov 10:05", E.REPLIED, actor=BO, since=came)
    assert solved_by(story) == "Wed 26 Nov 10:00"


def test_a_new_priority_remembers_the_pause() -> None:
    story = told(SOLVES).opened("24 Nov 10:00", "Low").happens("24 Nov 12:00", E.WAITING)
    story.happens("25 Nov 12:00", E.REPLIED, actor=BO)
    assert solved_by(story) == "Thu 27 Nov 10:00"
    assert solved_by(raised(story, "25 Nov 13:00", "High")) == "Wed 26 Nov 10:00"


def test_a_new_priority_while_it_stands_still_counts_what_was_spent() -> None:
    story = told(SOLVES).opened("24 Nov 10:00", "Low").happens("24 Nov 12:00", E.WAITING)
    raised(story, "25 Nov 10:00", "High").happens("25 Nov 12:00", E.REPLIED, actor=BO)
    assert solved_by(story) == "Wed 26 Nov 10:00"


def test_a_target_that_has_passed_counts_from_the_change_and_never_later_than_was_promised() -> None:
    story = told(SOLVES).opened("24 Nov 10:00", "Low")
    assert solved_by(raised(story, "25 Nov 13:00", "High")) == "Wed 26 Nov 10:00"
    longer = timed_desk(LISBON, row("Low", resolution="45h"), row("High", resolution="9h"))
    story = told(longer).opened("24 Nov 10:00", "Low")
    assert solved_by(raised(story, "26 Nov 11:00", "High")) == "Thu 27 Nov 11:00"


def test_a_resolution_that_is_promised_no_longer_is_not_due() -> None:
    assert solved_by(raised(told(SOLVES).opened("24 Nov 10:00", "High"), "24 Nov 11:00", "Free")) == ""


def test_a_missed_promise_is_told_once_though_its_priority_changes() -> None:
    story = told(SOLVES).opened("24 Nov 10:00", "High").passes("26 Nov 12:00")
    raised(story, "26 Nov 13:00", "Low").passes("30 Nov 12:00")
    assert story.said(L.RESOLUTION_OVERDUE) == ["Tue 25 Nov 10:00"]


RELEASED = timed_desk(
    calendar("Europe/Lisbon", releases=(date(2025, 11, 27), date(2025, 12, 11))),
    row("P1", resolution="release"),
    row("P3", resolution="2 releases"),
)


def test_a_release_stays_a_release_after_a_pause() -> None:
    story = told(RELEASED).opened("24 Nov 10:00", "P1")
    assert solved_by(story) == "Thu 27 Nov 18:00"
    story.happens("25 Nov 10:00", E.WAITING).happens("26 Nov 10:00", E.REPLIED, actor=BO)
    assert solved_by(story) == "Thu 27 Nov 18:00"
    story.happens("26 Nov 11:00", E.WAITING).happens("28 Nov 10:00", E.REPLIED, actor=BO)
    assert solved_by(story) == "Thu 11 Dec 18:00"
    assert solved_by(told(RELEASED).opened("24 Nov 10:00", "P3")) == "Thu 11 Dec 18:00"
    assert solved_by(told(RELEASED).opened("1 Dec 10:00", "P3")) == ""


def test_word_to_the_customer_is_due_again_and_again() -> None:
    desk = timed_desk(LISBON, row(update="2bd"))
    story = told(desk).opened("15 Dec 15:00").happens("17 Dec 12:00", E.ANSWERED)
    assert story.said(L.UPDATE_OVERDUE) == []
    assert story.passes("23 Dec 12:00").said(L.UPDATE_OVERDUE) == ["Fri 19 Dec 12:00"]
    assert story.happens("23 Dec 13:00", E.ANSWERED).passes("25 Dec 14:00").said(L.UPDATE_OVERDUE)[1:] == [
        "Thu 25 Dec 13:00"
    ]


# --- silence ----------------------------------------------------------------------------------------


def test_after_an_outage_one_reminder_goes_and_the_closing_comes_a_business_day_later() -> None:
    story = waits(told(PRODUCTIV).opened("25 Nov 10:00", "Normal"), "25 Nov 11:00")
    story.passes("31 Dec 18:00", asleep="20 Dec 03:00")
    assert story.said(L.REMINDER) == ["Mon 22 Dec 09:00"]
    assert story.case
    assert story.local(story.case.closed_at) == "Tue 23 Dec 09:00"


def test_nothing_is_closed_for_silence_while_the_team_owes_the_answer() -> None:
    stays = Status(
        "Held", Phase.WAITING, runs=False, after=Span.parse("2bd"), then=Then("Closed"), reply="stays"
    )
    statuses = Statuses((Status("New", Phase.NEW), Status("Open", Phase.OPEN), stays, *_ENDS))
    story = told(timed_desk(LISBON, statuses=statuses)).opened("24 Nov 10:00")
    story.happens("24 Nov 11:00", E.WAITING, status="Held")
    story.happens("25 Nov 11:00", E.STATUS_CHANGED, E.REPLIED, status="Held", phase="waiting", actor=BO)
    assert story.passes("24 Dec 18:00").case
    assert story.case
    assert story.case.phase is not Phase.CLOSED


_ENDS = (Status("Resolved", Phase.RESOLVED, runs=False), Status("Closed", Phase.CLOSED, runs=False))


def test_no_reminder_goes_while_the_customer_is_away() -> None:
    story = waits(told(PRODUCTIV).opened("25 Nov 10:00", "Normal"), "25 Nov 11:00")
    story.happens("26 Nov 11:00", E.AUTOMATIC_MAIL, actor=BO, away_until="2025-12-03").passes("24 Dec 18:00")
    assert story.said(L.REMINDER) == ["Fri 5 Dec 11:00"]


def test_reminders_end_with_the_status_and_do_not_care_who_owns_the_case() -> None:
    story = waits(told(PRODUCTIV).opened("25 Nov 10:00", "Normal"), "25 Nov 11:00")
    story.happens("26 Nov 11:00", E.ASSIGNED, owner=AGENT).passes("2 Dec 12:00")
    assert story.said(L.REMINDER) == ["Tue 2 Dec 11:00"]
    story.happens("3 Dec 10:00", E.STATUS_CHANGED, status="Open", phase="open").passes("24 Dec 18:00")
    assert story.said(L.REMINDER) == ["Tue 2 Dec 11:00"]


def test_a_week_of_silence_after_a_clock_change_ends_at_the_same_time_of_day() -> None:
    """169 hours: what is closed on the day after the clocks went back."""
    asks = Status("Pending", Phase.RESOLVED, runs=False, after=Span.parse("7d"), then=Then("Closed"))
    statuses = Statuses(
        (Status("New", Phase.NEW), Status("Open", Phase.OPEN), Status("Wait", Phase.WAITING), asks, _ENDS[1])
    )
    story = told(timed_desk(calendar("America/Los_Angeles"), statuses=statuses)).opened("28 Oct 10:00")
    story.happens("29 Oct 15:00", E.RESOLVED, status="Pending").passes("30 Nov 12:00")
    assert story.case
    assert story.local(story.case.closed_at) == "Wed 5 Nov 15:00"
    assert story.case.resolved_at == datetime(2025, 10, 29, 22, tzinfo=UTC)
    assert story.case.closed_at
    assert story.case.closed_at - story.case.resolved_at == timedelta(hours=169)


def test_what_was_told_to_wait_opens_again_by_itself() -> None:
    until = datetime(2025, 11, 27, 10, tzinfo=UTC)
    story = (
        told(PRODUCTIV)
        .opened("24 Nov 10:00", "Low")
        .happens("24 Nov 11:00", E.WAITING, until=until.isoformat())
    )
    assert story.case
    assert story.case.wait_until == until
    assert story.happens("25 Nov 11:00", E.NOTED).case
    assert story.case
    assert story.case.wait_until == until
    story.passes("27 Nov 18:00")
    assert story.said(L.WAIT_OVER) == ["Thu 27 Nov 10:00"]
    assert story.case
    assert story.case.phase is Phase.OPEN
    assert story.case.clock(ClockKind.WAIT) is None


def test_waiting_again_without_a_time_has_none() -> None:
    until = datetime(2025, 11, 27, 10, tzinfo=UTC).isoformat()
    story = told(PRODUCTIV).opened("24 Nov 10:00", "Low").happens("24 Nov 11:00", E.WAITING, until=until)
    assert story.happens("24 Nov 12:00", E.WAITING).case
    assert story.case
    assert story.case.wait_until is None


LASTING = replace(
    PRODUCTIV,
    policy=replace(PRODUCTIV.policy, escalation_path=EscalationPath(updates=Span.parse("2bd"))),
)


def escalated() -> Told:
    return told(LASTING).opened("24 Nov 10:00", "Normal").happens("24 Nov 11:00", E.ESCALATED, actor=BO)


def test_as_long_as_an_escalation_lasts_each_missed_word_is_told_once_and_begins_the_next() -> None:
    story = escalated().passes("3 Dec 10:00")  # 1 December is a holiday
    assert story.said(L.UPDATE_OVERDUE) == ["Wed 26 Nov 11:00", "Fri 28 Nov 11:00"]
    story.happens("3 Dec 10:00", E.ANSWERED).passes("6 Dec 10:00")
    assert story.said(L.UPDATE_OVERDUE)[2:] == ["Fri 5 Dec 10:00"]
    story.happens("6 Dec 10:00", E.CLOSED).passes("24 Dec 10:00")
    assert len(story.said(L.UPDATE_OVERDUE)) == 3
    assert story.case
    assert folded(story.case.ref, story.events) == replace(story.case, parties=())


def test_of_what_was_missed_while_nobody_looked_one_is_told_and_the_next_counts_from_then() -> None:
    story = escalated().passes("5 Dec 12:00", asleep="3 Dec 12:00")
    assert story.said(L.UPDATE_OVERDUE) == ["Wed 3 Dec 12:00", "Fri 5 Dec 12:00"]


@pytest.mark.parametrize("kind", [E.NOTED, E.REPLIED, E.ASSIGNED, E.CHANGED])
def test_a_case_that_nobody_touched_is_told_to_its_owner_once(kind: EventKind) -> None:
    story = told(timed_desk(LISBON, quiet="5bd")).opened("10 Nov 10:00").passes("30 Nov 10:00")
    assert story.said(L.LONG_QUIET) == ["Mon 17 Nov 10:00"]
    story.happens("1 Dec 10:00", kind, field="subject", new="x").passes("24 Dec 10:00")
    assert story.said(L.LONG_QUIET) == ["Mon 17 Nov 10:00", "Wed 10 Dec 09:00"]


# --- the table --------------------------------------------------------------------------------------


def test_every_kind_of_clock_has_its_row() -> None:
    assert list(TABLE) == list(ClockKind)
    assert {each.promised for each in TABLE.values() if each.promised} == set(Promised)


_TIMED = {
    "Policy.quiet": {ClockKind.QUIET},
    "Status.remind": {ClockKind.REMIND},
    "Status.after": {ClockKind.AFTER},
    "PromiseRow.spans": {ClockKind(each.value) for each in Promised},
    "Level.within": {ClockKind.NEXT_LEVEL},
    "EscalationPath.acknowledge": {ClockKind.ACKNOWLEDGE},
    "EscalationPath.updates": {ClockKind.UPDATE},
}
_ASKED_OF_A_MAIL = {"Reopening.within"}
"""Spans that a mail is measured by when it comes: nothing happens by time."""


def test_everything_with_a_span_in_the_policy_has_its_row() -> None:
    assert _spans_in(Policy) == _TIMED.keys() | _ASKED_OF_A_MAIL
    typed_by_a_person = {ClockKind.WAIT}
    assert set().union(*_TIMED.values(), typed_by_a_person) == set(TABLE)


def _spans_in(kind: type, seen: set[type] | None = None) -> set[str]:
    """The fields with a span of a value, and of all values in it."""
    seen = seen if seen is not None else set()
    if kind in seen:
        return set()
    seen.add(kind)
    found = set()
    for name, hint in typing.get_type_hints(kind).items():
        if name.startswith("_"):
            continue
        inner = set(_types_in(hint))
        if Span in inner:
            found.add(f"{kind.__name__}.{name}")
        for each in inner - {Span}:
            if dataclasses.is_dataclass(each):
                found |= _spans_in(each, seen)
    return found


def _types_in(hint: object) -> list[type]:
    inner = [each for argument in typing.get_args(hint) for each in _types_in(argument)]
    return [*inner, hint] if isinstance(hint, type) else inner


# --- what the events say ----------------------------------------------------------------------------


def test_folding_the_events_gives_the_case_again() -> None:
    story = waits(told(DROZ).opened("18 Nov 14:00"), "18 Nov 15:00")
    raised(story, "19 Nov 10:00", "Alta").happens("24 Nov 10:00", E.REPLIED, actor=BO)
    story.happens("25 Nov 10:00", E.ANSWERED, E.RESOLVED).passes("1 Dec 10:00")
    assert story.case
    assert folded(story.case.ref, story.events) == replace(story.case, parties=())


def test_an_edited_policy_moves_nothing_that_was_promised() -> None:
    story = told(SOLVES).opened("24 Nov 10:00", "Low")
    story.desk = timed_desk(LISBON, row("Low", resolution="1h"))
    story.happens("24 Nov 11:00", E.WAITING).happens("24 Nov 12:00", E.REPLIED, actor=BO)
    assert solved_by(story) == "Wed 26 Nov 11:00"


def test_each_event_says_what_was_promised_and_when_it_is_due() -> None:
    [opened] = told(PRODUCTIV).opened("21 Nov 16:30", "Urgent").events
    assert opened.data["first_response_span"] == "12h"
    assert opened.data["first_response"] == datetime(2025, 11, 25, 10, 30, tzinfo=UTC).isoformat()
