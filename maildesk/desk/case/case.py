"""The case as a value: its phase, its parties, its moments."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final

from maildesk.desk.case.clocks import Clock, ClockKind
from maildesk.desk.case.escalation import Escalation
from maildesk.desk.case.replacing import replace
from maildesk.mail.addr_spec import Addresses, same_address, without_detail


class Phase(StrEnum):
    """The few states the code knows; the policy gives each a name of its own, the status."""

    NEW = "new"
    OPEN = "open"
    WAITING = "waiting"
    RESOLVED = "resolved"
    CLOSED = "closed"

    @property
    def ended(self) -> bool:
        return self in (Phase.RESOLVED, Phase.CLOSED)


class PartyRole(StrEnum):
    """The part of an address in a case; desk roles hear things that customers never do.

    Who is consulted is no agent: an agent asked them, and they answer agents and never the customer.
    Who was removed stays as former: the number in their reply addresses must not become another's.
    Who is unconfirmed seems to have opened the case, by a From that is no address: a person may let them in.
    """

    REQUESTER = "requester"
    CC = "cc"
    AGENT = "agent"
    LEADER = "leader"
    CONSULTED = "colleague"  # the stored word
    FORMER = "former"
    UNCONFIRMED = "unconfirmed"

    @property
    def takes_part(self) -> bool:
        return self not in (PartyRole.FORMER, PartyRole.UNCONFIRMED)

    @property
    def of_the_desk(self) -> bool:
        return self in (PartyRole.AGENT, PartyRole.LEADER, PartyRole.CONSULTED)

    @property
    def of_the_customer(self) -> bool:
        return self in (PartyRole.REQUESTER, PartyRole.CC)


@dataclass(frozen=True, slots=True)
class Party:
    """An address taking part in one case. `number` is its place in reply addresses and never changes.

    `written`: a mail of theirs joined the case. Until then they only hear: somebody else may have named them.
    `met` are the numbers of those who know that they take part, and of whom they know it: they stood together
    in a mail of the customers', or somebody of the desk added one of them.
    """

    number: int
    address: str
    name: str
    role: PartyRole
    written: bool = False
    met: tuple[int, ...] = ()


TEAM: Final = "team"
"""The one who is asked where a question is for people of the desk."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question that waits for its answer: which asking of the case it is (from 1), whom, when (UTC).

    `phase` and `status` are where the case stood. Once it has `left`, other than from one end to another, it
    is no longer asked, even if the case comes back there. `replies` is how many mails of the customers since
    then were no answer; `spoken`: a person of the desk wrote to them since, of which a mere yes may be too.
    """

    number: int
    question: str
    to: str
    at: datetime
    phase: str = ""
    status: str = ""
    left: bool = False
    replies: int = 0
    spoken: bool = False

    @property
    def inside(self) -> bool:
        """Tell whether people of the desk are asked."""
        return self.to == TEAM


@dataclass(frozen=True)  # no slots: `replacing` copies it whole
class Case:
    """One customer's matter as its events have made it. All times UTC.

    `promised_from` is when the promises of the case began to count, None where nothing was promised; what is
    promised and timed since are its `clocks`.
    `mailbox` is the address, in lower case, of the mailbox that speaks for this case. A case `merged_into`
    another has ended for good: whatever points at it means the other. One `followed_by` another had ended too
    long ago when its customer wrote again: what they write to it later may belong there.

    `status` is the policy's name, empty for the first of the phase, and `came_from` the one before it.
    `needs` are pieces of information that a waiting case waits for, by their names, with commas.
    `priority` is empty while nobody has looked. `fields` are those of the policy that have a value. `asked`
    is the question that waits, `askings` how many were asked, and `asked_before` their names, in order.
    `language` is that of the mail that opened it, where the policy lists it: a tag such as `pt-BR`.
    `requirement` is the name of the one that the case waits for; `linked` are the cases that were split off
    it, or the one that it was split off.
    `asked_at` is since when the customer waits for an answer, their oldest mail without one; None while it is
    their turn. `last_asked_at` is what it was before it changed, should an answer not arrive. Of one with
    `erased_at` nothing is left but numbers and moments.
    """

    ref: str
    subject: str
    phase: Phase
    requester: str
    mailbox: str
    opened_at: datetime
    updated_at: datetime
    priority: str
    type: str | None = None
    account: str | None = None
    owner: str | None = None
    team: str | None = None
    escalation: Escalation | None = None
    promised_from: datetime | None = None
    first_response_at: datetime | None = None
    resolved_at: datetime | None = None
    closed_at: datetime | None = None
    reopened: int = 0
    language: str = ""
    merged_into: str | None = None
    parties: tuple[Party, ...] = ()
    status: str = ""
    came_from: str = ""
    needs: str = ""
    outcome: str | None = None
    fields: Mapping[str, str] = field(default_factory=dict, hash=False)
    clocks: tuple[Clock, ...] = ()
    asked: Asked | None = None
    askings: int = 0
    asked_before: tuple[str, ...] = ()
    followed_by: str | None = None
    requirement: str = ""
    linked: tuple[str, ...] = ()
    asked_at: datetime | None = None
    last_asked_at: datetime | None = None
    erased_at: datetime | None = None

    def clock(self, kind: ClockKind) -> Clock | None:
        """The clock of that kind, if one is set."""
        for each in self.clocks:
            if each.kind is kind:
                return each
        return None

    @property
    def response_clock(self) -> Clock | None:
        """The clock of the answer that the customer waits for."""
        kinds = (ClockKind.FIRST_RESPONSE, ClockKind.NEXT_RESPONSE)
        owed = (clock for kind in kinds if (clock := self.clock(kind)) and clock.promised)
        return next((clock for clock in owed if clock.met_at is None), None)

    @property
    def response_due(self) -> datetime | None:
        """The moment by which an answer is promised that the customer waits for."""
        clock = self.response_clock
        return clock.due if clock else None

    @property
    def overdue_at(self) -> datetime | None:
        """The moment at which we told that this answer is overdue."""
        clock = self.response_clock
        return clock.told_at if clock else None

    @property
    def warn_at(self) -> datetime | None:
        """The moment at which people are warned that this answer is due soon; None once they were."""
        clock = self.response_clock
        return clock.warn_at if clock else None

    @property
    def resolution_due(self) -> datetime | None:
        """The moment by which a resolution is promised; None while its clock is stopped."""
        clock = self.clock(ClockKind.RESOLUTION)
        return clock.due if clock else None

    @property
    def wait_until(self) -> datetime | None:
        """The moment at which a waiting case opens again by itself."""
        clock = self.clock(ClockKind.WAIT)
        return clock.due if clock else None

    def party(self, address: str) -> Party | None:
        """The party with this address, letter case aside (the strict From is compared, nothing else)."""
        same = (party for party in self.parties if same_address(party.address, address))
        return next((party for party in same if party.role.takes_part), None)

    def is_requester(self, address: str) -> bool:
        return same_address(self.requester, address)

    def is_owner(self, address: str) -> bool:
        return same_address(self.owner, address)

    def removed(self, address: str) -> bool:
        """Tell whether somebody took this address off the case: it comes back only as it went, by a person.

        Any detail of it went too, and who went under a detail went under the plain address.
        """
        if self.party(address):
            return False
        former = (each for each in self.parties if each.role is PartyRole.FORMER)
        wanted = without_detail(address)
        return any(without_detail(each.address) == wanted for each in former)

    @property
    def set_aside(self) -> bool:
        """Tell whether it was closed as it was opened: nothing was promised, and nobody was told."""
        at_once = self.phase is Phase.CLOSED and self.closed_at == self.opened_at
        return at_once and self.promised_from is None and self.first_response_at is None

    @property
    def unconfirmed(self) -> str:
        """The address that the From of the opening mail seems to mean, while nobody is the requester."""
        found = (each.address for each in self.parties if each.role is PartyRole.UNCONFIRMED)
        return "" if self.requester else next(found, "").replace('"', "")

    @property
    def customers(self) -> tuple[Party, ...]:
        """The parties that take part for the customer."""
        return tuple(party for party in self.parties if party.role.of_the_customer)

    def speaks(self, author: str, addressed: Iterable[str]) -> bool:
        """Tell whether what others may know (an id, a tag) is the author's own; always who takes no part.

        Who takes part for the customer has written, or has `addressed` all who do.
        """
        party = self.party(author)
        if party is None or party.written or not party.role.of_the_customer:
            return True
        return Addresses(each.address for each in self.customers) <= Addresses((author, *addressed))

    @property
    def outsiders(self) -> int:
        """The number who ever took part beside agents and leaders: notices to a large team fill no case."""
        uncounted = (PartyRole.AGENT, PartyRole.LEADER, PartyRole.UNCONFIRMED)
        return sum(party.role not in uncounted for party in self.parties)

    def numbered(self, number: int) -> Party | None:
        return next((party for party in self.parties if party.number == number), None)

    def without(self, address: str) -> Case:
        """The case with this address no longer taking part; its number is never given to anybody else."""
        gone = self.party(address)
        return replace(
            self,
            parties=tuple(
                replace(each, role=PartyRole.FORMER) if each is gone else each for each in self.parties
            ),
        )

    def remembering(self, other: Case) -> Case:
        """The case with those who were taken off another one as taken off this; not who takes part here."""
        case = self
        for gone in other.parties:
            if gone.role is PartyRole.FORMER and not (case.party(gone.address) or case.removed(gone.address)):
                case = case.joined(gone.address, gone.name, PartyRole.FORMER)
        return case

    def joined(self, address: str, name: str, role: PartyRole) -> Case:
        """The case with this address among its parties; one already there keeps its number."""
        if self.party(address):
            return self
        number = max((party.number for party in self.parties), default=0) + 1
        return replace(self, parties=(*self.parties, Party(number, address, name, role)))

    def heard_from(self, address: str) -> Case:
        """The case with a mail of this address on it: who takes part has written from now on."""
        author = self.party(address)
        if author is None or author.written:
            return self
        parties = (replace(each, written=True) if each is author else each for each in self.parties)
        return replace(self, parties=tuple(parties))

    def gathered(self, addresses: Iterable[str]) -> Case:
        """The case whose customers among these stood together in one mail: each saw the others."""
        named = Addresses(addresses)
        together = [each.number for each in self.customers if each.address in named]
        return self._acquainted(itertools.permutations(together, 2))

    def introduced(self, address: str) -> Case:
        """The case with this party known to all its customers from now on, and they to it."""
        new = self.party(address)
        others = [each.number for each in self.customers if each is not new]
        pairs = [(new.number, each) for each in others] if new else []
        return self._acquainted([*pairs, *((other, one) for one, other in pairs)])

    def acquainted_as(self, other: Case) -> Case:
        """The case where those who know of one another in another case do so here too."""
        here = {each.number: known.number for each in other.customers if (known := self.party(each.address))}
        pairs = ((each.number, met) for each in other.customers for met in each.met)
        return self._acquainted((here[one], here[met]) for one, met in pairs if one in here and met in here)

    def _acquainted(self, pairs: Iterable[tuple[int, int]]) -> Case:
        met: dict[int, set[int]] = {}
        for one, other in pairs:
            met.setdefault(one, set()).add(other)
        parties = (
            replace(each, met=tuple(sorted({*each.met, *met[each.number]}))) if each.number in met else each
            for each in self.parties
        )
        return replace(self, parties=tuple(parties)) if met else self
