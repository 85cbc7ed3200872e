"""The words of the letters that went out, by Message-ID."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, bindparam, select

from maildesk.desk.screening.command_context import SentWords
from maildesk.store.schema import mails


def letters_with(conn: Connection, message_ids: Sequence[str]) -> list[str]:
    """The whole text of our letters with these Message-IDs: a mail that answers one may hold nothing else."""
    return list(conn.execute(_TEXTS, {"ids": list(message_ids)}).scalars())


def sent_words(conn: Connection, message_id: str, ref: str) -> SentWords | None:
    """The words of a letter of ours as this case shows them."""
    c = mails.c
    query = select(c.at, c.spoken_by, c.new_text).where(c.message_id == message_id, c.direction == "out")
    query = query.where(c.case_ref == ref)
    row = conn.execute(query.limit(1)).one_or_none()
    return SentWords(row.at, row.spoken_by or "", row.new_text) if row else None


_TEXTS = select(mails.c.text).where(
    mails.c.message_id.in_(bindparam("ids", expanding=True)), mails.c.direction == "out"
)
