"""A case's history in short, as the card of a notice shows it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from maildesk.desk.case.case_name import in_full_by
from maildesk.desk.case.events import DESK, INSIDE, UNCONFIRMED, UNPROVEN, Event, EventKind
from maildesk.desk.case.told import Joined, Phrase, Told, said
from maildesk.desk.letters.language import ENGLISH, Language
from maildesk.desk.policy.people import People
from maildesk.desk.policy.usual_questions import answer_named, question_named

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
    EventKind.ESCALATION_APPROVED: "escalation approved",
    EventKind.ESCALATION_DECLINED: "escalation declined",
    EventKind.ESCALATION_RAISED: "escalated further",
    EventKind.ESCALATION_UNACKNOWLEDGED: "the customer waits for word of the escalation",
    EventKind.ESCALATION_OVER: "the escalation is over",
    EventKind.PLANNED: "a plan",
    EventKind.PLAN_SHARED: "the plan went to the customer",
    EventKind.RESPONSE_NEAR: "the answer is due soon",
    EventKind.RESPONSE_OVERDUE: "the answer is overdue",
    EventKind.RESOLUTION_NEAR: "the solution is due soon",
    EventKind.RESOLUTION_OVERDUE: "the solution is overdue",
    EventKind.UPDATE_OVERDUE: "word to the customer is overdue",
    EventKind.QUESTION_ASKED: "asked the customer",
    EventKind.QUESTION_ANSWERED: "an answer",
    EventKind.REQUIREMENT_LINKED: "linked to a requirement",
    EventKind.SHIPPED: "what it asked for is there",
    EventKind.THANKED: "thanks",
    EventKind.FORM_ASKED: "sent back, since lines of it lack, the form",
    EventKind.FORM_FILLED: "filled in the form",
    EventKind.REMINDED: "the customer was reminded",
    EventKind.LONG_QUIET: "nobody touched it for long",
    EventKind.THIRD_PARTY_WROTE: "somebody else wrote",
    EventKind.UNVERIFIED_MAIL: "a mail that could not be trusted",
    EventKind.BOUNCED: "a letter came back",
    EventKind.LETTER_FAILED: "a letter failed",
    EventKind.LETTER_DROPPED: "a letter was not sent",
}
"""Words for what belongs into a history in short; what stands not here is for `case show`."""

SHOWN = frozenset(_SAID)


def in_short(
    events: Iterable[Event], people: People, language: Language = ENGLISH, *, inside: bool = True
) -> tuple[HistoryLine, ...]:
    """The newest few of these events, the oldest first; other cases are named `inside` the desk only, and so
    is what its people were asked."""
    shown = [each for each in events if each.kind in _SAID and (inside or not each.data.get(INSIDE))][-SHORT:]
    return tuple(
        HistoryLine(event.at, said(_line(event, people, inside=inside), language)) for event in shown
    )


def _line(event: Event, people: People, *, inside: bool) -> Told:
    parts = (Phrase(_said_of(event)), _detail(event, people), _for_the_desk(event) if inside else "")
    what = Joined("", filter(None, parts))
    if event.actor == DESK:
        return what
    person = people.person(event.actor)
    who = person.name if person else event.actor
    if event.data.get(UNPROVEN):
        return Phrase("a report that {what}, unproven, by {who}", what=what, who=who)
    if event.data.get(UNCONFIRMED):
        return Phrase("{what} in the name of {who}, not confirmed", what=what, who=who)
    if event.kind is EventKind.FORM_ASKED:  # they wrote, and it is we who sent it back
        return Phrase("{what}, to {who}", what=what, who=who)
    return Phrase("{what}, by {who}", what=what, who=who)


def _said_of(event: Event) -> str:
    if event.kind is EventKind.SPLIT and event.data.get("request"):
        return _OF_A_REQUEST
    if event.kind is EventKind.ESCALATED and event.data.get("level") == 0:
        return _ASKED_FOR
    if event.kind is EventKind.BOUNCED:
        return _BY_FATE.get(str(event.data.get("fate")), _SAID[event.kind])
    if event.kind is EventKind.WAITING and event.data.get("status") and not event.data.get("needs"):
        return "waits"
    if event.kind is EventKind.QUESTION_ASKED and event.data.get(INSIDE):
        return _ASKED_INSIDE
    return _SAID[event.kind]


_OF_A_REQUEST = "a request of a mail became a case of its own"

_BY_FATE = {"delayed": "a letter is still being tried", "complaint": "a letter was complained of"}
"""Reports of letters that did not come back (`undelivered.RecipientFate`)."""

_ASKED_INSIDE = "asked inside"

_ASKED_FOR = "escalation asked for"
"""As long as nobody has approved it, it is no escalation."""

_OF_ITSELF = (
    "a promise was missed",
    "a rule of the policy",
    "a case that is part of it now was escalated",
    "a newsletter",
)
"""Reasons that the desk gives for what it does by itself."""

_WORDS = (_OF_A_REQUEST, _ASKED_INSIDE, _ASKED_FOR, "waits", "nobody")
SENTENCES = (*_SAID.values(), *_BY_FATE.values(), *_WORDS, *_OF_ITSELF)
"""Everything that a history says of itself, to be translated."""

_IN_WORDS: dict[EventKind, str] = {
    EventKind.ESCALATED: "why",
    EventKind.ESCALATION_REPEATED: "why",
    EventKind.ESCALATION_DECLINED: "why",
    EventKind.RESOLVED: "result",
    EventKind.CLOSED: "outcome",
    EventKind.QUESTION_ASKED: "question",
    EventKind.THANKED: "words",
    EventKind.FORM_ASKED: "form",
    EventKind.FORM_FILLED: "form",
    EventKind.WAITING: "needs",
    EventKind.STATUS_CHANGED: "status",
    EventKind.REQUIREMENT_LINKED: "requirement",
    EventKind.SHIPPED: "requirement",
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
    name = in_full_by(event.data, "split_from")
    return Phrase(", split off from {case}", case=name) if name else ""


_OF_ANOTHER = frozenset({EventKind.MENTIONED, EventKind.MERGED, EventKind.MERGED_INTO, EventKind.SPLIT})


def _detail(event: Event, people: People) -> str:
    data = event.data
    if event.kind is EventKind.QUESTION_ANSWERED:
        named = (("question", question_named), ("answer", answer_named))
        told = [name(str(data[key])) for key, name in named if data.get(key)]
        late = [Phrase(", too late")] if data.get("late") else []
        return Joined("", [*(part for each in told for part in (": ", each)), *late])
    if words := str(data.get(_words_key(event)) or ""):
        short = " ".join(words.split())[:_MOST_WORDS]
        if event.kind is EventKind.QUESTION_ASKED:
            short = question_named(short)
        elif event.actor == DESK and short in _OF_ITSELF:
            short = Phrase(short)
        return Joined(": ", ("", short))
    if event.kind in (EventKind.CHANGED, EventKind.FIELD_SET):
        name = str(data.get("field"))
        ours = event.kind is EventKind.CHANGED
        return Phrase(" {field} to {value}", field=Phrase(name) if ours else name, value=str(data.get("new")))
    if event.kind is EventKind.OPENED and (source := data.get("source")):
        return Phrase(" by {source}", source=str(source))
    if event.kind is EventKind.ASSIGNED:
        to = str(data.get("owner") or data.get("team") or "nobody")
        person = people.person(to)
        return Phrase(" to {who}", who=person.name if person else Phrase(to) if to == "nobody" else to)
    return ""


def _words_key(event: Event) -> str:
    if event.kind is EventKind.WAITING and not event.data.get("needs"):
        return "status"
    return _IN_WORDS.get(event.kind, "")
