"""The table of time: for each kind of clock what starts and ends it, whether it pauses, what then happens."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from maildesk.desk.case.case import Case, Phase
from maildesk.desk.case.clocks import Clock, ClockKind, by_kind
from maildesk.desk.case.events import INSIDE, Event, EventKind
from maildesk.desk.case.letter_order import LetterKind
from maildesk.desk.promises.promised import CaseFacts, Promised, PromiseRow
from maildesk.desk.promises.time_terms import Stay, TimeTerms


@dataclass(slots=True)
class Step:
    """One event of a case: the case before it (None: it was opened by it) and after it.

    `clocks` are those after it, as far as the rows of the table have been asked. What these ask of a step is
    found out once: the moment `at` that counts (when a mail reached the mailbox, else when it happened),
    whether the case has `ended`, its `stay` and its `facts`; whether by the event it `enters` that stay, its
    priority, type or plan `turned` another, its promises begin, or the desk `speaks` to the customer.
    """

    before: Case | None
    event: Event
    after: Case
    terms: TimeTerms
    clocks: dict[ClockKind, Clock] = field(init=False)
    at: datetime = field(init=False)
    ended: bool = field(init=False)
    stay: Stay = field(init=False)
    facts: CaseFacts = field(init=False)
    enters: bool = field(init=False)
    turned: bool = field(init=False)
    begins: bool = field(init=False)
    speaks: bool = field(init=False)

    def __post_init__(self) -> None:
        before, event, after, terms = self.before, self.event, self.after, self.terms
        since = event.data.get("since")
        self.clocks = by_kind(after.clocks)
        self.at = datetime.fromisoformat(str(since)) if since else event.at
        self.ended = after.phase.ended
        self.stay = terms.stay(after)
        self.enters = before is None or terms.stay(before).name != self.stay.name
        self.facts = terms.facts(after)
        self.turned = before is not None and terms.facts(before) != self.facts
        self.begins = self._begins()
        self.speaks = event.answers or event.asks_customer or event.kind is EventKind.PLAN_SHARED

    def row(self, what: Promised) -> PromiseRow | None:
        """The row of the policy that promises this to the case as it is now."""
        return self.terms.row(what, self.after, self.facts)

    def _begins(self) -> bool:
        kind, data, before = self.event.kind, self.event.data, self.before
        if data.get("unpromised") or self.ended:
            return False
        if kind is EventKind.FIRST_MAIL:
            return "since" in data
        if kind is EventKind.REPLIED:
            return before is not None and before.promised_from is None and before.first_response_at is None
        if kind is EventKind.STATUS_CHANGED:
            return before is not None and before.phase.ended  # it goes on, whatever the status
        return kind in (EventKind.OPENED, EventKind.REOPENED)


@dataclass(frozen=True, slots=True)
class Happening:
    """A thing that time makes happen: the event that says so, and the letter that tells of it."""

    event: EventKind
    letter: LetterKind


Moments = tuple[datetime, ...]


@dataclass(frozen=True, slots=True)
class ClockRow:
    """One row of the table.

    `starts` and `ends` ask about one event; a start beats an end, and what runs already. `pauses`: it stops
    while the status of the case does. `moments` are when it is due, of what begins at that moment; for a
    `promised` one they come from the rows of the policy, which a change of the case asks again. `near` is
    what happens before it is due and `over` when it is; None is what the policy lets follow. `again`: where
    it was missed it begins anew. `writes`: customers hear of it, so that it waits for opening hours.
    """

    starts: Callable[[Step], bool]
    ends: Callable[[Step], bool]
    over: Happening | None
    near: Happening | None = None
    pauses: bool = False
    promised: Promised | None = None
    moments: Callable[[Step, datetime], Moments] = lambda step, began: ()
    again: Callable[[Step], bool] = lambda step: False
    writes: bool = False


# --- what starts and ends a clock -------------------------------------------------------------------


def _ended(step: Step) -> bool:
    return step.ended


def _next_response(step: Step) -> bool:
    """The first answer was given, and it is our turn again: the oldest such mail counts.

    A case that is open again owes one too where no first answer is promised to it.
    """
    if step.event.data.get("unpromised") or ClockKind.NEXT_RESPONSE in step.clocks:
        return False
    first = step.clocks.get(ClockKind.FIRST_RESPONSE)
    if step.event.kind is EventKind.REOPENED:
        return first is None or not first.promised
    answered = first.met_at is not None if first else step.after.first_response_at is not None
    return answered and (step.event.kind is EventKind.REPLIED or _handed_back(step))


def _handed_back(step: Step) -> bool:
    """Tell whether the customer's answer to a question makes a case that waited for them ours."""
    waited = step.before is not None and step.before.phase is Phase.WAITING
    ours = waited and step.after.phase is Phase.OPEN
    return ours and step.event.kind is EventKind.STATUS_CHANGED and step.after.is_requester(step.event.actor)


