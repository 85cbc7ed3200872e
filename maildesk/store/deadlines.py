"""The deadlines of all cases by time: what is due, what comes next."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, delete, select, update

from maildesk.desk.promises.deadlines import DeadlineKind
from maildesk.store import schema


def due_deadlines(conn: Connection, now: datetime, limit: int) -> list[tuple[str, DeadlineKind, datetime]]:
    """Cases for which something has come due by `now` (UTC), the longest overdue first.

    What waited for the same morning comes in this order: a reminder goes before the silence is over.
    """
    c = schema.deadlines.c
    query = (
        select(c.case_ref, c.kind, c.due_at)
        .where(c.due_at <= now)
        .order_by(c.due_at, c.kind.desc())
        .limit(limit)
    )
    return [(ref, DeadlineKind.parse(kind), due_at) for ref, kind, due_at in conn.execute(query)]


def forget_deadline(conn: Connection, ref: str, kind: DeadlineKind, now: datetime) -> None:
    """A deadline that came due and that its case no longer has."""
    c = schema.deadlines.c
    conn.execute(delete(schema.deadlines).where(c.case_ref == ref, c.kind == str(kind), c.due_at <= now))


def next_deadline(conn: Connection) -> datetime | None:
    """Find when the next deadline of any case comes due (UTC)."""
    c = schema.deadlines.c
    return conn.execute(select(c.due_at).order_by(c.due_at).limit(1)).scalar()


def put_off_deadline(conn: Connection, ref: str, kind: DeadlineKind, until: datetime) -> None:
    """Look at this deadline again then; what the case promised stays as it is."""
    c = schema.deadlines.c
    conn.execute(update(schema.deadlines).where(c.case_ref == ref, c.kind == str(kind)).values(due_at=until))
