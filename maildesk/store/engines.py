"""The place of the database and the setup of its two engines, so that a commit is on disk when it returns."""

from __future__ import annotations

import errno
import os
import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import QueuePool

from maildesk.errors import StoreFull, StoreUnusable
from maildesk.store import disk
from maildesk.store.failures import no_room, os_words

Dialect = Literal["sqlite", "postgresql"]

SLICE = 1.0
"""Seconds of one wait for a lock; between two slices a waiting writer can be told to give up."""

_LOWEST_POSTGRESQL = 13  # pg_current_xact_id, pg_xact_status on 64-bit numbers
_WAL_LIMIT = 32 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Place:
    """One database: its address for the driver, its file if it is one, and how to call it before people."""

    dialect: Dialect
    url: URL
    path: Path | None

    @property
    def shown(self) -> str:
        return f"the database {self.path or self.url.render_as_string(hide_password=True)}"


def place(url: str) -> Place:
    """Read a URL of the configuration; raises StoreUnusable with what to write instead."""
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise StoreUnusable("the database URL cannot be read", remedy=_EXAMPLES) from None
    if parsed.drivername in ("postgresql", "postgres", "postgresql+psycopg"):
        return Place("postgresql", parsed.set(drivername="postgresql+psycopg"), None)
    if parsed.drivername != "sqlite":
        raise StoreUnusable(
            f"databases of the kind {parsed.drivername!r} are not supported", remedy=_EXAMPLES
        )
    path = Path(parsed.database or "")
    if not path.is_absolute():
        raise StoreUnusable(f"the database file {str(path)!r} is not an absolute path", remedy=_EXAMPLES)
    if not path.parent.is_dir():
        raise StoreUnusable(f"the folder {path.parent} of the database is missing", remedy="create it")
    return Place("sqlite", parsed, path)


def missing_file(url: str) -> Path | None:
    """The file of an SQLite database that is not there, or holds nothing at all; None for any other."""
    parsed = make_url(url) if url.startswith("sqlite:") else None
    if parsed is None or not parsed.database:
        return None
    path = Path(parsed.database)
    try:
        return None if path.stat().st_size else path
    except (FileNotFoundError, NotADirectoryError):
        return path
    except OSError:
        return None  # it is there, and who opens it says what is wrong


_EXAMPLES = "write sqlite:////path/to/desk.db or postgresql://user@host/name"


def writing_engine(place: Place, patience: float) -> Engine:
    """One connection that may write; its transactions take the write lock when they begin."""
    if place.path is not None:
        _create_private(place.path)
        engine = _sqlite_engine(place, patience)
        event.listen(engine, "connect", _prepare_sqlite_writer)
        event.listen(engine, "begin", _begin_immediate)
        # One statement for a batch of rows: the driver binds a row at a time, giving up the GIL for each.
        engine.dialect.use_insertmanyvalues_wo_returning = True
        return engine
    engine = _postgresql_engine(place, patience)
    event.listen(engine, "connect", _prepare_postgresql)
    return engine


def reading_engine(place: Place, patience: float) -> Engine:
    """One connection that can only read, each transaction seeing one moment of the database."""
    if place.path is not None:
        engine = _sqlite_engine(place, patience)
        event.listen(engine, "connect", _prepare_sqlite_reader)
        event.listen(engine, "begin", _begin_deferred)
        return engine
    # SERIALIZABLE would add nothing here: a repeatable read is one snapshot.
    engine = _postgresql_engine(place, patience, isolation_level="REPEATABLE READ")
    return engine.execution_options(postgresql_readonly=True)


_ROWS = 100
"""Rows that one INSERT writes; the widest table stays far below SQLite's 32,766 values a statement."""


def _create_private(path: Path) -> None:
    """The file holds customers' mail: nobody but its owner reads it; WAL and shm files take over its mode.

    One that is there is not opened here: closing a file ends every lock this process has on it (POSIX fcntl),
    those of SQLite too. The next process to leave would take itself for the last and remove the WAL.
    """
    if path.is_file() and os.access(path, os.R_OK | os.W_OK):
        return
    try:
        # Root makes nothing where a link of the daemon's leads: it would give it away.
        flags = os.O_CREAT | os.O_RDWR | os.O_CLOEXEC | (0 if os.geteuid() else os.O_NOFOLLOW)
        made = os.open(path, flags, 0o600)
        with os.fdopen(made, "rb"):
            disk.as_its_folder(made, path.parent)
    except OSError as error:
        if no_room(error):
            raise StoreFull(
                f"there is no room for the database {path}", remedy="free some disk space"
            ) from error
        if error.errno in (errno.EROFS, errno.EIO, errno.EMFILE, errno.ENFILE):
            raise disk.of_the_disk(error, path) from error
        raise StoreUnusable(
            f"the database {path} cannot be opened: {os_words(error)}", remedy="let this user write it"
        ) from error