def _answered_or_ended(step: Step) -> bool:
    return step.event.answers or step.ended


def _waits_no_longer(step: Step) -> bool:
    waits = step.after.phase is Phase.WAITING
    return not waits or (step.event.kind is EventKind.WAITING and not step.event.data.get("until"))


def _silence(step: Step) -> bool:
    """The desk spoke, and the customer is silent: from the entry, or from the desk's words since then.

    While we owe them an answer, the silence is ours.
    """
    return step.speaks or (step.enters and step.event.kind is not EventKind.REPLIED and not _owed(step))


def _owed(step: Step) -> bool:
    """Tell whether the customer waits for an answer of ours; not where they just heard what came of it.

    Who was never answered, or wrote again, waits for one while the case goes on, promised or not.
    """
    if step.event.data.get("result"):
        return False
    if step.after.first_response_at is None and not step.ended:
        return True
    clocks = (step.clocks.get(kind) for kind in (ClockKind.FIRST_RESPONSE, ClockKind.NEXT_RESPONSE))
    return any(clock and not clock.met_at for clock in clocks)


def _silence_over(step: Step) -> bool:
    """The customer wrote and it stays where it is, or it went to a status that asks nothing of time.

    A click that came too late changes nothing.
    """
    data = step.event.data
    clicked = step.event.kind is EventKind.QUESTION_ANSWERED and not (data.get("late") or data.get(INSIDE))
    return clicked or step.event.kind is EventKind.REPLIED or step.enters


def _touched(step: Step) -> bool:
    touched = step.event.kind in _TOUCHES and not step.event.data.get("unpromised")
    return touched and not _not_quiet(step)


_TOUCHES: Final = frozenset(
    {
        EventKind.OPENED, EventKind.FIRST_MAIL, EventKind.REPLIED, EventKind.REOPENED, EventKind.ANSWERED,
        EventKind.NOTED, EventKind.ASKED, EventKind.WAITING, EventKind.WAIT_OVER, EventKind.STATUS_CHANGED,
        EventKind.ASSIGNED, EventKind.CHANGED, EventKind.FIELD_SET, EventKind.ESCALATED, EventKind.THANKED,
        EventKind.ESCALATION_REPEATED, EventKind.ESCALATION_APPROVED, EventKind.ESCALATION_DECLINED,
        EventKind.ESCALATION_RAISED, EventKind.PLANNED, EventKind.PLAN_SHARED,
        EventKind.QUESTION_ASKED, EventKind.QUESTION_ANSWERED,
        EventKind.MERGED, EventKind.SPLIT, EventKind.REMINDED,
    }
)  # fmt: skip
"""The events by which somebody, or the policy in their place, does something about a case."""


def _not_quiet(step: Step) -> bool:
    """It ended, or another time is set that tells of it."""
    return step.ended or not _TELLING.isdisjoint(step.clocks)


_TELLING: Final = frozenset({ClockKind.WAIT, ClockKind.REMIND, ClockKind.AFTER})


def _lasts(step: Step) -> bool:
    return step.after.escalation is not None and not step.ended


def _heard(step: Step) -> bool:
    """A level of an escalation was told of it, the first one too."""
    told = (EventKind.ESCALATED, EventKind.ESCALATION_APPROVED, EventKind.ESCALATION_RAISED)
    active = step.after.escalation
    return step.event.kind in told and active is not None and not active.asked


def _updates_begin(step: Step) -> bool:
    """An escalation begins that promises word from us as long as it lasts."""
    return step.event.kind is not EventKind.ESCALATION_RAISED and _heard(step) and _updates_last(step)


def _updates_last(step: Step) -> bool:
    active = step.after.escalation
    return step.terms.escalation.updates is not None and active is not None and not active.asked


def _level_over(step: Step) -> bool:
    """The escalation is over, or somebody of the level wrote or planned."""
    return not _lasts(step) or (step.after.escalation is not None and step.after.escalation.answered)


def _acknowledged(step: Step) -> bool:
    return not _lasts(step) or (step.after.escalation is not None and step.after.escalation.acknowledged)


# --- when it is due ---------------------------------------------------------------------------------


