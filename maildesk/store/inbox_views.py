"""The ledger as a person sees it, and what a person may do with a quarantined mail."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, delete, select, update

from maildesk.errors import NotAllowed, NotFound
from maildesk.store.ledger import TOO_LARGE, UNFETCHABLE
from maildesk.store.schema import ledger, mailboxes
from maildesk.store.shown import AnyRow, shown_moment

QUARANTINED = "quarantined"


@dataclass(frozen=True, slots=True)
class InboxFilter:
    """A filter of mails; None asks nothing. `unfiled` picks those that wait for their verdict."""

    verdict: str | None = None
    mailbox: str | None = None
    case: str | None = None
    unfiled: bool = False
    limit: int | None = None

    def applied(self, query: Select[Any]) -> Select[Any]:
        wanted = (
            (ledger.c.verdict, self.verdict),
            (mailboxes.c.name, self.mailbox),
            (ledger.c.case_ref, self.case),
        )
        for column, value in wanted:
            if value is not None:
                query = query.where(column == value)
        return query.where(ledger.c.verdict.is_(None)) if self.unfiled else query


def inbox_rows(connection: Connection, wanted: InboxFilter | None = None) -> list[dict[str, Any]]:
    """Return what `inbox list --json` prints: the newest `limit` mails, oldest first."""
    wanted = wanted or InboxFilter()
    query = wanted.applied(_ROWS).order_by(ledger.c.id.desc()).limit(wanted.limit)
    return [_listed(row) for row in reversed(connection.execute(query).all())]


def inbox_row(connection: Connection, ledger_id: int) -> dict[str, Any]:
    """Return what `inbox show --json` prints: the row of the list and everything else but the bytes."""
    row = _found(connection, ledger_id)
    return {
        **_listed(row),
        "note": row.note,
        "uidvalidity": row.uidvalidity,
        "internal_date": shown_moment(row.internal_date),
        "message_id": row.message_id,
        "raw_sha256": row.raw_sha256,
        "filed_at": shown_moment(row.filed_at),
        "cleared_at": shown_moment(row.cleared_at),
    }


def requeue(connection: Connection, ledger_id: int) -> None:
    """Take a mail out of quarantine, to be filed as if it had just come in."""
    row = _quarantined(connection, ledger_id)
    if row.uidvalidity < 0 and row.reason in (TOO_LARGE, UNFETCHABLE):
        raise NotAllowed(
            f"mail {ledger_id} is not on the server any more: another mail has its UID {row.uid} now",
            remedy="look for it in a copy of the mail server",
        )
    if row.reason == TOO_LARGE:
        raise NotAllowed(
            f"mail {ledger_id} was too large to store: only its header block is here",
            remedy=f"read it on the server, in mailbox {row.name}, UID {row.uid}",
        )
    if row.reason == UNFETCHABLE:
        # Without its bytes there is nothing to file: what the ledger does not know is fetched.
        connection.execute(delete(ledger).where(ledger.c.id == ledger_id))
        return
    fresh = {"verdict": None, "reason": None, "note": None, "filed_at": None}
    connection.execute(update(ledger).where(ledger.c.id == ledger_id).values(fresh))


def requeue_all(connection: Connection, reason: str | None = None) -> tuple[int, int]:
    """Take all mails out of quarantine, or those with this reason; how many, and how many have to stay."""
    query = select(ledger.c.id).where(ledger.c.verdict == QUARANTINED).order_by(ledger.c.id)
    if reason is not None:
        query = query.where(ledger.c.reason == reason)
    again = left = 0
    for ledger_id in connection.execute(query).scalars().all():
        try:
            requeue(connection, ledger_id)
            again += 1
        except NotAllowed:
            left += 1
    return again, left


def quarantined_row(connection: Connection, ledger_id: int) -> dict[str, Any]:
    """The row of the list for a mail in quarantine; NotAllowed for any other."""
    return _listed(_quarantined(connection, ledger_id))


def release(connection: Connection, ledger_id: int, ref: str, reason: str, note: str, now: datetime) -> None:
    """Note that a quarantined mail was made a case by a person."""
    opened = {"verdict": "opened", "reason": reason, "note": note, "case_ref": ref, "filed_at": now}
    connection.execute(update(ledger).where(ledger.c.id == ledger_id).values(opened))


def _quarantined(connection: Connection, ledger_id: int) -> AnyRow:
    row = _found(connection, ledger_id)
    if row.verdict is None:
        raise NotAllowed(f"mail {ledger_id} is not filed yet", remedy="the daemon does so at its next pass")
    if row.verdict != QUARANTINED:
        where = f" on case {row.case_ref}" if row.case_ref else ""
        raise NotAllowed(
            f"mail {ledger_id} is not in quarantine: it was filed as {row.verdict}{where}",
            remedy="`maildesk inbox list` shows what is",
        )
    return row


_ROWS: Select[Any] = select(ledger, mailboxes.c.name).join(
    mailboxes, mailboxes.c.identity == ledger.c.mailbox
)


def _found(connection: Connection, ledger_id: int) -> AnyRow:
    row = connection.execute(_ROWS.where(ledger.c.id == ledger_id)).one_or_none()
    if row is None:
        raise NotFound(f"there is no mail with the number {ledger_id}", remedy="see `maildesk inbox list`")
    return row


def _listed(row: AnyRow) -> dict[str, Any]:
    return {
        "id": row.id,
        "mailbox": row.name,
        "uid": row.uid,
        "received_at": shown_moment(row.received_at),
        "from": row.sender,
        "subject": row.subject,
        "size": row.size,
        "verdict": row.verdict,
        "reason": row.reason,
        "case": row.case_ref,
    }
