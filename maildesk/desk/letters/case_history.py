"""A case's history in short, as the card of a notice shows it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from maildesk.desk.case.case_name import in_full_by
from maildesk.desk.case.events import DESK, UNCONFIRMED, UNPROVEN, Event, EventKind
from maildesk.desk.policy.people import People

SHORT = 5
"""So many of the newest things that happened are shown."""


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One thing that happened, in a few words; `at` UTC."""

    at: datetime
    text: str


_SAID: dict[EventKind, str] = {
    EventKind.OPENED: "opened",
    EventKind.FIRST_MAIL: "the mail itself, after a copy of it",
    EventKind.REPLIED: "a reply",
    EventKind.REOPENED: "reopened",
    EventKind.ANSWERED: "answered",
    EventKind.NOTED: "a note",
    EventKind.CONFIRMED: "a mail confirmed",
    EventKind.DECLINED: "a mail disowned",
    EventKind.WAITING: "waits for the customer",
    EventKind.RESOLVED: "resolved",
    EventKind.STATUS_CHANGED: "moved",
    EventKind.ASKED: "a colleague was asked",
    EventKind.WAIT_OVER: "waited long enough",
    EventKind.SPAM: "closed as spam",
    EventKind.MERGED: "another case became part of it",
    EventKind.MENTIONED: "a mail points at another case",
    EventKind.MERGED_INTO: "became part of another case",
    EventKind.SPLIT: "a mail became a case of its own",
    EventKind.CLOSED: "closed",
    EventKind.ASSIGNED: "assigned",
    EventKind.CHANGED: "changed",
    EventKind.FIELD_SET: "changed",
    EventKind.ESCALATED: "escalated",
    EventKind.ESCALATION_REPEATED: "escalation asked for again",
    EventKind.RESPONSE_NEAR: "the answer is due soon",
    EventKind.RESPONSE_OVERDUE: "the answer is overdue",
    EventKind.RESOLUTION_NEAR: "the solution is due soon",
    EventKind.RESOLUTION_OVERDUE: "the solution is overdue",
    EventKind.UPDATE_OVERDUE: "word to the customer is overdue",
    EventKind.QUESTION_ASKED: "asked the customer",
    EventKind.QUESTION_ANSWERED: "an answer",
    EventKind.THANKED: "thanks",
    EventKind.REMINDED: "the customer was reminded",
    EventKind.LONG_QUIET: "nobody touched it for long",
    EventKind.THIRD_PARTY_WROTE: "somebody else wrote",
    EventKind.UNVERIFIED_MAIL: "a mail that could not be trusted",
    EventKind.BOUNCED: "a letter came back",
    EventKind.LETTER_FAILED: "a letter failed",
}
"""Words for what belongs into a history in short; what stands not here is for `case show`."""

SHOWN = frozenset(_SAID)


def in_short(events: Iterable[Event], people: People, *, inside: bool = True) -> tuple[HistoryLine, ...]:
    """The newest few of these events, the oldest first; other cases are named `inside` the desk only."""
    told = [event for event in events if event.kind in _SAID]
    return tuple(HistoryLine(event.at, _line(event, people, inside=inside)) for event in told[-SHORT:])


def _line(event: Event, people: People, *, inside: bool) -> str:
    said = f"{_said_of(event)}{_detail(event, people)}{_for_the_desk(event) if inside else ''}"
    if event.actor == DESK:
        return said
    person = people.person(event.actor)
    who = person.name if person else event.actor
    if event.data.get(UNPROVEN):
        return f"a report that {said}, unproven, by {who}"
    if event.data.get(UNCONFIRMED):
        return f"{said} in the name of {who}, not confirmed"
    return f"{said}, by {who}"


def _said_of(event: Event) -> str:
    if event.kind is EventKind.BOUNCED:
        return _BY_FATE.get(str(event.data.get("fate")), _SAID[event.kind])
    if event.kind is EventKind.WAITING and event.data.get("status") and not event.data.get("needs"):
        return f"waits: {event.data['status']}"
    return _SAID[event.kind]


_BY_FATE = {"delayed": "a letter is still being tried", "complaint": "a letter was complained of"}
"""Reports of letters that did not come back (`undelivered.RecipientFate`)."""

_IN_WORDS: dict[EventKind, str] = {
    EventKind.ESCALATED: "why",
    EventKind.ESCALATION_REPEATED: "why",
    EventKind.RESOLVED: "result",
    EventKind.CLOSED: "outcome",
    EventKind.QUESTION_ASKED: "question",
    EventKind.THANKED: "words",
    EventKind.WAITING: "needs",
    EventKind.STATUS_CHANGED: "status",
}
"""Keys of the words that say why or with what outcome: leadership is to read what it is called for."""

_MOST_WORDS = 200


def _for_the_desk(event: Event) -> str:
    """The detail that people outside the desk do not read: another case, or the note of a rule."""
    if event.kind is EventKind.NOTED and (words := str(event.data.get("words") or "")):
        return f": {' '.join(words.split())[:_MOST_WORDS]}"
    return _other_case(event)


def _other_case(event: Event) -> str:
    if event.kind in _OF_ANOTHER:
        return f": {name}" if (name := in_full_by(event.data)) else ""
    return f", split off from {name}" if (name := in_full_by(event.data, "split_from")) else ""


_OF_ANOTHER = frozenset({EventKind.MENTIONED, EventKind.MERGED, EventKind.MERGED_INTO, EventKind.SPLIT})


def _detail(event: Event, people: People) -> str:
    data = event.data
    if event.kind is EventKind.QUESTION_ANSWERED:
        told = ": ".join(str(data[key]) for key in ("question", "answer") if data.get(key))
        return f"{f': {told}' if told else ''}{', too late' if data.get('late') else ''}"
    if said := str(data.get(_IN_WORDS.get(event.kind, "")) or ""):
        return f": {' '.join(said.split())[:_MOST_WORDS]}"
    if event.kind in (EventKind.CHANGED, EventKind.FIELD_SET):
        return f" {data.get('field')} to {data.get('new')}"
    if event.kind is EventKind.ASSIGNED:
        to = str(data.get("owner") or data.get("team") or "nobody")
        person = people.person(to)
        return f" to {person.name if person else to}"
    return ""
