"""An empty desk's tables, made by the migrations once for a process and copied from then on."""

from __future__ import annotations

import shutil
import tempfile
from functools import cache
from pathlib import Path

from maildesk.store.database import Database
from maildesk.store.migrations import upgrade

MIGRATIONS = Path(__file__).parents[2] / "migrations"


def lay_tables(file: Path) -> str:
    """The URL of a new SQLite database with all tables."""
    shutil.copy(_sqlite(), file)  # with its mode: its owner's alone
    return f"sqlite:///{file}"


def make_tables(url: str) -> None:
    """Bring an empty database to the newest schema."""
    database = Database.open(url, patience=20)
    upgrade(database, MIGRATIONS)
    database.close_now()


@cache
def _sqlite() -> Path:
    file = Path(tempfile.mkdtemp(prefix="maildesk-tables-")) / "desk.db"
    make_tables(f"sqlite:///{file}")
    return file
