"""The meaning of a database driver's error: shall we wait, run the work again, or tell a person?"""

from __future__ import annotations

import errno
import os
import sqlite3
from enum import StrEnum

from sqlalchemy.exc import DBAPIError, OperationalError

from maildesk.errors import (
    MaildeskError,
    StoreBusy,
    StoreFull,
    StoreReadOnly,
    StoreRefused,
    StoreUnreachable,
    StoreUnusable,
)


class Trouble(StrEnum):
    """The few things that can be wrong, as far as they ask for different answers."""

    BUSY = "busy"
    LOST = "lost"
    CONFLICT = "conflict"
    FULL = "full"
    UNUSABLE = "unusable"
    READ_ONLY = "read-only"
    DAMAGED = "damaged"
    REFUSED = "refused"


WAITED_FOR = frozenset({Trouble.BUSY, Trouble.LOST, Trouble.CONFLICT})
"""Troubles that pass by themselves; nothing was committed, so the work is simply run again."""

_SQLITE: dict[int, Trouble] = {
    sqlite3.SQLITE_BUSY: Trouble.BUSY,
    sqlite3.SQLITE_LOCKED: Trouble.BUSY,
    sqlite3.SQLITE_FULL: Trouble.FULL,
    sqlite3.SQLITE_CORRUPT: Trouble.DAMAGED,
    sqlite3.SQLITE_NOTADB: Trouble.DAMAGED,
    sqlite3.SQLITE_READONLY: Trouble.READ_ONLY,
    sqlite3.SQLITE_PERM: Trouble.UNUSABLE,
    sqlite3.SQLITE_AUTH: Trouble.UNUSABLE,
    sqlite3.SQLITE_CANTOPEN: Trouble.LOST,
    sqlite3.SQLITE_IOERR: Trouble.LOST,
    sqlite3.SQLITE_NOMEM: Trouble.BUSY,
    sqlite3.SQLITE_PROTOCOL: Trouble.BUSY,
}

# A quota (EDQUOT) and a full disk under the shared-memory file come as failed writes, not as SQLITE_FULL.
_SQLITE_NO_ROOM = frozenset(
    {sqlite3.SQLITE_IOERR_WRITE, sqlite3.SQLITE_IOERR_SHMSIZE, sqlite3.SQLITE_IOERR_TRUNCATE}
)

_POSTGRESQL: dict[str, Trouble] = {
    "40001": Trouble.CONFLICT,  # serialization failure
    "40P01": Trouble.CONFLICT,  # deadlock
    "55P03": Trouble.BUSY,  # lock_timeout
    "57014": Trouble.BUSY,  # statement_timeout
    "53100": Trouble.FULL,  # disk full
    "53000": Trouble.BUSY,
    "53200": Trouble.BUSY,  # out of memory
    "53300": Trouble.LOST,  # too many connections
    "57P01": Trouble.LOST,  # the server is being stopped
    "57P02": Trouble.LOST,  # the server crashed
    "57P03": Trouble.LOST,  # the server is starting
    "57P05": Trouble.LOST,
    "25P03": Trouble.LOST,  # idle_in_transaction_session_timeout
    "25006": Trouble.READ_ONLY,  # a standby, as in the middle of a failover, or a setting
    "58030": Trouble.LOST,  # I/O error on the server
    "XX001": Trouble.DAMAGED,  # data
    "XX002": Trouble.DAMAGED,  # an index
}

_POSTGRESQL_CLASSES: dict[str, Trouble] = {
    "08": Trouble.LOST,
    "28": Trouble.UNUSABLE,  # password or role
    "3D": Trouble.UNUSABLE,  # no such database
    "42": Trouble.UNUSABLE,  # a table or right is missing
    "XX": Trouble.UNUSABLE,
}


def trouble(error: DBAPIError) -> Trouble:
    """The kind of `error`; what nobody knows about is the row's fault, so one mail cannot stop the store."""
    cause = error.orig
    if isinstance(cause, sqlite3.Error):
        return sqlite_trouble(cause)
    state = getattr(cause, "sqlstate", None)
    if refusal := _refusal(error):
        return refusal[1]
    if state is None:  # the server said nothing at all: the connection itself failed
        lost = error.connection_invalidated or isinstance(error, OperationalError)
        return Trouble.LOST if lost else Trouble.REFUSED
    known = _POSTGRESQL.get(state) or _POSTGRESQL_CLASSES.get(state[:2])
    return known or (Trouble.LOST if error.connection_invalidated else Trouble.REFUSED)


