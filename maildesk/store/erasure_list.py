"""The list of what was erased, in a file beside an SQLite database: a copy that is older is told of it.

A backup that was made before holds what was erased since. The list has no words and no addresses: references
of cases, and the keys by which the very same mail is known again.
"""

from __future__ import annotations

import json
import os
from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, insert, select

from maildesk.errors import StoreUnusable
from maildesk.store import erased_mails
from maildesk.store.chunks import chunks
from maildesk.store.column_types import moment_text
from maildesk.store.database import insert_ignoring
from maildesk.store.engines import Place
from maildesk.store.erasing import erase_shown
from maildesk.store.failures import os_words
from maildesk.store.schema import ledger, mailboxes, mails, raw_mails


@dataclass(frozen=True, slots=True)
class ErasedKey:
    """The keys of a mail that was erased: where it lay, its dates, its size, and hashes."""

    mailbox: str
    uidvalidity: int
    uid: int
    internal_date: datetime
    received_at: datetime
    size: int
    raw_sha256: str
    message_id: str | None


@dataclass(frozen=True, slots=True)
class ErasureNote:
    """One line of the list: when, which cases, which mails."""

    at: datetime
    cases: tuple[str, ...]
    mails: tuple[ErasedKey, ...]


def list_beside(place: Place) -> Path | None:
    """The file of the list; None beside a server, where nobody knows where that would be."""
    return place.path.with_name(f"{place.path.name}.erased") if place.path is not None else None


def keys_of(conn: Connection, ids: Collection[int]) -> list[ErasedKey]:
    """The keys of these rows of the ledger, as they stand there."""
    c = ledger.c
    columns = (c.mailbox, c.uidvalidity, c.uid, c.internal_date, c.received_at, c.size, c.raw_sha256)
    query = select(*columns, c.message_id).where(c.raw_sha256.is_not(None)).order_by(c.id)
    rows = (row for chunk in chunks(ids) for row in conn.execute(query.where(c.id.in_(chunk))))
    return [ErasedKey(**row._mapping) for row in rows]


def write_down(place: Place, note: ErasureNote) -> None:
    """Add a line to the list, on disk when it returns; raises StoreUnusable where that cannot be."""
    path = list_beside(place)
    if path is None or not (note.cases or note.mails):
        return
    line = json.dumps(asdict(note), default=moment_text, separators=(",", ":"))
    try:
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        try:
            os.write(file, f"{line}\n".encode())
            os.fsync(file)
        finally:
            os.close(file)
    except OSError as error:
        raise StoreUnusable(
            f"it was erased, and could not be noted in {path}: {os_words(error)}",
            remedy="note it yourself: after an older backup was put back it is to be erased again",
        ) from error


def written_down(place: Place) -> list[ErasureNote]:
    """Read the list; a line that was cut off while it was written is none."""
    path = list_beside(place)
    if path is None or not path.is_file():
        return []
    whole = path.read_text(encoding="utf-8").splitlines(keepends=True)
    return [_note_of(json.loads(line)) for line in whole if line.endswith("\n")]


def _note_of(said: dict[str, Any]) -> ErasureNote:
    keys = (ErasedKey(**{**each, **_moments_of(each)}) for each in said["mails"])
    return ErasureNote(datetime.fromisoformat(said["at"]), tuple(said["cases"]), tuple(keys))


def _moments_of(said: dict[str, Any]) -> dict[str, datetime]:
    return {name: datetime.fromisoformat(said[name]) for name in ("internal_date", "received_at")}


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
