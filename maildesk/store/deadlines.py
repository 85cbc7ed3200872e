"""The deadlines of all cases by time: what is due, what is over, what is put off."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, select, update

from maildesk.desk.promises.deadlines import DeadlineKind
from maildesk.store import schema


def due_deadlines(conn: Connection, now: datetime, limit: int) -> list[tuple[str, DeadlineKind, datetime]]:
    """Cases for which something has come due by `now` (UTC), the longest overdue first.

    What waited for the same morning comes in this order: a reminder goes before the silence is over.
    """
    due = conn.execute(_DUE, {"now": now, "most": limit})
    return [(ref, DeadlineKind.parse(kind), due_at) for ref, kind, due_at in due]


def forget_deadline(conn: Connection, ref: str, kind: DeadlineKind, now: datetime) -> None:
    """A deadline that came due and that its case no longer has."""
    c = schema.deadlines.c
    conn.execute(delete(schema.deadlines).where(c.case_ref == ref, c.kind == str(kind), c.due_at <= now))


def put_off_deadline(conn: Connection, ref: str, kind: DeadlineKind, until: datetime) -> None:
    """Look at this deadline again then; what the case promised stays as it is."""
    c = schema.deadlines.c
    conn.execute(update(schema.deadlines).where(c.case_ref == ref, c.kind == str(kind)).values(due_at=until))


_c = schema.deadlines.c
_DUE = (
    select(_c.case_ref, _c.kind, _c.due_at)
    .where(_c.due_at <= bindparam("now"))
    .order_by(_c.due_at, _c.kind.desc())
    .limit(bindparam("most"))
)
