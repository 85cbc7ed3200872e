"""Moving a case into a status, and all that its policy says happens on entry."""

from __future__ import annotations

from typing import Final

from maildesk.desk.case.case import Case, Phase
from maildesk.desk.case.change import Change
from maildesk.desk.case.events import Event
from maildesk.desk.case.letter_order import LetterKind, LetterOrder
from maildesk.desk.case.moves import move_event
from maildesk.desk.case.transitions import apply
from maildesk.desk.decisions.actor import Actor
from maildesk.desk.decisions.asking import asked, question_on_entry
from maildesk.desk.policy.desk import Desk
from maildesk.desk.policy.questions import Outcome
from maildesk.desk.policy.statuses import Status

CUSTOMER: Final = "customer"
"""The audience of a status that is no one of the desk: its requester reads what the status means."""


def move(
    case: Case, desk: Desk, to: Status, hand: Actor, *, outcome: Outcome | None = None, author: str = ""
) -> Change:
    """The case in that status, by an act, an answer or time; who asked for it may do so already.

    The question of the outcome is asked instead of the status's own. `author` is whose letters follow, where
    it is not the hand's own.
    """
    data = {"result": outcome.name} if outcome else {}
    event = move_event(case, to.phase, to.name, hand.now, hand.actor, **data)
    return entered(case, desk, to, event, outcome=outcome, author=author or hand.address)


def entered(
    case: Case, desk: Desk, to: Status, event: Event, *, outcome: Outcome | None = None, author: str = ""
) -> Change:
    """The case after an event that names this status, with who hears of it and what is asked.

    Staying where it is tells and asks nothing.
    """
    change = Change(apply(case, event), (event,))
    if desk.policy.statuses.of_case(case).name == to.name:
        return change
    letters = _letters(case, change.case, desk, to, event, outcome, author)
    change = Change(change.case, change.events, letters)
    question = question_on_entry(change.case, to, outcome, desk.policy)
    return change.then(asked(change.case, question, event.at, desk.policy)) if question else change


def told_inside(to: Status) -> tuple[LetterOrder, ...]:
    """The notice to those of the desk who hear when a case comes into that status."""
    inside = tuple(each for each in to.tells if each != CUSTOMER)
    return (LetterOrder(LetterKind.STATUS_TEAM, extra={"means": to.means}, to=inside),) if inside else ()


def _letters(
    before: Case, case: Case, desk: Desk, to: Status, event: Event, outcome: Outcome | None, author: str
) -> tuple[LetterOrder, ...]:
    """The letters of a status that was entered: its customers hear of an end once."""
    told = [*told_inside(to)]
    if case.phase is Phase.CLOSED and before.phase is not Phase.CLOSED:
        told.insert(0, _closed(case, desk, event, outcome, author))
    elif CUSTOMER in to.tells:
        told.insert(0, LetterOrder(LetterKind.STATUS, extra={"means": to.means}))
    return tuple(told)


def _closed(case: Case, desk: Desk, event: Event, outcome: Outcome | None, author: str) -> LetterOrder:
    """The letter that it is closed. What the customer just agreed to by an answer is told with it."""
    agreed = desk.policy.outcomes.get(case.outcome or "") if case.is_requester(event.actor) else None
    ended = outcome or agreed
    words = str(event.data.get("outcome") or (ended.name if ended and not ended.means else ""))
    extra = {"outcome": words, "means": ended.means if ended else ""}
    return LetterOrder(LetterKind.CLOSED, author=author, extra=extra)
