"""Public complaints about help desks that must never come true here, whatever happens to a case.

Each test goes through every event of a history, with the case as it was before it and as it is after.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from maildesk.desk.case.case import Case, Phase
from maildesk.desk.case.clocks import ClockKind
from maildesk.desk.case.events import DESK, Event, EventKind, Plain
from maildesk.desk.case.folding import begun
from maildesk.desk.case.letter_order import LetterKind
from maildesk.desk.case.transitions import apply
from maildesk.desk.policy.statuses import Status, Statuses
from maildesk.desk.policy.then import Then
from maildesk.desk.promises.promised import CaseFacts, Promised, promising
from maildesk.desk.promises.spans import Span
from maildesk.errors import NotAllowed
from tests.unit.desk.matters import BO
from tests.unit.desk.timed import Told, calendar, row, timed_desk

E, C = EventKind, ClockKind

_SILENT = (Span.parse("2bd"), Span.parse("4bd"))
SILENCE = Span.parse("7d")
BUSY = timed_desk(
    calendar("Europe/Lisbon", date(2025, 12, 1), date(2025, 12, 8), date(2025, 12, 25)),
    row("Urgent", first_response="2h", next_response="2h", update="1bd", resolution="1bd"),
    row("Normal", first_response="8h", next_response="12h day and night", resolution="3bd"),
    row("Low", first_response="2bd", resolution="10bd"),
    statuses=Statuses(
        (
            Status("New", Phase.NEW),
            Status("Open", Phase.OPEN),
            Status("Parked", Phase.OPEN, runs=False),
            Status("Waiting", Phase.WAITING, runs=False, remind=_SILENT, after=SILENCE, then=Then("Closed")),
            Status(
                "Solved", Phase.RESOLVED, runs=False, remind=_SILENT[:1], after=SILENCE, then=Then("Closed")
            ),
            Status("Closed", Phase.CLOSED, runs=False),
            Status("Put away", Phase.CLOSED, runs=False),
        )
    ),
    quiet="5bd",
)
CALENDAR = BUSY.policy.calendar

# --- histories --------------------------------------------------------------------------------------

_ACTS = (
    E.ANSWERED, E.WAITING, E.RESOLVED, E.CLOSED, E.STATUS_CHANGED, E.CHANGED, E.ASSIGNED, E.NOTED,
)  # fmt: skip


@dataclass(frozen=True)
class Deed:
    """One thing that somebody does so many minutes after the one before; `which` chooses among its kinds."""

    minutes: int
    kind: EventKind | None
    which: int


DEEDS = st.lists(
    st.builds(
        Deed,
        st.sampled_from((0, 1, 20, 90, 600, 1_441, 4_000, 15_000)),
        st.sampled_from((None, None, E.THANKED, *_ACTS)),  # None: the customer writes
        st.integers(0, 2),
    ),
    min_size=1,
    max_size=10,
)
OPENED = st.tuples(st.integers(0, 20_000), st.sampled_from(("", "Urgent", "Normal", "Low")))


def history(opened: tuple[int, str], deeds: list[Deed]) -> Told:
    """A case of that priority to which all this happens, and a month of silence."""
    minutes, priority = opened
    story = Told(BUSY)
    clock = story.at("17 Nov 08:00") + timedelta(minutes=minutes)
    story.opened(written(clock), priority)
    for deed in deeds:
        clock += timedelta(minutes=deed.minutes)
        done(story, deed, written(clock))
    return story.passes(written(clock + timedelta(days=30)))


def done(story: Told, deed: Deed, at: str) -> None:
    story.passes(at)
    assert story.case
    kind: EventKind | None = deed.kind
    data: dict[str, Plain] = {}
    if kind is None:
        kind = E.REOPENED if story.case.phase.ended else E.REPLIED
    elif kind is E.WAITING:
        until = (story.at(at) + timedelta(days=2)).isoformat()
        data = dict(({"needs": "a picture"}, {"until": until}, {})[deed.which])
    elif kind is E.STATUS_CHANGED:
        to = BUSY.policy.statuses.called(("Parked", "Open", "Put away")[deed.which])
        data = {"status": to.name, "phase": to.phase.value}
    elif kind is E.CHANGED:
        data = {"field": "priority", "new": ("Urgent", "Normal", "Low")[deed.which]}
    elif kind is E.ASSIGNED:
        data = {"owner": "ben@acme.example"}
    actor = BO if kind in (E.REPLIED, E.REOPENED, E.THANKED) else "agent@acme.example"
    kinds = (E.ANSWERED, kind) if "needs" in data else (kind,)
    try:
        story.happens(at, *kinds, actor=actor, **data)
    except NotAllowed:
        return  # nobody can do that to such a case


def written(at: datetime) -> str:
    return at.astimezone(CALENDAR.zone).strftime("%d %b %Y %H:%M")


@dataclass(frozen=True)
class Moment:
    """One event, and its case before (as it began, for the first) and after it."""

    before: Case
    event: Event
    after: Case

    def of(self, kind: ClockKind) -> tuple[datetime | None, datetime | None]:
        """When that was due before, and is after."""
        one, other = self.before.clock(kind), self.after.clock(kind)
        return (one.due if one else None), (other.due if other else None)


def moments(story: Told) -> Iterator[Moment]:
    first, *events = story.events
    case = begun("7K2Q-9F3M", first)
    for event in events:
        after = apply(case, event)
        yield Moment(case, event, after)
        case = after


def stay(case: Case) -> Status:
    return BUSY.policy.statuses.of_case(case)


anything = given(OPENED, DEEDS)
often = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])

# --- what holds in all of them ----------------------------------------------------------------------


@often
@anything
def test_a_first_answer_never_stands_still_and_an_ended_case_promises_nothing(
    opened: tuple[int, str], deeds: list[Deed]
) -> None:
    for moment in moments(history(opened, deeds)):
        clocks = {clock.kind: clock for clock in moment.after.clocks if clock.promised}
        if moment.after.phase.ended:
            assert not clocks.keys() & set(map(ClockKind, Promised))
        for kind in (C.FIRST_RESPONSE, C.NEXT_RESPONSE):
            assert kind not in clocks or clocks[kind].due
        if not stay(moment.after).runs and C.RESOLUTION in clocks:
            due = clocks[C.RESOLUTION].due
            assert due is None or due <= moment.event.at  # what was missed already stays missed


@often
@anything
def test_a_reopened_case_is_never_overdue_at_once(opened: tuple[int, str], deeds: list[Deed]) -> None:
    for moment in moments(history(opened, deeds)):
        if moment.event.kind is E.REOPENED:
            assert all(each.due is None or each.due > moment.event.at for each in moment.after.clocks)


@often
@anything
def test_a_reminder_goes_once_for_each_span_of_silence_and_in_its_own_status_only(
    opened: tuple[int, str], deeds: list[Deed]
) -> None:
    sent = 0
    for moment in moments(history(opened, deeds)):
        spoken = moment.event.kind in (E.ANSWERED, E.QUESTION_ASKED) or "needs" in moment.event.data
        if spoken or stay(moment.before) != stay(moment.after):
            sent = 0
        if moment.event.kind is E.REMINDED:
            sent += 1
            assert sent <= len(stay(moment.before).remind)
            assert stay(moment.before) == stay(moment.after)


@often
@anything
def test_silence_closes_nothing_while_the_team_owes_an_answer(
    opened: tuple[int, str], deeds: list[Deed]
) -> None:
    for moment in moments(history(opened, deeds)):
        if moment.event.actor == DESK and moment.after.phase is Phase.CLOSED:
            first, following = moment.before.clock(C.FIRST_RESPONSE), moment.before.clock(C.NEXT_RESPONSE)
            assert following is None
            assert first is None or first.met_at


@often
@anything
def test_another_owner_a_note_or_thanks_move_no_promise(opened: tuple[int, str], deeds: list[Deed]) -> None:
    promises = [kind for kind in ClockKind if kind is not C.QUIET]
    for moment in moments(history(opened, deeds)):
        if moment.event.kind in (E.ASSIGNED, E.NOTED, E.THANKED):
            assert [moment.before.clock(each) for each in promises] == [
                moment.after.clock(each) for each in promises
            ]


@often
@anything
def test_a_new_priority_counts_from_the_start_or_promises_nothing_later_than_before(
    opened: tuple[int, str], deeds: list[Deed]
) -> None:
    for moment in moments(history(opened, deeds)):
        was, now = moment.of(C.FIRST_RESPONSE)
        clock = moment.after.clock(C.FIRST_RESPONSE)
        if moment.event.kind is not E.CHANGED or clock is None or was is None or now in (None, was):
            continue
        promise = promising(BUSY.policy.promises, Promised.FIRST_RESPONSE, CaseFacts(moment.after.priority))
        assert promise
        span = promise.spans[Promised.FIRST_RESPONSE]
        assert span
        assert now
        wanted = CALENDAR.due(clock.began, span)
        assert wanted
        assert now == wanted if wanted > moment.event.at else now <= was


@often
@anything
def test_the_time_to_solve_is_what_was_promised_and_not_a_minute_of_a_pause(
    opened: tuple[int, str], deeds: list[Deed]
) -> None:
    """Whatever stops and goes on: the business time in which the clock ran is the whole promise."""
    same = [replace(each, kind=None) if each.kind is E.CHANGED else each for each in deeds]
    ran, since = timedelta(0), None
    for moment in moments(history((opened[0], opened[1] or "Low"), same)):
        at, clock = moment.event.at, moment.after.clock(C.RESOLUTION)
        if clock is None:
            since = None
            continue
        if clock.began != since:
            since, ran, last = clock.began, timedelta(0), clock.began
        before = moment.before.clock(C.RESOLUTION)
        if before and before.began == since and before.due:
            ran += CALENDAR.between(last, at)
        last = at
        whole = CALENDAR.between(clock.began, _due(clock.began, clock.span))
        if clock.due and clock.due > at:
            assert ran + CALENDAR.between(at, clock.due) == whole
        elif clock.left is not None:
            assert ran + clock.left == whole


def _due(began: datetime, span: str) -> datetime:
    due = CALENDAR.due(began, Span.parse(span))
    assert due
    return due


# --- what histories at random showed ----------------------------------------------------------------


def raised(story: Told, at: str, priority: str) -> str:
    """The priority is another; when it is to be solved."""
    story.happens(at, E.CHANGED, field="priority", new=priority)
    assert story.case
    return story.local(story.case.resolution_due)


def test_a_priority_that_comes_back_brings_its_moment_back() -> None:
    story = Told(BUSY).opened("17 Nov 10:00", "Low")
    assert story.case
    assert story.local(story.case.resolution_due) == "Tue 2 Dec 10:00"
    assert raised(story, "20 Nov 10:00", "Urgent") == "Fri 21 Nov 10:00"
    assert raised(story, "20 Nov 11:00", "Low") == "Tue 2 Dec 10:00"


def test_a_pause_is_remembered_through_two_changes_of_priority() -> None:
    story = Told(BUSY).opened("17 Nov 10:00", "Low")
    story.happens("18 Nov 10:00", E.STATUS_CHANGED, status="Parked", phase="open")
    story.happens("19 Nov 10:00", E.STATUS_CHANGED, status="Open", phase="open")
    assert story.case
    assert story.local(story.case.resolution_due) == "Wed 3 Dec 10:00"
    assert raised(story, "20 Nov 10:00", "Urgent") == "Fri 21 Nov 10:00"
    assert raised(story, "20 Nov 11:00", "Low") == "Wed 3 Dec 10:00"


def test_who_was_never_answered_is_not_reminded_and_not_closed_for_silence() -> None:
    story = Told(BUSY).opened("17 Nov 10:00", "Normal")
    story.happens("17 Nov 11:00", E.WAITING).passes("31 Dec 18:00")
    assert story.case
    assert story.case.phase is Phase.WAITING
    assert story.said(LetterKind.REMINDER) == []
    assert story.said(LetterKind.LONG_QUIET) == ["Mon 24 Nov 11:00"]


def test_the_silence_begins_when_the_answer_is_given() -> None:
    story = Told(BUSY).opened("17 Nov 10:00", "Normal").happens("17 Nov 11:00", E.WAITING)
    story.happens("19 Nov 11:00", E.ANSWERED).passes("31 Dec 18:00")
    assert story.case
    assert story.said(LetterKind.REMINDER) == ["Fri 21 Nov 11:00", "Tue 25 Nov 11:00"]
    assert story.local(story.case.closed_at) == "Wed 26 Nov 11:00"
