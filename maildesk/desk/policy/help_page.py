"""The customers' help page as values: what a policy promises, and nothing that the desk does not do."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import groupby

from maildesk.desk.case.case import Phase
from maildesk.desk.policy import ways
from maildesk.desk.policy.escalation_path import Start
from maildesk.desk.policy.policy import Policy, Reopening
from maildesk.desk.policy.promise_tables import Length, PromisedToAll, PromiseTable, promise_tables, to_all
from maildesk.desk.policy.questions import Answer, Question
from maildesk.desk.policy.statuses import Status
from maildesk.desk.promises.calendar import BusinessCalendar
from maildesk.desk.promises.promised import CaseFacts, Promised, promising
from maildesk.desk.promises.spans import SpanKind


@dataclass(frozen=True, slots=True)
class DeskFacts:
    """The facts of the configuration that the page tells; None and the empty string: it is not known.

    `poll` is the longest time after which a mailbox is looked at without being told of mail; `leadership`:
    there is somebody who hears of escalations.
    """

    address: str = ""
    poll: timedelta | None = None
    leadership: bool = False


@dataclass(frozen=True, slots=True)
class Opening:
    """Weekdays in a row with the same hours, 0 is Monday; `hours` are pairs of times such as `09:00`."""

    first: int
    last: int
    hours: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Example:
    """One promise, computed: what reaches us `at` is due then; `closed` are days that did not count."""

    kind: Promised
    priority: str
    plan: str
    type: str
    at: datetime
    due: datetime
    closed: tuple[date, ...]


@dataclass(frozen=True, slots=True)
class AnswerWay:
    """One answer of a customer, and the status to which it leads with its phase; None: nothing moves.

    `usual`: it is the first of its phase, so that customers need not know its name.
    """

    name: str
    leads: Phase | None
    status: str = ""
    usual: bool = True


@dataclass(frozen=True, slots=True)
class Asking:
    """A question to a customer; `in_words`: words of their own answer it too."""

    text: str
    answers: tuple[AnswerWay, ...]
    scale: int
    comment: str
    once: bool
    in_words: bool


@dataclass(frozen=True, slots=True)
class Silence:
    """The doing of silence in a status: reminders, then the status `then`, and its phase."""

    remind: tuple[Length, ...]
    after: Length | None
    then: str
    phase: Phase | None


@dataclass(frozen=True, slots=True)
class Stay:
    """A status in which something is asked of the customer, or silence has an end.

    `usual`: it is the first of its phase, so that customers need not know its name.
    """

    name: str
    phase: Phase
    means: str
    usual: bool
    asking: Asking | None
    silence: Silence | None


@dataclass(frozen=True, slots=True)
class Ending:
    """An outcome: its meaning, and the question after which alone a case ends so; `ends` is false for one
    that only waits.
    """

    name: str
    means: str
    asking: Asking | None
    silence: Silence | None
    ends: bool


@dataclass(frozen=True, slots=True)
class EscalationTold:
    """The way of an escalation: the words of a customer that start one, and who hears after what time.

    With `approval` somebody reviews it first, and writes within `acknowledge`; `updates` is how often the
    customer then hears.
    """

    words: tuple[str, ...]
    approval: bool
    acknowledge: Length | None
    levels: tuple[tuple[str, Length | None], ...]
    updates: Length | None


@dataclass(frozen=True, slots=True)
class HelpPage:
    """All that the page tells, in the order in which it does."""

    policy: Policy
    desk: DeskFacts
    channels: tuple[tuple[str, tuple[str, ...]], ...]
    asks: tuple[str, ...]
    types: tuple[tuple[str, str], ...]
    to_all: tuple[PromisedToAll, ...]
    tables: tuple[PromiseTable, ...]
    answer_tells: tuple[str, ...]
    openings: tuple[Opening, ...]
    zone: str
    example: Example | None
    closed: tuple[date, ...]
    year: int
    pauses: tuple[str, ...]
    stays: tuple[Stay, ...]
    endings: tuple[Ending, ...]
    only_customers: bool
    silence_closes: bool
    reopens: bool
    within: Length | None
    survey: Asking | None
    no_survey: tuple[str, ...]
    escalation: EscalationTold


def help_page(policy: Policy, desk: DeskFacts, now: datetime) -> HelpPage:
    """The page as it is true `now`."""
    calendar = policy.calendar
    today = now.astimezone(calendar.zone).date()
    tables = promise_tables(policy)
    known = ways.reached(policy, ways.beginnings(policy))
    reachable = [each for each in policy.statuses if each.name in known]
    stays = tuple(_stays(policy, reachable))
    ended = [each for each in reachable if each.phase is Phase.CLOSED]
    return HelpPage(
        policy=policy,
        desk=desk,
        channels=tuple(policy.plans.items()),
        asks=tuple(policy.information[name] for name in policy.first_letter.asks),
        types=tuple((each.name, each.means) for each in policy.types.values() if each.means),
        to_all=to_all(policy),
        tables=tables,
        answer_tells=tuple(dict.fromkeys(what for row in policy.promises for what in row.tells)),
        openings=tuple(_openings(calendar)),
        zone=calendar.zone.key,
        example=_example(policy, tables, today),
        closed=tuple(_closed(calendar, today, date(today.year, 12, 31))),
        year=today.year,
        pauses=tuple(each.name for each in reachable if _pauses(each, policy)),
        stays=stays,
        endings=tuple(_endings(policy)),
        only_customers=bool(ended) and all(map(ways.by_customer_only, ended)),
        silence_closes=any(each.silence and each.silence.phase is Phase.CLOSED for each in stays),
        reopens=any(not each.stays for each in ended),
        within=_length(policy.reopening),
        survey=_survey(policy, ended),
        no_survey=tuple(each.name for each in policy.outcomes.values() if not each.survey),
        escalation=_escalation(policy),
    )


def _escalation(policy: Policy) -> EscalationTold:
    path = policy.escalation_path
    asked = Start.CUSTOMER in path.starts
    return EscalationTold(
        words=policy.escalation.words.words if asked else (),
        approval=path.approval,
        acknowledge=Length.of(path.acknowledge) if path.acknowledge else None,
        levels=tuple((each.name, Length.of(each.within) if each.within else None) for each in path.levels),
        updates=Length.of(path.updates) if path.updates else None,
    )


def _pauses(status: Status, policy: Policy) -> bool:
    """Tell whether the time until a case is resolved, which the policy promises, stands still in it."""
    promised = any(row.spans.get(Promised.RESOLUTION) for row in policy.promises)
    return promised and not status.runs and not status.phase.ended


# --- business hours and an example ------------------------------------------------------------------


def _openings(calendar: BusinessCalendar) -> Iterator[Opening]:
    for windows, days in groupby(range(7), key=lambda day: calendar.hours[day]):
        each = tuple(days)
        hours = tuple(tuple(str(window).split("-")) for window in windows)
        if hours:
            yield Opening(each[0], each[-1], tuple((opens, closes) for opens, closes in hours))


def _closed(calendar: BusinessCalendar, first: date, last: date) -> Iterator[date]:
    """The days from `first` to `last` that would be open on their weekday, and are not."""
    for number in range((last - first).days + 1):
        day = first + timedelta(days=number)
        if calendar.hours[day.weekday()] and day in calendar.days_off:
            yield day


_FRIDAY = 4
_COUNTED = frozenset({SpanKind.BUSINESS, SpanKind.BUSINESS_DAYS})
"""Kinds of span that closed days make longer."""


def _example(policy: Policy, tables: tuple[PromiseTable, ...], today: date) -> Example | None:
    """The most pressing promise to what reaches us at half past four on the next Friday."""
    away = (_FRIDAY - today.weekday()) % 7 or 7
    at = datetime(today.year, today.month, today.day, 16, 30, tzinfo=policy.calendar.zone)
    for kind in (Promised.FIRST_RESPONSE, Promised.RESOLUTION):
        if any(each.kind is kind for each in to_all(policy)):
            priority = policy.default_priority or policy.priorities[0].name
            facts = CaseFacts(priority, policy.default_type or next(iter(policy.types), None))
            example = _computed(policy, kind, facts, at + timedelta(days=away))
            return replace(example, priority="", plan="", type="") if example else None
        for facts in _most_pressing(tables, kind):
            if example := _computed(policy, kind, facts, at + timedelta(days=away)):
                return example
    return None


def _most_pressing(tables: tuple[PromiseTable, ...], kind: Promised) -> Iterator[CaseFacts]:
    for table in tables:
        plan = next((each for each in table.plans if each), "")
        for row in table.rows if kind in table.kinds else ():
            yield CaseFacts(row.priority, next(iter(table.types), None), plan)


def _computed(policy: Policy, kind: Promised, facts: CaseFacts, at: datetime) -> Example | None:
    row = promising(policy.promises, kind, facts)
    span = row.spans[kind] if row else None
    due = policy.calendar.due(at, span) if span else None
    if span is None or due is None:
        return None
    local = due.astimezone(policy.calendar.zone)
    closed = tuple(_closed(policy.calendar, at.date(), local.date())) if span.kind in _COUNTED else ()
    return Example(kind, facts.priority, facts.plan, facts.type or "", at, local, closed)


# --- how a case ends --------------------------------------------------------------------------------


_TOLD = (Phase.RESOLVED, Phase.WAITING, Phase.OPEN, Phase.NEW, Phase.CLOSED)
"""The order in which customers read of the statuses."""


def _stays(policy: Policy, reachable: list[Status]) -> Iterator[Stay]:
    for status in sorted(reachable, key=lambda each: _TOLD.index(each.phase)):
        asking = _asking(policy, status.ask)
        silence = _silence(policy, status)
        told = asking or silence or status.phase is Phase.RESOLVED
        if status.phase is not Phase.CLOSED and told:
            usual = status == policy.statuses.first(status.phase)
            yield Stay(status.name, status.phase, status.means, usual, asking, silence)


def _silence(policy: Policy, status: Status) -> Silence | None:
    then = policy.statuses.get(status.then.status) if status.then.status else None
    after = Length.of(status.after) if status.after and then else None
    if not after and not status.remind:
        return None
    remind = tuple(map(Length.of, status.remind))
    return Silence(remind, after, then.name if then else "", then.phase if then else None)


def _asking(policy: Policy, name: str | None) -> Asking | None:
    question = policy.questions.get(name) if name else None
    question = policy.questions[question.first] if question and question.first else question
    return _asked(policy, question) if question and not question.inside else None


def _asked(policy: Policy, question: Question) -> Asking:
    answers = question.answers
    return Asking(
        question.text,
        tuple(_way(policy, each) for each in answers),
        question.scale,
        question.comment,
        question.once,
        all(each.words for each in answers),
    )


def _way(policy: Policy, answer: Answer) -> AnswerWay:
    status = policy.statuses.get(answer.then.status) if answer.then.status else None
    if status is None:
        return AnswerWay(answer.shown, None)
    return AnswerWay(answer.shown, status.phase, status.name, status == policy.statuses.first(status.phase))


def _endings(policy: Policy) -> Iterator[Ending]:
    for outcome in policy.outcomes.values():
        place = policy.statuses.get(ways.place_of(policy, outcome))
        if place:
            silence = _silence(policy, place) if outcome.ask else None
            asking = _asking(policy, outcome.ask)
            yield Ending(outcome.name, outcome.means, asking, silence, place.phase.ended)


def _survey(policy: Policy, ended: list[Status]) -> Asking | None:
    return next(filter(None, (_asking(policy, each.ask) for each in ended)), None)


def _length(reopening: Reopening) -> Length | None:
    return Length.of(reopening.within) if reopening.within else None
