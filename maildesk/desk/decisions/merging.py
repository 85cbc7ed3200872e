"""Two cases made one, and one made two: the mails go along, and what pointed at them still finds them."""

from __future__ import annotations

from dataclasses import replace

from maildesk.desk.case.case import Case, PartyRole
from maildesk.desk.case.case_name import event_values, in_full
from maildesk.desk.case.change import Change, TakenMails
from maildesk.desk.case.events import Event, EventKind
from maildesk.desk.case.letter_order import LetterKind, LetterOrder
from maildesk.desk.case.transitions import apply
from maildesk.desk.decisions.actor import Actor
from maildesk.desk.decisions.opening import case_of, opened_event
from maildesk.desk.policy.desk import Desk
from maildesk.desk.policy.rules import Assignment
from maildesk.desk.screening.command_context import NumberedMail
from maildesk.desk.screening.joining import MOST_PARTIES
from maildesk.errors import NotAllowed, NotFound
from maildesk.mail.addr_spec import can_be_written_to
from maildesk.mail.identity.references import bare_subject
from maildesk.mail.message import Address


def merge(case: Case, other: Case, hand: Actor) -> tuple[Change, Change]:
    """The other case ends in this one: its mails are shown here, and its customers take part from now on.

    An escalation goes on here, as its customer and leadership were told; who works on this case hears of it.
    """
    if other.ref == case.ref:
        raise NotAllowed(f"{case.ref} is this very case", remedy="name the other one")
    if other.merged_into:
        raise NotAllowed(f"{other.ref} is part of {other.merged_into} already")
    if case.phase.ended and not other.phase.ended:
        raise NotAllowed(f"{case.ref} is {case.phase} and {other.ref} is not", remedy="reopen it first")
    events: list[Event] = [hand.event(EventKind.MERGED, **event_values(other))]
    grown = case
    for party in other.parties:
        if not party.role.takes_part or case.removed(party.address):
            continue
        if grown.party(party.address):
            grown = grown.heard_from(party.address) if party.written else grown
            continue
        asks = party.role is PartyRole.REQUESTER
        role = PartyRole.CC if asks and case.requester else party.role
        grown = grown.joined(party.address, party.name, role)
        if grown.outsiders > max(MOST_PARTIES, case.outsiders):
            raise NotAllowed(f"{case.ref} would have more than {MOST_PARTIES} parties")
        if party.written:
            grown = grown.heard_from(party.address)
        if role.of_the_customer:
            events.append(hand.event(EventKind.PARTY_JOINED, address=party.address, role=role))
    grown = grown.remembering(other).acquainted_as(other)
    letters: tuple[LetterOrder, ...] = ()
    if other.escalation and not case.escalation and not case.phase.ended:
        why = f"{in_full(other)}, which is part of it now, was escalated"
        events.append(hand.event(EventKind.ESCALATED, level=other.escalation.level, why=why))
        letters = (LetterOrder(LetterKind.ESCALATED_TEAM),)
    for event in events:
        grown = apply(grown, event)
    into = hand.event(EventKind.MERGED_INTO, **event_values(case))
    kept = Change(grown, tuple(events), letters, takes=(TakenMails(other.ref),))
    return kept, Change(apply(other, into), (into,))


def split(case: Case, mail: NumberedMail, desk: Desk, hand: Actor) -> tuple[Change, Change]:
    """One mail becomes a case of its own, with the team and owner of the one it was part of."""
    if not mail.ref_apart or mail.ledger_id is None:
        raise NotAllowed(f"mail {mail.number} of {case.ref} was not sent by a customer")
    known = {each.name for each in desk.policy.priorities}
    wanted = Assignment(
        priority=case.priority if case.priority in known else None,
        team=case.team,
        type=case.type,
        owner=case.owner,
    )
    asks = case.party(mail.sender)
    sender = mail.sender if can_be_written_to(mail.sender) else ""  # else it is a From as it stood there
    requester = Address(sender, asks.name if asks else "")
    subject = bare_subject(mail.subject, desk.tag)
    new = replace(
        case_of(mail.ref_apart, subject, requester, "", hand.now, wanted, desk), mailbox=case.mailbox
    )
    for address in mail.recipients:
        party = case.party(address)
        if party and party.role.of_the_customer:
            new = new.joined(party.address, party.name, PartyRole.CC)
    new = new.gathered((mail.sender, *mail.recipients))
    if asks and asks.written:
        new = new.heard_from(mail.sender)
    new = new.remembering(case)
    opened = opened_event(new, wanted, hand.actor)
    opened = replace(opened, data={**opened.data, **event_values(case, "split_from")})
    left = hand.event(EventKind.SPLIT, mail=mail.number, **event_values(new))
    letters = (LetterOrder(LetterKind.OPENED_TEAM, extra={"warning": "", "split_from": in_full(case)}),)
    taken = (TakenMails(case.ref, (mail.ledger_id,)),)
    return Change(apply(case, left), (left,)), Change(new, (opened,), letters, taken)


def mail_to_split(mails: tuple[NumberedMail, ...], wanted: NumberedMail | None, ref: str) -> NumberedMail:
    """The mail, if it may go: the last mail of a customer's stays, or the case would be empty."""
    movable = [one for one in mails if one.ref_apart]
    if wanted is None:
        numbers = ", ".join(str(one.number) for one in movable) or "none"
        raise NotFound(f"it is not clear which mail of {ref} is meant", remedy=f"give its number: {numbers}")
    if wanted.ref_apart and len(movable) == 1:
        raise NotAllowed(f"mail {wanted.number} is the only one that a customer sent to {ref}")
    return wanted
