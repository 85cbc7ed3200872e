"""Acts of a person of the desk on a case: the same for the command line and for mail."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from maildesk.desk.case.case import Case
from maildesk.desk.case.change import Change
from maildesk.desk.case.events import Event, EventKind, Plain
from maildesk.desk.case.letter_order import LetterKind, LetterOrder
from maildesk.desk.case.transitions import apply, apply_all
from maildesk.desk.decisions.routing import TEAM_BEFORE
from maildesk.desk.policy.desk import Desk
from maildesk.errors import BadInput, NotFound
from maildesk.mail.addr_spec import Addresses
from maildesk.mail.message import FileKey, RichWords


@dataclass(frozen=True, slots=True)
class Actor:
    """A person who acts, and when: `actor` is for the history, `address` the agent's own, if there is one."""

    actor: str
    now: datetime
    address: str = ""

    def event(self, kind: EventKind, **data: Plain) -> Event:
        return Event(self.now, kind, self.actor, data)


def answer(
    case: Case, text: str, hand: Actor, enclosed: tuple[FileKey, ...] = (), rich: RichWords = ()
) -> Change:
    """The desk's words go to the customers of the case, with those files; the response clock stops.

    A case that was set aside as it came is one from now on.
    """
    _require_words(text)
    first = case.first_response_at is None
    events = [hand.event(EventKind.REOPENED)] if case.set_aside else []
    events.append(hand.event(EventKind.ANSWERED, first=first))
    order = LetterOrder(LetterKind.ANSWER, author=hand.address, text=text, enclosed=enclosed, rich=rich)
    return Change(apply_all(case, events), tuple(events), (order,))


def note(case: Case, text: str, hand: Actor) -> Change:
    """Words for agents only."""
    _require_words(text)
    event = hand.event(EventKind.NOTED)
    return Change(apply(case, event), (event,))


def ask(
    case: Case, hand: Actor, addresses: tuple[str, ...], text: str, enclosed: tuple[FileKey, ...] = ()
) -> Change:
    """Words and the whole story for people consulted, who take part already (`parties.consult`)."""
    event = hand.event(EventKind.ASKED, to=", ".join(addresses))
    order = LetterOrder(LetterKind.ASK, author=hand.address, text=text, enclosed=enclosed, to=addresses)
    return Change(apply(case, event), (event,), (order,))


def wait(case: Case, hand: Actor, until: datetime | None = None) -> Change:
    """The next word is the customer's; without one the case opens again when the time is over."""
    event = hand.event(EventKind.WAITING, until=until.isoformat() if until else None)
    return Change(apply(case, event), (event,))


def spam(case: Case, hand: Actor) -> Change:
    """Nobody's matter: closed, and nobody is written to."""
    event = hand.event(EventKind.SPAM)
    return Change(apply(case, event), (event,))


def close(case: Case, hand: Actor, outcome: str = "") -> Change:
    """The matter is over; its customer is told and can reopen it by a reply."""
    event = hand.event(EventKind.CLOSED, outcome=outcome or None)
    order = LetterOrder(LetterKind.CLOSED, author=hand.address, extra={"outcome": outcome})
    return Change(apply(case, event), (event,), (order,))


def resolve(case: Case, hand: Actor, outcome: str = "") -> Change:
    """The work is done; the case is not closed yet."""
    event = hand.event(EventKind.RESOLVED, outcome=outcome or None)
    return Change(apply(case, event), (event,))


def reopen(case: Case, hand: Actor) -> Change:
    """The matter goes on, with its owner and priority. Nobody outside knows of one that was set aside."""
    event = hand.event(EventKind.REOPENED)
    told = () if case.set_aside else (LetterOrder(LetterKind.REOPENED),)
    letters = (*told, LetterOrder(LetterKind.REOPENED_TEAM))
    return Change(apply(case, event), (event,), letters)


def escalate(case: Case, hand: Actor, why: str = "") -> Change:
    """Leadership hears and the customer is told; an escalation that is active only gets an event."""
    if case.escalation:
        event = hand.event(EventKind.ESCALATION_REPEATED, why=why or None)
        return Change(apply(case, event), (event,))
    event = hand.event(EventKind.ESCALATED, level=1, why=why or None)
    kinds = (LetterKind.ESCALATED, LetterKind.ESCALATED_LEADERSHIP, LetterKind.ESCALATED_TEAM)
    return Change(apply(case, event), (event,), tuple(map(LetterOrder, kinds)))


def assign(case: Case, desk: Desk, hand: Actor, owner: str | None, team: str | None) -> Change:
    """Another owner or team. The new owner is told, else the team: it has come to their queue, or back."""
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
    came = {TEAM_BEFORE: case.team or ""} if team and team != case.team else {}
    event = hand.event(EventKind.ASSIGNED, owner=address, team=team, before=case.owner, **came)
    queued = bool(came) or (case.owner is not None and not case.phase.ended)
    told = address not in Addresses((hand.address, case.owner or "")) if address else queued
    letters = (LetterOrder(LetterKind.ASSIGNED_TEAM),) if told else ()
    return Change(apply(case, event), (event,), letters)


def change(case: Case, desk: Desk, hand: Actor, field: str, value: str) -> Change:
    """Another priority, type, subject or account, as the policy spells it."""
    if field not in _MEANINGS:
        raise BadInput(f"{field!r} is no field of a case", remedy=f"use one of {', '.join(_MEANINGS)}")
    new = _MEANINGS[field](desk, value)
    event = hand.event(EventKind.CHANGED, field=field, old=getattr(case, field), new=new)
    return Change(apply_all(case, [event]), (event,))


def _subject(desk: Desk, value: str) -> str:
    _require_words(value)
    subject = " ".join(value.split())
    if len(subject) > MOST_SUBJECT:
        raise BadInput(f"a subject has {MOST_SUBJECT} characters at most", remedy="say the rest in a note")
    return subject


MOST_SUBJECT: Final = 998
"""Characters of a line of a mail (RFC 5322 §2.1.1), and so of the subject that a mail can bring."""


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
