"""Choices of a person about letters: to have them tried again, or dropped; their cases are told."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from maildesk.casework.consequences import told_of, words_told
from maildesk.desk.case.events import DESK, EventKind
from maildesk.desk.case.letter_order import LetterKind
from maildesk.desk.decisions.letter_fates import DROPPED, LetterFate, about_all
from maildesk.desk.letters.cause import Cause
from maildesk.store import outbox_views
from maildesk.store.cases import CaseBook
from maildesk.store.database import Connection
from maildesk.store.outbox import LetterState
from maildesk.store.shown import AnyRow

if TYPE_CHECKING:
    from maildesk.casework.office import Office


def retry(conn: Connection, ids: Sequence[int], now: datetime, by: str = DESK) -> None:
    """Have letters tried again from now, as long as they had at first; all of them, or none and an error."""
    _tell_cases(conn, outbox_views.retry(conn, ids, now), EventKind.LETTER_RETRIED, now, by)


def drop(
    conn: Connection,
    ids: Sequence[int],
    now: datetime,
    by: str = DESK,
    office: Callable[[], Office] | None = None,
) -> None:
    """Never send these letters; all of them, or none and an error. `office` is asked for where somebody hears
    of it, who was told that a letter is late; without one nobody does."""
    rows = outbox_views.drop(conn, ids, now)
    late = [row for row in rows if row.case_ref and row.told_at and row.state != LetterState.FAILED]
    awaited = late if office else []
    _tell_cases(conn, [row for row in rows if row not in awaited], EventKind.LETTER_DROPPED, now, by)
    if awaited and office:
        _tell_people(conn, awaited, now, by, office())


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


def _tell_people(conn: Connection, rows: Sequence[AnyRow], now: datetime, by: str, office: Office) -> None:
    """Each copy is an event, and all copies of a letter are one notice."""
    letters: dict[str, list[AnyRow]] = {}
    for row in rows:
        letters.setdefault(row.message_id, []).append(row)
    dropped = EventKind.LETTER_DROPPED
    with office.session(conn, now) as work:
        work.load({row.case_ref for row in rows})
        for copies in letters.values():
            kind = LetterKind(copies[0].kind)
            fates = [LetterFate(dropped, kind, row.recipient, DROPPED, by, awaited=True) for row in copies]
            for row, fate in zip(copies, fates, strict=True):
                case = work.living(row.case_ref)
                words = words_told(conn, office.desk, case, fate, row.message_id)
                change = told_of(conn, case, fate, now, words)
                told = tuple(about_all(order, fates) for order in change.letters)
                cause = Cause(f"dropped {row.message_id} {row.recipient} {now.isoformat()}")
                work.carry_out(replace(change, letters=told if fate is fates[-1] else ()), cause)
