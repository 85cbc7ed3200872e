"""What a person of the desk does to a case: the same acts for the command line and for mail."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from maildesk.desk.case import Case, apply, apply_all
from maildesk.desk.change import Change
from maildesk.desk.desk import Desk
from maildesk.desk.events import Event, EventKind, Plain
from maildesk.desk.notices import LetterKind, LetterOrder
from maildesk.errors import BadInput, NotFound


@dataclass(frozen=True, slots=True)
class Hand:
    """Who acts, and when: `actor` goes into the history, `address` is the agent's own where there is one."""

    actor: str
    now: datetime
    address: str = ""

    def event(self, kind: EventKind, **data: Plain) -> Event:
        return Event(self.now, kind, self.actor, data)


def answer(case: Case, text: str, hand: Hand) -> Change:
    """The desk's words go to the customers of the case; the response clock stops."""
    _require_words(text)
    first = case.first_response_at is None
    event = hand.event(EventKind.ANSWERED, first=first)
    return Change(
        apply(case, event), (event,), (LetterOrder(LetterKind.ANSWER, author=hand.address, text=text),)
    )


def note(case: Case, text: str, hand: Hand) -> Change:
    """Words for colleagues only."""
    _require_words(text)
    event = hand.event(EventKind.NOTED)
    return Change(apply(case, event), (event,))


def wait(case: Case, hand: Hand) -> Change:
    """The next word is the customer's."""
    event = hand.event(EventKind.WAITING)
    return Change(apply(case, event), (event,))


def close(case: Case, hand: Hand, outcome: str = "") -> Change:
    """The matter is over; its customer is told and can reopen it by a reply."""
    event = hand.event(EventKind.CLOSED, outcome=outcome or None)
    return Change(apply(case, event), (event,), (LetterOrder(LetterKind.CLOSED, extra={"outcome": outcome}),))


def resolve(case: Case, hand: Hand, outcome: str = "") -> Change:
    """The work is done; the case is not closed yet."""
    event = hand.event(EventKind.RESOLVED, outcome=outcome or None)
    return Change(apply(case, event), (event,))


def reopen(case: Case, hand: Hand) -> Change:
    """The matter goes on, with its owner and priority."""
    event = hand.event(EventKind.REOPENED)
    return Change(apply(case, event), (event,), (LetterOrder(LetterKind.REOPENED),))


def escalate(case: Case, hand: Hand, why: str = "") -> Change:
    """Leadership hears and the customer is told; an escalation that is active only gets an event."""
    if case.escalation:
        event = hand.event(EventKind.ESCALATION_REPEATED, why=why or None)
        return Change(apply(case, event), (event,))
    event = hand.event(EventKind.ESCALATED, level=1, why=why or None)
    letters = (LetterOrder(LetterKind.ESCALATED), LetterOrder(LetterKind.ESCALATED_LEADERSHIP))
    return Change(apply(case, event), (event,), letters)


def assign(case: Case, desk: Desk, hand: Hand, owner: str | None, team: str | None) -> Change:
    """Another owner or team. The new owner is told, unless it is the one who acts."""
    agent = None
    if owner:
        agent = desk.people.agent(owner)
        if agent is None:
            raise NotFound(
                f"{owner} is not an agent of this desk", remedy="see people.agents in the configuration"
            )
    if team and desk.people.team(team) is None:
        raise NotFound(f"there is no team {team}", remedy="see people.teams in the configuration")
    address = agent.address if agent else None
    event = hand.event(EventKind.ASSIGNED, owner=address, team=team, before=case.owner)
    told = address and address not in (hand.address, case.owner)
    letters = (LetterOrder(LetterKind.ASSIGNED_TEAM),) if told else ()
    return Change(apply(case, event), (event,), letters)


def change(case: Case, desk: Desk, hand: Hand, field: str, value: str) -> Change:
    """Another priority, type, subject or account, as the policy spells it."""
    if field not in _MEANINGS:
        raise BadInput(f"{field!r} is no field of a case", remedy=f"use one of {', '.join(_MEANINGS)}")
    new = _MEANINGS[field](desk, value)
    event = hand.event(EventKind.CHANGED, field=field, old=getattr(case, field), new=new)
    return Change(apply_all(case, [event]), (event,))


def _subject(desk: Desk, value: str) -> str:
    _require_words(value)
    return " ".join(value.split())


def _account(desk: Desk, value: str) -> str:
    known = {account.name for account in desk.people.accounts}
    if value not in known:
        raise NotFound(f"there is no account {value!r}", remedy="see accounts in the configuration")
    return value


_MEANINGS: dict[str, Callable[[Desk, str], str]] = {
    "priority": lambda desk, value: desk.policy.priority(value).name,
    "type": lambda desk, value: desk.policy.type(value),
    "subject": _subject,
    "account": _account,
}


def _require_words(text: str) -> None:
    if not text.strip():
        raise BadInput("there are no words in it", remedy="give the text as an argument or on standard input")
