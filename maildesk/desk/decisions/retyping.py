"""Another type of case: its priority as the new type knows it, its team, and where the type begins."""

from __future__ import annotations

from maildesk.desk.case.case import Case
from maildesk.desk.case.change import Change
from maildesk.desk.case.events import EventKind
from maildesk.desk.case.letter_order import LetterKind, LetterOrder
from maildesk.desk.case.transitions import apply
from maildesk.desk.decisions.actor import Actor
from maildesk.desk.decisions.moving import move
from maildesk.desk.decisions.routing import TEAM_BEFORE
from maildesk.desk.policy.beginning import known_priority
from maildesk.desk.policy.case_types import CaseType
from maildesk.desk.policy.desk import Desk


def after_type(case: Case, desk: Desk, hand: Actor) -> Change:
    """All that follows for a case that has just become one of its type; an ended one stays where it is."""
    kind = desk.policy.types.get(case.type or "")
    if kind is None:
        return Change(case)
    change = _rescaled(case, kind, desk, hand)
    if case.phase.ended:
        return change
    change = change.then(_with_its_team(change.case, kind, desk, hand))
    status = desk.policy.statuses.get(kind.status) if kind.status else None
    if status is None or desk.policy.statuses.of_case(change.case).name == status.name:
        return change
    return change.then(move(change.case, desk, status, hand))


def _rescaled(case: Case, kind: CaseType, desk: Desk, hand: Actor) -> Change:
    known = known_priority(case.priority, kind, desk.policy)
    if known == case.priority:
        return Change(case)
    event = hand.event(EventKind.CHANGED, field="priority", old=case.priority, new=known)
    return Change(apply(case, event), (event,))


def _with_its_team(case: Case, kind: CaseType, desk: Desk, hand: Actor) -> Change:
    """The case with the type's team; an owner who is not of it has it no longer."""
    team = kind.team
    if team is None or team == case.team or desk.people.team(team) is None:
        return Change(case)
    member = any(case.is_owner(each.address) for each in desk.people.members(team))
    owner = case.owner if member else None
    came = {TEAM_BEFORE: case.team or ""}
    event = hand.event(EventKind.ASSIGNED, owner=owner, team=team, before=case.owner, **came)
    letters = () if owner else (LetterOrder(LetterKind.ASSIGNED_TEAM),)
    return Change(apply(case, event), (event,), letters)
