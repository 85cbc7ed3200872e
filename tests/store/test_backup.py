"""A backup is whole, checked and complete, whatever the daemon does meanwhile; or it is not there at all."""

from __future__ import annotations

import asyncio
import os
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from maildesk.errors import BadInput, NotAllowed, StoreUnusable
from maildesk.store import ledger as book
from maildesk.store.backup import backup, integrity
from maildesk.store.database import Database
from maildesk.store.ledger import Delivery
from maildesk.store.migrations import require_current
from tests.store.conftest import NOW, SUPPORT
from tests.store.test_ledger import delivery, received, waiting


def receiving(deliveries: list[Delivery]) -> Callable[[Connection], list[int]]:
    return lambda connection: book.receive(connection, SUPPORT, deliveries, NOW)


async def test_a_backup_made_under_load_holds_everything_committed_before(
    sqlite_database: Database, tmp_path: Path, migrations: Path
) -> None:
    target, under_way, stopping = tmp_path / "copy.db", asyncio.Event(), asyncio.Event()
    done: list[int] = []

    async def load() -> None:
        while not stopping.is_set():
            uid = len(done) + 1
            await sqlite_database.write(receiving([delivery(uid, os.urandom(4000))]))
            done.append(uid)
            if uid == 50:
                under_way.set()

    writing = asyncio.create_task(load())
    await under_way.wait()
    before = len(done)
    size = await asyncio.to_thread(backup, sqlite_database, target)
    after = len(done) + 1
    stopping.set()
    await writing
    assert (size, target.stat().st_mode & 0o777) == (target.stat().st_size, 0o600)
    restored = Database.open(f"sqlite:///{target}")
    require_current(restored, migrations)
    uids = [mail.uid for mail in waiting(restored, limit=100_000)]
    assert uids == list(range(1, len(uids) + 1))
    assert before <= len(uids) <= after
    assert integrity(restored) == []
    assert len(received(restored, [delivery(100_000)])) == 1, "it can be worked with"
    restored.close_now()


def test_nothing_is_ever_overwritten(sqlite_database: Database, tmp_path: Path) -> None:
    target = tmp_path / "copy.db"
    target.write_text("dear")
    with pytest.raises(BadInput, match="is there already"):
        backup(sqlite_database, target)
    assert target.read_text() == "dear"


def test_a_backup_that_fails_leaves_no_file(sqlite_database: Database, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()
    path = sqlite_database.place.path
    assert path is not None
    received(sqlite_database, [delivery(uid, os.urandom(3000)) for uid in range(1, 40)])
    sqlite_database.close_now()
    with path.open("r+b") as file:  # a disk that lost a page
        file.seek(8192)
        file.write(b"\xff" * 4096)
    damaged = Database.open(f"sqlite:///{path}")
    assert "damaged" in integrity(damaged)[0]
    with pytest.raises(StoreUnusable, match="backup"):
        backup(damaged, folder / "copy.db")
    assert list(folder.iterdir()) == []
    damaged.close_now()


def test_a_folder_that_is_not_there_is_named(sqlite_database: Database, tmp_path: Path) -> None:
    with pytest.raises(StoreUnusable, match="cannot be written: No such file"):
        backup(sqlite_database, tmp_path / "nowhere" / "copy.db")


def test_a_second_backup_to_the_same_name_is_refused(sqlite_database: Database, tmp_path: Path) -> None:
    (tmp_path / ".copy.db.part").touch()
    with pytest.raises(BadInput, match="another backup is running or was interrupted"):
        backup(sqlite_database, tmp_path / "copy.db")


def test_what_was_erased_is_not_in_the_backup(sqlite_database: Database, tmp_path: Path) -> None:
    sqlite_database.write_now(lambda c: c.execute(text("INSERT INTO alarms VALUES ('erase-me-please', '')")))
    sqlite_database.write_now(lambda c: c.execute(text("DELETE FROM alarms")))
    backup(sqlite_database, tmp_path / "copy.db")
    assert b"erase-me-please" not in (tmp_path / "copy.db").read_bytes()


def test_a_server_has_its_own_tools(database: Database, tmp_path: Path) -> None:
    if database.dialect == "sqlite":
        assert backup(database, tmp_path / "copy.db") > 0
        return
    with pytest.raises(NotAllowed, match="pg_dump"):
        backup(database, tmp_path / "copy.db")


def test_a_sound_database_has_no_problems(database: Database) -> None:
    received(database, [delivery(1)])
    assert integrity(database) == []


def test_orphans_are_found(database: Database) -> None:
    received(database, [delivery(1), delivery(2)])
    database.write_now(lambda c: c.execute(text("UPDATE ledger SET case_ref = '0000' WHERE uid = 1")))
    database.write_now(lambda c: c.execute(text("DELETE FROM ledger WHERE uid = 2")))
    assert integrity(database) == [
        "1 raw mails that no ledger row names",
        "1 ledger rows of a case that is not there",
    ]


def test_a_broken_reference_is_found(sqlite_database: Database) -> None:
    path = sqlite_database.place.path
    assert path is not None
    with sqlite3.connect(path) as careless:  # foreign keys are off unless asked for
        careless.execute("INSERT INTO deadlines VALUES ('0000', 'response', '')")
    careless.close()
    assert any("deadlines names a row of cases" in line for line in integrity(sqlite_database))
