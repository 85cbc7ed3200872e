"""One daemon per database, whatever becomes of the one before."""

from __future__ import annotations

import asyncio
import subprocess
import sys

import pytest

from maildesk.errors import AlreadyRunning, StoreUnreachable
from maildesk.store.database import Database
from maildesk.store.locking import DaemonLock
from maildesk.store.places import place
from tests.store.conftest import MIGRATIONS
from tests.world.postgres import Postgres

DAEMON = """
import sys
from maildesk.store.locking import DaemonLock
from maildesk.store.places import place
lock = DaemonLock.acquire(place(sys.argv[1]))
print("held", flush=True)
sys.stdin.readline()
"""


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
