"""Escalating: the one door by which a case is escalated, whoever asks, and the levels that then hear."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from functools import reduce
from typing import Final

from maildesk.desk.case.case import Case
from maildesk.desk.case.change import Change
from maildesk.desk.case.escalation import Escalation, Particulars, data_of, escalation_after, going_on
from maildesk.desk.case.events import DESK, Event, EventKind, Plain
from maildesk.desk.case.letter_order import LetterKind, LetterOrder
from maildesk.desk.case.told import Phrase
from maildesk.desk.case.transitions import apply
from maildesk.desk.decisions import acts
from maildesk.desk.decisions.actor import Actor
from maildesk.desk.decisions.colleagues import name_of
from maildesk.desk.policy.beginning import scale_of
from maildesk.desk.policy.desk import Desk
from maildesk.desk.policy.escalation_path import Level, Start
from maildesk.desk.policy.named_people import level_after, level_of
from maildesk.desk.policy.rights import may_act
from maildesk.errors import NotAllowed

AGAIN: Final = timedelta(days=1)
"""The time in which a level is told once at most that somebody asks again."""


def escalate(
    case: Case, desk: Desk, hand: Actor, *, word: str = "", why: str = "", particulars: Particulars = ()
) -> Change:
    """The case escalated, with the letters to its customer and to the desk's people.

    `word` is the policy's, which the customer wrote; `why` is of whoever else asks for it. Of an escalation
    that lasts the next level hears where an agent asks, or who was told has answered; else who was told does.
    """
    path, active = desk.policy.escalation_path, case.escalation
    if hand.address and Start.AGENT not in path.starts:
        raise NotAllowed(
            Phrase("by the policy of this desk nobody of it escalates a case"),
            remedy=Phrase("ask its leadership"),
        )
    said: dict[str, Plain] = {name: each for name, each in (("word", word), ("why", why)) if each}
    if active is None:
        return (
            _asked(case, desk, hand, said, particulars)
            if path.approval
            else _begun(case, desk, hand, said, particulars)
        )
    following = _level_after(active.level, case, desk)
    if following and not active.asked and (hand.address or active.answered):
        return _raised(case, desk, hand, following, said)
    return _again(case, desk, active, hand, said, particulars)


def _asked(case: Case, desk: Desk, hand: Actor, said: dict[str, Plain], particulars: Particulars) -> Change:
    """The case waits for approval: who reviews has the whole story, and the customer hears that they do.

    Where nobody asked, but time or a rule did, they hear what was decided.
    """
    reviewers = desk.policy.escalation_path.reviewers
    event = hand.event(EventKind.ESCALATED, **said, level=0, **data_of((reviewers,), particulars))
    customer = (LetterOrder(LetterKind.ESCALATION_ASKED),) if hand.actor != DESK else ()
    extra = _NOT_REPEATED | _asker(case, desk, hand, said)
    to_review = LetterOrder(LetterKind.REVIEW, to=(reviewers,), extra=extra)
    return Change(apply(case, event), (event,), (*customer, to_review))


def _asker(case: Case, desk: Desk, hand: Actor, said: dict[str, Plain]) -> dict[str, str]:
    """Name who asks for an escalation, as people call them, and why; nobody where time or a rule does."""
    party, why = case.party(hand.actor), str(said.get("why") or "")
    if hand.actor == DESK:
        return {"by": "", "why": Phrase(why) if why else ""}
    if party and party.role.of_the_customer:
        by = party.name or party.address
    else:
        by = name_of(hand.address, desk.people)
    return {"by": by, "why": why.rstrip(".")}


def _begun(case: Case, desk: Desk, hand: Actor, said: dict[str, Plain], particulars: Particulars) -> Change:
    """The first level hears, and the team beside it where the policy has one for escalations."""
    number, level = _first_level(case, desk)
    team = desk.policy.escalation_path.team
    names = (team, level.name) if team else (level.name,)
    event = hand.event(EventKind.ESCALATED, **said, level=number, **data_of(names, particulars))
    customer = (LetterOrder(LetterKind.ESCALATED, extra={"level": level.name, "approved": ""}),)
    letters = customer if hand.actor != DESK else ()
    return _heard(case, desk, event, level, letters, _asker(case, desk, hand, said))


def first_level_hears(case: Case, desk: Desk, hand: Actor) -> Change:
    """The escalation of this case is approved: its first level hears, and its customer that it was."""
    number, level = _first_level(case, desk)
    event = hand.event(EventKind.ESCALATION_APPROVED, level=number, **data_of((level.name,)))
    told = {"level": level.name, "approved": "yes"}
    customer = (LetterOrder(LetterKind.ESCALATED, extra=told, decided=True),)
    by = case.escalation.by if case.escalation else DESK
    change = _heard(case, desk, event, level, customer, _asker(case, desk, Actor(by, hand.now, by), {}))
    return change.then(_pressing(change.case, desk, desk.policy.escalation_path.approved, hand.now))


def _heard(
    case: Case,
    desk: Desk,
    event: Event,
    level: Level,
    customer: tuple[LetterOrder, ...],
    asker: dict[str, str],
    *,
    raised: str = "",
) -> Change:
    """The event by which a level hears, its notices, and what the case becomes by the level."""
    told = {"level": level.name, "raised": raised}
    team = desk.policy.escalation_path.team
    letters = (
        *customer,
        LetterOrder(LetterKind.ESCALATED_LEADERSHIP, to=(level.name,), extra=told | _NOT_REPEATED | asker),
        LetterOrder(LetterKind.ESCALATED_TEAM, to=(team,) if team else (), extra=told),
    )
    change = Change(apply(case, event), (event,), letters)
    return change.then(_pressing(change.case, desk, level.priority, event.at))


_NOT_REPEATED: Final = {"repeated": ""}


def _pressing(case: Case, desk: Desk, priority: str | None, now: datetime) -> Change:
    """The case with that priority, where its type knows it and it is not more pressing already."""
    policy = desk.policy
    if priority is None or priority not in scale_of(case.type, policy):
        return Change(case)
    if case.priority and policy.remembered(case.priority).rank <= policy.remembered(priority).rank:
        return Change(case)
    return acts.change(case, desk, Actor(DESK, now), "priority", priority)


# --- an escalation that lasts -----------------------------------------------------------------------


def _raised(
    case: Case, desk: Desk, hand: Actor, following: tuple[int, Level], said: dict[str, Plain]
) -> Change:
    number, level = following
    event = hand.event(EventKind.ESCALATION_RAISED, **said, level=number, **data_of((level.name,)))
    asks = (
        (LetterOrder(LetterKind.ESCALATED, extra={"level": level.name, "approved": ""}),)
        if said.get("word")
        else ()
    )
    raised = case.escalation.to if case.escalation else ""
    return _heard(case, desk, event, level, asks, _asker(case, desk, hand, said), raised=raised)


def _again(
    case: Case,
    desk: Desk,
    active: Escalation,
    hand: Actor,
    said: dict[str, Plain],
    particulars: Particulars,
) -> Change:
    """Somebody asks once more: whoever was told last hears that, once a day.

    A customer's form that came whole is answered as long as it is reviewed: they were asked for it.
    """
    quiet = active.again_at is not None and hand.now < active.again_at + AGAIN
    event = hand.event(
        EventKind.ESCALATION_REPEATED, **said, **data_of((), particulars), told=None if quiet else True
    )
    kind = LetterKind.REVIEW if active.asked else LetterKind.ESCALATED_LEADERSHIP
    extra = {"level": active.to, "raised": "", "repeated": "yes"} | _asker(case, desk, hand, said)
    letters = () if quiet else (LetterOrder(kind, to=(active.to,), extra=extra),)
    if active.asked and particulars and hand.actor != DESK:
        letters = (LetterOrder(LetterKind.ESCALATION_ASKED), *letters)
    return Change(apply(case, event), (event,), letters)


def level_over(case: Case, desk: Desk, hand: Actor) -> Change:
    """The next level hears: the time of the one before is over, and nobody of it wrote or planned."""
    active = case.escalation
    following = _level_after(active.level, case, desk) if active else None
    return _raised(case, desk, hand, following, {}) if following else Change(case)


def missed(change: Change, desk: Desk, hand: Actor) -> Change:
    """A missed promise with what follows: an escalation, where the policy says so; its people hear of it."""
    case, path = change.case, desk.policy.escalation_path
    if any(each.kind is LetterKind.UNACKNOWLEDGED for each in change.letters):
        return replace(change, letters=(LetterOrder(LetterKind.UNACKNOWLEDGED, to=(path.reviewers,)),))
    kinds = {event.kind for event in change.events}
    if not kinds & _MISSED or case.phase.ended:
        return change
    active = case.escalation
    if active is None:
        why = "a promise was missed"
        starts = Start.MISSED_PROMISE in path.starts
        return change.then(escalate(case, desk, hand, why=why)) if starts else change
    if EventKind.UPDATE_OVERDUE in kinds and path.updates:
        told = tuple(filter(None, (path.team, active.to)))
        return replace(change, letters=tuple(replace(each, to=told) for each in change.letters))
    return change


_MISSED: Final = frozenset(
    {EventKind.RESPONSE_OVERDUE, EventKind.RESOLUTION_OVERDUE, EventKind.UPDATE_OVERDUE}
)


def taken_over(case: Case, other: Case, desk: Desk, hand: Actor, why: str) -> Change:
    """The escalation of a case that is part of this one now, where it came further than that of this one.

    One whose customer was promised a decision comes before one that time asked for. Its customer and its
    level know already; who waited here for a decision hears that it is made. What approval and the levels
    made of the other's priority they make of this one's.
    """
    theirs, ours, path = other.escalation, case.escalation, desk.policy.escalation_path
    if theirs is None or case.phase.ended:
        return Change(case)
    if ours and (ours.level, ours.promised) >= (theirs.level, theirs.promised):
        return Change(case)
    event = hand.event(EventKind.ESCALATED, why=why, **going_on(theirs))
    change = Change(apply(case, event), (event,))
    if theirs.asked:
        return change
    told = LetterOrder(LetterKind.ESCALATED_TEAM, extra={"level": theirs.to, "raised": ""})
    decided = LetterOrder(LetterKind.ESCALATED, extra={"level": theirs.to, "approved": "yes"}, decided=True)
    awaited = ours is not None and ours.promised
    change = replace(change, letters=(decided, told) if awaited else (told,))
    pressing = (path.approved if path.approval else None, *(each.priority for each in path.levels))
    for priority in pressing[: theirs.level + 1]:
        change = change.then(_pressing(change.case, desk, priority, hand.now))
    return change


def with_end(before: Case | None, change: Change, desk: Desk) -> Change:
    """The change with the end of an escalation that lasted until it: the case itself has ended.

    What is to follow the end of an escalation (`EscalationPath.afterwards`) follows this event. All
    levels that heard of it hear of the end, and so does a customer who was promised a decision that nobody
    makes now.
    """
    case, people, kinds = change.case, desk.people, {event.kind for event in change.events}
    active = reduce(escalation_after, change.events, before.escalation if before else None)
    if not kinds or active is None or not case.phase.ended or kinds & _UNTOLD_ENDS:
        return change
    last = change.events[-1]
    event = Event(last.at, EventKind.ESCALATION_OVER, DESK, {"level": active.level})
    over = apply(case, event)
    levels = (active.to, *(each.name for each in desk.policy.escalation_path.levels))
    told_of = tuple(dict.fromkeys(each for each in active.heard if each in levels))
    heard = (each for level in told_of for each in level_of(level, over, people))
    barred = any(not may_act(people, each.address, over) for each in heard)
    extra = {"barred": "yes" if barred else ""}
    told = LetterOrder(LetterKind.ESCALATION_OVER, to=told_of, extra=extra)
    undecided = LetterOrder(LetterKind.ESCALATION_DECLINED, extra={"why": "", "ended": "yes"})
    letters = (undecided, told) if active.promised else (told,)
    return change.then(Change(over, (event,), letters))


_UNTOLD_ENDS: Final = frozenset({EventKind.MERGED_INTO, EventKind.SPAM})


# --- levels -----------------------------------------------------------------------------------------


def _first_level(case: Case, desk: Desk) -> tuple[int, Level]:
    return _level_after(0, case, desk) or (1, desk.policy.escalation_path.levels[0])


def _level_after(number: int, case: Case, desk: Desk) -> tuple[int, Level] | None:
    return level_after(number, desk.policy.escalation_path.levels, case, desk.people)
