"""Work that has come due: every tick and every round ask, so one statement finds the first of each kind."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Column, ColumnElement, Connection, ScalarSelect, func, select

from maildesk.store.held_answers import heard_until
from maildesk.store.outbox import TRIED
from maildesk.store.schema import confirmations, deadlines, digest_entries, outbox


@dataclass(frozen=True, slots=True)
class DueNow:
    """The answer for each who works by it: are `letters` to be tried, does anything happen `by_time` alone?

    By time a deadline is kept, a digest is written, and a letter that nobody took or an answer that is held
    is given up. Of letters only the next to be tried is looked at: there may be many, and each tick asks.
    """

    letters: bool
    by_time: bool


def due_now(conn: Connection, boxes: Collection[str], now: datetime, digests_by: datetime) -> DueNow:
    """Find what is due `now`, and of digests what was due `digests_by` then.

    `boxes` are the watched mailboxes: what waits there is filed before an answer is given up.
    """
    first = conn.execute(_FIRST).one()
    by_time = (
        _came(first.deadline, now)
        or _came(first.digest, digests_by)
        or _came(first.over, now)
        or (_came(first.lapse, now) and _came(first.lapse, heard_until(conn, boxes, now)))
    )
    return DueNow(_came(first.letter, now), by_time)


def _came(first: datetime | None, by: datetime) -> bool:
    return first is not None and first <= by


def _first_of(moment: Column[datetime], *which: ColumnElement[bool]) -> ScalarSelect[datetime]:
    return select(moment).where(*which).order_by(moment).limit(1).scalar_subquery()


_tried = outbox.c.state.in_(TRIED)
_letter = select(func.min(outbox.c.due_at)).where(_tried).scalar_subquery()
_its_end = select(func.min(outbox.c.expires_at)).where(_tried, outbox.c.due_at == _letter).scalar_subquery()
_lapses_at = confirmations.c.lapses_at
_FIRST = select(
    _letter.label("letter"),
    _its_end.label("over"),
    _first_of(deadlines.c.due_at).label("deadline"),
    _first_of(digest_entries.c.due_at).label("digest"),
    _first_of(_lapses_at, _lapses_at.is_not(None), confirmations.c.answer.is_(None)).label("lapse"),
)
