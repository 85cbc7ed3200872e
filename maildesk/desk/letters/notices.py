"""Which event tells whom, by which letter: one table; and who the audiences are."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from maildesk.desk.case.case import Case, PartyRole
from maildesk.desk.case.events import Event, EventKind
from maildesk.desk.case.letter_order import LetterKind, LetterOrder
from maildesk.desk.policy.people import People, Person
from maildesk.mail.addr_spec import folded


class Audience(StrEnum):
    """Who a letter is for, resolved against the case and the people of the desk."""

    REQUESTER = "requester"
    CUSTOMERS = "customers"
    OWNER_OR_TEAM = "owner or team"
    TEAM_AND_LEAD = "owner or team, and the team's lead"
    LEADERSHIP = "leadership"
    AUTHOR = "author"
    NAMED = "who is named"
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
    `of_case` is False for what belongs to no single case.
    """

    audience: Audience
    automatic: str | None
    limited: bool = False
    patience: timedelta = FIVE_DAYS
    shows_thread: bool = False
    fixed_words: bool = False
    of_case: bool = True


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
    LetterKind.REASSIGNED: Form(Audience.REQUESTER, _SELF, limited=True, patience=ONE_DAY),
    LetterKind.CONSULTED_WROTE: Form(Audience.OWNER_OR_TEAM, _SELF),
    LetterKind.LET_IN: Form(Audience.AUTHOR, _REPLY, limited=True, patience=ONE_DAY),
    LetterKind.OPENED_TEAM: Form(Audience.OWNER_OR_TEAM, _SELF),
    LetterKind.REPLIED_TEAM: Form(Audience.OWNER_OR_TEAM, _SELF),
    LetterKind.REOPENED_TEAM: Form(Audience.OWNER_OR_TEAM, _SELF),
    LetterKind.ASSIGNED_TEAM: Form(Audience.OWNER_OR_TEAM, _SELF),
    LetterKind.ESCALATED_LEADERSHIP: Form(Audience.LEADERSHIP, _SELF, shows_thread=True),
    LetterKind.ESCALATED_TEAM: Form(Audience.TEAM_AND_LEAD, _SELF),
    LetterKind.RESPONSE_NEAR: Form(Audience.OWNER_OR_TEAM, _SELF),
    LetterKind.OVERDUE: Form(Audience.TEAM_AND_LEAD, _SELF),
    LetterKind.SUSPICIOUS: Form(Audience.OWNER_OR_TEAM, _SELF),
    LetterKind.UNDELIVERED: Form(Audience.OWNER_OR_TEAM, _SELF),
    LetterKind.NOTE_KEPT: Form(Audience.AUTHOR, _REPLY, limited=True, patience=ONE_DAY),
    LetterKind.CONFIRM: Form(Audience.AUTHOR, _REPLY, limited=True, patience=ONE_DAY),
    LetterKind.CONFIRM_MORE: Form(Audience.AUTHOR, _REPLY, limited=True, patience=ONE_DAY, of_case=False),
    LetterKind.REFUSED: Form(Audience.AUTHOR, _REPLY, limited=True, patience=ONE_DAY),
    LetterKind.WAIT_OVER: Form(Audience.OWNER_OR_TEAM, _SELF),
    LetterKind.TRANSCRIPT: Form(Audience.AUTHOR, _REPLY),
    LetterKind.FILES: Form(Audience.AUTHOR, _REPLY),
    LetterKind.ASK: Form(Audience.NAMED, None, shows_thread=True),
    LetterKind.DIGEST: Form(Audience.AUTHOR, _SELF, of_case=False),
    LetterKind.ALARM: Form(Audience.OPERATORS, _SELF, of_case=False),
}

ABOUT_NO_CASE = frozenset({LetterKind.CONFIRM, LetterKind.CONFIRM_MORE, LetterKind.REFUSED})
"""What answers an agent's mail, and can do so where that is about no case."""

TO_AUTHORS = ABOUT_NO_CASE | {LetterKind.NOTE_KEPT, LetterKind.LET_IN}
"""What answers an agent's own mail: counted by person, and never against a case's customers."""

NOTICES: tuple[LetterKind, ...] = (
    LetterKind.ESCALATED_LEADERSHIP,
    LetterKind.ESCALATED_TEAM,
    LetterKind.OVERDUE,
    LetterKind.SUSPICIOUS,
    LetterKind.UNDELIVERED,
    LetterKind.REOPENED_TEAM,
    LetterKind.OPENED_TEAM,
    LetterKind.ASSIGNED_TEAM,
    LetterKind.REPLIED_TEAM,
    LetterKind.CONSULTED_WROTE,
    LetterKind.RESPONSE_NEAR,
    LetterKind.WAIT_OVER,
)
"""What the desk's people are told of themselves, the most important first.

One change gives one person one of them, and many at once become a digest: one mail, not five.
"""


TELLING = frozenset({LetterKind.TRANSCRIPT, LetterKind.ASK})
"""Letters to agents that are no notices, and show where a case stands all the same."""


def holds_fixed_words(order: LetterOrder) -> bool:
    """Whether nothing goes out in it that the sender of a mail chose."""
    return order.fixed or FORMS[order.kind].fixed_words


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
    return [Addressee(party.address, party.name, party.role) for party in case.customers]


