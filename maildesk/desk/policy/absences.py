"""Absences: who of the desk is away today, and who stands in for them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final

from maildesk.desk.policy.people import People, Person
from maildesk.mail.addr_spec import folded, same_address


@dataclass(frozen=True, slots=True)
class StaffChoice:
    """The choices of one of the desk's people by mail; `address` and `deputy` are in lower case.

    `until` is the last day away, None for until they say. `no_sheet`: no morning sheet.
    """

    address: str
    away: bool = False
    until: date | None = None
    deputy: str = ""
    no_sheet: bool = False


@dataclass(frozen=True, slots=True)
class AwayChosen:
    """Somebody says by mail that they are away, or back; `until` is the last day of it."""

    address: str
    away: bool
    until: date | None = None
    deputy: str = ""


@dataclass(frozen=True, slots=True)
class SheetChosen:
    """Somebody says whether they want the morning sheet."""

    address: str
    wanted: bool


Chosen = AwayChosen | SheetChosen


@dataclass(frozen=True, slots=True)
class NotedAbsence:
    """An absence of which an agent's mailbox told us by a note of its own, and they themselves did not yet.

    `until` is the day that the note names, on which or until which they are away; None where it names none.
    """

    address: str
    noted_at: datetime
    until: date | None = None

    def over(self, day: date) -> bool:
        """Tell whether it is past: other notes of the agent's are then about another absence."""
        return day > (self.until or self.noted_at.date() + _UNNAMED)

    def ahead(self, day: date) -> bool:
        """Tell whether it is worth a word on that day: one that ends then may be over already."""
        return day < self.until if self.until else not self.over(day)


_UNNAMED: Final = timedelta(days=14)
"""The length of an absence whose note names no end."""


def present_on(people: People, day: date, choices: Iterable[StaffChoice]) -> People:
    """The people as they are on that day: away is who is away then, by the configuration or by mail.

    What somebody said by mail holds until it is over, whatever the configuration says.
    """
    said = {each.address: each for each in choices if each.away and not _over(each.until, day)}
    agents = tuple(_on(each, day, said) for each in people.agents)
    return people if agents == people.agents else replace(people, agents=agents)


def _on(person: Person, day: date, said: Mapping[str, StaffChoice]) -> Person:
    choice = said.get(folded(person.address))
    if choice:
        return replace(person, away=True, until=choice.until, deputy=choice.deputy)
    if person.away and _over(person.until, day):
        return replace(person, away=False, until=None, deputy="")
    return person


def _over(until: date | None, day: date) -> bool:
    return until is not None and until < day


def deputy_of(people: People, person: Person) -> Person | None:
    """The one who stands in for somebody who is away; None where nobody does, or they are not away."""
    named = people.person(person.deputy) if person.away and person.deputy else None
    return None if named is None or same_address(named.address, person.address) else named


def stood_in_for(people: People, address: str) -> tuple[Person, ...]:
    """The people for whom this one stands in today."""
    return tuple(
        each
        for each in people.agents
        if (deputy := deputy_of(people, each)) and same_address(deputy.address, address)
    )
