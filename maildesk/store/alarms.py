"""The times when each kind of alarm was last raised, so that nobody is told the same thing all day."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection, insert, select, update

from maildesk.store.schema import alarms


def due(connection: Connection, kind: str, now: datetime, once_in: timedelta) -> bool:
    """Tell whether this alarm was not raised within `once_in`; if so it counts as raised now."""
    last = connection.execute(select(alarms.c.raised_at).where(alarms.c.kind == kind)).scalar_one_or_none()
    if last is None:
        connection.execute(insert(alarms).values(kind=kind, raised_at=now))
        return True
    if now - once_in < last <= now:  # one of tomorrow was raised by a clock that has come back since
        return False
    connection.execute(update(alarms).where(alarms.c.kind == kind).values(raised_at=now))
    return True
