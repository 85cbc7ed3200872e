"""Other processes, broken connections and crashed servers: nothing is lost, nothing is done twice."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import pytest
from sqlalchemy import URL, Connection, insert, make_url, select

from maildesk.errors import StoreUnreachable, StoreUnusable
from maildesk.store.database import Database
from maildesk.store.migrations import upgrade
from maildesk.store.schema import alarms
from tests.store.conftest import NOW
from tests.store.wire import Wire
from tests.world.postgres import Postgres
from tests.world.tables import MIGRATIONS

HOLDER = """
import sys
from maildesk.store.database import Database
def hold(connection):
    print("held", flush=True)
    sys.stdin.readline()
Database.open(sys.argv[1]).write_now(hold)
"""


@asynccontextmanager
async def lock_holder(database: Database) -> AsyncIterator[asyncio.subprocess.Process]:
    """Another process that holds the write lock until a line is written to it."""
    words = (sys.executable, "-c", HOLDER, database.place.url.render_as_string(hide_password=False))
    pipe, home = subprocess.PIPE, MIGRATIONS.parent
    process = await asyncio.create_subprocess_exec(*words, stdin=pipe, stdout=pipe, cwd=home)
    assert process.stdout is not None
    try:
        assert await asyncio.wait_for(process.stdout.readline(), 30) == b"held\n"
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


def count(connection: Connection) -> int:
    return len(connection.execute(select(alarms.c.kind)).all())


class Counted:
    """A work that counts how often it was run."""

    def __init__(self, kind: str) -> None:
        self.kind, self.runs = kind, 0

    def __call__(self, connection: Connection) -> str:
        self.runs += 1
        connection.execute(insert(alarms).values(kind=self.kind, raised_at=NOW))
        return f"run {self.runs}"


async def test_a_writer_waits_for_another_process_and_readers_do_not(database: Database) -> None:
    async with lock_holder(database) as holder:
        writing = asyncio.create_task(database.write(Counted("after the backup")))
        async with asyncio.timeout(120):
            assert await database.read(count) == 0
        await asyncio.wait({writing}, timeout=2.5)  # longer than one slice of waiting
        assert not writing.done()
        assert holder.stdin is not None
        holder.stdin.write(b"\n")
        await holder.stdin.drain()
        async with asyncio.timeout(120):
            await writing
    assert await database.read(count) == 1


async def test_the_lock_of_a_process_that_dies_is_free(database: Database) -> None:
    async with lock_holder(database) as holder:
        writing = asyncio.create_task(database.write(Counted("after the crash")))
        holder.kill()
        async with asyncio.timeout(120):
            await writing
    assert await database.read(count) == 1


# --- PostgreSQL: the connection breaks ------------------------------------------------------------


@pytest.fixture
def server() -> Iterator[Postgres]:
    """A cluster of this test's own, to be crashed."""
    cluster = Postgres.start()
    yield cluster
    cluster.stop()


@contextmanager
def prepared(url: str | URL, patience: float = 30) -> Iterator[Database]:
    text = url if isinstance(url, str) else url.render_as_string(hide_password=False)
    database = Database.open(text, patience=patience)
    try:
        upgrade(database, MIGRATIONS)
        yield database
    finally:
        database.close_now()


@pytest.mark.parametrize(
    ("cut", "runs"),
    [
        pytest.param("after", 1, id="committed, and we never heard"),
        pytest.param("before", 2, id="never reached the server"),
    ],
)
async def test_an_unanswered_commit_is_asked_about(postgres: Postgres, cut: str, runs: int) -> None:
    url = make_url(postgres.new_database())
    with Wire(url.port or 0) as wire, prepared(url.set(port=wire.port)) as database:
        wire.cut, work = cut, Counted("once")
        assert await database.write(work) == f"run {runs}"
        assert wire.was_cut.wait(10)  # set by the wire's own thread, perhaps a moment later
        assert work.runs == runs
        assert await database.read(count) == 1


@pytest.mark.parametrize(
    ("cut", "runs"),
    [
        pytest.param("after", 1, id="committed, and we never heard"),
        pytest.param("before", 2, id="the COMMIT died with the server"),
    ],
)
async def test_a_server_killed_during_commit_is_asked_when_it_is_back(
    server: Postgres, cut: str, runs: int
) -> None:
    url = make_url(server.new_database())
    with Wire(url.port or 0) as wire, prepared(url.set(port=wire.port)) as database:
        wire.cut, wire.when_cut, work = cut, server.crash, Counted("once")
        writing = asyncio.create_task(database.write(work))
        assert await asyncio.to_thread(wire.was_cut.wait, 30)
        await asyncio.to_thread(server.restart)
        assert await writing == f"run {runs}"
        assert await database.read(count) == 1


async def test_a_commit_whose_outcome_nobody_can_tell_is_said_to_be_unknown(server: Postgres) -> None:
    url = make_url(server.new_database())
    with Wire(url.port or 0) as wire, prepared(url.set(port=wire.port), patience=0.3) as database:
        wire.cut, wire.when_cut, work = "after", server.crash, Counted("once")
        async with asyncio.timeout(120):
            with pytest.raises(StoreUnreachable, match="whether it was done is not known"):
                await database.write(work)
        assert work.runs == 1
        server.restart()
        assert await database.read(count) == 1


async def test_a_stream_of_writes_survives_crash_after_crash(server: Postgres) -> None:
    stopping = asyncio.Event()

    async def write_all(database: Database) -> int:
        number = 0
        while not stopping.is_set():
            await database.write(Counted(f"{number:06}"))  # a repeated key would be refused
            number += 1
        return number

    with prepared(server.new_database()) as database:
        writing = asyncio.create_task(write_all(database))
        for _ in range(3):
            await asyncio.wait({writing}, timeout=0.2)
            await asyncio.to_thread(server.crash)
            await asyncio.to_thread(server.restart)
        stopping.set()
        assert await writing == await database.read(count)


async def test_ended_sessions_are_replaced_without_a_word(postgres: Postgres) -> None:
    url = postgres.new_database()
    with prepared(url) as database:
        assert postgres.kill_backends(url) == 2
        assert await database.read(count) == 0
        assert await database.write(Counted("after")) == "run 1"
        postgres.kill_backends(url)
        assert await database.changed_elsewhere()


async def test_a_server_that_stays_away_is_given_up(server: Postgres) -> None:
    with prepared(server.new_database(), patience=0.3) as database:
        server.crash()
        async with asyncio.timeout(120):
            with pytest.raises(StoreUnreachable, match="cannot be reached"):
                await database.write(Counted("never"))
            with pytest.raises(StoreUnreachable, match="cannot be reached"):
                await database.changed_elsewhere()
        server.restart()
        assert await database.write(Counted("now")) == "run 1"


def test_a_folder_in_the_files_place_is_named(tmp_path: Path) -> None:
    (tmp_path / "desk.db").mkdir()
    with pytest.raises(StoreUnusable, match="cannot be opened: Is a directory"):
        Database.open(f"sqlite:///{tmp_path}/desk.db")
