"""The two ends of a writing transaction, and what became of one whose COMMIT nobody answered."""

from __future__ import annotations

from enum import Enum

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from maildesk.errors import StoreReadOnly

# Writers take turns on PostgreSQL too: what a transaction read cannot change under it before it writes,
# and a lost update of a case is as impossible as with SQLite's BEGIN IMMEDIATE.
WRITER_LOCK = int.from_bytes(b"maildesk") + 1

# Asked before anything is written: a transaction of a read-only session takes a number like any other.
_TAKE_TURN = text(
    "SELECT pg_advisory_xact_lock(:key), CAST(pg_current_xact_id() AS text),"
    " current_setting('transaction_read_only')"
)
_STATUS = text("SELECT pg_xact_status(CAST(CAST(:xid AS text) AS xid8))")
_IN_THE_FUTURE = "22023"


class CommitOutcome(Enum):
    """The fate of a transaction, as the server knows it."""

    COMMITTED = "committed"
    ABORTED = "aborted"
    RUNNING = "in progress"


def begin(connection: Connection) -> int | None:
    """Begin and take the write lock; the transaction's number on PostgreSQL, None on SQLite."""
    connection.begin()
    if connection.dialect.name == "sqlite":
        return None
    _, xid, read_only = connection.execute(_TAKE_TURN, {"key": WRITER_LOCK}).one()
    if read_only == "on":
        shown = connection.engine.url.render_as_string(hide_password=True)
        raise StoreReadOnly(
            f"the database {shown} is read-only: its sessions begin with transaction_read_only on",
            remedy="take default_transaction_read_only away, or name the primary in store.url",
        )
    return int(xid)


def outcome_of(connection: Connection, xid: int) -> CommitOutcome:
    """Ask on a new connection. A number the server has not reached was never written down: aborted."""
    try:
        status = connection.execute(_STATUS, {"xid": str(xid)}).scalar_one()
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", None) == _IN_THE_FUTURE:
            return CommitOutcome.ABORTED
        raise
    return CommitOutcome(status) if status else CommitOutcome.ABORTED
