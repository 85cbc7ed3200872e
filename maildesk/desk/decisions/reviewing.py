"""Reviewing an escalation: it is approved or declined, planned, and the plan is shared with the customer."""

from __future__ import annotations

from maildesk.desk.case.case import Case
from maildesk.desk.case.change import Change
from maildesk.desk.case.escalation import Escalation
from maildesk.desk.case.events import EventKind
from maildesk.desk.case.letter_order import LetterKind, LetterOrder
from maildesk.desk.case.told import Phrase
from maildesk.desk.case.transitions import apply
from maildesk.desk.decisions.actor import Actor
from maildesk.desk.decisions.escalating import first_level_hears
from maildesk.desk.policy.desk import Desk
from maildesk.desk.policy.rights import may_review
from maildesk.errors import BadInput, NotAllowed


def approve(case: Case, desk: Desk, hand: Actor) -> Change:
    """The escalation goes to its first level, and the customer hears that it was approved."""
    _waiting_for(case, desk, hand)
    return first_level_hears(case, desk, hand)


def decline(case: Case, desk: Desk, hand: Actor, why: str, *, said: bool = True) -> Change:
    """The case goes on as it was; the customer reads why, in the letter unless they read it beside that."""
    _waiting_for(case, desk, hand)
    if not why.strip():
        raise BadInput(
            Phrase("the customer is to read why"),
            remedy=Phrase("write the reason behind #decline, or behind the reference at the command line"),
        )
    event = hand.event(EventKind.ESCALATION_DECLINED, why=why)
    order = LetterOrder(LetterKind.ESCALATION_DECLINED, extra={"why": why if said else ""})
    return Change(apply(case, event), (event,), (order,))


def _waiting_for(case: Case, desk: Desk, hand: Actor) -> None:
    """Raise NotAllowed where nothing waits for approval, or theirs is not asked for."""
    if case.escalation is None or not case.escalation.asked:
        raise NotAllowed(Phrase("no escalation of {case} waits for approval", case=case.ref))
    if hand.address and not may_review(desk.people, hand.address, case):
        who = case.escalation.heard[0]
        raise NotAllowed(
            Phrase("an escalation is reviewed by {who}", who=who),
            remedy=Phrase("what you know of it, write as #note, or with `maildesk case note`"),
        )


def plan(case: Case, hand: Actor, text: str) -> Change:
    """A plan of what is done about an escalation, kept inside; a later one stands in its place."""
    lasting(case)
    if not text.strip():
        raise BadInput(
            Phrase("there are no words of a plan"),
            remedy=Phrase("write #plan and what is to be done, or `maildesk case plan` with it"),
        )
    event = hand.event(EventKind.PLANNED, plan=text.strip())
    return Change(apply(case, event), (event,))


def share_plan(case: Case, hand: Actor) -> Change:
    """The customers read the plan as it stands, once."""
    active = lasting(case)
    if not active.plan:
        raise NotAllowed(
            Phrase("{case} has no plan yet", case=case.ref),
            remedy=Phrase("write #plan and what is to be done, or `maildesk case plan` with it"),
        )
    if active.plan_shared_at:
        raise NotAllowed(
            Phrase("the customer has this plan already"),
            remedy=Phrase("write another one first, with #plan or `maildesk case plan`"),
        )
    event = hand.event(EventKind.PLAN_SHARED)
    return Change(
        apply(case, event),
        (event,),
        (LetterOrder(LetterKind.PLAN, author=hand.address, extra={"plan": active.plan}),),
    )


def lasting(case: Case) -> Escalation:
    """The escalation of the case; raises NotAllowed where it has none."""
    if case.escalation is None:
        raise NotAllowed(
            Phrase("{case} is not escalated", case=case.ref),
            remedy=Phrase("keep words inside by #note or `maildesk case note`"),
        )
    return case.escalation
