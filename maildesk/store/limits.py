"""How many acknowledgements went out lately, for the limits to be decided by."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, func, not_, or_, select

from maildesk.desk.notices import TO_AUTHORS
from maildesk.store.outbox import LetterState
from maildesk.store.schema import addresses as known_addresses
from maildesk.store.schema import outbox

DAY, HOUR = timedelta(days=1), timedelta(hours=1)

_NOT_TO_AUTHORS = outbox.c.kind.not_in(sorted(kind.value for kind in TO_AUTHORS))
_NOT_COUNTED = (LetterState.HELD, LetterState.DROPPED)


@dataclass(frozen=True, slots=True)
class LimitCounts:
    """Acknowledgements not held back: by address in 24 hours, and within one hour by domain (to addresses
    that never proved themselves), by case and in all. Addresses and domains are in lower case."""

    by_address: Mapping[str, int]
    by_domain: Mapping[str, int]
    by_case: Mapping[str, int]
    overall: int


def limited_counts(
    connection: Connection,
    now: datetime,
    addresses: Collection[str],
    domains: Collection[str],
    cases: Collection[str],
) -> LimitCounts:
    """The counts for these addresses, domains and cases; those never written to are 0."""
    # Local parts are compared in lower case: VICTIM@ and Victim@ reach the same person.
    address = func.lower(outbox.c.recipient)
    lowered = {one.lower() for one in addresses}
    domains = {one.lower() for one in domains}
    hour = now - HOUR
    overall = select(func.count()).select_from(outbox).where(*_counted(hour))
    return LimitCounts(
        _grouped(connection, address, lowered, _counted(now - DAY)),
        _grouped(connection, outbox.c.domain, domains, (*_counted(hour), _unproven(address))),
        _grouped(connection, outbox.c.case_ref, set(cases), (*_counted(hour), _NOT_TO_AUTHORS)),
        connection.execute(overall).scalar_one(),
    )


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
) -> dict[str, int]:
    counts = dict.fromkeys(wanted, 0)
    if counts:
        query = select(key, func.count()).where(key.in_(wanted), *where).group_by(key)
        counts.update((row[0], row[1]) for row in connection.execute(query))
    return counts
