"""Mails that another case shows from now on: the ledger and the outbox follow them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select, update

from maildesk.desk.case.case import Phase
from maildesk.desk.case.change import TakenMails
from maildesk.desk.screening.earlier_mail import EarlierMail
from maildesk.mail.addr_spec import folded
from maildesk.store import schema


def move_mails(conn: Connection, taken: TakenMails, ref: str) -> None:
    """The mails `taken` belong to the case `ref`; with all its mails a case gives its letters away too."""
    mails, ledger, outbox = schema.mails.c, schema.ledger.c, schema.outbox.c
    shown = update(schema.mails).where(mails.case_ref == taken.ref).values(case_ref=ref)
    filed = update(schema.ledger).where(ledger.case_ref == taken.ref).values(case_ref=ref)
    if taken.ledger_ids is not None:
        shown = shown.where(mails.ledger_id.in_(taken.ledger_ids))
        filed = filed.where(ledger.id.in_(taken.ledger_ids))
    else:
        conn.execute(update(schema.outbox).where(outbox.case_ref == taken.ref).values(case_ref=ref))
    conn.execute(shown)
    conn.execute(filed)


@dataclass(frozen=True, slots=True)
class Origin:
    """The mail as it was when it came, whichever case shows it."""

    message_id: str | None
    raw_sha256: str
    internal_date: datetime
    content_digest: str


def origins(conn: Connection, ledger_ids: Collection[int]) -> dict[int, Origin]:
    """Find where mails came from, by ledger row."""
    c = schema.ledger.c
    columns = (c.id, c.message_id, c.raw_sha256, c.internal_date, c.content_digest)
    rows = conn.execute(select(*columns).where(c.id.in_(ledger_ids)))
    return {row.id: _origin(*row[1:]) for row in rows}


def origin_of(filed: EarlierMail) -> Origin:
    """The same of a mail that was filed just now."""
    return _origin(filed.message_id, filed.raw_sha256, filed.internal_date, filed.content_digest)


def _origin(
    message_id: str | None, raw_sha256: str | None, internal_date: datetime, digest: str | None
) -> Origin:
    return Origin(message_id, raw_sha256 or "", internal_date, digest or raw_sha256 or "")


def open_refs_of(conn: Connection, owner: str) -> list[str]:
    """The open cases of this agent, the oldest first."""
    c = schema.cases.c
    ended = [phase.value for phase in Phase if phase.ended]
    theirs = func.lower(c.owner) == folded(owner)
    query = select(c.ref).where(theirs, c.phase.not_in(ended), c.owner.is_not(None))
    return list(conn.execute(query.order_by(c.opened_at, c.ref)).scalars())
