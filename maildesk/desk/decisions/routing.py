"""The choice of an agent within a team: by turns or by who has fewest open cases, as the policy says."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from maildesk.desk.case.case import Case
from maildesk.desk.case.change import Change
from maildesk.desk.case.events import DESK, Event, EventKind
from maildesk.desk.case.letter_order import LetterKind, LetterOrder
from maildesk.desk.case.transitions import apply
from maildesk.desk.letters.letter_kinds import NOTICES
from maildesk.desk.policy.desk import Desk
from maildesk.desk.policy.people import Person
from maildesk.desk.policy.policy import AssignmentMode
from maildesk.mail.addr_spec import ByAddress, same_address

TEAM_BEFORE = "team_before"
"""The key in an event of a case that comes from another team, or from none."""


@dataclass(frozen=True, slots=True)
class Load:
    """The load of a team, by address: whose turn it was last, how many open cases each agent owns."""

    last: str = ""
    open_cases: ByAddress[int] = field(default_factory=ByAddress)


@dataclass(frozen=True, slots=True)
class RoutedChange:
    """A change with the owner that was found for it; `turn` is who was chosen, None where nobody was."""

    change: Change
    turn: Person | None = None


def team_to_route(change: Change, desk: Desk) -> str | None:
    """The team whose agents a change asks to choose from: a new case, or one that came from another team.

    What a machine opened without anybody being told waits in the team's queue, as does a case that
    somebody took from its owner: that was meant.
    """
    case = change.case
    if case.owner or case.phase.ended or not case.team:
        return None
    if desk.policy.assignment.get(case.team, AssignmentMode.NONE) is AssignmentMode.NONE:
        return None
    opened = any(order.kind is LetterKind.OPENED_TEAM for order in change.letters)
    return case.team if opened or _came_over(change.events) else None


def counted(team: str, desk: Desk) -> tuple[str, ...]:
    """Name those whose open cases the choice depends on; nobody's where turns alone decide."""
    if desk.policy.assignment.get(team) is not AssignmentMode.FEWEST_OPEN:
        return ()
    return tuple(person.address for person in desk.people.members(team))


def route(change: Change, desk: Desk, load: Load) -> RoutedChange:
    """The change with an owner of the case's team. Where all of them are away the case waits in the queue."""
    case = change.case
    team = case.team or ""
    way = desk.policy.assignment.get(team, AssignmentMode.NONE)
    chosen = choose(way, desk.people.members(team), load)
    if chosen is None:
        return RoutedChange(change)
    data = {"owner": chosen.address, "team": team, "by": way.value}
    event = Event(change.events[-1].at, EventKind.ASSIGNED, DESK, data)
    told = any(notice.names_owner for order in change.letters if (notice := NOTICES.get(order.kind)))
    letters = change.letters if told else (*change.letters, LetterOrder(LetterKind.ASSIGNED_TEAM))
    return RoutedChange(Change(apply(case, event), (*change.events, event), letters), chosen)


def choose(way: AssignmentMode, members: Sequence[Person], load: Load) -> Person | None:
    """Choose who of a team is next, those away passed over; the same values choose the same person."""
    in_turn = [person for person in _from_next(members, load.last) if not person.away]
    return _WAYS[way](in_turn, load.open_cases) if in_turn else None


def told_of_new_hands(before: Case, after: Case, desk: Desk) -> tuple[LetterOrder, ...]:
    """The letter to the requester that somebody else looks after their case, where the policy promises it.

    The first owner of a case is no news to its customer; another one is, and so is another team.
    """
    if not desk.policy.tells_reassigned or after.phase.ended:
        return ()
    person = bool(before.owner and after.owner) and not before.is_owner(after.owner or "")
    team = bool(before.team and after.team) and before.team != after.team
    if not (person or team):
        return ()
    owner = desk.people.agent(after.owner) if after.owner else None
    extra = {"owner": owner.name if owner else "", "team": after.team or ""}
    return (LetterOrder(LetterKind.REASSIGNED, extra=extra),)


def _came_over(events: Iterable[Event]) -> bool:
    assigned = [event for event in events if event.kind is EventKind.ASSIGNED]
    return bool(assigned) and assigned[-1].data.get(TEAM_BEFORE) is not None


def _from_next(people: Sequence[Person], last: str) -> list[Person]:
    """The people in the order of their turns, beginning after the last one; from the top if that one left."""
    start = next((at for at, person in enumerate(people, 1) if same_address(person.address, last)), 0)
    return [*people[start:], *people[:start]]


def _next_in_turn(in_turn: Sequence[Person], open_cases: ByAddress[int]) -> Person | None:
    return in_turn[0]


def _least_busy(in_turn: Sequence[Person], open_cases: ByAddress[int]) -> Person | None:
    """`min` takes the first of equals, so equals take turns."""
    return min(in_turn, key=lambda person: open_cases.get(person.address, 0))


_WAYS: dict[AssignmentMode, Callable[[Sequence[Person], ByAddress[int]], Person | None]] = {
    AssignmentMode.NONE: lambda in_turn, open_cases: None,
    AssignmentMode.ROUND_ROBIN: _next_in_turn,
    AssignmentMode.FEWEST_OPEN: _least_busy,
}
