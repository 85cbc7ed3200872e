"""Mails and letters about no case, which nothing else would ever take out of the tables."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, select

from maildesk.desk.case.verdicts import Verdict
from maildesk.store import erased_mails
from maildesk.store.erased_key import ErasedKey
from maildesk.store.erased_keys import keys_of
from maildesk.store.erasing import NOBODY, erase_letters
from maildesk.store.outbox import LetterState
from maildesk.store.schema import ledger, outbox

STEP: Final = 1000
"""So many rows are looked at in one step."""
_LETTERS: Final = 200

_KEPT: Final = (None, Verdict.ERASED.value, Verdict.QUARANTINED.value)
"""Verdicts whose mail stays: it is not filed yet, has gone already, or waits for a person to look at it."""
_OVER: Final = (LetterState.SENT, LetterState.FAILED, LetterState.DROPPED)


@dataclass(frozen=True, slots=True)
class LooseMails:
    """Mails about no case that came in long ago, and the last row that was looked at."""

    ids: tuple[int, ...]
    last: int
    more: bool


def loose_mails(conn: Connection, before: datetime, after: int) -> LooseMails:
    """The next mails about no case that came in before that moment, in the order in which they came."""
    c = ledger.c
    query = select(c.id, c.received_at, c.case_ref, c.verdict).where(c.id > after).order_by(c.id)
    rows = conn.execute(query.limit(STEP)).all()
    old = [row for row in rows if row.received_at < before]
    ids = [row.id for row in old if row.case_ref is None and row.verdict not in _KEPT]
    whole = len(rows) == STEP == len(old)
    return LooseMails(tuple(ids), max((row.id for row in old), default=after), whole)


def erase_loose(conn: Connection, ids: tuple[int, ...]) -> list[ErasedKey]:
    """Erase those of these mails that are about no case still; what is left of them."""
    c = ledger.c
    query = select(c.id).where(c.id.in_(ids), c.case_ref.is_(None), c.verdict.not_in(_KEPT[1:]))
    gone = list(conn.execute(query.order_by(c.id)).scalars())
    erased_mails.erase(conn, gone)
    return keys_of(conn, gone)


def erase_loose_letters(conn: Connection, before: datetime) -> int:
    """Take addresses and words out of the next letters about no case that ended before; how many."""
    c = outbox.c
    over = (c.case_ref.is_(None), c.state.in_(_OVER), c.ended_at < before)
    named = ~c.recipient.startswith(NOBODY, autoescape=True)
    ids = list(conn.execute(select(c.id).where(*over, named).order_by(c.id).limit(_LETTERS)).scalars())
    erase_letters(conn, c.id.in_(ids), before)
    return len(ids)
