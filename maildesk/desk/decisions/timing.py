"""Time's own decisions: what a deadline makes happen, and when it may."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from maildesk.desk.case.case import Case, Phase
from maildesk.desk.case.change import Change
from maildesk.desk.case.clocks import ClockKind
from maildesk.desk.case.events import DESK, Event, EventKind, Plain
from maildesk.desk.case.letter_order import LetterKind, LetterOrder
from maildesk.desk.case.told import Joined
from maildesk.desk.case.transitions import apply
from maildesk.desk.decisions.actor import Actor
from maildesk.desk.decisions.asking import question_letter, still_asked
from maildesk.desk.decisions.escalating import level_over, missed
from maildesk.desk.decisions.following import followed
from maildesk.desk.policy.desk import Desk
from maildesk.desk.policy.names import kept_names
from maildesk.desk.promises.deadlines import Deadline, come_due
from maildesk.desk.promises.spans import Span, SpanKind
from maildesk.desk.promises.table import TABLE


def opens_at(deadline: Deadline, desk: Desk, now: datetime) -> datetime:
    """The moment from which on this may happen: what customers hear of by time alone waits for our hours."""
    return desk.policy.calendar.next_open(now) if TABLE[deadline.kind.clock].writes else now


LISTENING: Final = timedelta(minutes=1)
"""The time until silence that was due before all mail was filed is looked at again."""
OUTAGE: Final = timedelta(hours=1)
"""A deadline, or a mailbox, that nobody looked at for longer than this fell into an outage."""


def silent_at(
    deadline: Deadline, desk: Desk, now: datetime, *, look_at: datetime, filed_until: datetime
) -> datetime:
    """The moment from which on silence counts: once what came before it was over is filed.

    If it was over in an outage, that is a business day later: what was written meanwhile may be on its way.
    `look_at` is when it was to be looked at.
    """
    unfiled = filed_until < deadline.due_at
    if deadline.kind.clock is not ClockKind.AFTER:
        waits = unfiled and deadline.kind.clock is ClockKind.NEXT_LEVEL
        return now + LISTENING if waits else now
    if now - look_at > OUTAGE or (unfiled and now - filed_until > OUTAGE):
        return desk.policy.calendar.add_days(now, 1)
    return now + LISTENING if unfiled else now


def happened(case: Case, deadline: Deadline, desk: Desk, now: datetime) -> Change | None:
    """Say what a deadline that has come makes happen; None where it no longer does."""
    hand = Actor(DESK, now)
    if TABLE[deadline.kind.clock].over is not None:
        change = come_due(case, deadline, now)
        if change and deadline.kind.clock is ClockKind.REMIND:
            return _reminding(change, desk)
        return missed(change, desk, hand) if change and not deadline.kind.near else change
    if deadline.due_at > now:
        return None
    if deadline.kind.clock is ClockKind.NEXT_LEVEL:
        change = level_over(case, desk, hand)
    else:
        status = desk.policy.statuses.of_case(case)
        change = _since_silent(followed(case, desk, status.then, hand), status.after)
    return _fired(change, deadline) if change.events else _nothing_follows(case, deadline, now)


def _since_silent(change: Change, span: Span | None) -> Change:
    """The change whose letter that it is closed says why, in days where silence is counted so."""
    days = span is not None and span.kind in (SpanKind.DAYS, SpanKind.BUSINESS_DAYS)
    silence = {"silent": "yes", "days": str(span.count) if span and days else ""}
    silence["business"] = "yes" if span and span.kind is SpanKind.BUSINESS_DAYS else ""
    letters = (
        replace(each, extra=each.extra | silence) if each.kind is LetterKind.CLOSED else each
        for each in change.letters
    )
    return replace(change, letters=tuple(letters))


def _fired(change: Change, deadline: Deadline) -> Change:
    """The change whose first event says which deadline made it happen: its clock has ended with it."""
    first, *events = change.events
    first = replace(first, data={**first.data, **_come(deadline)})
    return replace(change, events=(first, *events))


def _nothing_follows(case: Case, deadline: Deadline, now: datetime) -> Change:
    """The end of a silence from which, by the policy of today, nothing follows: its owner is told instead."""
    event = Event(now, EventKind.LONG_QUIET, DESK, _come(deadline))
    letters = () if case.phase.ended else (LetterOrder(LetterKind.LONG_QUIET),)
    return Change(apply(case, event), (event,), letters)


def _come(deadline: Deadline) -> dict[str, Plain]:
    return {"promise": deadline.kind.clock.value, "due": deadline.due_at.isoformat()}


def _reminding(change: Change, desk: Desk) -> Change:
    """The reminder, which says again what the customer was asked, and when their silence ends the case."""
    case, policy = change.case, desk.policy
    asked = [policy.information[each] for each in kept_names(case.needs, policy.information)]
    then = policy.statuses.get(policy.statuses.of_case(case).then.status or "")
    extra = {
        "pieces": Joined("\n", asked),
        "closes": "yes" if then and then.phase is Phase.CLOSED else "",
    }
    letters = tuple(replace(each, extra=each.extra | extra) for each in change.letters)
    waits = case.asked if case.asked and not case.asked.inside else None
    question = policy.questions.get(waits.question) if waits else None
    if waits and question and still_asked(waits, question, case):
        letters = (*letters, question_letter(question, waits.number))
    return replace(change, letters=letters)
