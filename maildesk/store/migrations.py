"""The schema of a database, and how it becomes the newest one; Alembic is imported only to upgrade."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from sqlalchemy import Connection, inspect, text

from maildesk.errors import StoreUnusable
from maildesk.store.database import Database
from maildesk.store.schema import metadata

State = Literal["empty", "current", "older", "newer"]

_NAME = re.compile(r"(\d{4})_\w+\.py")  # versions/0001_first.py is revision 0001


@dataclass(frozen=True, slots=True)
class SchemaStatus:
    """The revision a database has (None: it is empty), the newest this program knows, and what follows."""

    current: str | None
    newest: str
    state: State


def status(database: Database, folder: Path) -> SchemaStatus:
    """Compare the database with the migrations in `folder`."""
    return database.read_now(lambda connection: compared(connection, folder))


def compared(connection: Connection, folder: Path) -> SchemaStatus:
    """The same inside a transaction."""
    known, current = _known(folder), _current(connection)
    if current is None:
        return SchemaStatus(None, known[-1], "empty")
    if current not in known:
        return SchemaStatus(current, known[-1], "newer")
    return SchemaStatus(current, known[-1], "current" if current == known[-1] else "older")


def require_current(database: Database, folder: Path) -> None:
    """Raise StoreUnusable unless the schema is the one this program was written for."""
    if problem := refusal(status(database, folder), database.place.shown):
        raise problem


def refusal(found: SchemaStatus, shown: str) -> StoreUnusable | None:
    """The reason why this program does not work on the database called `shown`, if its schema is one."""
    if found.state == "empty":
        return StoreUnusable(f"{shown} is empty", remedy="run `maildesk db upgrade`")
    if found.state == "older":
        return StoreUnusable(
            f"{shown} has schema {found.current}, this program needs {found.newest}",
            remedy="make a backup, then run `maildesk db upgrade`",
        )
    if found.state == "newer":
        return StoreUnusable(
            f"this program is older than the database: it knows schema {found.newest}, "
            f"{shown} has {found.current}",
            remedy="install the newer maildesk, or restore a backup from before its upgrade",
        )
    return None


def upgrade(database: Database, folder: Path) -> SchemaStatus:
    """Bring the schema up to date in one transaction: a crash in the middle leaves the old one whole."""
    found = status(database, folder)
    if found.state in ("empty", "older"):
        database.write_now(lambda connection: _run(connection, folder, "head"))
    require_current(database, folder)
    return status(database, folder)


def make(connection: Connection, folder: Path) -> None:
    """Make the newest tables in an empty database, inside a transaction."""
    _run(connection, folder, "head")


def downgrade(database: Database, folder: Path, revision: str) -> None:
    """Take migrations back to `revision` (`base`: all of them, and everything stored), in one transaction."""
    database.write_now(lambda connection: _run(connection, folder, revision, back=True))


def _known(folder: Path) -> list[str]:
    names = [_NAME.fullmatch(path.name) for path in (folder / "versions").glob("*.py")]
    known = sorted(name[1] for name in names if name)
    if not known:
        raise StoreUnusable(f"there are no migrations in {folder}", remedy="install maildesk again")
    return known


def _current(connection: Connection) -> str | None:
    tables = set(inspect(connection).get_table_names())
    if "alembic_version" in tables:
        revision: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
        if revision is not None:
            return revision
    if tables & set(metadata.tables):
        raise StoreUnusable(
            "the database holds tables that are not known to be maildesk's", remedy="use an empty database"
        )
    return None


def _run(connection: Connection, folder: Path, target: str, *, back: bool = False) -> None:
    from alembic import command
    from alembic.config import Config

    settings = Config(attributes={"connection": connection})
    settings.set_main_option("script_location", str(folder).replace("%", "%%"))
    (command.downgrade if back else command.upgrade)(settings, target)
