"""The source of reports: the histories that a span of time touches, and what the desk itself did in it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from sqlalchemy import Connection, func, select

from maildesk.desk.case.case import Phase
from maildesk.desk.case.events import Event
from maildesk.store.case_history import histories
from maildesk.store.chunks import chunks
from maildesk.store.schema import cases, events, ledger, outages, outbox

_OPEN = [phase.value for phase in Phase if not phase.ended]


def histories_since(conn: Connection, since: datetime) -> Iterator[tuple[str, Sequence[Event]]]:
    """Each case that was open at that moment, or to which something happened since, with all its events.

    What was open then is open still, or something happened to it.
    """
    happened = set(conn.execute(select(events.c.case_ref).where(events.c.at >= since).distinct()).scalars())
    is_open = set(conn.execute(select(cases.c.ref).where(cases.c.phase.in_(_OPEN))).scalars())
    for chunk in chunks(sorted(happened | is_open)):
        yield from histories(conn, chunk).items()


def mails_by_verdict(conn: Connection, begin: datetime, end: datetime) -> dict[str, int]:
    """Count the mails that came in during that time, by what became of them."""
    c = ledger.c
    query = select(c.verdict, func.count()).where(c.received_at >= begin, c.received_at < end)
    rows = conn.execute(query.where(c.verdict.is_not(None)).group_by(c.verdict).order_by(c.verdict))
    return {row[0]: row[1] for row in rows}


def letters_by_end(conn: Connection, begin: datetime, end: datetime) -> dict[str, int]:
    """Count the letters that ended during that time, by how."""
    c = outbox.c
    query = select(c.state, func.count()).where(c.ended_at >= begin, c.ended_at < end)
    return {row[0]: row[1] for row in conn.execute(query.group_by(c.state).order_by(c.state))}


def in_quarantine(conn: Connection, end: datetime) -> int:
    """Count the mails that came before then and still wait for a person."""
    waits = (ledger.c.verdict == "quarantined", ledger.c.received_at < end)
    return conn.execute(select(func.count()).select_from(ledger).where(*waits)).scalar_one()


def silences(conn: Connection, begin: datetime, end: datetime) -> list[tuple[datetime, datetime]]:
    """The outages of mailboxes that lay in that time, or reached into it: since when, until when."""
    c = outages.c
    query = select(c.since, c.until).where(c.until > begin, c.since < end)
    return [(row.since, row.until) for row in conn.execute(query.order_by(c.since, c.until))]