def _owner_or_team(order: LetterOrder, case: Case, people: People) -> Iterable[Addressee]:
    owner = people.agent(case.owner) if case.owner else None
    if owner:
        return _as_agents([owner])
    team = people.members(case.team) if case.team else ()
    return _as_agents(team or people.agents)


def _team_and_lead(order: LetterOrder, case: Case, people: People) -> Iterable[Addressee]:
    team = people.team(case.team) if case.team else None
    lead = people.person(team.lead) if team and team.lead else None
    return [*_owner_or_team(order, case, people), *_as_agents([lead] if lead else [])]


def _leadership(order: LetterOrder, case: Case, people: People) -> Iterable[Addressee]:
    return [Addressee(person.address, person.name, PartyRole.LEADER) for person in people.leadership]


def _author(order: LetterOrder, case: Case, people: People) -> Iterable[Addressee]:
    person = people.person(order.author)
    return _as_agents([person]) if person else []


def _named(order: LetterOrder, case: Case, people: People) -> Iterable[Addressee]:
    parties = ((address, case.party(address)) for address in order.to)
    return [
        Addressee(address, party.name if party else "", party.role if party else PartyRole.CONSULTED)
        for address, party in parties
    ]


def _operators(order: LetterOrder, case: Case, people: People) -> Iterable[Addressee]:
    return [Addressee(address, "", None) for address in people.operators]


def _as_agents(people: Iterable[Person]) -> list[Addressee]:
    return [Addressee(person.address, person.name, PartyRole.AGENT) for person in people]


_AUDIENCES: dict[Audience, Callable[[LetterOrder, Case, People], Iterable[Addressee]]] = {
    Audience.REQUESTER: _requester,
    Audience.CUSTOMERS: _customers,
    Audience.OWNER_OR_TEAM: _owner_or_team,
    Audience.TEAM_AND_LEAD: _team_and_lead,
    Audience.LEADERSHIP: _leadership,
    Audience.AUTHOR: _author,
    Audience.NAMED: _named,
    Audience.OPERATORS: _operators,
}


# --- one mail for each person ---------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Notice:
    """One notice and who gets it; `also` is what else the same change owed them, in this one mail."""

    order: LetterOrder
    to: tuple[Addressee, ...]
    also: tuple[LetterKind, ...] = ()


def notices_for(
    orders: Iterable[LetterOrder], case: Case, people: People, doers: Collection[str]
) -> tuple[Notice, ...]:
    """The notices among `orders`, one mail for each person: the most important, which mentions the rest.

    Nobody is told what they did themselves: `doers` are folded addresses.
    """
    ranked = sorted((each for each in orders if each.kind in _RANK), key=lambda each: _RANK[each.kind])
    told: dict[str, tuple[LetterOrder, Addressee]] = {}
    also: dict[LetterKind, dict[LetterKind, None]] = {}
    for order in ranked:
        for one in addressees(order, case, people):
            key = folded(one.address)
            if key in doers:
                continue
            first, _ = told.setdefault(key, (order, one))
            if first.kind is not order.kind:
                also.setdefault(first.kind, {})[order.kind] = None
    groups: dict[LetterKind, tuple[LetterOrder, list[Addressee]]] = {}
    for order, one in told.values():
        groups.setdefault(order.kind, (order, []))[1].append(one)
    return tuple(Notice(order, tuple(to), tuple(also.get(kind, ()))) for kind, (order, to) in groups.items())


ALSO: dict[LetterKind, str] = {
    LetterKind.ESCALATED_LEADERSHIP: "leadership was told of an escalation",
    LetterKind.ESCALATED_TEAM: "the case is escalated",
    LetterKind.OVERDUE: "the answer is overdue",
    LetterKind.SUSPICIOUS: "a mail was added that changes nothing",
    LetterKind.UNDELIVERED: "a letter did not arrive",
    LetterKind.REOPENED_TEAM: "the case is open again",
    LetterKind.OPENED_TEAM: "the case is new",
    LetterKind.ASSIGNED_TEAM: "it has changed hands: see the card",
    LetterKind.REPLIED_TEAM: "the customer wrote again",
    LetterKind.CONSULTED_WROTE: "a colleague wrote",
    LetterKind.RESPONSE_NEAR: "the answer is due soon",
    LetterKind.WAIT_OVER: "the time to wait for the customer is over",
}
"""What a more important notice says of one that it takes along; true whoever of its readers it was for."""

_RANK = {kind: rank for rank, kind in enumerate(NOTICES)}


def doers(events: Iterable[Event]) -> frozenset[str]:
    """Who did it (folded). What only claims to come from somebody is no act of theirs."""
    return frozenset(folded(event.actor) for event in events if event.kind not in _CLAIMED)


_CLAIMED = frozenset({
    EventKind.UNVERIFIED_MAIL,
    EventKind.REFUSED,
    EventKind.THIRD_PARTY_WROTE,
    EventKind.AUTOMATIC_MAIL,
    EventKind.BOUNCED,
})  # fmt: skip
"""Events whose actor is whoever stands in From, believed or not."""
