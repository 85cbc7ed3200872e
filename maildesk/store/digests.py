"""Notices that wait to be told together: one entry for each, one digest for each person."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, bindparam, case, delete, func, select

from maildesk.desk.case.letter_order import LetterKind
from maildesk.desk.letters.digest import DigestEntry, HeardLately
from maildesk.desk.letters.letter_kinds import NOTICES
from maildesk.store.chunks import chunks
from maildesk.store.database import insert_ignoring
from maildesk.store.schema import digest_entries, outbox
from maildesk.store.shown import AnyRow


def heard(
    conn: Connection, recipients: Collection[str], short: datetime, long: datetime
) -> dict[str, HeardLately]:
    """Find what these people heard since `short` and since `long`, the earlier; as letters are addressed."""
    found: dict[str, HeardLately] = {}
    for chunk in chunks(sorted(recipients)):
        waiting = _waiting(conn, chunk)
        found |= {one: HeardLately(waiting=waiting.get(one)) for one in chunk}
        for row in _letters(conn, chunk, short, long):
            found[row.address] = HeardLately(row.short, row.long, row.digest_at, waiting.get(row.address))
    return found


def _letters(conn: Connection, chunk: Sequence[str], short: datetime, long: datetime) -> Iterable[AnyRow]:
    return conn.execute(_HEARD, {"addresses": list(chunk), "short_since": short, "long_since": long})


_o = outbox.c
_notice = _o.kind.in_([kind.value for kind in NOTICES])
_HEARD: Final = (
    select(
        _o.recipient.label("address"),
        func.sum(case((_notice & (_o.created_at > bindparam("short_since")), 1), else_=0)).label("short"),
        func.sum(case((_notice, 1), else_=0)).label("long"),
        func.max(case((_o.kind == LetterKind.DIGEST.value, _o.created_at))).label("digest_at"),
    )
    .where(_o.recipient.in_(bindparam("addresses", expanding=True)), _o.created_at > bindparam("long_since"))
    .group_by(_o.recipient)
)


def _waiting(conn: Connection, chunk: Sequence[str]) -> dict[str, datetime]:
    rows = conn.execute(_WAITING, {"recipients": list(chunk)})
    return {row[0]: row[1] for row in rows}


def add_entries(conn: Connection, entries: Sequence[DigestEntry]) -> None:
    """Notices to be told in a digest; one that waits already is left alone."""
    if entries:
        rows = [
            {
                "recipient": one.recipient,
                "message_id": one.message_id,
                "case_ref": one.case_ref,
                "kind": one.kind.value,
                "at": one.at,
                "due_at": one.due_at,
            }
            for one in entries
        ]
        conn.execute(insert_ignoring(digest_entries, conn.dialect.name), rows)


def due_digest(conn: Connection, by: datetime) -> list[DigestEntry]:
    """All entries of one person whose digest is due by then; nobody's: an empty list."""
    recipient = conn.execute(_FIRST_DUE, {"by": by}).scalar()
    if recipient is None:
        return []
    c = digest_entries.c
    rows = conn.execute(select(digest_entries).where(c.recipient == recipient).order_by(c.at, c.message_id))
    return [
        DigestEntry(row.recipient, row.message_id, row.case_ref, LetterKind(row.kind), row.at, row.due_at)
        for row in rows
    ]


def forget_entries(conn: Connection, recipient: str) -> None:
    """This person has been told, in this commit."""
    conn.execute(delete(digest_entries).where(digest_entries.c.recipient == recipient))


_c = digest_entries.c
_WAITING: Final = (
    select(_c.recipient, func.min(_c.due_at))
    .where(_c.recipient.in_(bindparam("recipients", expanding=True)))
    .group_by(_c.recipient)
)
_FIRST_DUE = select(_c.recipient).where(_c.due_at <= bindparam("by")).order_by(_c.due_at).limit(1)