def sqlite_trouble(cause: sqlite3.Error) -> Trouble:
    """`trouble` for the driver's own error."""
    code: int = getattr(cause, "sqlite_errorcode", sqlite3.SQLITE_ERROR)
    if code in _SQLITE_NO_ROOM:
        return Trouble.FULL
    if code & 0xFF == sqlite3.SQLITE_ERROR and "no such table" in str(cause):
        return Trouble.UNUSABLE
    return _SQLITE.get(code & 0xFF, Trouble.REFUSED)


_REFUSALS: tuple[tuple[str, Trouble, str], ...] = (
    (
        "password authentication failed",
        Trouble.UNUSABLE,
        "correct the user name or the password in store.url, or in the file or variable that it names",
    ),
    (
        "no password supplied",
        Trouble.UNUSABLE,
        "write store.url with one: postgresql://USER:PASSWORD@HOST/NAME",
    ),
    (
        "no pg_hba.conf entry",
        Trouble.UNUSABLE,
        "let this user in from this machine: a line of pg_hba.conf on the server",
    ),
    (
        "role ",
        Trouble.UNUSABLE,
        "correct the user name in store.url, or make that user on the server (createuser)",
    ),
    (
        "database ",
        Trouble.UNUSABLE,
        "correct the name in store.url, or make the database on the server (createdb)",
    ),
    (
        "Connection refused",
        Trouble.LOST,
        "no server listens there: correct host or port in store.url, or start the server",
    ),
    ("could not translate host name", Trouble.LOST, "correct the host in store.url"),
    ("failed to resolve host", Trouble.LOST, "correct the host in store.url"),
)
"""The words of PostgreSQL's client (libpq) for a connection that did not come about, where it gives no code.

The two that begin with what is missing end in `does not exist`. A server may speak another language: then the
remedy is that of any server that cannot be reached.
"""
_MISSING = frozenset({"role ", "database "})


def _refusal(error: DBAPIError) -> tuple[str, Trouble, str] | None:
    """Find what the client says of the connection, if it is one of those that we know."""
    if isinstance(error.orig, sqlite3.Error) or getattr(error.orig, "sqlstate", None) is not None:
        return None
    words = str(error.orig)
    return next(
        (
            each
            for each in _REFUSALS
            if each[0] in words and (each[0] not in _MISSING or "does not exist" in words)
        ),
        None,
    )


_ERRORS: dict[Trouble, tuple[type[MaildeskError], str, str]] = {
    Trouble.BUSY: (
        StoreBusy,
        "another process holds the write lock of {where}",
        "wait until it is done; a backup or another maildesk command may be running",
    ),
    Trouble.CONFLICT: (
        StoreBusy,
        "other programs keep changing the same rows of {where}",
        "try again in a moment",
    ),
    Trouble.LOST: (
        StoreUnreachable,
        "{where} cannot be reached: {cause}",
        "check that the server runs and lets the user of store.url in, or that the file's folder is there",
    ),
    Trouble.FULL: (StoreFull, "there is no room left for {where}", "free some disk space or raise the quota"),
    Trouble.UNUSABLE: (
        StoreUnusable,
        "{where} cannot be used: {cause}",
        "check its rights with `maildesk check`, its schema with `maildesk db status`, or restore a backup",
    ),
    Trouble.READ_ONLY: (
        StoreReadOnly,
        "{where} is read-only: {cause}",
        "see whether this user may write it; after a failover name the primary in store.url",
    ),
    Trouble.DAMAGED: (
        StoreUnusable,
        "{where} is damaged: {cause}",
        "`maildesk db status` says what is broken; stop the daemon and restore a backup (docs/operating.md)",
    ),
    Trouble.REFUSED: (
        StoreRefused,
        "{where} refused a value: {cause}",
        "this is a fault of maildesk: report it",
    ),
}


def named(error: DBAPIError, where: str) -> MaildeskError:
    """The error a person reads. Only the driver's first line is quoted: the next may show a row."""
    kind, message, remedy = _ERRORS[trouble(error)]
    if refusal := _refusal(error):
        remedy = refusal[2]
    return kind(message.format(where=where, cause=_cause(error)), remedy=remedy)


def _cause(error: DBAPIError) -> str:
    diagnosis = getattr(error.orig, "diag", None)
    words = getattr(diagnosis, "message_primary", None) or str(error.orig) or type(error.orig).__name__
    return " ".join(str(words).splitlines()[:1]).strip().rstrip(".")


def no_room(error: OSError) -> bool:
    """Tell whether the file system said that it is full."""
    return error.errno in (errno.ENOSPC, errno.EDQUOT)


def os_words(error: OSError) -> str:
    """Return what the operating system says, without the path."""
    return os.strerror(error.errno) if error.errno else str(error)
