"""The figures of a week of twelve cases, each counted by hand beside it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maildesk.desk.case.events import Event, EventKind, Plain
from maildesk.desk.figures.case_week import LateCase
from maildesk.desk.figures.measures import Share, Spread
from maildesk.desk.figures.report import Report, edges_of, is_satisfied, reported
from maildesk.desk.figures.tally import Waiting
from maildesk.desk.figures.week import Week
from maildesk.desk.policy.questions import Answer, Question
from maildesk.desk.policy.usual_questions import SURVEY, USUAL_QUESTIONS
from maildesk.errors import BadInput
from tests.unit.desk.figures.a_week import DESK, REFS, TERMS, WEEK, histories, the_week
from tests.unit.desk.matters import BO
from tests.unit.desk.timed import Told

E = EventKind


@pytest.fixture(scope="module")
def week() -> Report:
    return the_week()


def hours(count: float) -> timedelta:
    return timedelta(hours=count)


# --- counted by hand --------------------------------------------------------------------------------


def test_what_came_in_and_went_out(week: Report) -> None:
    now = week.now
    assert now.opened == 7  # A B D E J K M; C F N came before, G and H are not counted
    assert now.imported == 1  # K
    assert now.came_back == 2  # C, twice
    assert now.ended == 7  # A, C twice, F, J, K, M
    assert (now.before, now.after) == (2, 4)  # F N; B D E N
    assert (now.spam, now.merged, now.set_aside) == (1, 1, 0)  # H, G
    assert now.before + now.opened + now.came_back - now.ended == now.after


def test_what_is_open_by_age_and_whose_turn_it_is(week: Report) -> None:
    assert (week.now.ours, week.now.unanswered) == (1, 1)  # E
    assert week.now.ages == (Waiting(0, 0), Waiting(1, 0), Waiting(0, 2), Waiting(0, 0), Waiting(0, 1))


def test_first_answers(week: Report) -> None:
    # A 2 h, B 11 h, D 12 h (the second one, as the first did not arrive), F 9 h, M 1 h; K was imported
    assert week.now.first_answer == Spread(5, hours(9), hours(12))
    # kept: A, C twice (each beginning anew is a promise), M; broken: B D F; J withdrawn, E to come
    assert week.now.first_in_time == Share(4, 7)
    # A took 25 %, M 25 %, F 112 %, D 150 %, B 275 %
    assert week.now.paces == (2, 0, 0, 0, 1, 1, 0, 1)


def test_later_answers(week: Report) -> None:
    assert week.now.later_answer == Spread(3)  # C 1 h and 3 h, M 6 h: too few to say a middle
    assert week.now.later_in_time == Share(1, 1)  # M; what came back has a first answer promised


def test_from_arrival_to_the_end(week: Report) -> None:
    # A 24 h, C 199 h from its first arrival, F 74 h over the clock change, J 2 h, M 48 h
    assert week.now.to_end == Spread(5, hours(48), hours(199))
    # A 2 h, C 1 + 1 + 3 h, F 9 h, J 2 h, M 1 + 6 h
    assert week.now.our_share == Spread(5, hours(5), hours(9))
    # kept: A, C twice, F, J, M; broken: B on Wednesday, D on Thursday
    assert week.now.resolution_in_time == Share(6, 8)


def test_how_often_it_took(week: Report) -> None:
    assert week.now.one_touch == Share(2, 4)  # A F of A C F M; J had no answer
    assert week.now.back_within_week == Share(1, 1)  # C ended on 21 October and came back on the 27th


def test_what_customers_said_and_asked_for(week: Report) -> None:
    assert (week.now.satisfied, week.now.surveys_sent) == (Share(1, 2), 1)  # A 5, C 3; A was asked
    assert (week.now.escalated, week.now.escalations_active) == (1, 1)  # N
    assert [(each.ref, each.by_customer, each.lasts) for each in week.escalations] == [(REFS[11], True, True)]
    assert [(each.ref, each.words) for each in week.lessons] == [(REFS[10], "Tell customers a day before.")]


def test_where_cases_came_from_and_when(week: Report) -> None:
    assert [(each.name, each.days) for each in week.sources] == [
        ("email", (2, 1, 0, 2, 0, 1, 0)),  # A B, D, K M, E
        ("chat", (0, 0, 1, 0, 0, 0, 0)),  # J
    ]
    found = {
        (day, hour): count for day, row in enumerate(week.busy) for hour, count in enumerate(row) if count
    }
    # Monday 9: C; 10: A C N; 17: B. Tuesday 9: D, 12: C. Wednesday 9: J. Thursday 10: M. Friday 10: M, 12: F
    monday = {(0, 9): 1, (0, 10): 3, (0, 17): 1}
    assert found == monday | {
        (1, 9): 1,
        (1, 12): 1,
        (2, 9): 1,
        (3, 10): 1,
        (4, 10): 1,
        (4, 12): 1,
        (5, 11): 1,
    }


def test_teams_and_priorities_add_up_and_a_small_team_is_not_named(week: Report) -> None:
    teams = {each.name: each.tally for each in week.teams}
    assert {name: (each.opened, each.after) for name, each in teams.items()} == {
        "support": (7, 3),
        "": (0, 1),
    }
    assert [(each.name, each.note, each.tally.first_in_time) for each in week.priorities] == [
        ("High", "4h", Share(1, 2)),  # M; B
        ("Normal", "8h", Share(3, 5)),  # A C C; D F
    ]


def test_the_week_before(week: Report) -> None:
    before = week.before
    assert (before.opened, before.ended, before.before, before.after) == (2, 1, 1, 2)  # C F, C; N; F N
    assert before.first_in_time == Share(1, 1)  # C
    assert len(week.weeks) == 12
    assert str(week.weeks[0].week) == "2025-W33"


# --- past numbers never change ----------------------------------------------------------------------


def test_what_happens_after_the_week_changes_nothing_of_it(week: Report) -> None:
    later = [(ref, told_until(ref, events)) for ref, events in histories()]
    assert reported(later, TERMS) == week


def told_until(ref: str, events: object) -> list[Event]:
    known = list(events)  # type: ignore[call-overload]  # a list of events
    after = datetime(2025, 11, 4, 10, 0, tzinfo=UTC)
    return [*known, Event(after, E.SPAM, BO), Event(after, E.REOPENED, BO), Event(after, E.ANSWERED, BO)]


def test_an_earlier_week_is_the_same_in_a_later_report(week: Report) -> None:
    earlier = reported(histories(), replace(TERMS, week=WEEK.later(-1)))
    assert earlier.now == week.before


def test_a_week_that_is_not_over_is_as_it_is_known_now() -> None:
    tuesday = datetime(2025, 10, 28, 14, 0, tzinfo=UTC)
    found = reported(histories(), replace(TERMS, as_of=tuesday))
    assert found.ends == tuesday
    assert (found.now.opened, found.now.came_back, found.now.ended) == (3, 2, 3)  # A B D; C twice; A C F
    late = LateCase(REFS[1], "The printer", "support", datetime(2025, 10, 28, 12, 0, tzinfo=UTC))
    assert found.late == (late,)
    unnamed = reported(histories(), replace(TERMS, as_of=tuesday, subjects=False))
    assert unnamed.late == (replace(late, subject=""),)


# --- odd ends ---------------------------------------------------------------------------------------


def one(story: Told) -> Report:
    return reported([(REFS[0], story.events)], TERMS)


def test_a_newsletter_that_was_closed_as_it_came_is_not_counted() -> None:
    story = Told(DESK).opened("28 Oct 10:00", "Normal", unpromised=True)
    story.happens("28 Oct 10:00", E.CLOSED)
    found = one(story).now
    assert (found.set_aside, found.opened, found.ended) == (1, 0, 0)


def test_spam_that_was_none_counts_again() -> None:
    story = Told(DESK).opened("28 Oct 10:00", "Normal").happens("28 Oct 10:10", E.SPAM)
    story.happens("28 Oct 11:00", E.REOPENED)
    found = one(story).now
    assert (found.spam, found.opened, found.came_back, found.ended, found.after) == (0, 1, 1, 1, 1)


def test_who_is_written_to_first_was_not_answered() -> None:
    story = Told(DESK).opened("28 Oct 10:00", "Normal")
    story.events[0] = replace(story.events[0], actor="ana@acme.example")
    story.happens("28 Oct 10:00", E.ANSWERED, actor="ana@acme.example", first=True)
    found = one(story)
    assert (found.now.first_answer.count, found.now.first_in_time, found.now.ours) == (0, Share(), 0)
    assert sum(map(sum, found.busy)) == 0


def test_a_mail_of_sunday_that_was_taken_in_on_monday_came_in_on_monday_and_waits_since_sunday() -> None:
    story = Told(DESK).opened("27 Oct 07:00", "Normal", since="26 Oct 20:00")
    found = one(story)
    assert (found.before.opened, found.now.opened, found.now.before, found.now.after) == (0, 1, 0, 1)
    assert found.now.ages[3] == Waiting(1, 0)  # seven days and four hours
    assert found.sources[0].days == (1, 0, 0, 0, 0, 0, 0)


@pytest.mark.parametrize(
    ("answers", "scale", "answer", "good"),
    [((), 5, "4", True), ((), 5, "3", False), ((), 10, "6", True), ((), 2, "1", False),
     (("great", "poor"), 0, "great", True), (("great", "poor"), 0, "poor", False),
     (("no", "yes"), 0, "no", False)],
)  # fmt: skip
def test_what_a_satisfied_customer_answers(
    answers: tuple[str, ...], scale: int, answer: str, good: bool
) -> None:
    survey = replace(USUAL_QUESTIONS[SURVEY], answers=tuple(map(Answer, answers)), scale=scale)
    assert isinstance(survey, Question)
    assert is_satisfied(survey, answer) is good


# --- measures and weeks -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "median", "ninetieth"),
    [
        ([1, 2, 3, 4], None, None),
        ([5, 4, 3, 2, 1], 3, 5),
        ([1, 2, 3, 4, 5, 6], 3.5, 6),
        (range(1, 11), 5.5, 9),
    ],
)
def test_the_middle_and_nine_in_ten(values: list[int], median: float | None, ninetieth: int | None) -> None:
    spread = Spread.over(map(hours, values))
    wanted = [None if each is None else hours(each) for each in (median, ninetieth)]
    assert [spread.median, spread.ninetieth] == wanted


@pytest.mark.parametrize(("part", "of", "percent"), [(1, 8, None), (1, 10, 10), (5, 1000, 1), (4, 1000, 0)])
def test_a_share_is_rounded_half_up_and_not_said_of_few(part: int, of: int, percent: int | None) -> None:
    assert Share(part, of).percent == percent


def test_weeks_are_those_of_the_calendar() -> None:
    assert str(Week.parse("2026-w1").later(-1)) == "2025-W52"
    assert str(Week.parse("2020-W53").later()) == "2021-W01"
    zone = ZoneInfo("Europe/Lisbon")
    assert Week(2025, 13).later().begins(zone) - Week(2025, 13).begins(zone) == timedelta(days=7, hours=-1)
    assert Week.last_whole(datetime(2025, 11, 2, 23, 59, tzinfo=UTC), zone) == Week(2025, 43)
    assert Week.last_whole(datetime(2025, 11, 3, 0, 0, tzinfo=UTC), zone) == WEEK


@pytest.mark.parametrize("typed", ["2025-W53", "2025", "W44", "2025-W0", "0000-W01", "２０２５-W01"])
def test_what_is_no_week_is_refused(typed: str) -> None:
    with pytest.raises(BadInput, match="is no week"):
        Week.parse(typed)


# --- the identity -----------------------------------------------------------------------------------

_KINDS = st.sampled_from(
    [E.REPLIED, E.REOPENED, E.ANSWERED, E.WAITING, E.WAIT_OVER, E.RESOLVED, E.CLOSED, E.SPAM, E.MERGED_INTO,
     E.STATUS_CHANGED, E.ASSIGNED, E.ESCALATED]
)  # fmt: skip
_PHASES = st.sampled_from(["new", "open", "waiting", "resolved", "closed"])
_BEGINS = datetime(2025, 9, 1, tzinfo=UTC)
_LATER = st.integers(0, 70 * 24 * 60).map(lambda minutes: _BEGINS + timedelta(minutes=minutes))
_EVENT = st.tuples(_LATER, _KINDS, _PHASES)


def _history(opened: datetime, late: int, happened: list[tuple[datetime, E, str]]) -> list[Event]:
    since = (opened - timedelta(hours=late)).isoformat()
    events = [Event(opened, E.OPENED, BO, {"requester": BO, "since": since})]
    for at, kind, phase in sorted(happened, key=lambda each: each[0]):
        data: dict[str, Plain] = {"phase": phase} if kind is E.STATUS_CHANGED else {}
        events += [Event(at, kind, BO, data)] if at >= opened else []
    return events


@settings(max_examples=60, deadline=None)
@given(
    cases=st.lists(st.tuples(_LATER, st.integers(0, 100), st.lists(_EVENT, max_size=12)), max_size=8),
    as_of=_LATER,
)
def test_open_before_with_what_came_less_what_ended_is_open_after(
    cases: list[tuple[datetime, int, list[tuple[datetime, E, str]]]], as_of: datetime
) -> None:
    told = [(str(at), _history(*case)) for at, case in enumerate(cases)]
    terms = replace(TERMS, week=Week.of(as_of.date()), as_of=as_of)
    for each in (each.tally for each in reported(told, terms).weeks):
        assert each.before + each.opened + each.came_back - each.ended == each.after
        assert sum(age.ours + age.theirs for age in each.ages) == each.after
        assert sum(age.ours for age in each.ages) == each.ours
    assert edges_of(terms)[-1] == as_of


# --- promises at the edges of weeks -----------------------------------------------------------------


def in_time(story: Told) -> tuple[Share, Share]:
    """First answers in time: of the week before, and of the week."""
    found = one(story)
    return found.before.first_in_time, found.now.first_in_time


def test_a_promise_that_was_over_as_its_mail_was_taken_in_is_broken_in_the_week_in_which_it_was() -> None:
    story = (
        Told(DESK).opened("27 Oct 09:00", "High", since="24 Oct 10:00").happens("27 Oct 10:00", E.ANSWERED)
    )
    assert in_time(story) == (Share(), Share(0, 1))


def test_a_promise_that_was_broken_is_not_decided_again_as_it_is_moved_in_the_week_after() -> None:
    story = Told(DESK).opened("24 Oct 13:00", "High")
    story.happens("27 Oct 09:30", E.CHANGED, field="priority", old="High", new="Normal")
    assert in_time(story.happens("27 Oct 11:00", E.ANSWERED)) == (Share(0, 1), Share())


def test_what_was_due_and_is_due_later_now_is_late_no_more() -> None:
    story = Told(DESK).opened("27 Oct 16:00", "High")  # due on Tuesday at eleven
    story.happens("28 Oct 12:00", E.CHANGED, field="priority", old="High", new="Normal")  # at fifteen
    for hour, late in ((13, 0), (16, 1)):
        at = datetime(2025, 10, 28, hour, tzinfo=UTC)
        found = reported([(REFS[0], story.events)], replace(TERMS, as_of=at))
        assert [each.due.hour for each in found.late] == [15] * late
