"""Letters of the operator's own with variants: which of them a requester gets, and that none comes twice."""

from __future__ import annotations

from collections.abc import Container, Mapping
from datetime import datetime

from maildesk.desk.case.change import Change
from maildesk.desk.case.events import DESK, GOOGLE, Event, EventKind
from maildesk.desk.case.letter_order import LetterKind
from maildesk.desk.case.replacing import replace
from maildesk.desk.case.transitions import apply_all
from maildesk.desk.policy.desk import Desk
from maildesk.desk.policy.policy import LetterVariants
from maildesk.mail.addr_spec import folded


def variants_in(change: Change, desk: Desk) -> Mapping[str, LetterVariants]:
    """The letters of the operator's own in a change that have variants, by name; settling adds none."""
    variants = desk.policy.letters
    if not variants:
        return variants
    names = (order.own for order in change.letters if order.kind is LetterKind.OWN)
    return {name: variants[name] for name in names if name in variants}


def with_variants(change: Change, desk: Desk, now: datetime, *, had: Container[str], google: bool) -> Change:
    """The change with each letter in the variant that the policy has for its requester, or without it.

    They `had` letters of these names before. `google`: their mails showed that they use Google Workspace.
    """
    theirs = variants_in(change, desk)
    if not theirs:
        return change
    google = google or any(each.data.get(GOOGLE) for each in change.events)
    orders, events = [], []
    for order in change.letters:
        variants = theirs.get(order.own) if order.kind is LetterKind.OWN else None
        if variants is None:
            orders.append(order)
            continue
        to = folded(change.case.requester)
        if variants.once and to and order.own in had:
            why = "nobody is sent it twice"
            data = {"letter": order.own, "to": to, "why": why}
            events.append(Event(now, EventKind.LETTER_WITHHELD, DESK, data))
            continue
        name = variants.google if variants.google and google else order.own
        orders.append(replace(order, own=name))
        if variants.once and to:
            data = {"letter": order.own, "to": to, "as": name}
            events.append(Event(now, EventKind.OWN_LETTER, DESK, data))
    case = apply_all(change.case, events)
    return replace(change, case=case, events=(*change.events, *events), letters=tuple(orders))
