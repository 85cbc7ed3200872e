"""Copies of one letter that are late together: people hear of them once."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, select, update

from maildesk.store.outbox import LetterState, OutboxLetter
from maildesk.store.schema import outbox


def told_of(connection: Connection, ids: Collection[int]) -> set[int]:
    """Find those of these letters of which people were told already that they are late."""
    query = select(outbox.c.id).where(outbox.c.id.in_(ids), outbox.c.told_at.is_not(None))
    return set(connection.execute(query).scalars())


def others_late(connection: Connection, letter: OutboxLetter, now: datetime) -> list[str]:
    """The other readers whose copy was tried in vain too; people count as told of those from now on."""
    c = outbox.c
    late = (c.message_id == letter.message_id, c.state == LetterState.DEFERRED, c.told_at.is_(None))
    told = update(outbox).where(*late, c.id != letter.id).values(told_at=now).returning(c.recipient)
    return sorted(connection.execute(told).scalars())
