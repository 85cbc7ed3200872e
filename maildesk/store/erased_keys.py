"""The keys of mails that were erased: what a list of them holds, and what it does to a copy that is older."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import ColumnElement, Connection, insert, select

from maildesk.store import erased_mails
from maildesk.store.chunks import chunks
from maildesk.store.database import insert_ignoring
from maildesk.store.erased_key import ErasedKey
from maildesk.store.erasing import erase_shown
from maildesk.store.schema import ledger, mailboxes, mails, raw_mails


def keys_of(conn: Connection, ids: Collection[int]) -> list[ErasedKey]:
    """The keys of these rows of the ledger, as they stand there."""
    return [key for chunk in chunks(ids) for key in _keys(conn, ledger.c.id.in_(chunk))]


def all_keys(conn: Connection) -> list[ErasedKey]:
    """The keys of every mail that was erased."""
    return list(_keys(conn, ledger.c.verdict == erased_mails.ERASED))


def _keys(conn: Connection, which: ColumnElement[bool]) -> Iterator[ErasedKey]:
    c = ledger.c
    columns = (c.mailbox, c.uidvalidity, c.uid, c.internal_date, c.received_at, c.size, c.raw_sha256)
    query = select(*columns, c.message_id).where(which, c.raw_sha256.is_not(None)).order_by(c.id)
    for row in conn.execute(query):
        yield ErasedKey(**row._mapping)


def erase_keys(conn: Connection, keys: Sequence[ErasedKey]) -> int:
    """Erase what a copy has of these mails; those that it never had are known from now on.

    Gives how many it had.
    """
    rows = _rows_with(conn, {each.raw_sha256 for each in keys})
    unknown: list[ErasedKey] = []
    living: set[int] = set()
    for key in keys:
        same = [row for row in rows.get(key.raw_sha256, ()) if _is_same(row, key)]
        living.update(row.id for row in same if row.verdict != erased_mails.ERASED)
        if not same:
            unknown.append(key)
    for chunk in chunks(living):
        erase_shown(conn, mails.c.ledger_id.in_(chunk))
    erased_mails.erase(conn, living)
    _add(conn, unknown)
    return len(living)


def _rows_with(conn: Connection, hashes: Collection[str]) -> dict[str, list[Any]]:
    c = ledger.c
    query = select(c.id, c.raw_sha256, c.internal_date, c.verdict)
    found: dict[str, list[Any]] = {}
    for chunk in chunks(hashes):
        for row in conn.execute(query.where(c.raw_sha256.in_(chunk))):
            found.setdefault(row.raw_sha256, []).append(row)
    return found


def _is_same(row: Any, key: ErasedKey) -> bool:
    """Tell whether it is the same delivery, as `erased_mails.come_again` does."""
    return key.message_id is not None or bool(row.internal_date == key.internal_date)


def _add(conn: Connection, keys: Iterable[ErasedKey]) -> None:
    """Write rows for mails that came after the copy was made: they are not read when they come again."""
    boxes = set(conn.execute(select(mailboxes.c.identity)).scalars())
    for key in keys:
        if key.mailbox not in boxes:
            continue
        empty = {"sha256": key.raw_sha256, "size": key.size, "packed": b""}
        conn.execute(insert_ignoring(raw_mails, conn.dialect.name), [empty])
        taken = select(ledger.c.id).where(
            ledger.c.mailbox == key.mailbox, ledger.c.uidvalidity == key.uidvalidity, ledger.c.uid == key.uid
        )
        # Its number is another's in the copy: it keeps a place that no server gives out.
        free = conn.execute(taken).first() is None
        row = asdict(key) | {"verdict": erased_mails.ERASED, "filed_at": key.received_at}
        row |= {"cleared_at": key.received_at} | ({} if free else {"uidvalidity": -key.uidvalidity - 1})
        conn.execute(insert(ledger), [row])
