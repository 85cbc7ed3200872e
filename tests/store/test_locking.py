"""One daemon per database, whatever becomes of the one before."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import func, insert, select

from maildesk.errors import AlreadyRunning, StoreUnreachable, StoreUnusable
from maildesk.store.database import Database
from maildesk.store.engines import place
from maildesk.store.locking import DaemonLock
from maildesk.store.migrations import upgrade
from maildesk.store.schema import alarms
from tests.store.conftest import NOW
from tests.world.postgres import Postgres
from tests.world.tables import MIGRATIONS

DAEMON = """
import sys
from maildesk.store.locking import DaemonLock
from maildesk.store.migrations import upgrade
from maildesk.store.engines import place
lock = DaemonLock.acquire(place(sys.argv[1]))
print("held", flush=True)
sys.stdin.readline()
"""


PASSER_BY = """
import sqlite3, sys
other = sqlite3.connect(sys.argv[1], isolation_level=None)
other.execute("INSERT INTO alarms (kind, raised_at) SELECT 'theirs', raised_at FROM alarms")
other.close()
"""


def test_opening_a_database_a_second_time_ends_no_lock_of_the_first(
    sqlite_database: Database, tmp_path: Path
) -> None:
    """Another process that leaves would take itself for the last one and remove the WAL from under us."""
    sqlite_database.write_now(lambda conn: conn.execute(insert(alarms).values(kind="ours", raised_at=NOW)))
    path = tmp_path / "desk.db"
    Database.open(f"sqlite:///{path}").close_now()
    subprocess.run([sys.executable, "-c", PASSER_BY, str(path)], check=True)
    assert path.with_name("desk.db-wal").exists()
    assert (
        sqlite_database.read_now(lambda conn: conn.execute(select(func.count(alarms.c.kind))).scalar()) == 2
    )


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
@pytest.mark.parametrize("there", [True, False], ids=["another's file", "a file to be made"])
def test_no_link_in_the_daemons_folder_leads_root_to_a_file_of_others(tmp_path: Path, there: bool) -> None:
    """Root gives what it makes there to the daemon's user, who must not choose what that is."""
    folder, victim = tmp_path / "state", tmp_path / "victim"
    folder.mkdir()
    if there:
        victim.write_text("root's")
    os.chown(folder, 65534, 65534)
    (folder / "desk.db.lock").symlink_to(victim)
    with pytest.raises(StoreUnusable, match="it is a link: take it away"):
        DaemonLock.acquire(place(f"sqlite:///{folder}/desk.db"))
    if not there:
        (folder / "desk.db").symlink_to(victim)
        with pytest.raises(StoreUnusable):
            Database.open(f"sqlite:///{folder}/desk.db")
    assert victim.exists() == there
    if there:
        assert (victim.read_text(), victim.stat().st_uid) == ("root's", 0)


def test_a_second_daemon_is_refused(database: Database) -> None:
    with (
        DaemonLock.acquire(database.place),
        pytest.raises(AlreadyRunning, match=r"maildesk daemon .*works on .*stop it first"),
    ):
        DaemonLock.acquire(database.place)
    DaemonLock.acquire(database.place).release()


def test_the_lock_does_not_hinder_writing(database: Database) -> None:
    with DaemonLock.acquire(database.place) as lock:
        assert database.write_now(lambda _: "written") == "written"
        lock.confirm()


async def test_the_lock_of_a_daemon_that_dies_is_free(database: Database) -> None:
    words = (sys.executable, "-c", DAEMON, database.place.url.render_as_string(hide_password=False))
    process = await asyncio.create_subprocess_exec(
        *words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=MIGRATIONS.parent
    )
    assert process.stdout is not None
    assert await asyncio.wait_for(process.stdout.readline(), 30) == b"held\n"
    with pytest.raises(AlreadyRunning):
        DaemonLock.acquire(database.place)
    process.kill()
    await process.wait()
    # A server notices the death of its client a moment later.
    assert any(_free(database) for _ in range(2000))


def _free(database: Database) -> bool:
    try:
        DaemonLock.acquire(database.place).release()
    except AlreadyRunning:
        return False
    return True


def test_the_refusal_names_the_process(sqlite_database: Database) -> None:
    import os

    with (
        DaemonLock.acquire(sqlite_database.place),
        pytest.raises(AlreadyRunning, match=f"process number {os.getpid()} "),
    ):
        DaemonLock.acquire(sqlite_database.place)


def test_a_lock_that_the_server_forgot_is_taken_again(postgres: Postgres) -> None:
    url = postgres.new_database()
    with DaemonLock.acquire(place(url)) as lock:
        postgres.kill_backends(url)
        lock.confirm()
        with pytest.raises(AlreadyRunning):
            DaemonLock.acquire(place(url))


def test_a_lock_that_someone_else_took_meanwhile_is_lost(postgres: Postgres) -> None:
    url = postgres.new_database()
    with DaemonLock.acquire(place(url)) as lock:
        postgres.kill_backends(url)
        with DaemonLock.acquire(place(url)), pytest.raises(AlreadyRunning):
            lock.confirm()


def test_no_server_is_no_second_daemon() -> None:
    with pytest.raises(StoreUnreachable):
        DaemonLock.acquire(place("postgresql://desk:secret@127.0.0.1:1/desk"))


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_what_root_makes_in_the_services_folder_belongs_to_the_service(tmp_path: Path) -> None:
    """An operator may type a command as root before the daemon ever ran."""
    folder = tmp_path / "maildesk"
    folder.mkdir()
    os.chown(folder, 65534, 65534)
    url = f"sqlite:///{folder}/desk.db"
    store = Database.open(url)
    try:
        upgrade(store, MIGRATIONS)
        with DaemonLock.acquire(place(url)):
            owners = {each.name: each.stat().st_uid for each in folder.iterdir()}
    finally:
        store.close_now()
    assert owners.keys() >= {"desk.db", "desk.db.lock"}
    assert set(owners.values()) == {65534}
