"""The queue: open work that nobody has taken, in the order in which it is to be taken."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from maildesk.desk.case.case import Case, Phase
from maildesk.desk.policy.people import People, Role
from maildesk.desk.policy.policy import Policy
from maildesk.desk.policy.rights import teams_of

QUEUED: Final = (Phase.NEW, Phase.OPEN)
"""The phases of open work; what waits for the customer is nobody's to take."""


def in_order(cases: Iterable[Case], policy: Policy) -> list[Case]:
    """List the cases that are in the queue, the next one first.

    Cases of the types that stand behind others come after all of these. Within: who has no priority yet, by
    arrival; then by priority, each by arrival.
    """
    ranks, behind = ranks_of(policy), set(behind_others(policy))
    last = len(ranks) + 1

    def place(case: Case) -> tuple[object, ...]:
        return case.type in behind, ranks.get(case.priority, last), case.opened_at, case.ref

    return sorted((each for each in cases if _queued(each)), key=place)


def ranks_of(policy: Policy) -> dict[str, int]:
    """The place of each priority in the queue; that of nobody's having looked is the first."""
    return {"": 0} | {each.name: each.rank for each in policy.priorities}


def behind_others(policy: Policy) -> tuple[str, ...]:
    """The types whose cases stand behind those of all others."""
    return tuple(name for name, each in policy.types.items() if each.queued_after)


def others_teams(people: People, address: str) -> tuple[str, ...]:
    """The teams whose queue is not this person's to work on."""
    if Role.LEADER in people.roles(address):
        return ()
    own = teams_of(people, address)
    return tuple(each.name for each in people.teams if each.name not in own and people.members(each.name))


def _queued(case: Case) -> bool:
    return case.phase in QUEUED and case.owner is None
