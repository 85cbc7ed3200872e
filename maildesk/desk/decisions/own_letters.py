"""Letters of the operator's own with variants: which of them a requester gets, and that none comes twice."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from maildesk.desk.case.change import Change
from maildesk.desk.case.events import DESK, GOOGLE, Event, EventKind
from maildesk.desk.case.letter_order import LetterKind
from maildesk.desk.case.replacing import replace
from maildesk.desk.case.transitions import apply_all
from maildesk.desk.policy.desk import Desk
from maildesk.mail.addr_spec import folded


class KnownLetters(Protocol):
    """The knowledge of what requesters wrote and were sent before."""

    def had_letter(self, name: str, address: str) -> bool:
        """Tell whether this address was sent a letter of that name, on whatever case."""

    def shows_google(self, ref: str) -> bool:
        """Tell whether a mail of the case's requester showed that they use Google Workspace."""


def with_variants(change: Change, known: KnownLetters, desk: Desk, now: datetime) -> Change:
    """The change with each letter in the variant that the policy has for its requester, or without it."""
    orders, events = [], []
    for order in change.letters:
        variants = desk.policy.letters.get(order.own) if order.kind is LetterKind.OWN else None
        if variants is None:
            orders.append(order)
            continue
        to = folded(change.case.requester)
        if variants.once and to and known.had_letter(order.own, to):
            why = "nobody is sent it twice"
            data = {"letter": order.own, "to": to, "why": why}
            events.append(Event(now, EventKind.LETTER_WITHHELD, DESK, data))
            continue
        name = variants.google if variants.google and _uses_google(change, known) else order.own
        orders.append(replace(order, own=name))
        if variants.once and to:
            data = {"letter": order.own, "to": to, "as": name}
            events.append(Event(now, EventKind.OWN_LETTER, DESK, data))
    case = apply_all(change.case, events)
    return replace(change, case=case, events=(*change.events, *events), letters=tuple(orders))


def _uses_google(change: Change, known: KnownLetters) -> bool:
    said = any(each.data.get(GOOGLE) for each in change.events)
    return said or known.shows_google(change.case.ref)
