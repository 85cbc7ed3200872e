"""Earlier cases of a requester, and their last word on how satisfied they are."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection, select

from maildesk.desk.case.case import Phase
from maildesk.desk.case.events import INSIDE, EventKind
from maildesk.desk.letters.customer_card import MOST_EARLIER, EarlierCase
from maildesk.store.case_filters import of_none_of
from maildesk.store.persons import is_address
from maildesk.store.schema import cases, events
from maildesk.store.shown import AnyRow

_MOST_ANSWERS = 20
"""Answers to questions that are looked through for a score, the newest."""


def earlier_cases(conn: Connection, requester: str, hidden: Collection[str], but: str) -> list[EarlierCase]:
    """The newest cases of a requester, one more than are counted, without those of `hidden` teams."""
    c = cases.c
    query = select(c.ref, c.subject, c.opened_at, c.phase).where(
        is_address(c.requester, requester),
        c.ref != but,
        c.merged_into.is_(None),
        of_none_of(hidden),
    )
    rows = conn.execute(query.order_by(c.opened_at.desc()).limit(MOST_EARLIER + 1))
    return [EarlierCase(row.ref, row.subject, row.opened_at, Phase(row.phase).ended) for row in rows]


def last_score(conn: Connection, refs: Collection[str]) -> AnyRow | None:
    """The newest answer with a score on these cases that counted: its case, moment and data."""
    c = events.c
    query = select(c.case_ref, c.at, c.data).where(
        c.case_ref.in_(refs), c.kind == EventKind.QUESTION_ANSWERED.value
    )
    rows = conn.execute(query.order_by(c.id.desc()).limit(_MOST_ANSWERS))
    counted = (row for row in rows if row.data.get("score") and not row.data.get("late"))
    return next((row for row in counted if not row.data.get(INSIDE)), None)
