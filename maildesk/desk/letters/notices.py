"""Notices: of all that one change tells the desk's people, one mail for each person."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from maildesk.desk.case.case import Case
from maildesk.desk.case.events import Event, EventKind
from maildesk.desk.case.letter_order import LetterKind, LetterOrder
from maildesk.desk.letters.audiences import Addressee, addressees
from maildesk.desk.letters.letter_kinds import NOTICES
from maildesk.desk.policy.people import People
from maildesk.mail.addr_spec import Addresses, ByAddress


@dataclass(frozen=True, slots=True)
class Notice:
    """One notice and who gets it; `also` is what else the same change owed them, in this one mail."""

    order: LetterOrder
    to: tuple[Addressee, ...]
    also: tuple[LetterKind, ...] = ()


def notices_for(
    orders: Sequence[LetterOrder], case: Case, people: People, doers: Addresses
) -> tuple[Notice, ...]:
    """The notices among `orders`, one mail for each person: the most important, which mentions the rest.

    Nobody is told what they did themselves: that is what `doers` are for. Who split a case off hears of it
    all the same, since they have no other mail of it that they could answer.
    """
    ranked = [order for kind in NOTICES for order in orders if order.kind is kind]
    told = ByAddress[tuple[LetterOrder, Addressee]]()
    also: dict[LetterKind, dict[LetterKind, None]] = {}
    for order in ranked:
        for one in addressees(order, case, people):
            if one.address in doers and not _begins_thread(order):
                continue
            first, _ = told.setdefault(one.address, (order, one))
            if first.kind is not order.kind:
                also.setdefault(first.kind, {})[order.kind] = None
    groups: dict[LetterKind, tuple[LetterOrder, list[Addressee]]] = {}
    for order, one in told.values():
        groups.setdefault(order.kind, (order, []))[1].append(one)
    return tuple(Notice(order, tuple(to), tuple(also.get(kind, ()))) for kind, (order, to) in groups.items())


def _begins_thread(order: LetterOrder) -> bool:
    return order.kind is LetterKind.OPENED_TEAM and bool(order.extra.get("asked_in"))


def doers(events: Iterable[Event]) -> Addresses:
    """Name who did it. What only claims to come from somebody is no act of theirs."""
    return Addresses([event.actor for event in events if event.kind not in _CLAIMED])


_CLAIMED = frozenset({
    EventKind.UNVERIFIED_MAIL,
    EventKind.REFUSED,
    EventKind.THIRD_PARTY_WROTE,
    EventKind.AUTOMATIC_MAIL,
    EventKind.BOUNCED,
})  # fmt: skip
"""Events whose actor is whoever stands in From, believed or not."""
