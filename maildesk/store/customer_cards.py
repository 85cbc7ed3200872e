"""Earlier cases of a requester, and their last word on how satisfied they are."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Final

from sqlalchemy import Connection, Select, bindparam, select

from maildesk.desk.case.case import Phase
from maildesk.desk.case.events import INSIDE, EventKind
from maildesk.desk.letters.customer_card import MOST_EARLIER, EarlierCase
from maildesk.mail.addr_spec import folded
from maildesk.store.case_filters import of_none_of
from maildesk.store.persons import as_compared
from maildesk.store.schema import cases, events
from maildesk.store.shown import AnyRow

_MOST_ANSWERS = 20
"""Answers to questions that are looked through for a score, the newest."""


def earlier_cases(conn: Connection, requester: str, hidden: Collection[str], but: str) -> list[EarlierCase]:
    """The newest cases of a requester, one more than are counted, without those of `hidden` teams."""
    known = folded(requester)
    values = {"requester": known, "but": but, "hidden": list(hidden)}
    rows = conn.execute(_EARLIER[known.isascii()], values)
    return [EarlierCase(row.ref, row.subject, row.opened_at, Phase(row.phase).ended) for row in rows]


def last_score(conn: Connection, refs: Collection[str]) -> AnyRow | None:
    """The newest answer with a score on these cases that counted: its case, moment and data."""
    rows = conn.execute(_ANSWERS, {"refs": list(refs)})
    counted = (row for row in rows if row.data.get("score") and not row.data.get("late"))
    return next((row for row in counted if not row.data.get(INSIDE)), None)


def _earlier(*, ascii_only: bool) -> Select[Any]:
    c = cases.c
    query = select(c.ref, c.subject, c.opened_at, c.phase).where(
        as_compared(c.requester, ascii_only=ascii_only) == bindparam("requester"),
        c.ref != bindparam("but"),
        c.merged_into.is_(None),
        of_none_of(bindparam("hidden", expanding=True)),
    )
    return query.order_by(c.opened_at.desc()).limit(MOST_EARLIER + 1)


_EARLIER: Final = {each: _earlier(ascii_only=each) for each in (True, False)}
_e = events.c
_ANSWERS: Final = (
    select(_e.case_ref, _e.at, _e.data)
    .where(_e.case_ref.in_(bindparam("refs", expanding=True)), _e.kind == EventKind.QUESTION_ANSWERED.value)
    .order_by(_e.id.desc())
    .limit(_MOST_ANSWERS)
)
