"""A customer's reply: which status it leads a case to, and whether it comes too late to be of that case."""

from __future__ import annotations

from datetime import datetime

from maildesk.desk.case.case import Case, Phase
from maildesk.desk.case.change import Change
from maildesk.desk.case.events import Event, EventKind, Plain
from maildesk.desk.case.transitions import apply
from maildesk.desk.decisions.moving import told_inside
from maildesk.desk.policy.desk import Desk
from maildesk.desk.policy.policy import Policy
from maildesk.desk.policy.statuses import Status


def replied(case: Case, desk: Desk, now: datetime, author: str, **data: Plain) -> Change:
    """The case after a customer's reply: it goes on, or is open again, and who hears of a status does."""
    kind = EventKind.REOPENED if case.phase.ended else EventKind.REPLIED
    before, to = desk.policy.statuses.of_case(case), after_reply(case, desk.policy)
    event = Event(now, kind, author, {**data, "status": to.name, "phase": to.phase.value})
    letters = told_inside(to) if to.name != before.name else ()
    return Change(apply(case, event), (event,), letters)


def after_reply(case: Case, policy: Policy) -> Status:
    """The status that a customer's reply leads to, by the status it is in.

    A case that ended goes on, whatever its status says: a reply is never lost in it.
    """
    now = policy.statuses.of_case(case)
    named = policy.statuses.get(now.reply) if now.reply and not now.stays else None
    if named and not named.phase.ended:
        return named
    if case.phase.ended:
        return policy.statuses.first(Phase.OPEN)
    if now.stays or case.phase is not Phase.WAITING:
        return now
    before = policy.statuses.get(case.came_from)
    return before if before and before.phase is Phase.OPEN else policy.statuses.first(Phase.OPEN)


def too_late(case: Case, desk: Desk, at: datetime) -> bool:
    """Tell whether a reply of that moment opens a case of its own: the closing was too long ago."""
    within = desk.policy.reopening.within
    if within is None or case.phase is not Phase.CLOSED or case.closed_at is None:
        return False
    due = desk.policy.calendar.due(case.closed_at, within)
    return due is not None and at > due
