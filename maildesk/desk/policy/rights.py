"""The cases that a person of the desk may act on: a token says who somebody is, not what they may do."""

from __future__ import annotations

from maildesk.desk.case.case import Case
from maildesk.desk.policy.absences import deputy_of
from maildesk.desk.policy.named_people import level_of
from maildesk.desk.policy.people import People, Role
from maildesk.mail.addr_spec import Addresses, same_address


def may_act(people: People, address: str, case: Case) -> bool:
    """Tell whether this person may answer, command and decide on this case.

    Leadership may everywhere. An agent may where the case has no team or a team without members, which all
    agents hear of; where they are its owner, or stand in for them today; where they belong to its team or
    lead it; and where they heard of its escalation, as long as that lasts.
    """
    roles = people.roles(address)
    if Role.LEADER in roles:
        return True
    if not roles & {Role.AGENT, Role.LEAD}:
        return False
    if case.team is None or not people.members(case.team):
        return True
    own = case.is_owner(address) or _stands_in(people, address, case)
    return own or case.team in teams_of(people, address) or _heard(people, address, case)


def _stands_in(people: People, address: str, case: Case) -> bool:
    """Tell whether the owner of the case is away, and this person is their deputy."""
    owner = people.agent(case.owner) if case.owner else None
    deputy = deputy_of(people, owner) if owner else None
    return deputy is not None and same_address(deputy.address, address)


def _heard(people: People, address: str, case: Case) -> bool:
    """Tell whether an escalation of the case that lasts has come to this person."""
    heard = case.escalation.heard if case.escalation else ()
    return any(is_of(name, address, case, people) for name in heard)


def is_of(name: str, address: str, case: Case, people: People) -> bool:
    """Tell whether this address is whom a policy names so, of a team its lead too."""
    return address in Addresses(each.address for each in level_of(name, case, people))


def may_review(people: People, address: str, case: Case) -> bool:
    """Tell whether this person may approve or decline an escalation: who reviews it, and leadership."""
    if Role.LEADER in people.roles(address):
        return True
    return case.escalation is not None and is_of(case.escalation.heard[0], address, case, people)


def teams_of(people: People, address: str) -> frozenset[str]:
    """The teams that this person belongs to or leads."""
    agent = people.agent(address)
    led = {team.name for team in people.teams if team.lead and same_address(team.lead, address)}
    return frozenset({*(agent.teams if agent else ()), *led})
