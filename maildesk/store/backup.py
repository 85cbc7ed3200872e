"""A whole, checked copy of an SQLite database beside a running daemon, and the check itself."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection, text

from maildesk.errors import BadInput, NotAllowed, StoreFull, StoreUnusable
from maildesk.store.database import Database
from maildesk.store.failures import Trouble, no_room, os_words, sqlite_trouble
from maildesk.store.restoring import mark_copy

_ORPHANS = {
    "raw mails that no ledger row names": (
        "SELECT count(*) FROM raw_mails r"
        " WHERE NOT EXISTS (SELECT 1 FROM ledger l WHERE l.raw_sha256 = r.sha256)"
    ),
    "ledger rows of a case that is not there": (
        "SELECT count(*) FROM ledger l WHERE case_ref IS NOT NULL"
        " AND NOT EXISTS (SELECT 1 FROM cases c WHERE c.ref = l.case_ref)"
    ),
    "letter bodies that no letter has": (
        "SELECT count(*) FROM letter_bodies b"
        " WHERE NOT EXISTS (SELECT 1 FROM outbox o WHERE o.body_id = b.id)"
    ),
    "letters still to be sent that have no bytes": (
        "SELECT count(*) FROM outbox"
        " WHERE state NOT IN ('sent', 'dropped') AND recipient NOT LIKE 'erased:%'"
        " AND (body_id IS NULL OR head IS NULL)"
    ),
    "ledger rows that wait to be filed and have no bytes": (
        "SELECT count(*) FROM ledger WHERE verdict IS NULL AND raw_sha256 IS NULL"
    ),
}


def backup(database: Database, target: Path, now: datetime | None = None) -> int:
    """Write one moment of the database to `target`, which must not exist; its size in bytes.

    The copy is made under another name and takes its own only when it is whole, checked and on disk. What
    was erased is not in it: VACUUM leaves free pages behind. It knows that it is a copy made at `now`
    (default: by the machine's clock): a desk that goes on from it sends nothing a second time.
    """
    if database.place.path is None:
        raise NotAllowed(
            "a PostgreSQL database is not copied as a file",
            remedy="use pg_dump (`maildesk db backup` does), or the server's own continuous archiving",
        )
    made_at = now or datetime.now(UTC)
    with published(target) as part:
        _copy(database.place.path, part, target)
        _mark(part, made_at, target)
        _check(part)
    return target.stat().st_size


@contextlib.contextmanager
def published(target: Path) -> Iterator[Path]:
    """Give a private file beside `target` to write; it takes its name at the end, unless by an error."""
    if target.exists():
        raise BadInput(f"{target} is there already", remedy="name a file that is not")
    part = target.with_name(f".{target.name}.part")
    try:
        os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, 0o600))
    except FileExistsError:
        raise BadInput(
            f"{part} is there: another backup is running or was interrupted", remedy="remove it if none runs"
        ) from None
    except OSError as error:
        raise _unwritable(target, error) from error
    try:
        yield part
        _publish(part, target)
    finally:
        part.unlink(missing_ok=True)


def damage(database: Database, seconds: float) -> str | None:
    """Find what is wrong in the pages of an SQLite file, if anything, within so many seconds."""
    if database.place.path is None:
        return None
    try:
        return database.read_now(lambda connection: _first_fault(connection, time.monotonic() + seconds))
    except StoreUnusable as problem:
        return problem.message


def _first_fault(connection: Connection, until: float) -> str | None:
    driver = connection.connection.driver_connection
    assert isinstance(driver, sqlite3.Connection)  # the database has a file
    driver.set_progress_handler(lambda: time.monotonic() > until, 100_000)
    try:
        found: str = driver.execute("PRAGMA quick_check(1)").fetchone()[0]
    except sqlite3.OperationalError as error:
        if getattr(error, "sqlite_errorcode", 0) == sqlite3.SQLITE_INTERRUPT:
            return None
        raise
    except sqlite3.DatabaseError as error:
        return str(error)
    finally:
        driver.set_progress_handler(None, 0)
    return None if found == "ok" else found


def integrity(database: Database, *, current: bool = True) -> list[str]:
    """List what is wrong with the database, a line each; an empty list when nothing is.

    Of one whose schema is not `current` the pages are looked at and not the rows, which are of another form.
    """
    return database.read_now(lambda connection: _problems(connection, rows=current))


def _problems(connection: Connection, *, rows: bool) -> list[str]:
    if connection.dialect.name == "sqlite":
        cursor = connection.connection.cursor()
        damage = _sqlite_problems(cursor)  # type: ignore[arg-type]  # the sqlite3 driver's own cursor
        cursor.close()
        if damage:
            return damage
    if not rows:
        return []
    counted = [(connection.execute(text(question)).scalar_one(), what) for what, question in _ORPHANS.items()]
    return [f"{count} {what}" for count, what in counted if count]


def _sqlite_problems(cursor: sqlite3.Cursor) -> list[str]:
    try:
        problems = [row[0] for row in cursor.execute("PRAGMA integrity_check") if row[0] != "ok"]
        broken = cursor.execute("PRAGMA foreign_key_check").fetchall()
    except sqlite3.DatabaseError as error:
        return [f"the file is damaged: {error}"]
    return problems + [
        f"row {row} of {table} names a row of {parent} that is not there" for table, row, parent, _ in broken
    ]


def _copy(source: Path, part: Path, target: Path) -> None:
    with _plain(source) as connection:
        try:
            connection.execute("VACUUM INTO ?", (str(part),))
        except sqlite3.Error as error:
            if sqlite_trouble(error) is Trouble.FULL:
                raise StoreFull(f"there is no room for {target}", remedy=_ELSEWHERE) from error
            raise StoreUnusable(f"the backup failed: {error}", remedy="check both disks") from error


_ELSEWHERE = "free some disk space, or write the backup elsewhere"


def _mark(part: Path, made_at: datetime, target: Path) -> None:
    with _plain(part) as connection:
        try:
            mark_copy(connection, made_at)
        except sqlite3.Error as error:
            if sqlite_trouble(error) is Trouble.FULL:
                raise StoreFull(f"there is no room for {target}", remedy=_ELSEWHERE) from error
            raise StoreUnusable(f"the backup failed: {error}", remedy="check both disks") from error


def _check(part: Path) -> None:
    with _plain(part) as connection:
        problems = _sqlite_problems(connection.cursor())
    if problems:
        raise StoreUnusable(
            f"the backup is damaged: {problems[0]}",
            remedy="check the database with `maildesk db status` and the disk for faults",
        )


def _publish(part: Path, target: Path) -> None:
    """On disk first, then under its name: a link never replaces a file that came to be meanwhile."""
    try:
        _sync(part)
        os.link(part, target)
        part.unlink()
        _sync(target.parent)
    except FileExistsError:
        raise BadInput(f"{target} came to be in the meantime", remedy="name a file that is not") from None
    except OSError as error:
        raise _unwritable(target, error) from error


def _sync(path: Path) -> None:
    file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(file)
    finally:
        os.close(file)


@contextlib.contextmanager
def _plain(path: Path) -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(path, isolation_level=None, timeout=10)
    try:
        yield connection
    finally:
        connection.close()


def _unwritable(target: Path, error: OSError) -> StoreFull | StoreUnusable:
    if no_room(error):
        return StoreFull(f"there is no room for {target}", remedy=_ELSEWHERE)
    return StoreUnusable(f"{target} cannot be written: {os_words(error)}", remedy="choose another folder")
