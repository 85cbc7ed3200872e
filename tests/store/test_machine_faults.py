"""A machine in trouble: each fault has a sentence, keeps mail from being fetched, and ends by itself."""

from __future__ import annotations

import asyncio
import os
import resource
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from maildesk.errors import (
    StoreFull,
    StoreReadOnly,
    StoreReplaced,
    StoreUnreachable,
    StoreUnusable,
    TooManyFiles,
)
from maildesk.store import disk
from maildesk.store.backup import damage
from maildesk.store.database import Database
from maildesk.store.migrations import upgrade
from tests.world.postgres import Postgres
from tests.world.tables import MIGRATIONS


@contextmanager
def small_disk(folder: Path, size: str = "1m") -> Iterator[Path]:
    """A disk of its own, which fills soon and can be made read-only."""
    folder.mkdir(exist_ok=True)
    mounting = ("mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder))
    if subprocess.run(mounting, capture_output=True, check=False).returncode:
        pytest.skip("only root may mount a small disk")
    try:
        yield folder
    finally:
        subprocess.run(("umount", "-l", str(folder)), check=True)


@contextmanager
def filled(folder: Path) -> Iterator[None]:
    """Nothing more fits on that disk."""
    ballast = folder / "ballast"
    with ballast.open("wb", buffering=0) as file:
        for block in (2**16, 2**12):
            try:
                while True:
                    file.write(b"x" * block)
            except OSError:
                continue
    yield
    ballast.unlink()


def written(connection: Connection) -> None:
    connection.execute(text("INSERT INTO alarms VALUES (:kind, '2026')"), {"kind": os.urandom(8).hex()})


def many(connection: Connection) -> None:
    for _ in range(5000):
        written(connection)


def test_a_database_that_is_renamed_takes_nothing_more_until_it_is_back(sqlite_database: Database) -> None:
    path = sqlite_database.place.path
    assert path
    sqlite_database.write_now(written)
    path.rename(path.with_name("old.db"))
    with pytest.raises(StoreUnreachable, match="is gone: it was renamed or deleted"):
        sqlite_database.write_now(written)
    with pytest.raises(StoreUnreachable, match="is gone: it was renamed or deleted"):
        sqlite_database.prove_now()
    with pytest.raises(StoreUnreachable, match="put it back under this name"):
        sqlite_database.read_now(lambda _: None)
    assert not path.exists(), "nobody made a new one"
    path.with_name("old.db").rename(path)
    sqlite_database.prove_now()
    sqlite_database.write_now(written)


async def test_the_daemons_own_questions_notice_it_too(sqlite_database: Database) -> None:
    path = sqlite_database.place.path
    assert path
    patient = Database.open(f"sqlite:///{path}", patience=3600)
    path.unlink()
    async with asyncio.timeout(120):  # it is said at once: no patience helps
        with pytest.raises(StoreUnreachable, match="is gone"):
            await patient.changed_elsewhere()
        with pytest.raises(StoreUnreachable, match="is gone"):
            await patient.prove()
    await patient.close()


def test_another_file_in_its_place_is_never_written(sqlite_database: Database) -> None:
    path = sqlite_database.place.path
    assert path
    path.rename(path.with_name("old.db"))
    path.write_bytes(b"")
    with pytest.raises(StoreReplaced, match="another file was put in the place"):
        sqlite_database.write_now(written)
    assert path.read_bytes() == b""


@pytest.mark.parametrize("at", [0, 2], ids=["its head", "a page in the middle"])
def test_a_damaged_database_is_called_damaged_until_it_is_mended_in_place(
    sqlite_database: Database, at: int
) -> None:
    path = sqlite_database.place.path
    assert path
    sqlite_database.write_now(many)
    sqlite_database._writing.dispose()
    sqlite_database._reading.dispose()  # the last connection puts everything into the file itself
    sound = path.read_bytes()
    with path.open("r+b") as file:
        file.seek(at * 4096)
        file.write(b"\xa5" * (len(sound) - at * 4096 if at else 4096))
    with pytest.raises(StoreUnusable, match=r"is damaged: .*(malformed|not a database)"):
        sqlite_database.write_now(many)
    with pytest.raises(StoreUnusable, match="restore a backup"):
        sqlite_database.prove_now()
    assert damage(sqlite_database, 10)
    path.write_bytes(sound)
    sqlite_database.prove_now()
    sqlite_database.write_now(written)
    assert damage(sqlite_database, 10) is None


def test_a_full_folder_for_temporary_files_is_named_and_not_the_database(
    sqlite_database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with small_disk(tmp_path / "tmp") as folder:
        monkeypatch.setenv("SQLITE_TMPDIR", str(folder))
        sqlite_database.prove_now()
        with filled(folder), pytest.raises(StoreFull, match=f"the folder for temporary files {folder}"):
            sqlite_database.prove_now()
        sqlite_database.prove_now()


def test_a_full_disk_is_named_and_takes_mail_again_when_there_is_room(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk") as folder:
        store = Database.open(f"sqlite:///{folder}/desk.db", patience=20)
        upgrade(store, MIGRATIONS)
        with filled(folder), pytest.raises(StoreFull, match="there is no room left"):
            store.write_now(many)
        store.prove_now()
        store.close_now()


def test_a_disk_that_the_system_made_read_only_is_called_so(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk") as folder:
        path = folder / "desk.db"
        path.write_bytes(b"")
        subprocess.run(("mount", "-o", "remount,ro", str(folder)), check=True)
        problem = disk.diagnosis(path)
        assert isinstance(problem, StoreReadOnly)
        assert f"the disk of the database {path} is read-only" in str(problem)
        with pytest.raises(StoreReadOnly, match="is read-only"):
            Database.open(f"sqlite:///{path}", patience=20).write_now(written)
        subprocess.run(("mount", "-o", "remount,rw", str(folder)), check=True)
        assert disk.diagnosis(path) is None


def test_with_ten_file_descriptors_left_no_mail_is_fetched(sqlite_database: Database) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    sqlite_database.prove_now()
    opened = len(os.listdir("/proc/self/fd"))
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (opened + 10, hard))
        with pytest.raises(TooManyFiles, match=f"may have {opened + 10} files open at once"):
            sqlite_database.prove_now()
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    sqlite_database.prove_now()


@pytest.mark.postgresql
def test_a_postgresql_that_became_read_only_is_called_so_and_resumes(postgres: Postgres) -> None:
    url = postgres.new_database()
    store = Database.open(url, patience=20)
    upgrade(store, MIGRATIONS)
    name = store.place.url.database

    def set_to(value: str) -> None:
        other = Database.open(url, patience=20)
        words = f'ALTER DATABASE "{name}" SET default_transaction_read_only = {value}'
        with other._writing.connect() as connection:
            connection.execute(text("SET transaction_read_only = off"))
            connection.execute(text(words))
            connection.commit()
        other.close_now()

    set_to("on")
    postgres.kill_backends(url)
    with pytest.raises(StoreReadOnly, match="is read-only"):
        store.write_now(written)
    with pytest.raises(StoreReadOnly, match="is read-only"):
        store.prove_now()
    set_to("off")
    store.prove_now()
    store.write_now(written)
    store.close_now()
