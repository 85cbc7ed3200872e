"""Absences of which the mailboxes of agents told, one for each agent: the newest."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from sqlalchemy import Connection, delete, insert, select, update

from maildesk.desk.policy.absences import NotedAbsence
from maildesk.store.schema import staff_absences


def noted_absences(conn: Connection) -> Mapping[NotedAbsence, datetime | None]:
    """All of them, each with when it was settled."""
    rows = conn.execute(select(staff_absences).order_by(staff_absences.c.address))
    return {
        NotedAbsence(
            row.address, row.noted_at, date.fromisoformat(row.away_until) if row.away_until else None
        ): row.settled_at
        for row in rows
    }


def keep_absence(conn: Connection, absence: NotedAbsence) -> None:
    """Keep one of which nothing was said yet, in the place of the agent's before it."""
    forget_absence(conn, absence.address)
    until = absence.until.isoformat() if absence.until else None
    values = {"address": absence.address, "away_until": until, "noted_at": absence.noted_at}
    conn.execute(insert(staff_absences).values(values))


def settle_absence(conn: Connection, address: str, at: datetime) -> None:
    """Nothing is to be suggested any more about an agent's absence, if one was noted; in lower case."""
    c = staff_absences.c
    open_one = update(staff_absences).where(c.address == address, c.settled_at.is_(None))
    conn.execute(open_one.values(settled_at=at))


def forget_absence(conn: Connection, address: str) -> None:
    """Forget an agent's absence; the address is in lower case."""
    conn.execute(delete(staff_absences).where(staff_absences.c.address == address))
