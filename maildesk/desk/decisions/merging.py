"""Two cases made one, and one made two: the mails go along, and what pointed at them still finds them."""

from __future__ import annotations

from dataclasses import replace

from maildesk.desk.case.case import Case, PartyRole
from maildesk.desk.case.case_name import event_values, in_full
from maildesk.desk.case.change import Change, TakenMails
from maildesk.desk.case.events import Event, EventKind
from maildesk.desk.case.letter_order import LetterKind, LetterOrder
from maildesk.desk.case.told import Phrase
from maildesk.desk.case.transitions import apply, apply_all
from maildesk.desk.decisions.actor import Actor
from maildesk.desk.decisions.escalating import taken_over
from maildesk.desk.decisions.opening import case_of, opened_event
from maildesk.desk.policy.desk import Desk
from maildesk.desk.policy.rules import Assignment
from maildesk.desk.screening.command_context import NumberedMail
from maildesk.desk.screening.joining import MOST_PARTIES
from maildesk.errors import NotAllowed, NotFound
from maildesk.mail.addr_spec import can_be_written_to
from maildesk.mail.identity.references import bare_subject
from maildesk.mail.message import Address


def merge(case: Case, other: Case, desk: Desk, hand: Actor) -> tuple[Change, Change]:
    """The other case ends in this one: its mails are shown here, and its customers take part from now on.

    An escalation goes on here, as its customer and leadership were told; who works on this case hears of it.
    Of two the one that came further does.
    """
    if other.ref == case.ref:
        raise NotAllowed(
            Phrase("{case} is this very case", case=case.ref), remedy=Phrase("name the other one")
        )
    if other.merged_into:
        raise NotAllowed(Phrase("{other} is part of {into} already", other=other.ref, into=other.merged_into))
    if case.phase.ended and not other.phase.ended:
        raise NotAllowed(
            Phrase(
                "{case} is {phase} and {other} is not",
                case=case.ref,
                phase=Phrase(case.phase.value),
                other=other.ref,
            ),
            remedy=Phrase("reopen it first"),
        )
    since = other.asked_at.isoformat() if other.asked_at else None
    events: list[Event] = [hand.event(EventKind.MERGED, **event_values(other), asked_at=since)]
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
            raise NotAllowed(
                Phrase(
                    "{case} would have more than {most} parties",
                    case=case.ref,
                    most=MOST_PARTIES,
                )
            )
        if party.written:
            grown = grown.heard_from(party.address)
        if role.of_the_customer:
            events.append(hand.event(EventKind.PARTY_JOINED, address=party.address, role=role))
    grown = grown.remembering(other).acquainted_as(other)
    kept = Change(apply_all(grown, events), tuple(events), takes=(TakenMails(other.ref),))
    why = "a case that is part of it now was escalated"
    kept = kept.then(taken_over(kept.case, other, desk, hand, why))
    if other.requirement and not kept.case.requirement:
        waits = hand.event(EventKind.REQUIREMENT_LINKED, requirement=other.requirement)
        kept = kept.then(Change(apply(kept.case, waits), (waits,)))
    into = hand.event(EventKind.MERGED_INTO, **event_values(case))
    return kept, Change(apply(other, into), (into,))


def split(case: Case, mail: NumberedMail, desk: Desk, hand: Actor) -> tuple[Change, Change]:
    """One mail becomes a case of its own, with the team and owner of the one it was part of."""
    if not mail.ref_apart or mail.ledger_id is None:
        raise NotAllowed(
            Phrase("mail {number} of {case} was not sent by a customer", number=mail.number, case=case.ref)
        )
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
    new = case_of(
        mail.ref_apart, subject, requester, case.mailbox, hand.now, wanted, desk, language=case.language
    )
    new = replace(new, linked=(case.ref,))
    for address in mail.recipients:
        party = case.party(address)
        if party and party.role.of_the_customer:
            new = new.joined(party.address, party.name, PartyRole.CC)
    new = new.gathered((mail.sender, *mail.recipients))
    if asks and asks.written:
        new = new.heard_from(mail.sender)
    new = new.remembering(case)
    opened = opened_event(new, wanted, hand.actor, more=event_values(case, "split_from"))
    left = hand.event(EventKind.SPLIT, mail=mail.number, **event_values(new))
    letters = (LetterOrder(LetterKind.OPENED_TEAM, extra={"warning": "", "split_from": in_full(case)}),)
    taken = (TakenMails(case.ref, (mail.ledger_id,)),)
    return Change(apply(case, left), (left,)), Change(new, (opened,), letters, taken)


def mail_to_split(mails: tuple[NumberedMail, ...], wanted: NumberedMail | None, ref: str) -> NumberedMail:
    """The mail, if it may go: the last mail of a customer's stays, or the case would be empty."""
    movable = [one for one in mails if one.ref_apart]
    if wanted is None:
        numbers = ", ".join(str(one.number) for one in movable) or Phrase("none")
        raise NotFound(
            Phrase("it is not clear which mail of {case} is meant", case=ref),
            remedy=Phrase("give its number: {numbers}", numbers=numbers),
        )
    if wanted.ref_apart and len(movable) == 1:
        raise NotAllowed(
            Phrase(
                "mail {number} is the only one that a customer sent to {case}", number=wanted.number, case=ref
            )
        )
    return wanted
