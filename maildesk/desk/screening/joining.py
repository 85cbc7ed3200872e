"""The people who come to take part in a case because a mail names them, those who do not, and why."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from maildesk.desk.case.case import Case, Party, PartyRole
from maildesk.desk.case.events import Event, EventKind
from maildesk.desk.case.told import Phrase
from maildesk.desk.policy.desk import Desk
from maildesk.desk.policy.people import People
from maildesk.desk.screening.situation import Situation
from maildesk.mail.addr_spec import NO_ADDRESSES, Addresses, ByAddress, folded
from maildesk.mail.automatic.auto_replies import is_nobodys
from maildesk.mail.message import Address, IncomingMail, Standing

MOST_PARTIES: Final = 50
"""So many beside agents and leaders a case can have: it is no mailing list."""

_MOST_NAMED: Final = 20
"""So many addresses a notice names; the event names all."""


class LeftOut(StrEnum):
    """The reason why people whom a mail names do not join its case."""

    COPIED_BLINDLY = "copied blindly"
    TOO_MANY = "too many"
    CASE_IS_FULL = "case is full"


@dataclass(frozen=True, slots=True)
class NamedPeople:
    """Others whom a mail names: who joins, and who is `left_out`, by address, for the reason `why`.

    `together` are its author and all whom it was addressed to: each of them could see the others.
    """

    joining: tuple[Party, ...] = ()
    left_out: tuple[str, ...] = ()
    why: LeftOut | None = None
    together: Addresses = NO_ADDRESSES

    def joined(self, case: Case) -> Case:
        """The case with all who join, who know of those that they stood together with."""
        for party in self.joining:
            case = case.joined(party.address, party.name, party.role)
        return case.gathered(self.together)

    def event(self, s: Situation) -> tuple[Event, ...]:
        """Make what the history says of those who are left out."""
        if self.why is None:
            return ()
        data = {"addresses": ", ".join(self.left_out), "why": self.why.value}
        return (Event(s.now, EventKind.NOT_JOINED, s.author or "unknown", data),)

    def warning(self, desk: Desk) -> str:
        """Write what people of the desk read of those who are left out; empty where nobody is."""
        if self.why is None:
            return ""
        shown = ", ".join(self.left_out[:_MOST_NAMED])
        more = len(self.left_out) - _MOST_NAMED
        who = Phrase("{names} and {count} more", names=shown, count=more) if more > 0 else shown
        return Phrase(_SAID[self.why].english, who=who, limit=desk.parties_per_mail, most=MOST_PARTIES)


_SAID: Final = {
    LeftOut.COPIED_BLINDLY: Phrase(
        "we were copied blindly: the mail was addressed to {who}, and nobody joins the case by it"
    ),
    LeftOut.TOO_MANY: Phrase(
        "the mail names more people than may join by one mail (limits.parties_per_mail: {limit}); "
        "not part of the case: {who}"
    ),
    LeftOut.CASE_IS_FULL: Phrase(
        "the case has {most} parties, as many as a case can have; not part of it: {who}"
    ),
}


def copied_blindly(mail: IncomingMail, people: People) -> bool:
    """Tell whether none of our addresses stands in To or Cc: those who do were written to on other things.

    Whom a relay's delivery fields or Resent-To name does not count: those are not what its author wrote.
    """
    return not any(people.is_own(each.address) for each in mail.addressing.to_and_cc)


def customers_written_to(mail: IncomingMail, people: People) -> tuple[Address, ...]:
    """The customers in To and Cc of a mail, in their order; none where we are in neither."""
    if copied_blindly(mail, people):
        return ()
    return tuple(each for each in mail.addressing.to_and_cc if is_customer(each, people))


def named_by(
    s: Situation, desk: Desk, case: Case, *, author: bool = False, others: bool = True
) -> NamedPeople:
    """Find whom this mail brings into the case: its `author`, and the `others` in To and Cc.

    Our own addresses, the desk's people and its operators never become parties this way, nor do a list's
    robot and other addresses of no person; a sender who could not be trusted, or a machine, brings nobody;
    nor does one who copied us blindly bring others.
    """
    if s.mail.by_machine:
        return NamedPeople()
    trusted = s.mail.author.standing is not Standing.FAILED
    writer = s.mail.author.address if author and trusted else None
    theirs = _new_to(case, [writer] if writer and is_customer(writer, desk.people) else [])
    room = max(0, MOST_PARTIES - case.outsiders)
    addressed = _once_each(s.mail.addressing.to_and_cc)
    if addressed and copied_blindly(s.mail, desk.people):
        blindly = tuple(each.address for each in addressed.values())
        return NamedPeople(_first(theirs, room), blindly, LeftOut.COPIED_BLINDLY)
    persons = [each for each in addressed.values() if _may_be_copied(each.address, desk.people)]
    copied = _new_to(case, persons if others and trusted else [])
    together = Addresses((s.author, *addressed)) if others and trusted else NO_ADDRESSES
    everybody = theirs | copied
    most = desk.parties_per_mail + len(theirs)
    joining = _first(everybody, min(room, most))
    rest = tuple(each.address for each in list(everybody.values())[len(joining) :])
    if not rest:
        return NamedPeople(joining, together=together)
    why = LeftOut.TOO_MANY if len(joining) == most else LeftOut.CASE_IS_FULL
    return NamedPeople(joining, rest, why, together)


def _once_each(named: Iterable[Address]) -> ByAddress[Address]:
    found = ByAddress[Address]()
    for each in named:
        found.setdefault(each.address, each)
    return found


def _new_to(case: Case, customers: Iterable[Address]) -> dict[str, Address]:
    """The customers among these who are not known on the case yet, nor were taken off it."""
    return {
        folded(each.address): each
        for each in customers
        if case.party(each.address) is None and not case.removed(each.address)
    }


def _first(found: dict[str, Address], most: int) -> tuple[Party, ...]:
    return tuple(Party(0, each.address, each.name, PartyRole.CC) for each in list(found.values())[:most])


def _may_be_copied(address: str, people: People) -> bool:
    """Tell whether an address can be a customer's: none of ours, no program's, none that hears alarms."""
    return not people.is_own(address) and not people.roles(address) and not is_nobodys(address)


def is_customer(address: Address, people: People) -> bool:
    """Tell whether somebody is neither the desk itself nor one of its people."""
    return not people.is_own(address.address) and not people.is_desk_person(address.address)
