"""Forms that were sent back and wait in the ledger, about no case."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

from sqlalchemy import ColumnElement, Connection, select

from maildesk.desk.case.verdicts import Verdict
from maildesk.store.ledger import WAITING, WaitingMail, waiting
from maildesk.store.schema import ledger

_MOST: Final = 4
"""So many mails are read again for one; a form is sent back no more often."""


def returned_forms(conn: Connection, message_ids: Sequence[str], author: str) -> list[WaitingMail]:
    """The forms with these Message-IDs that were sent back to this author, the oldest first."""
    query = WAITING.where(ledger.c.message_id.in_(message_ids), *_sent_back())
    rows = conn.execute(query.where(ledger.c.author == author).order_by(ledger.c.id).limit(_MOST))
    return [waiting(row) for row in rows]


def still_returned(conn: Connection, ids: Collection[int]) -> set[int]:
    """Find those of these mails that no case has yet."""
    return set(conn.execute(select(ledger.c.id).where(ledger.c.id.in_(ids), *_sent_back())).scalars())


def _sent_back() -> tuple[ColumnElement[bool], ...]:
    return (ledger.c.verdict == Verdict.FORM_RETURNED, ledger.c.case_ref.is_(None))
