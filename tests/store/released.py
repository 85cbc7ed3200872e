"""The database of each released schema, as `fixtures/make.py` wrote it down, on either kind of database."""

from __future__ import annotations

import contextlib
import re
import shutil
import sqlite3
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import Boolean, LargeBinary, MetaData, Table, insert, text
from sqlalchemy.types import TypeEngine

from maildesk.store.database import Connection, Database
from maildesk.store.migrations import upgrade

FIXTURES = Path(__file__).parent / "fixtures"
MIGRATIONS = Path(__file__).parents[2] / "migrations"
REVISIONS = sorted(path.stem for path in FIXTURES.glob("*.sql"))

Rows = Mapping[str, Sequence[Mapping[str, Any]]]


def rows_of(revision: str) -> Rows:
    """Every row that the fixture has, by table, as SQLite gives them."""
    with contextlib.closing(sqlite3.connect(":memory:")) as connection:
        connection.executescript((FIXTURES / f"{revision}.sql").read_text())
        connection.row_factory = sqlite3.Row
        names = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {name: [dict(row) for row in connection.execute(f"SELECT * FROM {name}")] for name in names}


def restore(revision: str, url: str, folder: Path) -> None:
    """The fixture in the empty database at `url`, in its own schema."""
    if found := re.fullmatch(r"sqlite:///(.+)", url):
        with contextlib.closing(sqlite3.connect(found[1])) as connection:
            connection.executescript((FIXTURES / f"{revision}.sql").read_text())
        return
    database = Database.open(url)
    try:
        upgrade(database, migrations_until(revision, folder))
        rows = rows_of(revision)
        database.write_now(lambda conn: _copy(conn, rows))
    finally:
        database.close_now()


def migrations_until(revision: str, folder: Path) -> Path:
    """The migrations as the program of that release had them."""
    place = folder / f"until-{revision}"
    shutil.copytree(MIGRATIONS, place, ignore=shutil.ignore_patterns("__pycache__"))
    for path in (place / "versions").glob("[0-9]*.py"):
        if path.name[:4] > revision:
            path.unlink()
    return place


def _copy(connection: Connection, rows: Rows) -> None:
    """PostgreSQL tells numbers from booleans and counts on where its own ids ended."""
    found = MetaData()
    found.reflect(connection)
    for table in found.sorted_tables:
        if rows.get(table.name) and table.name != "alembic_version":
            converted = [
                {name: _as(table.c[name].type, row[name]) for name in row} for row in rows[table.name]
            ]
            connection.execute(insert(table), converted)
            _count_on(connection, table)


def _as(kind: TypeEngine[Any], value: Any) -> Any:
    if value is None:
        return None
    if isinstance(kind, Boolean):
        return bool(value)
    return bytes(value) if isinstance(kind, LargeBinary) else value


def _count_on(connection: Connection, table: Table) -> None:
    if "id" in table.c:
        sequence = f"pg_get_serial_sequence('{table.name}', 'id')"
        connection.execute(text(f"SELECT setval({sequence}, (SELECT max(id) FROM {table.name}))"))
