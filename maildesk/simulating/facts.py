"""Facts of one replay: what was promised and kept, what customers were told, where the case ended and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import chain

from maildesk.desk.case.case import Case, Phase
from maildesk.desk.case.clocks import Clock, ClockKind
from maildesk.desk.case.events import DESK, Event, EventKind
from maildesk.desk.case.letter_order import LetterKind
from maildesk.desk.case.verdicts import Verdict
from maildesk.desk.policy.policy import Policy
from maildesk.desk.promises import measuring
from maildesk.desk.promises.spans import Span
from maildesk.simulating.replaying import Entry, Through


@dataclass(frozen=True, slots=True)
class FirstResponse:
    """The promise of a first answer: of which priority, by when, when it was given, how late (None: in time).

    `waits`: it is not due yet, and nobody has answered.
    """

    priority: str
    due: datetime
    answered_at: datetime | None = None
    over: timedelta | None = None
    waits: bool = False


@dataclass(frozen=True, slots=True)
class Facts:
    """The facts of one history under one policy.

    `unopened` says why it was not. `priority` is the one that it began with, `rules` those that applied, with
    commas. `silences` are the moments at which silence closed it, each with when the customer wrote
    afterwards, if they did. `at_night` counts letters that time alone wrote while the desk was closed. What
    steps led to is by their number.
    """

    opened: bool = False
    unopened: str = ""
    priority: str = ""
    rules: str = ""
    first_response: FirstResponse | None = None
    letters: Mapping[LetterKind, int] = field(default_factory=dict)
    silences: tuple[tuple[datetime, datetime | None], ...] = ()
    escalated_at: datetime | None = None
    escalated_by: str = ""
    after_acts: Mapping[int, Phase] = field(default_factory=dict)
    closed_by_agent: frozenset[int] = frozenset()
    replies: Mapping[int, Reply] = field(default_factory=dict)
    refused: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    at_night: int = 0


@dataclass(frozen=True, slots=True)
class Reply:
    """A mail of a customer on a case: what became of it, and whether the case had ended before."""

    at: datetime
    verdict: Verdict
    ended: bool
    answer: str = ""
    thanks: bool = False


def _unopened(entries: Sequence[Entry]) -> str:
    """Say why nothing opened the case: what is not allowed of entering it, or what became of its mail."""
    whys = (
        (*each.refused, f"its mail is {each.verdict}, {each.reason}" if each.verdict else "")
        for each in entries
    )
    return next(filter(None, chain.from_iterable(whys)), "")


def facts_of_replay(entries: Sequence[Entry], policy: Policy, now: datetime) -> Facts:
    """The facts of these entries; `now` is when the replay ended."""
    opened = next((_opening(each) for each in entries if _opening(each)), None)
    if opened is None:
        return Facts(unopened=_unopened(entries))
    escalation = next(
        (event for each in entries for event in each.events if event.kind is EventKind.ESCALATED), None
    )
    letters = Counter(kind for each in entries for kind in each.letters)
    acts = [each for each in entries if each.through is Through.ACT and each.step is not None]
    return Facts(
        opened=True,
        priority=str(opened.data.get("priority") or ""),
        rules=str(opened.data.get("rules") or ""),
        first_response=_first_response(entries, policy, now),
        letters=dict(letters),
        silences=tuple(_silences(entries)),
        escalated_at=escalation.at if escalation else None,
        escalated_by=_why(escalation) if escalation else "",
        after_acts={each.step: each.case.phase for each in acts if each.step is not None and each.case},
        closed_by_agent=frozenset(each.step for each in acts if each.step is not None and _closes(each)),
        replies=dict(_replies(entries)),
        refused={each.step: each.refused for each in acts if each.step is not None and each.refused},
        at_night=sum(
            len(each.letters)
            for each in entries
            if each.through is Through.TIME and policy.calendar.next_open(each.at) != each.at
        ),
    )


def _opening(entry: Entry) -> Event | None:
    return next((event for event in entry.events if event.kind is EventKind.OPENED), None)


def _why(escalated: Event) -> str:
    return str(escalated.data.get("word") or escalated.data.get("why") or "")


def _closes(entry: Entry) -> bool:
    ended = any(event.kind is EventKind.CLOSED for event in entry.events)
    return ended and entry.case is not None and entry.case.phase is Phase.CLOSED


# --- the first answer ---------------------------------------------------------------------------------


def _first_response(entries: Sequence[Entry], policy: Policy, now: datetime) -> FirstResponse | None:
    clock, case, ended_at = None, None, None
    for entry in entries:
        there = entry.case.clock(ClockKind.FIRST_RESPONSE) if entry.case else None
        if there and there.due:
            clock, case = there, entry.case
        elif clock:
            ended_at = entry.at  # the case ended; one that is opened again has another promise
        if ended_at or (there and there.met_at):
            break
    if clock is None or case is None or clock.due is None:
        return None
    return _judged(clock, clock.due, case, ended_at, policy, now)


def _judged(
    clock: Clock, due: datetime, case: Case, ended_at: datetime | None, policy: Policy, now: datetime
) -> FirstResponse:
    answered = clock.met_at or ended_at
    until = answered or now
    if until <= due:
        return FirstResponse(case.priority, due, answered, waits=answered is None)
    span = Span.parse(clock.span) if clock.span else None
    over = measuring.left(policy.calendar, span, due, until) if span else until - due
    return FirstResponse(case.priority, due, answered, over)


# --- how it ended, and what followed ------------------------------------------------------------------


def _silences(entries: Sequence[Entry]) -> list[tuple[datetime, datetime | None]]:
    found: list[tuple[datetime, datetime | None]] = []
    for at, entry in enumerate(entries):
        silent = entry.through is Through.TIME and any(
            event.kind is EventKind.CLOSED and event.actor == DESK for event in entry.events
        )
        if silent:
            later = (
                each.at for each in entries[at + 1 :] if each.through is Through.MAIL and _customers(each)
            )
            found.append((entry.at, next(later, None)))
    return found


def _customers(entry: Entry) -> bool:
    return entry.verdict in (Verdict.OPENED, Verdict.APPENDED, Verdict.REOPENED)


def _replies(entries: Sequence[Entry]) -> list[tuple[int, Reply]]:
    ended = False
    found: dict[int, Reply] = {}
    for entry in entries:
        if entry.through is Through.MAIL and entry.verdict and entry.step is not None and _customers(entry):
            answered = next((e for e in entry.events if e.kind is EventKind.QUESTION_ANSWERED), None)
            thanks = any(e.kind is EventKind.THANKED for e in entry.events)
            answer = str(answered.data.get("answer") or "") if answered else ""
            found.setdefault(entry.step, Reply(entry.at, entry.verdict, ended, answer, thanks))
        ended = entry.case.phase.ended if entry.case else ended
    return list(found.items())
