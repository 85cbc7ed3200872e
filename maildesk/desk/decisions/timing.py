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
from maildesk.desk.case.transitions import apply
from maildesk.desk.decisions.actor import Actor
from maildesk.desk.decisions.asking import question_letter, still_asked
from maildesk.desk.decisions.moving import followed
from maildesk.desk.policy.desk import Desk
from maildesk.desk.promises.deadlines import Deadline, come_due
from maildesk.desk.promises.table import TABLE
from maildesk.desk.promises.time_terms import TimeTerms


def time_terms(desk: Desk) -> TimeTerms:
    """The terms of time of this desk."""
    policy, people = desk.policy, desk.people
    return TimeTerms(
        calendar=policy.calendar,
        rows=policy.promises,
        quiet=policy.quiet,
        tells=policy.first_letter.tells,
        stay=policy.statuses.of_case,
        plan=lambda case: policy.known_plan(people.plan_of(case.requester, case.account)),
    )


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
    if deadline.kind.clock is not ClockKind.AFTER:
        return now
    unfiled = filed_until < deadline.due_at
    if now - look_at > OUTAGE or (unfiled and now - filed_until > OUTAGE):
        return desk.policy.calendar.add_days(now, 1)
    return now + LISTENING if unfiled else now


def happened(case: Case, deadline: Deadline, desk: Desk, now: datetime) -> Change | None:
    """Say what a deadline that has come makes happen; None where it no longer does."""
    if TABLE[deadline.kind.clock].over is not None:
        change = come_due(case, deadline, now)
        return _reminding(change, desk) if change and deadline.kind.clock is ClockKind.REMIND else change
    if deadline.due_at > now:
        return None
    change = followed(case, desk, desk.policy.statuses.of_case(case).then, Actor(DESK, now))
    return _fired(change, deadline) if change.events else _nothing_follows(case, deadline, now)


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
    asked = [policy.information[each] for each in case.needs.split(", ") if each in policy.information]
    then = policy.statuses.get(policy.statuses.of_case(case).then.status or "")
    extra = {
        "pieces": "\n".join(" ".join(each.split()) for each in asked),
        "closes": "yes" if then and then.phase is Phase.CLOSED else "",
    }
    letters = tuple(replace(each, extra=each.extra | extra) for each in change.letters)
    question = policy.questions.get(case.asked.question) if case.asked else None
    if case.asked and question and still_asked(case.asked, question, case):
        letters = (*letters, question_letter(question.name, case.asked.number))
    return replace(change, letters=letters)
