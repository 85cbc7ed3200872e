"""Which event tells whom, by which letter: one table; and who the audiences are."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

from maildesk.desk.case import Case, PartyRole
from maildesk.desk.people import People, Person, folded


class LetterKind(StrEnum):
    """Every letter the desk writes; the value is also the name of its template."""

    ACKNOWLEDGEMENT = "acknowledgement"
    ACKNOWLEDGEMENT_FIXED = "acknowledgement-fixed"
    ANSWER = "answer"
    ESCALATED = "escalated"
    REOPENED = "reopened"
    CLOSED = "closed"
    OPENED_TEAM = "opened-team"
    REPLIED_TEAM = "replied-team"
    REOPENED_TEAM = "reopened-team"
    ASSIGNED_TEAM = "assigned-team"
    ESCALATED_LEADERSHIP = "escalated-leadership"
    OVERDUE = "overdue"
    SUSPICIOUS = "suspicious"
    UNDELIVERED = "undelivered"
    NOTE_KEPT = "note-kept"
    ALARM = "alarm"


class Audience(StrEnum):
    """Who a letter is for, resolved against the case and the people of the desk."""

    REQUESTER = "requester"
    CUSTOMERS = "customers"
    OWNER_OR_TEAM = "owner or team"
    OWNER = "owner"
    LEADERSHIP = "leadership"
    AUTHOR = "author"
    OPERATORS = "operators"

    @property
    def of_customers(self) -> bool:
        return self in (Audience.REQUESTER, Audience.CUSTOMERS)


FIVE_DAYS = timedelta(days=5)
ONE_DAY = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Form:
    """What is fixed about a kind of letter.

    `automatic` is the Auto-Submitted value (RFC 3834 §5), None for a person's words; `limited` letters
    count against, and are held by, the limits on automatic mail; `patience` is how long it is tried.
    With `fixed_words` nothing goes out that the sender chose: a forger would choose it for a victim to read.
    """

    audience: Audience
    automatic: str | None
    limited: bool = False
    patience: timedelta = FIVE_DAYS
    shows_thread: bool = False
    fixed_words: bool = False


_REPLY, _SELF = "auto-replied", "auto-generated"

FORMS: dict[LetterKind, Form] = {
    LetterKind.ACKNOWLEDGEMENT: Form(Audience.REQUESTER, _REPLY, limited=True, patience=ONE_DAY),
    LetterKind.ACKNOWLEDGEMENT_FIXED: Form(
        Audience.REQUESTER, _REPLY, limited=True, patience=ONE_DAY, fixed_words=True
    ),
    LetterKind.ANSWER: Form(Audience.CUSTOMERS, None),
    LetterKind.ESCALATED: Form(Audience.REQUESTER, _REPLY, limited=True, patience=ONE_DAY),
    LetterKind.REOPENED: Form(Audience.REQUESTER, _REPLY, limited=True, patience=ONE_DAY),
    LetterKind.CLOSED: Form(Audience.REQUESTER, _SELF),
    LetterKind.OPENED_TEAM: Form(Audience.OWNER_OR_TEAM, _SELF),
    LetterKind.REPLIED_TEAM: Form(Audience.OWNER_OR_TEAM, _SELF),
    LetterKind.REOPENED_TEAM: Form(Audience.OWNER_OR_TEAM, _SELF),
    LetterKind.ASSIGNED_TEAM: Form(Audience.OWNER, _SELF),
    LetterKind.ESCALATED_LEADERSHIP: Form(Audience.LEADERSHIP, _SELF, shows_thread=True),
    LetterKind.OVERDUE: Form(Audience.OWNER_OR_TEAM, _SELF),
    LetterKind.SUSPICIOUS: Form(Audience.OWNER_OR_TEAM, _SELF),
    LetterKind.UNDELIVERED: Form(Audience.OWNER_OR_TEAM, _SELF),
    LetterKind.NOTE_KEPT: Form(Audience.AUTHOR, _REPLY, limited=True, patience=ONE_DAY),
    LetterKind.ALARM: Form(Audience.OPERATORS, _SELF),
}


@dataclass(frozen=True, slots=True)
class LetterOrder:
    """A letter somebody is owed, before it is written.

    `extra` holds the few plain values its template needs beside the case and the mail that caused it;
    `author` is the desk person an answer or a kept note belongs to.
    """

    kind: LetterKind
    author: str = ""
    text: str = ""
    extra: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Addressee:
    """One recipient of a letter and the role under which it becomes a party (None: not of the case)."""

    address: str
    name: str
    role: PartyRole | None


def addressees(order: LetterOrder, case: Case, people: People) -> tuple[Addressee, ...]:
    """Who receives this letter, each once, never the desk itself."""
    found = _AUDIENCES[FORMS[order.kind].audience](order, case, people)
    unique = {folded(one.address): one for one in found if not people.is_own(one.address)}
    return tuple(unique.values())


def _requester(order: LetterOrder, case: Case, people: People) -> Iterable[Addressee]:
    party = case.party(case.requester)
    return (
        [Addressee(case.requester, party.name if party else "", PartyRole.REQUESTER)]
        if case.requester
        else []
    )


def _customers(order: LetterOrder, case: Case, people: People) -> Iterable[Addressee]:
    return [Addressee(p.address, p.name, p.role) for p in case.parties if not p.role.of_the_desk]


def _owner(order: LetterOrder, case: Case, people: People) -> Iterable[Addressee]:
    owner = people.agent(case.owner) if case.owner else None
    return _as_agents([owner] if owner else [])


def _owner_or_team(order: LetterOrder, case: Case, people: People) -> Iterable[Addressee]:
    owner = people.agent(case.owner) if case.owner else None
    if owner:
        return _as_agents([owner])
    team = people.members(case.team) if case.team else ()
    return _as_agents(team or people.agents)


def _leadership(order: LetterOrder, case: Case, people: People) -> Iterable[Addressee]:
    return [Addressee(person.address, person.name, PartyRole.LEADER) for person in people.leadership]


def _author(order: LetterOrder, case: Case, people: People) -> Iterable[Addressee]:
    person = people.person(order.author)
    return _as_agents([person]) if person else []


def _operators(order: LetterOrder, case: Case, people: People) -> Iterable[Addressee]:
    return [Addressee(address, "", None) for address in people.operators]


def _as_agents(people: Iterable[Person]) -> list[Addressee]:
    return [Addressee(person.address, person.name, PartyRole.AGENT) for person in people]


_AUDIENCES: dict[Audience, Callable[[LetterOrder, Case, People], Iterable[Addressee]]] = {
    Audience.REQUESTER: _requester,
    Audience.CUSTOMERS: _customers,
    Audience.OWNER_OR_TEAM: _owner_or_team,
    Audience.OWNER: _owner,
    Audience.LEADERSHIP: _leadership,
    Audience.AUTHOR: _author,
    Audience.OPERATORS: _operators,
}
