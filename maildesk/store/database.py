"""The database: one thread that writes, one that reads, and the patience for what passes by itself."""

from __future__ import annotations

import asyncio
import logging
import os
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache
from typing import Self, TypeVar

from sqlalchemy import Connection as Connection  # the one word of SQLAlchemy that other rooms use
from sqlalchemy import Engine, Insert, Table
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from maildesk.errors import (
    MaildeskError,
    StoreBusy,
    StoreFull,
    StoreReadOnly,
    StoreUnreachable,
    StoreUnusable,
    TemporaryError,
    TooManyFiles,
)
from maildesk.store import disk
from maildesk.store.commits import CommitOutcome, begin, outcome_of
from maildesk.store.engines import Dialect, Place, place, reading_engine, writing_engine
from maildesk.store.failures import WAITED_FOR, Trouble, named, trouble
from maildesk.store.watching import ChangeWatch

T = TypeVar("T")
Work = Callable[[Connection], T]
"""The work done in one transaction. It may run more than once, so it reads inside what it depends on."""

_log = logging.getLogger(__name__)
_FIRST_PAUSE, _LONGEST_PAUSE = 0.01, 1.0


class Database:
    """Opened once per process; every transaction of the process goes through it."""

    def __init__(self, where: Place, patience: float, *, read_only: bool = False) -> None:
        self.place = where
        self._patience = patience
        engine = reading_engine if read_only else writing_engine
        self._writing: Engine = engine(where, patience)
        self._reading: Engine = reading_engine(where, patience)
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="store-writer")
        self._reader = ThreadPoolExecutor(1, thread_name_prefix="store-reader")
        self._closing = threading.Event()
        self._watch = ChangeWatch(where.dialect)
        self._file: disk.FileId | None = None  # of an SQLite database, once it was opened
        self._damage: MaildeskError | None = None  # until a look at every page finds none

    @classmethod
    def open(cls, url: str, *, patience: float = 60, read_only: bool = False) -> Self:
        """Connect once, to learn now what is wrong; `patience` is how long a busy database is waited for.

        `read_only`: the database itself refuses whatever would be written.
        """
        database = cls(place(url), patience, read_only=read_only)
        try:
            database._insist(database._connect, threading.Event(), WAITED_FOR - {Trouble.LOST})
            database._file = disk.file_id(database.place.path) if database.place.path else None
        except BaseException:
            database.close_now()
            raise
        return database

    @property
    def dialect(self) -> Dialect:
        return self.place.dialect

    # --- transactions -----------------------------------------------------------------------------

    async def write(self, work: Work[T]) -> T:
        """Run `work` in one transaction of the writer thread; it is on disk when this returns.

        A cancelled caller leaves only when the transaction is over, one way or the other.
        """
        return await self._in_thread(self._writer, lambda hurry: self._write(work, hurry))

    async def read(self, work: Work[T]) -> T:
        """Run `work` in one read-only transaction of the reader thread, which sees one moment."""
        return await self._in_thread(self._reader, lambda hurry: self._read(work, hurry))

    def write_now(self, work: Work[T]) -> T:
        """`write` in the caller's own thread, for the command line."""
        return self._write(work, threading.Event())

    def read_now(self, work: Work[T]) -> T:
        """`read` in the caller's own thread, for the command line."""
        return self._read(work, threading.Event())

    async def changed_elsewhere(self) -> bool:
        """Tell whether another process may have committed since we last asked; True the first time."""
        return await self._in_thread(
            self._writer, lambda hurry: self._insist(self._look_elsewhere, hurry, WAITED_FOR)
        )

    async def prove(self) -> None:
        """Raise what would keep a mail from being stored now: asked before one is fetched."""
        await self._in_thread(self._writer, lambda hurry: self._prove(hurry))

    def prove_now(self) -> None:
        """`prove` in the caller's own thread, for the command line."""
        self._prove(threading.Event())

    def free_space(self) -> int | None:
        """Bytes that we may still use on the disk of the SQLite file; None where a server keeps it."""
        if self.place.path is None:
            return None
        disk = os.statvfs(self.place.path.parent)
        return disk.f_bavail * disk.f_frsize

    def hurry(self) -> None:
        """Wait for nothing from now on: what a busy or absent database cannot do at once is an error."""
        self._closing.set()

    def take_time(self) -> None:
        """Be patient again after `hurry`."""
        self._closing.clear()

    async def close(self) -> None:
        """Finish what was handed in (waiting for locks no longer), then let go of the database."""
        self._closing.set()
        await asyncio.to_thread(self.close_now)

    def close_now(self) -> None:
        self._closing.set()
        self._writer.shutdown()
        self._reader.shutdown()
        self._reading.dispose()
        self._writing.dispose()

    def empty_log(self) -> None:
        """Bring what SQLite's log holds into the file and empty the log, if nobody reads an older moment.

        Else that happens with a later commit. What was taken out of the pages is then in neither.
        """
        if self.place.path is None:
            return
        raw = self._writing.raw_connection()
        try:
            raw.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
        finally:
            raw.close()

    # --- one transaction --------------------------------------------------------------------------

    def _write(self, work: Work[T], hurry: threading.Event) -> T:
        return self._insist(lambda: self._write_once(work, hurry), hurry, WAITED_FOR)

    def _write_once(self, work: Work[T], hurry: threading.Event) -> T:
        self._require_same_file()
        with self._writing.connect() as connection:
            xid = begin(connection)
            self._watch.ours(xid)
            result = work(connection)
            try:
                connection.commit()
            except DBAPIError as error:
                if xid is None or trouble(error) is not Trouble.LOST or not self._was_committed(xid, hurry):
                    raise
        return result

    def _was_committed(self, xid: int, hurry: threading.Event) -> bool:
        """The connection broke during COMMIT: only the server knows, and it may need time to restart."""
        _log.warning("the connection broke during COMMIT of transaction %d: asking for its outcome", xid)

        def ask() -> bool:
            with self._reading.connect() as connection:
                outcome = outcome_of(connection, xid)
            if outcome is CommitOutcome.RUNNING:
                raise StoreBusy(f"transaction {xid} is still being committed")
            return outcome is CommitOutcome.COMMITTED

        try:
            committed = self._insist(ask, hurry, WAITED_FOR)
        except TemporaryError as error:
            raise StoreUnreachable(
                f"the connection broke in a commit, and whether it was done is not known: {error.message}",
                remedy="what was to be stored is looked at again when the server is back",
            ) from None
        _log.warning("transaction %d was %s", xid, "committed" if committed else "not committed: again")
        return committed

    def _read(self, work: Work[T], hurry: threading.Event) -> T:
        def once() -> T:
            self._require_same_file()
            with self._reading.connect() as connection:
                return work(connection)

        return self._insist(once, hurry, WAITED_FOR)

    def _connect(self) -> None:
        with self._writing.connect(), self._reading.connect():
            pass

    def _prove(self, hurry: threading.Event) -> None:
        """A commit that changes nothing reaches the disk all the same; the machine is asked for the rest."""
        if problem := disk.descriptors():
            raise problem
        if self.place.path is not None and (problem := disk.temporary()):
            raise problem
        if self._damage:
            self._insist(self._look_at_every_page, hurry, WAITED_FOR)
        self._insist(lambda: self._write_once(_change_nothing, hurry), hurry, WAITED_FOR)

    def _look_at_every_page(self) -> None:
        """Ask SQLite whether what was damaged still is: somebody may have mended the file."""
        self._require_same_file()
        self._reading.dispose()  # its pages may be those of before
        with self._reading.connect() as connection:
            found = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar_one()
        if found != "ok" and self._damage:
            raise self._damage
        self._damage = None

    def _require_same_file(self) -> None:
        if self.place.path is not None:
            disk.require_same(self.place.path, self._file)

    def _look_elsewhere(self) -> bool:
        self._require_same_file()
        with self._writing.connect() as connection:
            raw = connection.connection
            try:
                return self._watch.changed(raw)
            except self._writing.dialect.loaded_dbapi.Error as error:
                connection.invalidate(error)
                raise DBAPIError(None, None, error, connection_invalidated=True) from error

    # --- patience ---------------------------------------------------------------------------------

    def _insist(self, attempt: Callable[[], T], hurry: threading.Event, waited_for: frozenset[Trouble]) -> T:
        """Attempt until it works, the trouble is none that passes, or patience ends or is asked to end."""
        ends = time.monotonic() + self._patience
        pause = _FIRST_PAUSE
        while True:
            try:
                return attempt()
            except DBAPIError as error:
                # `from None`: the driver's own text may show the words of a mail.
                kind = trouble(error)
                problem, passes = self._named(error, kind), kind in waited_for
                passes = passes and isinstance(problem, TemporaryError) and not self._is_sure(problem)
            except StoreReadOnly:
                self._writing.dispose()  # a session keeps the setting it began with
                raise
            except StoreBusy as error:
                problem, passes, kind = error, True, Trouble.BUSY
            except PoolTimeout:
                raise StoreBusy(f"this process is already writing to {self.place.shown}") from None
            if not passes or hurry.is_set() or self._closing.is_set() or time.monotonic() >= ends:
                raise problem from None
            _log.debug("%s: trying again in %.2f s", kind, pause)
            self._closing.wait(pause)
            pause = min(pause * 2, _LONGEST_PAUSE)

    def _named(self, error: DBAPIError, kind: Trouble) -> MaildeskError:
        """Name what went wrong. Of a file the driver knows little: the machine is asked for the reason."""
        problem = named(error, self.place.shown)
        if kind is Trouble.READ_ONLY and self.place.path is None:
            self._writing.dispose()  # the next session may reach the primary
        if self.place.path is None or kind not in _ASK_THE_MACHINE:
            return problem
        if kind is Trouble.DAMAGED:
            self._damage = problem
            self._writing.dispose()  # their pages may be those of before
            self._reading.dispose()
        return disk.diagnosis(self.place.path) or problem

    @staticmethod
    def _is_sure(problem: MaildeskError) -> bool:
        """Tell whether the machine said itself what is wrong: that does not pass within seconds."""
        return isinstance(problem, StoreReadOnly | StoreFull | TooManyFiles)

    # --- threads ----------------------------------------------------------------------------------

    async def _in_thread(self, thread: ThreadPoolExecutor, job: Callable[[threading.Event], T]) -> T:
        """The job's result. On cancellation it is called off, or hurried and waited for: never abandoned."""
        hurry = threading.Event()
        try:
            ticket = thread.submit(job, hurry)
        except RuntimeError:
            raise StoreUnusable("the database was closed") from None
        try:
            return await asyncio.wrap_future(ticket)
        except asyncio.CancelledError:
            if not ticket.cancel():  # it has begun
                hurry.set()
                await _finished(ticket)
            raise


