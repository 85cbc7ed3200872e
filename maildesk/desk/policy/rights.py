"""The cases that a person of the desk may act on: a token says who somebody is, not what they may do."""

from __future__ import annotations

from maildesk.desk.case.case import Case
from maildesk.desk.policy.people import People, Role
from maildesk.mail.addr_spec import same_address


def may_act(people: People, address: str, case: Case) -> bool:
    """Tell whether this person may answer, command and decide on this case.

    Leadership may everywhere. An agent may where the case has no team or a team without members, which all
    agents hear of; where they are its owner; and where they belong to its team or lead it.
    """
    roles = people.roles(address)
    if Role.LEADER in roles:
        return True
    if not roles & {Role.AGENT, Role.LEAD}:
        return False
    if case.team is None or not people.members(case.team):
        return True
    return case.is_owner(address) or case.team in teams_of(people, address)


def teams_of(people: People, address: str) -> frozenset[str]:
    """The teams that this person belongs to or leads."""
    agent = people.agent(address)
    led = {team.name for team in people.teams if team.lead and same_address(team.lead, address)}
    return frozenset({*(agent.teams if agent else ()), *led})
