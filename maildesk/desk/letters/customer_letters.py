"""Letters to customers: of all that one change tells them, one letter."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Final

from maildesk.desk.case.case import Case, Phase
from maildesk.desk.case.letter_order import LetterKind, LetterOrder
from maildesk.desk.letters.audiences import Addressee
from maildesk.desk.letters.letter_kinds import FORMS, NOTICES, Audience
from maildesk.mail.addr_spec import Addresses

_RANK: Final = (
    LetterKind.ANSWER,
    LetterKind.SHIPPED,
    LetterKind.ACKNOWLEDGEMENT,
    LetterKind.ACKNOWLEDGEMENT_FIXED,
    LetterKind.CLOSED,
    LetterKind.OUTCOME,
    LetterKind.NEED,
    LetterKind.SPLIT_OFF,
    LetterKind.REOPENED,
    LetterKind.STATUS,
    LetterKind.ESCALATED,
    LetterKind.ESCALATION_ASKED,
    LetterKind.ESCALATION_DECLINED,
    LetterKind.PLAN,
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


def in_copies(
    order: LetterOrder, case: Case, to: Iterable[Addressee]
) -> Iterator[tuple[LetterOrder, str, list[Addressee]]]:
    """The letter as its readers get it, with those who get it alike: one of the desk who is asked alone."""
    own = FORMS[order.kind].asks_desk or FORMS[order.kind].names_reader

    def copy(one: Addressee) -> tuple[LetterOrder, str]:
        return told_in_copy(order, case, one.address), one.address if own else ""

    for (told, reader), theirs in groupby(to, copy):
        yield told, reader, list(theirs)


def told_in_copy(order: LetterOrder, case: Case, reader: str) -> LetterOrder:
    """The letter as this customer gets it: what goes to the requester alone stands in no other copy, but in
    that of who is named.
    """
    if not order.also or case.is_requester(reader):
        return order
    several = Audience.CUSTOMERS
    shared = (e for e in order.also if FORMS[e.kind].audience is several or reader in Addresses(e.to))
    return replace(order, also=tuple(shared))


def _holds(order: LetterOrder, case: Case) -> bool:
    holds = _HOLDS.get(order.kind)
    return holds is None or holds(case)


def _merges(order: LetterOrder) -> bool:
    """Tell whether it may go along with another: not what its own sender alone is to read."""
    audience = FORMS[order.kind].audience
    alone = order.kind is LetterKind.OWN or audience is Audience.SENDER
    return audience.of_customers and not alone


def _rank(order: LetterOrder) -> int:
    return _RANK.index(order.kind)