def _until(step: Step, began: datetime) -> Moments:
    until = step.event.data.get("until")
    return (datetime.fromisoformat(str(until)),) if until else ()


def _reminders(step: Step, began: datetime) -> Moments:
    calendar, spans = step.terms.calendar, step.stay.remind
    dues = (due for span in spans if (due := calendar.due(began, span)))
    return tuple(sorted(calendar.next_open(due) for due in dues))


def _silent_long_enough(step: Step, began: datetime) -> Moments:
    span = step.stay.after
    due = step.terms.calendar.due(began, span) if span else None
    return (step.terms.calendar.next_open(due),) if due else ()


def _quiet(step: Step, began: datetime) -> Moments:
    span = step.terms.quiet
    due = step.terms.calendar.due(began, span) if span else None
    return (due,) if due else ()


def _time_of_level(step: Step, began: datetime) -> Moments:
    span = step.terms.escalation.within(step.after)
    due = step.terms.calendar.due(began, span) if span else None
    return (due,) if due else ()


def _time_to_acknowledge(step: Step, began: datetime) -> Moments:
    span = step.terms.escalation.acknowledge
    due = step.terms.calendar.due(began, span) if span else None
    return (due,) if due else ()


_RESPONSE_NEAR: Final = Happening(EventKind.RESPONSE_NEAR, LetterKind.RESPONSE_NEAR)
_RESPONSE_OVERDUE: Final = Happening(EventKind.RESPONSE_OVERDUE, LetterKind.OVERDUE)

TABLE: Final[dict[ClockKind, ClockRow]] = {
    ClockKind.FIRST_RESPONSE: ClockRow(
        starts=lambda step: step.begins,
        ends=_ended,  # an answer meets it: it may fail to arrive
        near=_RESPONSE_NEAR,
        over=_RESPONSE_OVERDUE,
        promised=Promised.FIRST_RESPONSE,
    ),
    ClockKind.NEXT_RESPONSE: ClockRow(
        starts=_next_response,
        ends=_answered_or_ended,
        near=_RESPONSE_NEAR,
        over=_RESPONSE_OVERDUE,
        promised=Promised.NEXT_RESPONSE,
    ),
    ClockKind.RESOLUTION: ClockRow(
        starts=lambda step: step.begins,
        ends=_ended,
        near=Happening(EventKind.RESOLUTION_NEAR, LetterKind.RESOLUTION_NEAR),
        over=Happening(EventKind.RESOLUTION_OVERDUE, LetterKind.RESOLUTION_OVERDUE),
        pauses=True,
        promised=Promised.RESOLUTION,
    ),
    ClockKind.UPDATE: ClockRow(
        starts=lambda step: step.begins or _updates_begin(step) or (step.speaks and not step.ended),
        ends=_ended,
        over=Happening(EventKind.UPDATE_OVERDUE, LetterKind.UPDATE_OVERDUE),
        pauses=True,
        promised=Promised.UPDATE,
        again=_updates_last,
    ),
    ClockKind.WAIT: ClockRow(
        starts=lambda step: step.event.kind is EventKind.WAITING,
        ends=_waits_no_longer,
        over=Happening(EventKind.WAIT_OVER, LetterKind.WAIT_OVER),
        moments=_until,
    ),
    ClockKind.REMIND: ClockRow(
        starts=_silence,
        ends=_silence_over,
        over=Happening(EventKind.REMINDED, LetterKind.REMINDER),
        moments=_reminders,
        writes=True,
    ),
    ClockKind.AFTER: ClockRow(
        starts=_silence,
        ends=_silence_over,
        over=None,
        moments=_silent_long_enough,
        writes=True,
    ),
    ClockKind.QUIET: ClockRow(
        starts=_touched,
        ends=_not_quiet,
        over=Happening(EventKind.LONG_QUIET, LetterKind.LONG_QUIET),
        moments=_quiet,
    ),
    ClockKind.ACKNOWLEDGE: ClockRow(
        starts=lambda step: step.event.kind is EventKind.ESCALATED and not _acknowledged(step),
        ends=_acknowledged,
        over=Happening(EventKind.ESCALATION_UNACKNOWLEDGED, LetterKind.UNACKNOWLEDGED),
        moments=_time_to_acknowledge,
    ),
    ClockKind.NEXT_LEVEL: ClockRow(
        starts=lambda step: _heard(step) and not _level_over(step),
        ends=_level_over,
        over=None,
        moments=_time_of_level,
    ),
}
"""Everything that is timed, in the order in which an event is asked about it."""
