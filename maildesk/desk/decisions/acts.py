"""Acts of a person of the desk on a case: the same for the command line and for mail."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from maildesk.desk.case.case import Case, Phase
from maildesk.desk.case.change import Change
from maildesk.desk.case.events import EventKind, Plain
from maildesk.desk.case.letter_order import LetterKind, LetterOrder
from maildesk.desk.case.told import Phrase
from maildesk.desk.case.transitions import apply
from maildesk.desk.decisions.actor import Actor
from maildesk.desk.decisions.moving import entered
from maildesk.desk.decisions.retyping import after_type
from maildesk.desk.decisions.routing import TEAM_BEFORE
from maildesk.desk.decisions.setting_fields import set_field
from maildesk.desk.decisions.status_acts import opens_again
from maildesk.desk.policy.beginning import priority_called
from maildesk.desk.policy.case_fields import BUILT_IN
from maildesk.desk.policy.desk import Desk
from maildesk.desk.policy.entering import first_allowed
from maildesk.desk.policy.names import named
from maildesk.desk.policy.typed_people import known_account, known_agent, known_team
from maildesk.errors import BadInput
from maildesk.mail.addr_spec import Addresses
from maildesk.mail.message import FileKey, RichWords


def answer(
    case: Case, desk: Desk, text: str, hand: Actor, enclosed: tuple[FileKey, ...] = (), rich: RichWords = ()
) -> Change:
    """The desk's words go to the customers of the case, with those files; the response clock stops.

    A new case is open from now on. One that was set aside as it came is one from now on, and one that was
    nobody's is theirs, where the policy says so.
    """
    _require_words(text)
    order = LetterOrder(LetterKind.ANSWER, author=hand.address, text=text, enclosed=enclosed, rich=rich)
    change = Change(case, letters=(order,))
    if case.set_aside:
        change = change.then(opens_again(case, desk, hand))
    return change.then(_answered(change.case, desk, hand))


def _answered(case: Case, desk: Desk, hand: Actor) -> Change:
    data: dict[str, Plain] = {"first": case.first_response_at is None}
    agent = desk.people.agent(hand.address) if hand.address else None
    if agent and not case.owner and desk.policy.answering_takes:
        data["owner"] = agent.address
    if case.phase is not Phase.NEW:
        event = hand.event(EventKind.ANSWERED, **data)
        return Change(apply(case, event), (event,))
    to = first_allowed(case, Phase.OPEN, hand.address, desk) or desk.policy.statuses.of_case(case)
    event = hand.event(EventKind.ANSWERED, **data, status=to.name, phase=to.phase.value)
    return entered(case, desk, to, event)


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


def assign(case: Case, desk: Desk, hand: Actor, owner: str | None, team: str | None) -> Change:
    """Another owner or team. The new owner is told, else the team: it has come to their queue, or back."""
    agent = None
    if owner:
        agent = known_agent(desk.people, owner)
    if team:
        known_team(desk.people, team)
    address = agent.address if agent else None
    came = {TEAM_BEFORE: case.team or ""} if team and team != case.team else {}
    event = hand.event(EventKind.ASSIGNED, owner=address, team=team, before=case.owner, **came)
    queued = bool(came) or (case.owner is not None and not case.phase.ended)
    told = address not in Addresses((hand.address, case.owner or "")) if address else queued
    letters = (LetterOrder(LetterKind.ASSIGNED_TEAM),) if told else ()
    return Change(apply(case, event), (event,), letters)


def change(case: Case, desk: Desk, hand: Actor, field: str, value: str, *, noted: bool = False) -> Change:
    """Another priority, type, subject, account or value of a field, as the policy spells it.

    What another type brings comes along. `noted`: a note comes with it, which some values want.
    """
    field = named((*BUILT_IN, *desk.policy.fields), field, Phrase("field"))
    if field not in _MEANINGS:
        return set_field(case, desk.policy.fields[field], value, hand, desk.zone, noted=noted)
    new = _MEANINGS[field](case, desk, value)
    event = hand.event(EventKind.CHANGED, field=field, old=getattr(case, field), new=new)
    changed = Change(apply(case, event), (event,))
    if field != "type" or new == case.type:
        return changed
    return changed.then(after_type(changed.case, desk, hand))


def subject_of(value: str) -> str:
    """The subject that somebody typed, on one line."""
    _require_words(value)
    subject = " ".join(value.split())
    if len(subject) > MOST_SUBJECT:
        raise BadInput(
            Phrase("a subject has {most} characters at most", most=MOST_SUBJECT),
            remedy=Phrase("say the rest in a note"),
        )
    return subject


MOST_SUBJECT: Final = 998
"""Characters of a line of a mail (RFC 5322 §2.1.1), and so of the subject that a mail can bring."""


def _account(case: Case, desk: Desk, value: str) -> str:
    return known_account(desk.people.accounts, value).name


_MEANINGS: dict[str, Callable[[Case, Desk, str], str]] = {
    "priority": lambda case, desk, value: priority_called(value, case.type, desk.policy),
    "type": lambda case, desk, value: desk.policy.type(value),
    "subject": lambda case, desk, value: subject_of(value),
    "account": _account,
}


def _require_words(text: str) -> None:
    if not text.strip():
        raise BadInput(
            Phrase("there are no words in it"),
            remedy=Phrase("give the text as an argument or on standard input"),
        )
