"""The people whom a policy names: by a part that they have in a case, as a team, or by a role."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from maildesk.desk.case.case import Case
from maildesk.desk.policy.absences import deputy_of
from maildesk.desk.policy.escalation_path import Level
from maildesk.desk.policy.names import comparable
from maildesk.desk.policy.people import People, Person


def people_named(name: str, case: Case, people: People) -> tuple[Person, ...]:
    """Find who is meant: a part in this case, a team (its lead, where it has no members), a role."""
    if part := _PARTS.get(name):
        return part(case, people)
    return team_of(name, people) if people.team(name) else with_role(name, people)


def level_of(name: str, case: Case, people: People) -> tuple[Person, ...]:
    """The people of a level: of a team its lead too; as the owner of nobody's case, its team."""
    found = people_named(name, case, people)
    if name == OWNER and not found:
        return owner_or_team(case, people)
    led = lead_of(name, people)
    return found if led and led[0] in found else (*found, *led)


def level_after(number: int, levels: Sequence[Level], case: Case, people: People) -> tuple[int, Level] | None:
    """The next level of a path with anybody in it."""
    after = ((at, each) for at, each in enumerate(levels, 1) if at > number)
    return next((pair for pair in after if level_of(pair[1].name, case, people)), None)


def owner_or_team(case: Case, people: People) -> tuple[Person, ...]:
    """The owner of the case, with who stands in for them; else the agents of its team; else all agents."""
    return _owner_and_deputy(case, people) or people.members(case.team or "") or people.agents


def with_role(role: str, people: People) -> tuple[Person, ...]:
    """The leaders who have this role, letter case and punctuation aside."""
    wanted = comparable(role)
    return tuple(each for each in people.leadership if each.role and comparable(each.role) == wanted)


def team_of(name: str | None, people: People) -> tuple[Person, ...]:
    """The members of a team, or its lead where it has none."""
    return (people.members(name) or lead_of(name, people)) if name and people.team(name) else ()


def lead_of(name: str | None, people: People) -> tuple[Person, ...]:
    """The lead of a team, if it has one."""
    team = people.team(name) if name else None
    lead = people.person(team.lead) if team and team.lead else None
    return (lead,) if lead else ()


def owner_of(case: Case, people: People) -> tuple[Person, ...]:
    """The owner of the case, if it has one."""
    owner = people.agent(case.owner) if case.owner else None
    return (owner,) if owner else ()


def _owner_and_deputy(case: Case, people: People) -> tuple[Person, ...]:
    found = owner_of(case, people)
    deputy = deputy_of(people, found[0]) if found else None
    return (*found, deputy) if deputy else found


OWNER: Final = "owner"

_PARTS: Final[dict[str, Callable[[Case, People], tuple[Person, ...]]]] = {
    OWNER: owner_of,
    "team": lambda case, people: team_of(case.team, people),
    "lead": lambda case, people: lead_of(case.team, people),
    "leadership": lambda case, people: people.leadership,
}
"""Names of a policy that depend on the case; any other is the name of a team, or a role."""
