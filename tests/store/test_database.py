"""Transactions: whole or not at all, patient with a busy database, clear about a broken one."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import Connection, insert, select, text

from maildesk.errors import StoreBusy, StoreFull, StoreReadOnly, StoreRefused, StoreUnreachable, StoreUnusable
from maildesk.store.database import Database, insert_ignoring
from maildesk.store.migrations import upgrade
from maildesk.store.schema import alarms
from tests.store.conftest import NOW
from tests.world.postgres import Postgres
from tests.world.tables import MIGRATIONS


def raise_alarm(connection: Connection, kind: str = "full") -> str:
    connection.execute(insert(alarms).values(kind=kind, raised_at=NOW))
    return kind


def kinds(connection: Connection) -> list[str]:
    return sorted(connection.execute(select(alarms.c.kind)).scalars())


def holding(held: threading.Event, go_on: threading.Event) -> Callable[[Connection], bool]:
    """A work that keeps the write lock until it is told to go on."""

    def hold(_: Connection) -> bool:
        held.set()
        return go_on.wait(60)

    return hold


# --- one transaction ------------------------------------------------------------------------------


async def test_what_was_written_is_read(database: Database) -> None:
    assert await database.write(raise_alarm) == "full"
    assert await database.read(kinds) == ["full"]
    assert database.read_now(kinds) == ["full"]


async def test_a_work_that_fails_leaves_nothing_behind(database: Database) -> None:
    def work(connection: Connection) -> None:
        raise_alarm(connection)
        raise ZeroDivisionError("in the middle")

    with pytest.raises(ZeroDivisionError):
        await database.write(work)
    assert await database.read(kinds) == []


async def test_a_reader_cannot_write(database: Database) -> None:
    with pytest.raises(StoreReadOnly):
        Database.open(url_of(database), patience=0).read_now(raise_alarm)


async def test_a_reader_sees_one_moment(database: Database) -> None:
    def twice(connection: Connection) -> tuple[list[str], list[str]]:
        before = kinds(connection)
        database.write_now(raise_alarm)
        return before, kinds(connection)

    assert await database.read(twice) == ([], [])
    assert await database.read(kinds) == ["full"]


async def test_writers_of_one_process_take_turns(database: Database) -> None:
    await asyncio.gather(*(database.write(partial(raise_alarm, kind=f"{n:02}")) for n in range(30)))
    assert len(await database.read(kinds)) == 30


async def test_a_refused_value_is_named_without_its_contents(database: Database) -> None:
    await database.write(raise_alarm)

    def again(connection: Connection) -> None:
        connection.execute(insert(alarms).values(kind="full", raised_at=NOW))

    with pytest.raises(StoreRefused) as refused:
        await database.write(again)
    assert "raised" not in str(refused.value)
    assert "2026" not in str(refused.value)
    assert refused.value.__cause__ is None


async def test_inserting_what_is_there_is_ignored(database: Database) -> None:
    def work(connection: Connection) -> None:
        rows = [{"kind": kind, "raised_at": NOW} for kind in ("a", "b", "a")]
        connection.execute(insert_ignoring(alarms, connection.dialect.name), rows)

    await database.write(work)
    await database.write(work)
    assert await database.read(kinds) == ["a", "b"]


async def test_nothing_is_taken_after_the_end(database: Database) -> None:
    await database.close()
    with pytest.raises(StoreUnusable, match="was closed"):
        await database.write(raise_alarm)


# --- cancellation ---------------------------------------------------------------------------------


async def test_a_cancelled_writer_leaves_only_when_its_transaction_is_over(database: Database) -> None:
    began, go_on = threading.Event(), threading.Event()

    def slow(connection: Connection) -> None:
        raise_alarm(connection)
        began.set()
        go_on.wait(20)

    task = asyncio.create_task(database.write(slow))
    await asyncio.to_thread(began.wait, 20)
    task.cancel()
    await asyncio.sleep(0)
    task.cancel()  # twice is no different
    done, _ = await asyncio.wait({task}, timeout=0.1)
    assert not done
    go_on.set()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await database.read(kinds) == ["full"]


async def test_a_writer_cancelled_before_its_turn_does_nothing(database: Database) -> None:
    began, go_on = threading.Event(), threading.Event()

    def slow(_: Connection) -> None:
        began.set()
        go_on.wait(20)

    first = asyncio.create_task(database.write(slow))
    await asyncio.to_thread(began.wait, 20)
    second = asyncio.create_task(database.write(raise_alarm))
    await asyncio.sleep(0)
    second.cancel()
    with pytest.raises(asyncio.CancelledError):
        await second
    go_on.set()
    await first
    assert await database.read(kinds) == []


async def test_a_cancelled_writer_stops_waiting_for_a_lock(database: Database) -> None:
    other = Database.open(url_of(database))
    held, go_on = threading.Event(), threading.Event()
    holder = asyncio.create_task(other.write(holding(held, go_on)))
    await asyncio.to_thread(held.wait, 20)
    task = asyncio.create_task(database.write(raise_alarm))
    await asyncio.wait({task}, timeout=0.05)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):  # the database's patience would end in StoreBusy
        await task
    go_on.set()
    await holder
    await other.close()
    assert await database.read(kinds) == []


# --- a busy database ------------------------------------------------------------------------------


async def test_patience_with_a_busy_database_ends(database: Database) -> None:
    hasty = Database.open(url_of(database), patience=0.2)
    held, go_on = threading.Event(), threading.Event()
    holder = asyncio.create_task(database.write(holding(held, go_on)))
    await asyncio.to_thread(held.wait, 20)
    with pytest.raises(StoreBusy, match="holds the write lock"):
        await hasty.write(raise_alarm)
    assert await hasty.read(kinds) == []
    go_on.set()
    await holder
    await hasty.close()


async def test_closing_does_not_wait_for_anothers_lock(database: Database) -> None:
    other = Database.open(url_of(database), patience=600)
    held, go_on = threading.Event(), threading.Event()
    holder = asyncio.create_task(database.write(holding(held, go_on)))
    await asyncio.to_thread(held.wait, 20)
    waiting = asyncio.create_task(other.write(raise_alarm))
    await asyncio.wait({waiting}, timeout=0.05)
    async with asyncio.timeout(120):
        await other.close()
    with pytest.raises(StoreBusy):
        await waiting
    go_on.set()
    await holder


# --- other processes ------------------------------------------------------------------------------


async def test_a_commit_of_another_process_is_noticed_once(database: Database) -> None:
    other = Database.open(url_of(database))
    await database.changed_elsewhere()
    assert not await database.changed_elsewhere()
    await database.write(raise_alarm)
    await database.read(kinds)
    assert not await database.changed_elsewhere(), "our own commits are no news"
    await other.write(lambda c: raise_alarm(c, "other"))
    assert await database.changed_elsewhere()
    assert not await database.changed_elsewhere()
    await other.close()


async def test_a_commit_that_was_under_way_when_we_asked_is_noticed_later(database: Database) -> None:
    other = Database.open(url_of(database))
    began, go_on = threading.Event(), threading.Event()

    def slow(connection: Connection) -> None:
        raise_alarm(connection)
        began.set()
        go_on.wait(20)

    task = asyncio.create_task(other.write(slow))
    await asyncio.to_thread(began.wait, 20)
    await database.changed_elsewhere()
    go_on.set()
    await task
    assert await database.changed_elsewhere()
    assert not await database.changed_elsewhere()
    await other.close()


def test_free_space_is_known_where_the_file_is_ours(database: Database) -> None:
    space = database.free_space()
    assert (space is None) == (database.dialect == "postgresql")
    assert space is None or space > 0


# --- what cannot be used --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "words"),
    [
        pytest.param("mysql://db/desk", "not supported", id="another kind"),
        pytest.param("no url", "cannot be read", id="no URL"),
        pytest.param("sqlite:///desk.db", "not an absolute path", id="relative path"),
        pytest.param("sqlite://", "not an absolute path", id="in memory"),
        pytest.param("sqlite:////nowhere/at/all/desk.db", "folder .* is missing", id="no folder"),
    ],
)
def test_a_url_that_cannot_work_says_what_to_write(url: str, words: str) -> None:
    with pytest.raises(StoreUnusable, match=words):
        Database.open(url)


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    (tmp_path / "desk.db").write_bytes(b"Dear diary, " * 1000)
    with pytest.raises(StoreUnusable, match=r"desk\.db is damaged"):
        Database.open(f"sqlite:///{tmp_path}/desk.db")


def test_a_server_that_is_not_there_is_told_at_once() -> None:
    with pytest.raises(StoreUnreachable, match="cannot be reached") as error:
        Database.open("postgresql://desk:hunter2@127.0.0.1:1/desk", patience=60)
    assert "hunter2" not in str(error.value)


def test_a_server_that_may_lose_commits_is_refused(postgres: Postgres) -> None:
    url = postgres.new_database()
    with pytest.raises(StoreUnusable, match="synchronous_commit=off"):
        Database.open(f"{url}?options=-c%20synchronous_commit%3Doff")


def test_customers_mail_is_readable_by_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "new.db"
    database = Database.open(f"sqlite:///{path}")
    upgrade(database, MIGRATIONS)
    database.write_now(raise_alarm)
    modes = {name: os.stat(f"{path}{name}").st_mode & 0o777 for name in ("", "-wal", "-shm")}
    database.close_now()
    assert modes == dict.fromkeys(modes, 0o600)


def test_every_commit_is_on_disk_before_it_is_believed(sqlite_database: Database) -> None:
    def settings(connection: Connection) -> list[object]:
        names = ("journal_mode", "synchronous", "foreign_keys")
        return [connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in names]

    assert sqlite_database.write_now(settings) == ["wal", 2, 1]


async def test_a_full_disk_is_named_and_passes_without_harm(sqlite_database: Database) -> None:
    def fill(connection: Connection) -> None:
        connection.execute(insert(alarms).values(kind="x" * 2_000_000, raised_at=NOW))

    def cap(connection: Connection, pages: int) -> None:
        connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")

    await sqlite_database.write(lambda c: cap(c, 100))
    with pytest.raises(StoreFull, match="no room left"):
        await sqlite_database.write(fill)
    await sqlite_database.write(lambda c: cap(c, 1_000_000))
    await sqlite_database.write(raise_alarm)
    assert await sqlite_database.read(kinds) == ["full"]
    checked = sqlite_database.read_now(lambda c: c.execute(text("PRAGMA integrity_check")).scalar())
    assert checked == "ok"


def url_of(database: Database) -> str:
    return database.place.url.render_as_string(hide_password=False)
