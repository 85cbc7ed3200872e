"""People, teams and addresses as agents type them: `me`, `Ana`, `team printers`, `cy@client.example`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from maildesk.desk.case.told import Phrase
from maildesk.desk.policy.people import Account, People, Person, Team
from maildesk.desk.policy.suggestions import suggested_agent, suggestion
from maildesk.errors import BadInput, NotFound
from maildesk.mail.addr_spec import deliverable

ME: Final = frozenset({"me", "myself", "i", "self"})
NOBODY: Final = frozenset({"none", "nobody", "no one", "noone", "no-one", "unassigned", "-"})


def agent_called(people: People, typed: str) -> Person | None:
    """An agent by address, by name, or by a first name that one of them has."""
    by_address = people.agent(typed.strip("<>"))
    if by_address:
        return by_address
    named = [each for each in people.agents if each.name.casefold() == typed.casefold()]
    if not named and team_called(people, typed) is None:
        named = [each for each in people.agents if each.name.casefold().split()[:1] == [typed.casefold()]]
    if len(named) > 1:
        who = ", ".join(each.address for each in named)
        raise BadInput(
            Phrase("more than one agent is called {typed}", typed=repr(typed[:60])),
            remedy=Phrase("give the address: {who}", who=who),
        )
    return named[0] if named else None


def team_called(people: People, typed: str) -> str | None:
    """The name of a team, however its letters are written."""
    wanted = typed.casefold().removeprefix("team ").strip()
    return next((each.name for each in people.teams if each.name.casefold() == wanted), None)


def known_agent(people: People, address: str) -> Person:
    """The agent with this address; raises NotFound, which says who may be meant."""
    if found := people.agent(address):
        return found
    raise NotFound(
        Phrase("{who} is not an agent of this desk", who=address),
        remedy=suggested_agent(people, address, Phrase("see people.agents in the configuration")),
    )


def known_team(people: People, name: str) -> Team:
    """The team of this name; raises NotFound, which says which may be meant."""
    if found := people.team(name):
        return found
    known = (each.name for each in people.teams)
    raise NotFound(
        Phrase("there is no team {team}", team=name),
        remedy=suggestion(known, name, Phrase("see people.teams in the configuration")),
    )


def known_account(accounts: Iterable[Account], name: str) -> Account:
    """The account of exactly this name; raises NotFound, which says which may be meant."""
    known = {each.name: each for each in accounts}
    if found := known.get(name):
        return found
    raise NotFound(
        Phrase("there is no account {typed}", typed=repr(name)),
        remedy=suggestion(known, name, Phrase("see accounts in the configuration")),
    )


_FIRST_ADDRESS: Final = re.compile(
    r"(?:(?:and|,|;)\s*)*(?:mailto:)?<?((?:\"[^\s\"]+\"|[^\s,;<>\"']+)@[^\s,;<>\"']+)>?[\s,;:]*"
)

_MOST_TYPED: Final = 4000


_LINKED: Final = re.compile(r"(@[^\s@,;<>\"']+)\s*<mailto:[^\s<>]*>")


def unlinked(value: str) -> str:
    """The same without the link that Outlook puts behind an address: `a@b.example<mailto:a@b.example>`."""
    return _LINKED.sub(r"\1", value)


def addresses_first(value: str) -> tuple[list[str], str]:
    """The addresses at the beginning, and what follows them."""
    if len(value) > _MOST_TYPED:
        raise BadInput(
            Phrase("these are too many addresses for one line"), remedy=Phrase("give some of them at a time")
        )
    value, found = unlinked(value), list[str]()
    at = 0
    while match := _FIRST_ADDRESS.match(value, at):
        found.append(deliverable(match.group(1).removesuffix(".")))
        at = match.end()
    return found, value[at:].strip()
