"""Choices of a person about letters: to have them tried again, or dropped; their cases are told."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from maildesk.casework.consequences import told_of
from maildesk.desk.case.events import DESK, EventKind
from maildesk.desk.case.letter_order import LetterKind
from maildesk.desk.decisions.letter_fates import LetterFate
from maildesk.store import outbox_views
from maildesk.store.cases import CaseBook
from maildesk.store.database import Connection
from maildesk.store.shown import AnyRow


def retry(conn: Connection, ids: Sequence[int], now: datetime, by: str = DESK) -> None:
    """Have letters tried again from now, as long as they had at first; all of them, or none and an error."""
    _tell_cases(conn, outbox_views.retry(conn, ids, now), EventKind.LETTER_RETRIED, now, by)


def drop(conn: Connection, ids: Sequence[int], now: datetime, by: str = DESK) -> None:
    """Never send these letters; all of them, or none and an error."""
    _tell_cases(conn, outbox_views.drop(conn, ids, now), EventKind.LETTER_DROPPED, now, by)


def _tell_cases(conn: Connection, rows: Sequence[AnyRow], kind: EventKind, now: datetime, by: str) -> None:
    """An event only: whoever did it knows. An alarm belongs to no case, which hears nothing."""
    book = CaseBook(conn)
    book.load_cases({row.case_ref for row in rows if row.case_ref})
    for row in rows:
        if case := book.case(row.case_ref or ""):
            fate = LetterFate(kind, LetterKind(row.kind), row.recipient, by=by)
            change = told_of(conn, case, fate, now)
            book.record(change.case, change.events)
    book.flush()