# --- SQLite ---------------------------------------------------------------------------------------


def _sqlite_engine(place: Place, patience: float) -> Engine:
    return create_engine(
        place.url,
        poolclass=QueuePool,
        pool_size=1,
        max_overflow=0,
        pool_timeout=patience + SLICE,
        insertmanyvalues_page_size=_ROWS,
        hide_parameters=True,
        connect_args={"check_same_thread": False, "isolation_level": None, "timeout": SLICE},
    )


def _prepare_sqlite_writer(connection: sqlite3.Connection, _record: object) -> None:
    # Asking first: setting WAL anew wants a lock that a running reader may hold.
    if _pragma(connection, "journal_mode") != "wal" and _pragma(connection, "journal_mode=WAL") != "wal":
        raise StoreUnusable(
            "the database's file system cannot hold a write-ahead log (WAL)",
            remedy="put the database on a local disk, not on a network share",
        )
    connection.execute("PRAGMA synchronous=FULL")
    if _pragma(connection, "synchronous") != 2:
        raise StoreUnusable("SQLite does not accept synchronous=FULL", remedy="use another build of SQLite")
    connection.execute(f"PRAGMA journal_size_limit={_WAL_LIMIT}")
    connection.execute("PRAGMA secure_delete=ON")  # zeros over what is taken out, as Debian's build does
    _hold_foreign_keys(connection)


def _prepare_sqlite_reader(connection: sqlite3.Connection, _record: object) -> None:
    connection.execute("PRAGMA query_only=ON")
    _hold_foreign_keys(connection)


def _hold_foreign_keys(connection: sqlite3.Connection) -> None:
    connection.execute("PRAGMA foreign_keys=ON")
    if _pragma(connection, "foreign_keys") != 1:
        raise StoreUnusable(
            "this SQLite was built without foreign keys", remedy="use another build of SQLite"
        )


def _pragma(connection: sqlite3.Connection, words: str) -> Any:
    return connection.execute(f"PRAGMA {words}").fetchone()[0]


def _begin_immediate(connection: Connection) -> None:
    # A transaction that reads first and writes later could fail half-way with SQLITE_BUSY_SNAPSHOT.
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _begin_deferred(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN DEFERRED")


# --- PostgreSQL -----------------------------------------------------------------------------------


def _postgresql_engine(place: Place, patience: float, **options: Any) -> Engine:
    try:
        return create_engine(
            place.url,
            poolclass=QueuePool,
            pool_size=1,
            max_overflow=0,
            pool_timeout=patience + SLICE,
            hide_parameters=True,
            connect_args=connect_arguments(place),
            **options,
        )
    except ModuleNotFoundError:
        raise StoreUnusable(
            "the PostgreSQL driver is not installed", remedy="pip install 'maildesk-helpdesk[postgresql]'"
        ) from None


def connect_arguments(place: Place) -> dict[str, Any]:
    """A peer that vanished without a word is noticed within a minute; a lock is waited for in slices."""
    given = place.url.query.get("options", "")
    ours = f"-c lock_timeout={int(SLICE * 1000)} -c idle_in_transaction_session_timeout=300000"
    return {
        "application_name": "maildesk",
        "connect_timeout": 10,
        "keepalives_idle": 30,
        "keepalives_interval": 10,
        "keepalives_count": 3,
        "tcp_user_timeout": 60_000,
        "client_encoding": "utf8",
        "options": f"{given if isinstance(given, str) else ' '.join(given)} {ours}".strip(),
    }


def _prepare_postgresql(connection: Any, _record: object) -> None:
    version = connection.info.server_version // 10_000
    if version < _LOWEST_POSTGRESQL:
        raise StoreUnusable(
            f"PostgreSQL {version} is too old", remedy=f"use version {_LOWEST_POSTGRESQL} or later"
        )
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('synchronous_commit'), current_setting('server_encoding')")
        promise, encoding = cursor.fetchone()
    connection.rollback()
    if promise == "off":
        raise StoreUnusable(
            "PostgreSQL runs with synchronous_commit=off: a commit could be lost",
            remedy="ALTER ROLE … SET synchronous_commit = on",
        )
    if encoding != "UTF8":
        raise StoreUnusable(
            f"the PostgreSQL database is encoded in {encoding}", remedy="create it with ENCODING 'UTF8'"
        )
