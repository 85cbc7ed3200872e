"""One daemon per database: a lock that the operating system or the server lets go when its holder dies."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import time
from pathlib import Path
from typing import Protocol

from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from maildesk.errors import AlreadyRunning, StoreUnusable
from maildesk.store.disk import as_its_folder
from maildesk.store.engines import Place, connect_arguments
from maildesk.store.failures import named, os_words

DAEMON_LOCK = int.from_bytes(b"maildesk")

_REMEDY = "stop it first, or give this one a database of its own"
A_GLANCE = 0.05
"""Seconds that are more than enough to see whether a file is locked."""
_LOOKS, _BETWEEN = 10, 0.1
"""Times, and seconds between them: a server may notice a little later that the holder's session ended."""
_TRY = text("SELECT pg_try_advisory_lock(:key)")
_HELD = text(  # a key of 64 bits is kept in two halves, and `objsubid` is 1 then (pg_locks)
    "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted AND objsubid = 1"
    " AND classid::bigint = :high AND objid::bigint = :low"
    " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
)


class _Lock(Protocol):
    def take(self) -> None: ...

    def confirm(self) -> None: ...

    def release(self) -> None: ...


class DaemonLock:
    """Held from `acquire` to `release`, also as a context manager.

    A child process made by fork alone would hold it on: start children afresh (spawn), not as copies.
    """

    def __init__(self, lock: _Lock) -> None:
        self._lock = lock

    @classmethod
    def acquire(cls, place: Place) -> DaemonLock:
        """Take the lock of the database at `place`; raises AlreadyRunning when another daemon has it."""
        lock: _Lock = _FileLock(place.path) if place.path is not None else _ServerLock(place)
        lock.take()
        return cls(lock)

    def confirm(self) -> None:
        """Make sure we still hold it: a restarted server has forgotten. Takes it again, or AlreadyRunning.

        Blocks for a round trip to the server; raises StoreUnreachable while there is none.
        """
        self._lock.confirm()

    def release(self) -> None:
        self._lock.release()

    def __enter__(self) -> DaemonLock:
        return self

    def __exit__(self, *_: object) -> None:
        self.release()


def is_held(place: Place) -> bool:
    """Tell whether a daemon works on the database at `place`: it holds the lock, whoever asks."""
    return _file_is_locked(place.path) if place.path is not None else _server_is_locked(place)


def lock_file(database: Path) -> Path:
    """The file that a daemon locks; it stays for good, so that it tells that one was at work here."""
    return database.with_name(f"{database.name}.lock")


def _file_is_locked(database: Path) -> bool:
    try:
        file = os.open(lock_file(database), os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    except OSError as error:
        raise _no_lock_file(lock_file(database), error) from error
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(file)
    return False


def _server_is_locked(place: Place) -> bool:
    engine = create_engine(
        place.url, poolclass=NullPool, hide_parameters=True, connect_args=connect_arguments(place)
    )
    try:
        with engine.connect() as session:
            half = {"high": DAEMON_LOCK >> 32, "low": DAEMON_LOCK & 0xFFFF_FFFF}
            return bool(session.execute(_HELD, half).scalar_one())
    except DBAPIError as error:
        raise named(error, place.shown) from None


def _no_lock_file(path: Path, error: OSError) -> StoreUnusable:
    return StoreUnusable(
        f"the lock file {path} cannot be opened: {os_words(error)}",
        remedy="it is a link: take it away"
        if error.errno == errno.ELOOP
        else "let this user write in the database's folder",
    )


class _FileLock:
    """flock on `<db>.lock`; the file stays, its content is the last holder's process number."""

    def __init__(self, database: Path) -> None:
        self._database = database
        self._path = lock_file(database)
        self._file: int | None = None

    def take(self) -> None:
        try:
            # No link is followed: the folder is the daemon's, and root gives away and empties what it opens.
            file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
            as_its_folder(file, self._path.parent)
        except OSError as error:
            raise _no_lock_file(self._path, error) from error
        try:
            self._lock(file)
        except BlockingIOError:
            holder = os.read(file, 20).decode("ascii", "replace").strip()
            os.close(file)
            who = f"the maildesk daemon with process number {holder}" if holder else "another maildesk daemon"
            raise AlreadyRunning(f"{who} works on {self._database}", remedy=_REMEDY) from None
        self._file = file
        self._sign(file)

    def _lock(self, file: int) -> None:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(A_GLANCE)  # somebody may only be looking whether we run (`is_held`)
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def _sign(self, file: int) -> None:
        # Only a courtesy to whoever reads the file: on a full disk the lock holds without it.
        with contextlib.suppress(OSError):
            os.ftruncate(file, 0)
            os.pwrite(file, f"{os.getpid()}\n".encode("ascii"), 0)

    def confirm(self) -> None:
        if self._file is None:
            self.take()

    def release(self) -> None:
        if self._file is not None:
            os.close(self._file)
            self._file = None


class _ServerLock:
    """An advisory lock of a session of its own, so that no pool and no transaction ends it."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._engine: Engine = create_engine(
            place.url,
            poolclass=NullPool,
            hide_parameters=True,
            isolation_level="AUTOCOMMIT",
            connect_args=connect_arguments(place),
        )
        self._session: Connection | None = None

    def take(self) -> None:
        try:
            session = self._engine.connect()
            for look in range(_LOOKS):
                if session.execute(_TRY, {"key": DAEMON_LOCK}).scalar_one():
                    self._session = session
                    return
                time.sleep(_BETWEEN if look + 1 < _LOOKS else 0)
            session.close()
        except DBAPIError as error:
            raise named(error, self._place.shown) from None
        raise AlreadyRunning(f"another maildesk daemon works on {self._place.shown}", remedy=_REMEDY)

    def confirm(self) -> None:
        if self._session is None:
            return self.take()
        try:
            self._session.execute(text("SELECT 1"))
        except DBAPIError:
            self.release()
            self.take()
        return None

    def release(self) -> None:
        if self._session is not None:
            self._session.invalidate()  # ends the session even when the server is gone
            self._session.close()
            self._session = None
