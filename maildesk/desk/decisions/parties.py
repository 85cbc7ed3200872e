"""Others who take part in a case: added and removed by a person of the desk, and shown nothing earlier."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from maildesk.desk.case.case import Case, Party, PartyRole
from maildesk.desk.case.change import Change
from maildesk.desk.case.events import EventKind
from maildesk.desk.case.told import Phrase
from maildesk.desk.case.transitions import apply, apply_all
from maildesk.desk.decisions.actor import Actor
from maildesk.desk.policy.desk import Desk
from maildesk.desk.policy.rights import may_act
from maildesk.desk.screening.joining import MOST_PARTIES
from maildesk.errors import BadInput, NotAllowed, NotFound
from maildesk.mail.addr_spec import deliverable, without_detail

_WHAT_THEY_ARE = {
    PartyRole.REQUESTER: Phrase("the requester of"),
    PartyRole.CC: Phrase("a customer on"),
    PartyRole.AGENT: Phrase("an agent on"),
    PartyRole.LEADER: Phrase("a leader on"),
    PartyRole.CONSULTED: Phrase("a colleague asked about"),
}


def add_party(case: Case, desk: Desk, hand: Actor, address: str, name: str = "") -> Change:
    """Somebody takes part for the customer from now on: every later answer goes to them too.

    Where nobody is known whose matter it is, it is theirs.
    They are written to only when there is something new, and are shown nothing earlier. From now on the other
    customers see that they take part, and they see the others.
    """
    if desk.people.is_desk_person(address):
        raise NotAllowed(
            Phrase("{who} works at this desk, and would be written to as a customer is", who=address),
            remedy=Phrase("use #assign, or #ask for a question"),
        )
    role = PartyRole.CC if case.requester else PartyRole.REQUESTER
    joins = _joins(case, desk, hand, address, name, role)
    return replace(joins, case=joins.case.introduced(deliverable(address)))


def consult(case: Case, desk: Desk, hand: Actor, address: str) -> Change:
    """Somebody is asked about a case: what they answer is for the desk, never the customer's to read."""
    role = PartyRole.AGENT if may_act(desk.people, address, case) else PartyRole.CONSULTED
    there = case.party(address)
    if there and (there.role is role or there.role.of_the_desk):
        return Change(case)
    return _joins(case, desk, hand, address, "", role)


def remove_party(case: Case, desk: Desk, hand: Actor, address: str) -> Change:
    """Somebody takes part no longer: they hear nothing more, and their reply address joins no more.

    Nor do they under any detail of the address (`bob+x@`), now and later.
    """
    party = case.party(address)
    if party is None:
        raise NotFound(
            Phrase("{who} takes no part in {case}", who=address, case=case.ref),
            remedy=Phrase("`#status` or `case show` lists who does"),
        )
    if party.role is PartyRole.REQUESTER or case.is_requester(address):
        raise NotAllowed(
            Phrase("{who} is the requester of {case}: it is their matter", who=address, case=case.ref),
            remedy=Phrase("close the case instead"),
        )
    if desk.people.is_desk_person(address):
        raise NotAllowed(
            Phrase("{who} works at this desk and hears what concerns them", who=address),
            remedy=Phrase("use #assign to give the case to somebody else"),
        )
    outsiders = (each for each in case.parties if each.role in _OUTSIDE)
    gone = [party, *(each for each in outsiders if _detail(each, party, case))]
    events = [hand.event(EventKind.PARTY_REMOVED, address=each.address, role=each.role) for each in gone]
    for each in gone:
        case = case.without(each.address)
    return Change(apply_all(case, events), tuple(events))


_OUTSIDE: Final = (PartyRole.REQUESTER, PartyRole.CC, PartyRole.CONSULTED)
"""Customers, and those whom somebody asked."""


def _detail(other: Party, party: Party, case: Case) -> bool:
    """Tell whether another party is the same mailbox under another detail, and not whose matter it is."""
    if other is party or other.role is PartyRole.REQUESTER or case.is_requester(other.address):
        return False
    return without_detail(other.address) == without_detail(party.address)


def _joins(case: Case, desk: Desk, hand: Actor, address: str, name: str, role: PartyRole) -> Change:
    address = deliverable(address)
    if desk.people.is_own(address):
        raise BadInput(
            Phrase("{who} is the desk itself", who=address), remedy=Phrase("name the address of a person")
        )
    there = case.party(address)
    if there:
        raise NotAllowed(
            Phrase(
                "{who} is {what} {case} already",
                who=address,
                what=_WHAT_THEY_ARE[there.role],
                case=case.ref,
            ),
            remedy="" if there.role is role else Phrase("remove them first"),
        )
    if case.outsiders >= MOST_PARTIES and role is not PartyRole.AGENT:
        raise NotAllowed(
            Phrase(
                "{case} has {count} parties, as many as a case can have", case=case.ref, count=case.outsiders
            ),
            remedy=Phrase("a case is no mailing list: write to the others in another way"),
        )
    account = desk.people.account_of(address) if role is PartyRole.REQUESTER else None
    whose = {"account": account.name} if account and not case.account else {}
    event = hand.event(EventKind.PARTY_JOINED, address=address, role=role, **whose)
    return Change(apply(case.joined(address, name, role), event), (event,))
