"""The owner of a case hears what others of the desk said or promised to its customers, and of new readers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from maildesk.desk.case.case import Case
from maildesk.desk.case.change import Change
from maildesk.desk.case.clocks import ClockKind
from maildesk.desk.case.events import DESK, Event, EventKind
from maildesk.desk.case.letter_order import LetterKind, LetterOrder
from maildesk.desk.case.told import Joined, Phrase, Told, in_words
from maildesk.desk.letters.answer_readers import answer_readers
from maildesk.desk.letters.letter_kinds import NOTICES
from maildesk.desk.letters.moments import moment
from maildesk.desk.policy.desk import Desk
from maildesk.desk.policy.people import People
from maildesk.mail.addr_spec import ByAddress, same_address

_CLI: Final = "cli:"
_OF_READERS: Final = (EventKind.PARTY_JOINED, EventKind.PARTY_REMOVED)
_SOMEBODY: Final = Phrase("Somebody at the command line")


def name_of(address: str, people: People) -> str:
    """Name a person of the desk, who may have left it since."""
    person = people.person(address)
    if person:
        return person.name
    return _SOMEBODY if not address or address.startswith(_CLI) else address


def with_owner_told(change: Change, before: Case | None, desk: Desk) -> Change:
    """The change with a letter to who owned the case, where another of the desk spoke or promised on it, or
    added or removed readers of its answers. Who asked for an escalation hears too that it was declined."""
    if before is None:
        return change
    owner = desk.people.agent(before.owner) if before.owner else None
    asked = _asked_for(change, before, desk)
    if owner is None:
        return _told(change, before, desk, asked) if asked else change
    return _told(change, before, desk, tuple(dict.fromkeys((owner.address, *asked))))


def _asked_for(change: Change, before: Case, desk: Desk) -> tuple[str, ...]:
    """The agent who asked for the escalation that is declined by this change."""
    declined = any(event.kind is EventKind.ESCALATION_DECLINED for event in change.events)
    agent = desk.people.agent(before.escalation.by) if declined and before.escalation else None
    return (agent.address,) if agent else ()


def _told(change: Change, before: Case, desk: Desk, to: tuple[str, ...]) -> Change:
    acted = [event for event in change.events if _is_told(event, before, desk.people)]
    moving = [event for event in change.events if event.kind in _OF_READERS and _by_us(event, desk.people)]
    moved = _readers_moved(before, change.case, desk.people) if moving else []
    by = acted or (moving if moved else [])
    to = tuple(each for each in to if not by or not same_address(by[0].actor, each))
    if not by or not to:
        return change
    answer = next((order for order in change.letters if order.kind is LetterKind.ANSWER), None)
    actor = by[0].actor
    who = desk.name if actor == DESK else name_of(actor, desk.people)
    in_order = sorted(acted, key=lambda event: list(_SAID).index(event.kind))
    did = [*dict.fromkeys(_did(event, desk, answers=answer is not None) for event in in_order), *moved]
    extra = {"who": who, "did": in_words(did)}
    told = LetterOrder(LetterKind.COLLEAGUE_ACTED, extra=extra, to=to)
    letters = (*change.letters, _noted(told, change.letters))
    if answer:
        letters = tuple(_with_answer(order, answer, who) for order in letters)
    return replace(change, letters=letters)


def _is_told(event: Event, case: Case, people: People) -> bool:
    """Tell whether an owner hears of it: a letter that is dropped at the command line is told otherwise."""
    if event.kind is EventKind.LETTER_DROPPED:
        return event.data.get("letter") == LetterKind.ANSWER and people.is_desk_person(event.actor)
    return event.kind in _SAID and not _by_customer(event, case)


def _by_customer(event: Event, case: Case) -> bool:
    """Tell whether a customer did it, by an answer: their notice tells of that."""
    party = case.party(event.actor)
    return party is not None and party.role.of_the_customer


def _by_us(event: Event, people: People) -> bool:
    return event.actor.startswith(_CLI) or people.is_desk_person(event.actor)


def _readers_moved(before: Case, after: Case, people: People) -> list[str]:
    """Say whom an answer goes to now and did not before, and whom no more."""
    then, now = (
        ByAddress({one.address: one for one in answer_readers(each, people)}) for each in (before, after)
    )
    new = [one.marked for one in now.values() if one.address not in then]
    gone = [one.address for one in then.values() if one.address not in now]
    added = [Phrase("added {who}", who=in_words(new))] if new else []
    return [*added, *([Phrase("removed {who}", who=in_words(gone))] if gone else [])]


def _noted(told: LetterOrder, orders: Sequence[LetterOrder]) -> LetterOrder:
    """With the note that was written beside, as the other notices of the same mail show it."""
    note = next((order for order in orders if order.text and order.kind in NOTICES), None)
    return replace(told, text=note.text, author=note.author) if note else told


def _with_answer(order: LetterOrder, answer: LetterOrder, who: str) -> LetterOrder:
    """A notice that shows what was written beside shows the answer: whoever reads it reads no other mail."""
    notice = NOTICES.get(order.kind)
    if notice is None or not notice.shows_note or order.text:
        return order
    return replace(order, text=answer.text, author=answer.author, extra=order.extra | {"answered": who})


def _did(event: Event, desk: Desk, *, answers: bool) -> Told:
    if event.kind is EventKind.WAITING and event.data.get("until"):
        until = datetime.fromisoformat(str(event.data["until"]))
        return Phrase("set it to wait for the customer until {at}", at=moment(until, desk.zone))
    if event.kind is EventKind.CLOSED and event.data.get("promise") == ClockKind.AFTER.value:
        return Phrase("{done}, since the customer was silent", done=_SAID[event.kind])
    if event.kind is EventKind.ESCALATION_DECLINED:  # the words of an answer beside it are its reason
        outcome = "" if answers else " ".join(str(event.data.get("why") or "").split())
    else:
        outcome = str(event.data.get("outcome") or event.data.get("result") or "")
    return Joined(": ", (_SAID[event.kind], outcome.rstrip("."))) if outcome else _SAID[event.kind]


_SAID: Final[dict[EventKind, Phrase]] = {
    EventKind.ESCALATION_DECLINED: Phrase("declined the escalation"),
    EventKind.LETTER_DROPPED: Phrase("took an answer back, as far as it was not sent yet"),
    EventKind.ANSWERED: Phrase("answered the customer"),
    EventKind.WAITING: Phrase("set it to wait for the customer"),
    EventKind.RESOLVED: Phrase("resolved it"),
    EventKind.CLOSED: Phrase("closed it"),
    EventKind.SPAM: Phrase("closed it as spam"),
}
"""Acts that bind an owner to words or a time not theirs, or take the matter out of their hands."""
