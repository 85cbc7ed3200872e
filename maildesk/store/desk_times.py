"""The times of the desk itself: how far each thing that it does at set hours, of no case, has been done."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from maildesk.store.schema import desk_times


def done_until(conn: Connection, name: str) -> datetime | None:
    """The moment until which it has been done; None where it never was."""
    return conn.execute(select(desk_times.c.done_until).where(desk_times.c.name == name)).scalar_one_or_none()


def note_done(conn: Connection, name: str, until: datetime) -> None:
    """It has been done until then, in this commit."""
    known = update(desk_times).where(desk_times.c.name == name).values(done_until=until)
    if not conn.execute(known).rowcount:
        conn.execute(insert(desk_times).values(name=name, done_until=until))
