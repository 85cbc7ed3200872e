"""Keeping promises: what each event of a change starts, moves, stops and ends of the clocks of its case."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, Final

from maildesk.desk.case.case import Case
from maildesk.desk.case.change import Change
from maildesk.desk.case.clocks import Clock, ClockKind, in_order, put, set_in
from maildesk.desk.case.escalation import ACKNOWLEDGED, ANSWERED, escalation_after
from maildesk.desk.case.events import Event, EventKind, Plain
from maildesk.desk.case.folding import begun
from maildesk.desk.case.replacing import replace
from maildesk.desk.case.transitions import apply
from maildesk.desk.promises import measuring
from maildesk.desk.promises.promised import Promised, PromiseRow, WarnBefore
from maildesk.desk.promises.spans import Span, SpanKind
from maildesk.desk.promises.table import TABLE, ClockRow, Step
from maildesk.desk.promises.time_terms import TimeTerms


def kept(before: Case | None, change: Change, terms: TimeTerms) -> Change:
    """The change, whose events say what they do to the clocks of the case: of one of `before`, or a new one.

    Nothing else sets a clock, so that folding the events gives what the case has.
    """
    if not change.events or all(event.kind in _TIMELESS for event in change.events):
        return change
    case, events = before, []
    for event in change.events:
        timed, case = _timed(case, event, change.case.ref, terms)
        events.append(timed)
    assert case is not None  # there is an event
    case = replace(
        change.case,
        clocks=case.clocks,
        promised_from=case.promised_from,
        first_response_at=case.first_response_at,
        escalation=case.escalation,
        asked_at=case.asked_at,
        last_asked_at=case.last_asked_at,
    )
    return replace(change, case=case, events=tuple(events))


_TIMELESS: Final = frozenset(
    {
        EventKind.NOT_JOINED, EventKind.THIRD_PARTY_WROTE, EventKind.UNVERIFIED_MAIL, EventKind.BOUNCED,
        EventKind.DUPLICATE_ARRIVED, EventKind.MESSAGE_ID_REUSED, EventKind.MENTIONED, EventKind.REFUSED,
        EventKind.CONFIRMED, EventKind.DECLINED, EventKind.ANSWER_HELD, EventKind.ANSWER_WITHDRAWN,
        EventKind.ANSWER_LAPSED, EventKind.LETTER_WITHHELD, EventKind.LETTER_HELD, EventKind.LETTER_DELAYED,
        EventKind.LETTER_ARRIVED, EventKind.LETTER_UNCERTAIN, EventKind.PARTY_REMOVED,
    }
)  # fmt: skip
"""Events that no clock hears of."""


_BY_ANSWERS: Final = ("first_response_at", "asked_at", "last_asked_at")
"""The values of a case that are others where an answer says too little."""


def _timed(before: Case | None, event: Event, ref: str, terms: TimeTerms) -> tuple[Event, Case]:
    """The event with what it does to the clocks, and the case with these after it."""
    opens = before is None or event.kind is EventKind.OPENED
    after = begun(ref, event) if before is None or opens else apply(before, event)
    if event.kind in _TIMELESS:
        return event, after
    before = None if opens else before
    step = Step(before, event, after, terms)
    said: dict[str, Plain] = {}
    changed: dict[str, Any] = {}
    if event.answers and _says_too_little(step):
        said["too_little"] = True
        if before is not None:
            less = apply(before, replace(event, data={**event.data, **said}))
            changed |= {name: getattr(less, name) for name in _BY_ANSWERS}
    if marks := _for_escalation(step):
        said |= marks
        marked = replace(event, data={**event.data, **marks})
        changed["escalation"] = escalation_after(before.escalation if before else None, marked)
    if step.begins:
        said["promised_from"] = step.at.isoformat()
        changed["promised_from"] = step.at
    if changed:
        step.after = replace(after, **changed)
    for kind, row in TABLE.items():
        clock = step.clocks.get(kind)
        news = _clock_after(kind, row, clock, step)
        if news is not clock and news != clock:
            said |= set_in(kind, news)
            put(step.clocks, kind, news)
    if not said:
        return event, step.after
    event = replace(event, data={**event.data, **said})
    return event, replace(step.after, clocks=in_order(step.clocks))


def _for_escalation(step: Step) -> dict[str, Plain]:
    """Marks of an event by which its level, or the team that reviews, does what an escalation waits for."""
    active, event = step.after.escalation, step.event
    if active is None:
        return {}
    terms, marks = step.terms.escalation, dict[str, Plain]()
    wrote = event.answers or event.kind in _WRITES
    if wrote and not active.answered and terms.of_level(event.actor, step.after):
        marks[ANSWERED] = True
    told = event.answers or event.kind in _TELLS
    if told and not active.acknowledged and terms.of_team(event.actor, step.after):
        marks[ACKNOWLEDGED] = True
    return marks


_WRITES: Final = (EventKind.NOTED, EventKind.ASKED, EventKind.PLANNED, EventKind.PLAN_SHARED)
"""Events by which somebody writes or plans, beside answers to the customer."""

_TELLS: Final = (EventKind.ESCALATION_APPROVED, EventKind.PLAN_SHARED)
"""Events by which a person writes to the customer of an escalation, beside answers."""


def _says_too_little(step: Step) -> bool:
    """Tell whether an answer names less than the policy wants of a first one: then it is none."""
    row = step.row(Promised.FIRST_RESPONSE)
    if row is None:
        return False
    resolution = step.clocks.get(ClockKind.RESOLUTION)
    has = {"priority": bool(step.after.priority), "resolution": bool(resolution and resolution.promised)}
    return not all(has.get(each, True) for each in row.tells)


# --- one clock --------------------------------------------------------------------------------------


def _clock_after(kind: ClockKind, row: ClockRow, clock: Clock | None, step: Step) -> Clock | None:
    """The clock after the event."""
    if row.starts(step):
        return _started(kind, row, step.at, step)
    retargets = row.promised and step.turned
    if (clock is None and not retargets) or row.ends(step):
        return None
    if retargets:
        clock = _retargeted(kind, row, clock, step)
    if clock is None:
        return None
    clock = _happened(kind, row, clock, step)
    if clock is None:
        return None
    if kind is ClockKind.FIRST_RESPONSE:
        clock = _met(clock, step)
    return _paused_or_resumed(row, clock, step) if row.pauses else clock


def _started(kind: ClockKind, row: ClockRow, began: datetime, step: Step) -> Clock | None:
    if row.promised is None:
        moments = row.moments(step, began)
        return Clock(kind, began, moments[0], more=moments[1:]) if moments else None
    promise = step.row(row.promised)
    span = promise.spans[row.promised] if promise else None
    due = step.terms.calendar.due(began, span) if span else None
    if span and due and began < step.at and due <= step.at:
        due = step.terms.calendar.due(step.at, span)  # promised late: never for what has passed
    if span and due:
        warn_at = _warning(row, promise, span, began, step.at, due, step)
        clock = Clock(kind, began, due, warn_at, span=str(span))
    elif step.terms.promises(row.promised):
        clock = Clock(kind, began, None)  # with another priority it may count from here
    else:
        return None
    return _paused_or_resumed(row, clock, step) if row.pauses else clock


def _warning(
    row: ClockRow,
    promise: PromiseRow | None,
    span: Span,
    began: datetime,
    at: datetime,
    due: datetime,
    step: Step,
) -> datetime | None:
    if row.near is None:
        return None
    before = promise.warn_before if promise else WarnBefore()
    return measuring.warned_at(step.terms.calendar, span, before, began, at, due)


# --- what happened, as time said --------------------------------------------------------------------


def _happened(kind: ClockKind, row: ClockRow, clock: Clock, step: Step) -> Clock | None:
    event = step.event
    if kind is ClockKind.REMIND:
        return _reminded(clock, step)
    if kind is ClockKind.AFTER and event.kind is EventKind.REMINDED and clock.due:
        return replace(clock, due=max(clock.due, step.terms.calendar.add_days(event.at, 1)))
    if event.data.get("promise") != kind.value:
        return clock
    if row.over is None:
        return None  # whatever followed: it comes due once
    if row.near and event.kind is row.near.event:
        return replace(clock, warn_at=None)
    if row.over and event.kind is row.over.event:
        anew = row.again(step) and clock.due
        return _started(kind, row, anew, step) if anew else replace(clock, warn_at=None, told_at=event.at)
    return clock


def _reminded(clock: Clock, step: Step) -> Clock | None:
    """The reminders that follow: of those that were missed one goes; none while the customer is away."""
    event = step.event
    if event.kind is EventKind.REMINDED:
        return _next_after(clock, (each for each in clock.more if each > event.at))
    away = event.data.get("away_until") if event.kind is EventKind.AUTOMATIC_MAIL else None
    if not away or not step.after.is_requester(event.actor) or clock.due is None:
        return clock
    last = date.fromisoformat(str(away))
    zone = step.terms.calendar.zone
    moments = (clock.due, *clock.more)
    return _next_after(clock, (each for each in moments if each.astimezone(zone).date() > last))


def _next_after(clock: Clock, moments: Iterable[datetime]) -> Clock | None:
    left = tuple(moments)
    return replace(clock, due=left[0], more=left[1:]) if left else None


def _met(clock: Clock, step: Step) -> Clock:
    """A first answer meets the promise, until it turns out that it did not arrive."""
    event = step.event
    if event.answers and not clock.met_at and step.after.first_response_at:
        return replace(clock, met_at=event.at)
    if "met" in event.data and event.kind in _FATES:
        met = str(event.data["met"] or "")
        return replace(clock, met_at=datetime.fromisoformat(met) if met else None)
    return clock


_FATES: Final = (EventKind.LETTER_FAILED, EventKind.LETTER_DROPPED, EventKind.LETTER_RETRIED)


# --- another target, a pause ------------------------------------------------------------------------


def _retargeted(kind: ClockKind, row: ClockRow, clock: Clock | None, step: Step) -> Clock | None:
    """The clock by what the policy promises now that the priority, the type or the plan is another."""
    assert row.promised  # asked for by who calls
    promise = step.row(row.promised)
    span = promise.spans[row.promised] if promise else None
    if clock is None:
        began = step.after.promised_from
        answered = kind is ClockKind.FIRST_RESPONSE and step.after.first_response_at
        wanted = kind in (ClockKind.FIRST_RESPONSE, ClockKind.RESOLUTION) and not answered
        return _started(kind, row, began, step) if wanted and began else None
    if clock.promised and (clock.met_at or (span and str(span) == clock.span)):
        return clock
    calendar = step.terms.calendar
    due = measuring.retargeted(calendar, span, clock, step.at, _due_before(clock, step)) if span else None
    if span is None or due is None:
        return replace(clock, due=None, left=None, warn_at=None, span="")
    if clock.due is None and (clock.promised or clock.paused_at):
        return replace(clock, left=measuring.left(calendar, span, step.at, due), span=str(span))
    if due == clock.due:
        return replace(clock, span=str(span))
    told_at = clock.told_at if due <= step.at else None
    warn_at = _warning(row, promise, span, clock.began, step.at, due, step)
    return replace(clock, due=due, span=str(span), told_at=told_at, warn_at=warn_at)


def _due_before(clock: Clock, step: Step) -> datetime | None:
    """The moment that was promised until now, of a stopped clock as if it went on now."""
    if clock.left is None:
        return clock.due
    return measuring.later(step.terms.calendar, _span_of(clock), step.at, clock.left)


def _span_of(clock: Clock) -> Span:
    """The span of a promise; one of before events said it counts as business time."""
    return Span.parse(clock.span) if clock.span else Span(SpanKind.BUSINESS)


def _paused_or_resumed(row: ClockRow, clock: Clock, step: Step) -> Clock | None:
    """The clock as the status has it: stopped it keeps what is left, which counts from when it goes on."""
    runs, calendar = step.stay.runs, step.terms.calendar
    if not clock.promised:
        return _stood(clock, step, runs=runs)
    if clock.due and not runs and clock.due > step.at:
        left = measuring.left(calendar, _span_of(clock), step.at, clock.due)
        return replace(clock, due=None, left=left, paused_at=step.at)
    if clock.due is None and runs:
        span = _span_of(clock)
        at = max(step.at, clock.paused_at or step.at)  # a mail may have come before what stopped it
        due = measuring.resumed(calendar, span, clock.began, at, clock.left or measuring.NONE)
        if due is None:
            return None
        promise = step.row(row.promised) if row.promised else None
        warn_at = _warning(row, promise, span, clock.began, at, due, step) if clock.warn_at else None
        stood = measuring.left(calendar, span, clock.paused_at or at, at)
        paused = clock.paused + stood
        return replace(clock, due=due, left=None, warn_at=warn_at, paused_at=None, paused=paused)
    return clock


def _stood(clock: Clock, step: Step, *, runs: bool) -> Clock:
    """The clock of what nothing promises yet: how long it stood still counts when something does."""
    if not runs:
        return clock if clock.paused_at else replace(clock, paused_at=step.at)
    if clock.paused_at is None:
        return clock
    stood = measuring.left(step.terms.calendar, _span_of(clock), clock.paused_at, step.at)
    return replace(clock, paused_at=None, paused=clock.paused + stood)
