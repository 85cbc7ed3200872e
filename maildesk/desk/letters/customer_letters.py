"""Letters to customers: of all that one change tells them, one letter."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

from maildesk.desk.case.case import Case, Phase
from maildesk.desk.case.letter_order import LetterKind, LetterOrder
from maildesk.desk.letters.letter_kinds import FORMS, NOTICES, Audience

_RANK: Final = (
    LetterKind.ANSWER,
    LetterKind.ACKNOWLEDGEMENT,
    LetterKind.ACKNOWLEDGEMENT_FIXED,
    LetterKind.CLOSED,
    LetterKind.OUTCOME,
    LetterKind.NEED,
    LetterKind.REOPENED,
    LetterKind.STATUS,
    LetterKind.ESCALATED,
    LetterKind.REASSIGNED,
    LetterKind.NEW_MOMENT,
    LetterKind.REMINDER,
    LetterKind.QUESTION,
    LetterKind.OWN,
)
"""The first of these that a change owes takes the others along (`en/news.txt`), but for the last: an
operator's own letter goes as it is written."""

_HOLDS: Final[dict[LetterKind, Callable[[Case], bool]]] = {
    LetterKind.CLOSED: lambda case: case.phase.ended,
    LetterKind.REOPENED: lambda case: not case.phase.ended,
    LetterKind.NEED: lambda case: case.phase is Phase.WAITING,
}
"""Tells whether the case stands as the letter says: one mail may close it and open it again."""


def letters_among(orders: Sequence[LetterOrder], case: Case) -> list[LetterOrder]:
    """The orders that are no notices, those to the customers of `case`, as it then is, in one."""
    letters = [order for order in orders if order.kind not in NOTICES and _holds(order, case)]
    theirs = sorted((order for order in letters if _merges(order)), key=_rank)
    one = [replace(theirs[0], also=tuple(theirs[1:]))] if theirs else []
    return [*one, *(order for order in letters if not _merges(order))]


def told_in_copy(order: LetterOrder, case: Case, reader: str) -> LetterOrder:
    """The letter as this customer gets it: what goes to the requester alone stands in no other copy."""
    if not order.also or case.is_requester(reader):
        return order
    shared = (each for each in order.also if FORMS[each.kind].audience is Audience.CUSTOMERS)
    return replace(order, also=tuple(shared))


def _holds(order: LetterOrder, case: Case) -> bool:
    holds = _HOLDS.get(order.kind)
    return holds is None or holds(case)


def _merges(order: LetterOrder) -> bool:
    return order.kind is not LetterKind.OWN and FORMS[order.kind].audience.of_customers


def _rank(order: LetterOrder) -> int:
    return _RANK.index(order.kind)
