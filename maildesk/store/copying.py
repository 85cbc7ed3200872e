"""A desk moves to another database: every row, in one transaction, compared row by row before it counts."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, LargeBinary, Table, func, inspect, select, text

from maildesk.errors import NotAllowed, StoreUnusable
from maildesk.store import migrations, restoring
from maildesk.store.database import Database
from maildesk.store.schema import metadata

_AT_ONCE: Final = 500
_OF_BYTES: Final = 10
"""The rows that are in memory at once; fewer of a table that keeps whole mails."""

_REMEDY: Final = "name an empty one: createdb --owner=USER NAME"


@dataclass(frozen=True, slots=True)
class CopiedTable:
    """A table, how many rows it has, and a sum of them in which no order counts."""

    name: str
    rows: int
    checksum: int


def move(source: Database, target: Database, folder: Path, now: datetime) -> list[CopiedTable]:
    """Copy all that `source` holds into `target`, which is empty; what was copied, table by table.

    All is one transaction of the target, which is read again before it ends: it has every row, or is empty as
    before. Nobody writes into the source meanwhile, and from then on it knows that it was left. No daemon may
    work on either.
    """
    if source.place.path is None:
        raise NotAllowed(
            f"{source.place.shown} is a PostgreSQL database already",
            remedy="move it as a backup is put back: maildesk db backup, pg_restore, and what follows "
            "there (docs/operating.md)",
        )
    migrations.require_current(source, folder)
    if migrations.status(target, folder).state != "empty":
        raise NotAllowed(f"{target.place.shown} holds a desk already", remedy=_REMEDY)
    if source.read_now(restoring.is_marked):
        raise NotAllowed(
            f"{source.place.shown} is a copy that no desk goes on from, or its desk has moved away already",
            remedy="start the daemon on it once (what may have been sent since is held), stop it, and copy",
        )

    def work(rows: Connection, into: Connection) -> list[CopiedTable]:
        if others := inspect(into).get_table_names():
            raise NotAllowed(f"{target.place.shown} holds other tables: {others[0]}", remedy=_REMEDY)
        migrations.make(into, folder)
        return [_copied(rows, into, each) for each in metadata.sorted_tables]

    def left(rows: Connection) -> list[CopiedTable]:
        tables = target.write_now(partial(work, rows))
        restoring.mark_left(rows, now)
        return tables

    return source.write_now(left)


def _copied(source: Connection, target: Connection, table: Table) -> CopiedTable:
    copied = _Sum()
    for some in _rows(source, table):
        copied.add(some)
        target.execute(table.insert(), some)
    _go_on_counting(target, table)
    there = _Sum()
    for some in _rows(target, table):
        there.add(some)
    if (there.rows, there.checksum) != (copied.rows, copied.checksum):
        raise StoreUnusable(
            f"the table {table.name} is not the same in the copy: {copied.rows} rows, and {there.rows} there",
            remedy="nothing was written; send this line to maildesk's authors",
        )
    return CopiedTable(table.name, copied.rows, copied.checksum)


def _rows(connection: Connection, table: Table) -> Iterator[list[dict[str, Any]]]:
    """Read a table, some rows at a time."""
    heavy = any(isinstance(column.type, LargeBinary) for column in table.columns)
    size = _OF_BYTES if heavy else _AT_ONCE
    found = connection.execute(select(table), execution_options={"yield_per": size})
    for some in found.mappings().partitions(size):
        yield [dict(row) for row in some]


def _go_on_counting(target: Connection, table: Table) -> None:
    """Have the server give out numbers after those that are there, of which its sequence knows nothing."""
    if target.dialect.name != "postgresql" or "id" not in table.columns:
        return
    last = target.execute(select(func.max(table.c.id))).scalar_one()
    find = text("SELECT pg_get_serial_sequence(:name, 'id')")
    sequence = target.execute(find, {"name": table.name}).scalar_one()
    if last is not None and sequence is not None:
        go_on = text("SELECT setval(CAST(:sequence AS regclass), :last)")
        target.execute(go_on, {"sequence": sequence, "last": last})


class _Sum:
    """A count of rows, and the sum of their hashes: the same in whatever order they come."""

    def __init__(self) -> None:
        self.rows = self.checksum = 0

    def add(self, rows: list[dict[str, Any]]) -> None:
        self.rows += len(rows)
        for row in rows:
            self.checksum = (self.checksum + int.from_bytes(_hash(row))) % 2**256


def _hash(row: Mapping[str, Any]) -> bytes:
    told = hashlib.sha256()
    for name, value in row.items():
        plain = value if isinstance(value, bytes) else repr(value).encode("utf-8", "surrogatepass")
        told.update(b"%s %d " % (name.encode(), len(plain)))
        told.update(plain)
    return told.digest()
