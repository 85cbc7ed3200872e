"""Answers that are held since somebody else answered meanwhile, and when each of them is given up."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection, and_, bindparam, func, select, update

from maildesk.desk.decisions.decision import AuthorsWord
from maildesk.store.schema import confirmations, ledger, mailboxes, mails


@dataclass(frozen=True, slots=True)
class HeldAnswer:
    """An answer that waited for its author's word in vain: on which case, when it came, what it holds."""

    ledger_id: int
    author: str
    case_ref: str
    at: datetime
    text: str
    lapses_at: datetime
    files: tuple[str, ...] = ()


PATIENCE: Final = timedelta(hours=24)
"""A mailbox that is out of reach for longer keeps nobody from hearing that nothing was sent."""


def heard_until(conn: Connection, boxes: Collection[str], now: datetime) -> datetime:
    """Find until when all mail that reached these mailboxes is filed, as far as anybody waits for that."""
    return max(now - PATIENCE, filed_until(conn, boxes, now))


def filed_until(conn: Connection, boxes: Collection[str], now: datetime) -> datetime:
    """Find until when all mail that reached these mailboxes is filed: an answer may lie among what is not.

    A mailbox that was never listed to its end brings no answers.
    """
    unfiled: datetime | None = conn.execute(_FIRST_UNFILED).scalar()
    listed: datetime | None = conn.execute(_FIRST_LISTED, {"boxes": list(boxes)}).scalar()
    return min([now, *filter(None, (unfiled, listed))])


def lapsed(conn: Connection, by: datetime, most: int) -> list[HeldAnswer]:
    """Find those whose time was up `by` then, the oldest first."""
    return [
        HeldAnswer(
            row.ledger_id,
            row.author,
            row.shown_on or row.case_ref or "",
            row.at or row.asked_at,
            row.new_text or "",
            row.lapses_at,
            tuple(str(file.get("name", "")) for file in row.attachments or ()),
        )
        for row in conn.execute(_LAPSED, {"by": by, "most": most})
    ]


def give_up(conn: Connection, held: Sequence[HeldAnswer], now: datetime) -> None:
    """Their authors are told in this commit; no word of theirs counts any more."""
    c = confirmations.c
    waiting = and_(c.ledger_id.in_([one.ledger_id for one in held]), c.answer.is_(None))
    conn.execute(update(confirmations).where(waiting).values(answered_at=now, answer=AuthorsWord.LAPSED))


def put_off(conn: Connection, held: HeldAnswer, until: datetime) -> None:
    """Look at this one again then."""
    c = confirmations.c
    conn.execute(update(confirmations).where(c.ledger_id == held.ledger_id).values(lapses_at=until))


_FIRST_UNFILED = select(func.min(ledger.c.internal_date)).where(ledger.c.verdict.is_(None))
_FIRST_LISTED = select(func.min(mailboxes.c.last_listed_at)).where(
    mailboxes.c.identity.in_(bindparam("boxes", expanding=True))
)
_LAPSING = and_(confirmations.c.lapses_at <= bindparam("by"), confirmations.c.answer.is_(None))
_LAPSED = (
    select(
        confirmations, mails.c.case_ref.label("shown_on"), mails.c.at, mails.c.new_text, mails.c.attachments
    )
    .outerjoin(mails, mails.c.ledger_id == confirmations.c.ledger_id)
    .where(_LAPSING)
    .order_by(confirmations.c.lapses_at)
    .limit(bindparam("most"))
)
