"""An empty desk's tables, made by the migrations once for a process and copied from then on."""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path

from maildesk.store.database import Database
from maildesk.store.migrations import upgrade

MIGRATIONS = Path(__file__).parents[2] / "migrations"


def lay_tables(file: Path) -> str:
    """The URL of a new SQLite database with all tables."""
    file.touch(mode=0o600)  # as a desk makes it
    file.write_bytes(_sqlite())
    return f"sqlite:///{file}"


def make_tables(url: str) -> None:
    """Bring an empty database to the newest schema."""
    database = Database.open(url, patience=20)
    upgrade(database, MIGRATIONS)
    database.close_now()


@cache
def _sqlite() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        make_tables(f"sqlite:///{folder}/desk.db")
        return Path(folder, "desk.db").read_bytes()
