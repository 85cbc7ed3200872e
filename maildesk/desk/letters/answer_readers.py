"""The readers of an answer: who gets it, what their agent is told of them, and who of them sees whom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from maildesk.desk.case.case import Case
from maildesk.desk.case.told import Joined, Phrase, in_words
from maildesk.desk.letters.audiences import Addressee
from maildesk.desk.letters.shared_domains import SHARED_DOMAINS
from maildesk.desk.policy.people import People
from maildesk.mail.addr_spec import ByAddress, can_be_written_to, domain_of, same_address, same_or_under
from maildesk.mail.message import Address

UNCOUNTED: Final = 5
"""The most readers beside the requester who are named and not counted too: nobody counts a long list."""


@dataclass(frozen=True, slots=True)
class AnswerReader:
    """One customer who gets an answer; `elsewhere`: they are not of the requester's company."""

    address: str
    copied: bool
    elsewhere: bool

    @property
    def marked(self) -> str:
        """The address with what an agent should know before they write."""
        marks = [Phrase("Cc")] * self.copied + [Phrase("another company")] * self.elsewhere
        return Joined("", (self.address, " (", Joined(", ", marks), ")")) if marks else self.address


def answer_readers(case: Case, people: People) -> tuple[AnswerReader, ...]:
    """List who gets an answer on this case: the requester, then the others, strangers to their company first.

    Whom no letter can be written to is not among them.
    """
    readers = [
        AnswerReader(
            party.address, not case.is_requester(party.address), _elsewhere(party.address, case, people)
        )
        for party in case.customers
        if can_be_written_to(party.address) and not people.is_own(party.address)
    ]
    return tuple(sorted(readers, key=lambda one: (one.copied, not one.elsewhere)))


def named_readers(readers: Sequence[AnswerReader]) -> str:
    """Name them in a line: `carla@client.example; also dora@client.example (Cc)`."""
    if not readers:
        return ""
    first, *others = (each.marked for each in readers)
    return Phrase("{first}; also {others}", first=first, others=_listed(others)) if others else first


def named_others(readers: Sequence[AnswerReader]) -> str:
    """Name those beside the requester."""
    return _listed([each.marked for each in readers if each.copied])


def _listed(names: Sequence[str]) -> str:
    """A list in words of everybody: who is only counted may be the one who should not read it."""
    listed = in_words(names)
    many = len(names) > UNCOUNTED
    return Phrase("{names} ({count} people in all)", names=listed, count=len(names) + 1) if many else listed


def _elsewhere(address: str, case: Case, people: People) -> bool:
    """Tell whether they are of another company than the requester: by the account, else by the domain.

    Where anybody may have an address, it says nothing of a company, and the same domain not of the same one.
    """
    if not case.requester or case.is_requester(address) or people.same_account(address, case.requester):
        return False
    theirs, ours = domain_of(address), domain_of(case.requester)
    if theirs in SHARED_DOMAINS and theirs == ours:
        return False
    return not (same_or_under(theirs, ours) or same_or_under(ours, theirs))


# --- who sees whom ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ShownReaders:
    """The readers whom one copy of an answer shows in its To and Cc."""

    to: Address
    cc: tuple[Address, ...] = ()


def shown_readers(reader: Address, to: Sequence[Addressee], case: Case, people: People) -> ShownReaders:
    """Find those of the readers whom this one has stood together with, and themselves.

    The others are not shown, nor is who works at the desk by now. Only the reader is shown with a name: what
    somebody called the others is nobody's to pass on.
    """
    itself = case.party(reader.address)
    met = itself.met if itself else ()
    known = ByAddress[Address]()
    for each in to:
        party = case.party(each.address)
        inside = people.is_own(each.address) or bool(people.roles(each.address))
        if same_address(each.address, reader.address):
            known[each.address] = reader
        elif party and party.number in met and party.role.of_the_customer and not inside:
            known[each.address] = Address(each.address)
    first = known.get(case.requester, reader)
    return ShownReaders(first, tuple(each for each in known.values() if each is not first))