_ASK_THE_MACHINE = frozenset(
    {Trouble.LOST, Trouble.FULL, Trouble.READ_ONLY, Trouble.DAMAGED, Trouble.UNUSABLE}
)


def _change_nothing(connection: Connection) -> None:
    """As much as a commit needs to be one: on PostgreSQL its number, which it has."""
    if connection.dialect.name == "sqlite":
        version = connection.exec_driver_sql("PRAGMA user_version").scalar_one()
        connection.exec_driver_sql(f"PRAGMA user_version = {version}")


async def _finished(ticket: Future[T]) -> None:
    """Wait for a running job although we are cancelled, as often as we are cancelled."""
    waiting = asyncio.wrap_future(ticket)
    while not waiting.done():
        try:
            await asyncio.wait({waiting})
        except asyncio.CancelledError:
            continue
    error = waiting.exception()
    if error is not None:
        words = str(error) if isinstance(error, MaildeskError) else type(error).__name__
        _log.warning("a transaction failed after its caller had gone: %s", words)


@cache
def insert_ignoring(table: Table, dialect: str) -> Insert:
    """INSERT that leaves a row alone whose key is already there (ON CONFLICT DO NOTHING)."""
    if dialect == "sqlite":
        from sqlalchemy.dialects import sqlite

        return sqlite.insert(table).on_conflict_do_nothing()
    from sqlalchemy.dialects import postgresql  # costs a start much, and SQLite desks never need it

    return postgresql.insert(table).on_conflict_do_nothing()
