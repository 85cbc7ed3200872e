"""People: the desk's own, the customers' accounts, and the addresses that are ourselves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from maildesk.mail.addr_spec import ByAddress, domain_of
from maildesk.mail.identity.own_names import NO_NAMES, OwnNames


class Role(StrEnum):
    """A person's part at the desk. A lead is an agent whom a team names; an operator only hears alarms."""

    AGENT = "agent"
    LEAD = "lead"
    LEADER = "leader"
    OPERATOR = "operator"


@dataclass(frozen=True, slots=True)
class Person:
    """Someone who works at the desk. `signature` stands below their answers, if the configuration has one.

    Nobody is given a case by turns while they are `away`; `until` is the last day of it, None where nobody
    knows, and `deputy` the address of who stands in (`absences`). `role` is what a policy calls a leader.
    """

    name: str
    address: str
    teams: tuple[str, ...] = ()
    signature: str = ""
    away: bool = False
    role: str = ""
    until: date | None = None
    deputy: str = ""


@dataclass(frozen=True, slots=True)
class Team:
    """A group of agents; `lead` is the address of who hears too when a case is overdue or escalates."""

    name: str
    lead: str | None = None


@dataclass(frozen=True, slots=True)
class Account:
    """A customer organisation, known by the domains or single addresses its people write from.

    `fields` are what the configuration says of it beside its plan; `language` is a tag such as `pt-BR`.
    """

    name: str
    domains: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    plan: str | None = None
    language: str | None = None
    fields: Mapping[str, str] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class People:
    """Everybody the configuration names; every look-up takes an address in any letter case.

    `own` are the addresses of the desk itself.
    """

    agents: tuple[Person, ...] = ()
    teams: tuple[Team, ...] = ()
    leadership: tuple[Person, ...] = ()
    operators: tuple[str, ...] = ()
    accounts: tuple[Account, ...] = ()
    own: OwnNames = NO_NAMES

    _agents: ByAddress[Person] = field(init=False, repr=False, compare=False)
    _leaders: ByAddress[Person] = field(init=False, repr=False, compare=False)
    _teams: Mapping[str, Team] = field(init=False, repr=False, compare=False)
    _roles: ByAddress[frozenset[Role]] = field(init=False, repr=False, compare=False)
    _accounts: ByAddress[Account] = field(init=False, repr=False, compare=False)
    _named: Mapping[str, Account] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        tables = {
            "_agents": ByAddress({person.address: person for person in self.agents}),
            "_leaders": ByAddress({person.address: person for person in self.leadership}),
            "_teams": {team.name: team for team in self.teams},
            "_roles": self._roles_by_address(),
            "_accounts": _accounts_by_key(self.accounts),
            "_named": {account.name: account for account in self.accounts},
        }
        for name, table in tables.items():
            object.__setattr__(self, name, table)  # the look-up tables of a frozen value, made once

    def agent(self, address: str) -> Person | None:
        """The agent with this address."""
        return self._agents.get(address)

    def leader(self, address: str) -> Person | None:
        """The member of the leadership with this address."""
        return self._leaders.get(address)

    def person(self, address: str) -> Person | None:
        """The agent or leader with this address."""
        return self.agent(address) or self.leader(address)

    def roles(self, address: str) -> frozenset[Role]:
        """Everything this address is to the desk; empty for a customer."""
        return self._roles.get(address, frozenset())

    def is_desk_person(self, address: str) -> bool:
        """Tell whether this is an agent, a team's lead or a leader; an operator alone is none of them."""
        return bool(self.roles(address) - {Role.OPERATOR})

    @property
    def anybody(self) -> bool:
        """Tell whether there is anybody at the desk who could read a notice."""
        return any(roles - {Role.OPERATOR} for roles in self._roles.values())

    def is_own(self, address: str) -> bool:
        """Tell whether this address is the desk itself: writing to it would be talking to ourselves."""
        return self.own.has(address)

    def account_of(self, address: str) -> Account | None:
        """The account this address belongs to: by the address itself first, else by its whole domain."""
        if not self.accounts:
            return None
        return self._accounts.get(address) or self._accounts.get("@" + domain_of(address))

    def same_account(self, one: str, other: str) -> bool:
        """Tell whether the configuration names both addresses as people of one account."""
        account = self.account_of(one)
        return account is not None and account == self.account_of(other)

    def plan_of(self, address: str, account: str | None) -> str:
        """The plan of the account of that name, which this address probably belongs to; empty without one."""
        own = self.account_of(address) if account is not None else None
        if own is None or own.name != account:
            own = self.account_named(account)
        return own.plan or "" if own else ""

    def account_named(self, name: str | None) -> Account | None:
        """The account of exactly this name, which a case keeps."""
        return self._named.get(name) if name else None

    def team(self, name: str) -> Team | None:
        """The team of that name."""
        return self._teams.get(name)

    def members(self, team: str) -> tuple[Person, ...]:
        """The agents of a team, in the order the configuration names them."""
        return tuple(person for person in self.agents if team in person.teams)

    def _roles_by_address(self) -> ByAddress[frozenset[Role]]:
        named: tuple[tuple[Role, Iterable[str]], ...] = (
            (Role.AGENT, (person.address for person in self.agents)),
            (Role.LEAD, (team.lead for team in self.teams if team.lead)),
            (Role.LEADER, (person.address for person in self.leadership)),
            (Role.OPERATOR, self.operators),
        )
        roles = ByAddress[frozenset[Role]]()
        for role, addresses in named:
            for address in addresses:
                roles[address] = roles.get(address, frozenset()) | {role}
        return roles


def _accounts_by_key(accounts: Iterable[Account]) -> ByAddress[Account]:
    """Addresses as they are, domains behind an @: one table holds both without mixing them up."""
    table = ByAddress[Account]()
    for account in accounts:
        keys = (*account.addresses, *("@" + domain for domain in account.domains))
        for key in keys:
            table.setdefault(key, account)
    return table
