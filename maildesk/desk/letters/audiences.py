"""The audience of a letter: the people of the desk and the parties of a case, each once."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from maildesk.desk.case.case import Case, PartyRole
from maildesk.desk.case.letter_order import LetterOrder
from maildesk.desk.letters.letter_kinds import FORMS, Audience
from maildesk.desk.policy.named_people import lead_of, level_of, owner_or_team, people_named
from maildesk.desk.policy.people import People, Person
from maildesk.mail.addr_spec import Addresses, ByAddress


@dataclass(frozen=True, slots=True)
class Addressee:
    """One recipient of a letter and the role under which it becomes a party (None: not of the case)."""

    address: str
    name: str
    role: PartyRole | None


def addressees(order: LetterOrder, case: Case, people: People) -> tuple[Addressee, ...]:
    """List who receives this letter, each once, never the desk itself."""
    found = _AUDIENCES[FORMS[order.kind].audience](order, case, people)
    unique = ByAddress({one.address: one for one in found if not people.is_own(one.address)})
    return tuple(unique.values())


def _requester(order: LetterOrder, case: Case, people: People) -> Iterable[Addressee]:
    """Find the requester, or the customers that the order names: who asked for it beside them."""
    if order.to and (named := [*_sender(order, case, people)]):
        return named
    if not case.requester:
        return []
    party = case.party(case.requester)
    return [Addressee(case.requester, party.name if party else "", PartyRole.REQUESTER)]


def _customers(order: LetterOrder, case: Case, people: People) -> Iterable[Addressee]:
    asked = Addresses(order.to)
    return [
        Addressee(party.address, party.name, party.role)
        for party in case.customers
        if not asked or party.address in asked
    ]


def _sender(order: LetterOrder, case: Case, people: People) -> Iterable[Addressee]:
    sent = Addresses(order.to)
    return [Addressee(each.address, each.name, each.role) for each in case.customers if each.address in sent]


def _owner_or_team(order: LetterOrder, case: Case, people: People) -> Iterable[Addressee]:
    return _as_agents(owner_or_team(case, people))


def _team_and_lead(order: LetterOrder, case: Case, people: People) -> Iterable[Addressee]:
    return [
        *_owner_or_team(order, case, people),
        *_as_agents(lead_of(case.team, people)),
        *_told(order, case, people),
    ]


def _leadership(order: LetterOrder, case: Case, people: People) -> Iterable[Addressee]:
    """Find the leaders, or the levels of an escalation that the order names."""
    levels = order.to or ("leadership",)
    return [one for name in levels for one in _of_desk(level_of(name, case, people), people)]


def _author(order: LetterOrder, case: Case, people: People) -> Iterable[Addressee]:
    person = people.person(order.author)
    return _as_agents([person]) if person else []


def _owner_and_author(order: LetterOrder, case: Case, people: People) -> Iterable[Addressee]:
    return [*_owner_or_team(order, case, people), *_author(order, case, people)]


def _owner_and_named(order: LetterOrder, case: Case, people: People) -> Iterable[Addressee]:
    named = (person for address in order.to if (person := people.person(address)))
    return [*_owner_or_team(order, case, people), *_as_agents(named)]


def _named_agents(order: LetterOrder, case: Case, people: People) -> Iterable[Addressee]:
    return _as_agents(agent for address in order.to if (agent := people.agent(address)))


def _told(order: LetterOrder, case: Case, people: People) -> Iterable[Addressee]:
    """Find whom the policy names as `order.to`: a part somebody has in the case, a team, or a role."""
    return [one for name in order.to for one in _of_desk(people_named(name, case, people), people)]


def _owner_or_team_and_told(order: LetterOrder, case: Case, people: People) -> Iterable[Addressee]:
    return [*_owner_or_team(order, case, people), *_told(order, case, people)]


def _named(order: LetterOrder, case: Case, people: People) -> Iterable[Addressee]:
    parties = ((address, case.party(address)) for address in order.to)
    return [
        Addressee(address, party.name if party else "", party.role if party else PartyRole.CONSULTED)
        for address, party in parties
    ]


def _operators(order: LetterOrder, case: Case, people: People) -> Iterable[Addressee]:
    return [Addressee(address, "", None) for address in people.operators]


def _of_desk(named: Iterable[Person], people: People) -> list[Addressee]:
    return [
        Addressee(each.address, each.name, PartyRole.LEADER if each in people.leadership else PartyRole.AGENT)
        for each in named
    ]


def _as_agents(people: Iterable[Person]) -> list[Addressee]:
    return [Addressee(person.address, person.name, PartyRole.AGENT) for person in people]


_AUDIENCES: dict[Audience, Callable[[LetterOrder, Case, People], Iterable[Addressee]]] = {
    Audience.REQUESTER: _requester,
    Audience.CUSTOMERS: _customers,
    Audience.SENDER: _sender,
    Audience.OWNER_OR_TEAM: _owner_or_team,
    Audience.TEAM_AND_LEAD: _team_and_lead,
    Audience.LEADERSHIP: _leadership,
    Audience.AUTHOR: _author,
    Audience.OWNER_AND_AUTHOR: _owner_and_author,
    Audience.OWNER_AND_NAMED: _owner_and_named,
    Audience.NAMED_AGENTS: _named_agents,
    Audience.OWNER_OR_TEAM_AND_TOLD: _owner_or_team_and_told,
    Audience.TOLD: _told,
    Audience.NAMED: _named,
    Audience.OPERATORS: _operators,
}
