"""The words of the letters that went out, by Message-ID: a mail that answers one may hold nothing else."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, select

from maildesk.store.schema import mails


def letters_with(conn: Connection, message_ids: Sequence[str]) -> list[str]:
    """The words of our letters with these Message-IDs."""
    query = select(mails.c.text).where(mails.c.message_id.in_(message_ids), mails.c.direction == "out")
    return list(conn.execute(query).scalars())
