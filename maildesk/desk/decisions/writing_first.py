"""An agent wrote to a customer first, with the desk in copy: the customer's case, and what was said on it."""

from __future__ import annotations

from dataclasses import replace

from maildesk.desk.case.case import Case
from maildesk.desk.case.change import Change
from maildesk.desk.case.events import EventKind
from maildesk.desk.case.letter_order import LetterKind, LetterOrder
from maildesk.desk.case.threads import Hold
from maildesk.desk.case.told import Joined, Phrase
from maildesk.desk.case.transitions import apply_all
from maildesk.desk.case.verdicts import Verdict
from maildesk.desk.decisions.actor import Actor
from maildesk.desk.decisions.decision import CaseEntry, ConfirmationStep, Decision
from maildesk.desk.decisions.opening import new_case
from maildesk.desk.policy.desk import Desk
from maildesk.desk.screening.joining import customers_written_to
from maildesk.desk.screening.outcomes import ScreeningResult
from maildesk.desk.screening.situation import Situation
from maildesk.mail.addr_spec import folded
from maildesk.mail.message import Address, Author, Standing


def open_as_written(s: Situation, desk: Desk, screened: ScreeningResult) -> Decision:
    """The customer is the requester, the agent the owner; their mail is the first answer, sent already.

    Nothing goes to the customer: they have the mail, and asked for nothing.
    """
    customer = customers_written_to(s.mail, desk.people)[0]
    new = new_case(_as_from_the_customer(s, customer), desk)
    hand = Actor(s.author, s.now, s.author)
    case = _known_to_all(replace(new.case, owner=folded(hand.address)))
    opened = replace(new.opened, actor=hand.actor, data={**new.opened.data, "owner": case.owner})
    events = (opened, *new.named.event(s), hand.event(EventKind.ANSWERED, first=True))
    case = apply_all(case, events[1:])
    note = f"opened {case.ref} for {case.requester}, to whom {case.owner} wrote first"
    change = Change(case, events, (_told(s, case, hand, new.named.warning(desk)),))
    return Decision(
        Verdict.OPENED,
        screened.reason,
        note,
        change,
        entry=CaseEntry(internal=False),
        confirmation=ConfirmationStep.DONE,
        learns=Hold.NAMED,
    )


def _as_from_the_customer(s: Situation, customer: Address) -> Situation:
    """The mail as rules and parties are to see it: about this customer, with all whom it was sent to."""
    author = Author(customer, Standing.UNKNOWN, "written to by a colleague", customer.name)
    return replace(s, mail=replace(s.mail, author=author, google=False))  # the agent's way shows that


def _known_to_all(case: Case) -> Case:
    """The case whose customers may answer by what they were sent: no stranger named them, an agent did."""
    for party in case.customers:
        case = case.heard_from(party.address)
    return case


def _told(s: Situation, case: Case, hand: Actor, left_out: str) -> LetterOrder:
    """Tell the agent that there is a case, where they can go on."""
    undone = [left_out] if left_out else []
    if s.heard.said.lines:
        undone.append(
            Phrase("the commands in it: the customer has read them; give them in answer to this mail")
        )
    done = Phrase(
        "opened {case} for {who}, and it is yours; nothing was sent to anybody",
        case=case.ref,
        who=case.requester,
    )
    extra = {"done": done, "undone": Joined("\n", undone), "back": "", "told": "", "help": ""}
    return LetterOrder(LetterKind.TRANSCRIPT, author=hand.address, extra=extra)
