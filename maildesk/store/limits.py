"""How many acknowledgements went out lately, for the limits to be decided by."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, func, not_, or_, select

from maildesk.desk.limits import LetterCounts
from maildesk.desk.notices import TO_AUTHORS
from maildesk.desk.people import domain_of, folded
from maildesk.store.outbox import LetterState
from maildesk.store.schema import addresses as known_addresses
from maildesk.store.schema import outbox

DAY, HOUR = timedelta(days=1), timedelta(hours=1)

_NOT_TO_AUTHORS = outbox.c.kind.not_in(sorted(kind.value for kind in TO_AUTHORS))
_NOT_COUNTED = (LetterState.HELD, LetterState.DROPPED)


def letter_counts(
    connection: Connection, now: datetime, addresses: Collection[str], cases: Collection[str]
) -> LetterCounts:
    """What the limits have to go by for these addresses, their domains and cases; never written to is 0.

    Acknowledgements not held back: by address in 24 hours, and within one hour by domain (to addresses
    that never proved themselves), by case and in all.
    """
    # Local parts are compared in lower case: VICTIM@ and Victim@ reach the same person.
    address = func.lower(outbox.c.recipient)
    lowered = {one.lower() for one in addresses}
    domains = {domain_of(one) for one in addresses}
    hour = now - HOUR
    overall = select(func.count()).select_from(outbox).where(*_counted(hour))
    return LetterCounts(
        address=_grouped(connection, address, lowered, _counted(now - DAY)),
        case=_grouped(connection, outbox.c.case_ref, set(cases), (*_counted(hour), _NOT_TO_AUTHORS)),
        domain=_grouped(connection, outbox.c.domain, domains, (*_counted(hour), _unproven(address))),
        overall=connection.execute(overall).scalar_one(),
    )


def unsure_counts(connection: Connection, now: datetime, people: Collection[str], most: int) -> Counter[str]:
    """What the desk's people (as letters are addressed) heard in 24 hours about mails that may be anybody's.

    Counted apart from all others, by folded address and no further than `most`.
    """
    o = outbox.c
    kinds = sorted(kind.value for kind in TO_AUTHORS)
    counts = Counter[str]()
    for person in people:
        theirs = select(o.id).where(o.recipient == person, o.created_at > now - DAY, o.limited.is_(False))
        theirs = theirs.where(o.kind.in_(kinds), o.state.not_in(_NOT_COUNTED)).limit(most)
        counts[folded(person)] = connection.execute(
            select(func.count()).select_from(theirs.subquery())
        ).scalar_one()
    return counts


def _counted(since: datetime) -> tuple[ColumnElement[bool], ...]:
    return (outbox.c.limited.is_(True), outbox.c.created_at > since, outbox.c.state.not_in(_NOT_COUNTED))


def _unproven(address: ColumnElement[str]) -> ColumnElement[bool]:
    proven = select(known_addresses.c.address).where(known_addresses.c.proven_at.is_not(None))
    return or_(address.is_(None), not_(address.in_(proven)))


def _grouped(
    connection: Connection,
    key: ColumnElement[str],
    wanted: Collection[str],
    where: tuple[ColumnElement[bool], ...],
) -> Counter[str]:
    counts = Counter(dict.fromkeys(wanted, 0))
    if counts:
        query = select(key, func.count()).where(key.in_(wanted), *where).group_by(key)
        for value, count in connection.execute(query):
            counts[value] = count
    return counts
