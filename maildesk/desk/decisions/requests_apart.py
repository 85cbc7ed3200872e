"""One mail that asks for several things: each becomes a case of its own, and the mail stays where it is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from maildesk.desk.case.case import Case, PartyRole
from maildesk.desk.case.case_name import event_values, in_full
from maildesk.desk.case.change import Change, CitedMail
from maildesk.desk.case.events import EventKind
from maildesk.desk.case.letter_order import LetterKind, LetterOrder
from maildesk.desk.case.told import Joined, Phrase
from maildesk.desk.case.transitions import apply
from maildesk.desk.decisions.actor import Actor
from maildesk.desk.decisions.opening import case_of, facts_of, opened_event, opened_team, ruled_on
from maildesk.desk.policy.desk import Desk
from maildesk.desk.policy.rules import Assignment, classify
from maildesk.desk.screening.command_context import NumberedMail
from maildesk.errors import BadInput, NotAllowed, NotFound
from maildesk.mail.addr_spec import Addresses
from maildesk.mail.identity.references import subject_tag
from maildesk.mail.message import Address


def request_apart(
    case: Case, mail: NumberedMail, subject: str, ref: str, desk: Desk, hand: Actor
) -> tuple[Change, Change]:
    """One thing that this mail asks for becomes a case of its own, linked and with its words; both changes.

    It is the same customer's. What they are promised counts from when they wrote.
    """
    party = case.party(case.requester) if case.requester else None
    if party is None:
        raise NotAllowed(
            Phrase("case {case} has no customer", case=case.ref),
            remedy=Phrase("#add ADDRESS lets them take part, and then split"),
        )
    ruled = _assignment(case, subject, desk)
    asks = Address(party.address, party.name)
    new = case_of(ref, subject, asks, case.mailbox, hand.now, ruled, desk, language=case.language)
    new = replace(new, linked=(case.ref,))
    new = _with_others(new, case, Addresses((mail.sender, *mail.recipients)))
    promised = {"since": mail.at.isoformat()} if case.promised_from else {"unpromised": True}
    opened = opened_event(new, ruled, hand.actor, more={**event_values(case, "split_from"), **promised})
    told = opened_team(new, ruled, desk, warning="", asked_in=in_full(case))
    cited = (CitedMail(case.ref, mail.ledger_id),)
    begun = Change(new, (opened,), (told,), cites=cited).then(ruled_on(new, ruled, desk, hand.now))
    left = hand.event(EventKind.SPLIT, mail=mail.number, request=True, **event_values(new))
    return Change(apply(case, left), (left,)), begun


def told_apart(cases: Iterable[Case], desk: Desk) -> LetterOrder:
    """The one letter that tells the customer of all that became of their mail."""
    lines = (f"{subject_tag(desk.tag, each.ref)} {each.subject}" for each in cases)
    return LetterOrder(LetterKind.SPLIT_OFF, extra={"cases": Joined("\n", lines)})


def mail_asked_in(mails: Sequence[NumberedMail], wanted: NumberedMail | None, ref: str) -> NumberedMail:
    """The mail that asks for several things: the one that is meant if it is a customer's, else their last."""
    if wanted and wanted.asks:
        return wanted
    asked = [each for each in mails if each.asks]
    if not asked:
        raise NotFound(
            Phrase("no customer wrote a mail to {case}", case=ref),
            remedy=Phrase("open a case with `maildesk case new`"),
        )
    return asked[-1]


def require_room(already: int, desk: Desk) -> None:
    """Raise NotAllowed where one act has made as many cases as it may."""
    if already >= desk.splits_per_mail:
        raise NotAllowed(
            Phrase(
                "by one mail {most} cases are split off at most (limits.splits_per_mail)",
                most=desk.splits_per_mail,
            ),
            remedy=Phrase("answer the notice once more for the others"),
        )


def require_another(subject: str, cases: Iterable[Case]) -> None:
    """Raise BadInput where one of these cases was just opened for the same thing."""
    same = next((each for each in cases if each.subject.casefold() == subject.casefold()), None)
    if same:
        raise BadInput(
            Phrase("that is case {case} already", case=same.ref), remedy=Phrase("name each thing once")
        )


def _assignment(case: Case, subject: str, desk: Desk) -> Assignment:
    """Ask the rules about that subject alone; the case stays with its people unless they send it on.

    What goes with a receipt does not: its customer gets none.
    """
    policy = desk.policy
    mailbox, named = desk.mailbox(case.mailbox).name, policy.vocabulary.all_in(subject)
    ruled = classify(policy.rules, facts_of(case.requester, mailbox, subject, named, desk))
    kind = policy.types.get(ruled.type or policy.default_type or "")
    team = ruled.team or (kind.team if kind else None) or case.team
    owner = ruled.owner or (case.owner if team == case.team else None)
    return replace(ruled, requester=None, team=team, owner=owner, ask=None, letter=None)


def _with_others(new: Case, case: Case, named: Addresses) -> Case:
    """The new case with the customers who stand in the mail, and with all that is known of who they are."""
    for party in case.customers:
        if party.address in named:
            new = new.joined(party.address, party.name, PartyRole.CC)
        if party.written:
            new = new.heard_from(party.address)
    return new.acquainted_as(case).remembering(case)
