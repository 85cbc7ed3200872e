"""A desk that goes on from a copy of its database: what the copy holds as due may have been sent since."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, insert, inspect, literal, or_, select, text, update

from maildesk.errors import NotAllowed
from maildesk.store.chunks import chunks
from maildesk.store.column_types import moment_text
from maildesk.store.database import insert_ignoring
from maildesk.store.outbox import RESTORED, TRIED, LetterState
from maildesk.store.schema import events, ledger, mailboxes, outbox, reread, restorations

CLOCKS_DIFFER = timedelta(minutes=1)
"""The lead a mail server's clock may have on ours when it says that a mail came before the restoration."""

_MARK = "backup_mark"
"""A table that only copies have, whatever their schema: when they were made, and the last rows then."""

_LEFT = "desk_moved_away"
"""An empty table of a database whose desk went on in another: what comes here would be read by nobody."""

_HELD_FOR_IT = (*TRIED, LetterState.SENDING, LetterState.HELD)


@dataclass(frozen=True, slots=True)
class Restoration:
    """The desk went on at `restored_at` from a copy made at `made_at`, and held so many letters for it."""

    restored_at: datetime
    made_at: datetime
    held: int

    @property
    def why(self) -> str:
        """The reason why a letter of that time is held, for people."""
        return f"{RESTORED} of {self.made_at:%Y-%m-%d %H:%M} UTC: it may have been sent since"


# --- the copy -------------------------------------------------------------------------------------


def mark_copy(copy: sqlite3.Connection, made_at: datetime) -> None:
    """Write into a fresh copy that it is one; a copy of a copy that nobody went on from keeps its mark."""
    copy.execute(
        f"CREATE TABLE IF NOT EXISTS {_MARK}"
        " (made_at TEXT NOT NULL, last_letter INTEGER NOT NULL, last_mail INTEGER NOT NULL)"
    )
    copy.execute(
        f"INSERT INTO {_MARK} SELECT ?, ?, ? WHERE NOT EXISTS (SELECT 1 FROM {_MARK})",  # noqa: S608 - our own name
        (moment_text(made_at), _last(copy, "outbox"), _last(copy, "ledger")),
    )


def mark_left(connection: Connection, left_at: datetime) -> None:
    """Mark an SQLite database that its desk leaves: who starts on it again holds what waits there."""
    raw = connection.connection.driver_connection
    assert isinstance(raw, sqlite3.Connection)
    mark_copy(raw, left_at)
    raw.execute(f"CREATE TABLE {_LEFT} (left_at TEXT)")


def require_not_left(connection: Connection) -> None:
    """Raise NotAllowed where the desk went on in another database, and nobody has come back to this one."""
    if inspect(connection).has_table(_LEFT):
        raise NotAllowed(
            "the desk has moved away from this database: the mail stays with the mail server",
            remedy="write the database's new place into store.url; or start the daemon here again",
        )


def _last(copy: sqlite3.Connection, table: str) -> int:
    """The newest row of a table, which an old schema may not have."""
    known = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?"
    if copy.execute(known, (table,)).fetchone() is None:
        return 0
    return int(copy.execute(f"SELECT coalesce(max(id), 0) FROM {table}").fetchone()[0])  # noqa: S608 - our own names


def is_marked(connection: Connection) -> bool:
    """Tell whether this is a copy, or what a desk moved away from, and no desk has gone on from it yet."""
    return inspect(connection).has_table(_MARK)


# --- going on from it -----------------------------------------------------------------------------


def go_on(connection: Connection, now: datetime, made_at: datetime | None = None) -> Restoration | None:
    """Hold what a copy holds as due; None where this is no copy.

    A copy that bears no mark (made by `cp` or `pg_dump`) is one because somebody says so, with `made_at`.
    Mail that the copy holds as stored and not filed may have been filed since: it counts as read again. What
    was handed in to the copy itself, by `maildesk deliver` before the first start, nobody else has had.
    """
    last: int | None = None
    unfiled = select(ledger.c.id).where(ledger.c.verdict.is_(None))
    if is_marked(connection):
        row = connection.execute(text(f"SELECT made_at, last_letter, last_mail FROM {_MARK}")).one()  # noqa: S608 - our own name
        made_at, last = datetime.fromisoformat(row.made_at), row.last_letter
        unfiled = unfiled.where(ledger.c.id <= row.last_mail)
        connection.execute(text(f"DROP TABLE {_MARK}"))
        connection.execute(text(f"DROP TABLE IF EXISTS {_LEFT}"))
    if made_at is None:
        return None
    restoration = Restoration(now, made_at, 0)
    held = _hold(connection, restoration, last)
    _note(connection, connection.execute(unfiled).scalars().all())
    restoration = replace(restoration, held=held)
    connection.execute(insert(restorations).values(asdict(restoration)))
    return restoration


def _hold(connection: Connection, restoration: Restoration, last: int | None) -> int:
    c = outbox.c
    change = update(outbox).where(c.state.in_(_HELD_FOR_IT))
    if last is not None:
        change = change.where(c.id <= last)
    reason = literal(restoration.why) + func.coalesce(literal("; ") + c.reason, "")
    # Due from now: a held acknowledgement is dropped a day after it was held, not after it was written.
    change = change.values(state=LetterState.HELD, reason=reason, due_at=restoration.restored_at)
    return connection.execute(change).rowcount


def newest(connection: Connection) -> Restoration | None:
    """The last time the desk went on from a copy."""
    query = select(restorations).order_by(restorations.c.restored_at.desc()).limit(1)
    row = connection.execute(query).one_or_none()
    return Restoration(**row._mapping) if row else None


def last_sign_of_life(connection: Connection) -> datetime | None:
    """The newest moment that the database knows of: about when an unmarked copy of it was made."""
    newest_event = select(events.c.at).order_by(events.c.id.desc()).limit(1)
    newest_mail = select(ledger.c.received_at).order_by(ledger.c.id.desc()).limit(1)
    newest_letter = select(outbox.c.created_at).order_by(outbox.c.id.desc()).limit(1)
    queries = (select(func.max(mailboxes.c.last_listed_at)), newest_event, newest_mail, newest_letter)
    moments = [connection.execute(query).scalar_one_or_none() for query in queries]
    return max((each for each in moments if each), default=None)


# --- mail that is read again ----------------------------------------------------------------------


def note_reread(
    connection: Connection, ids: Sequence[int], restoration: Restoration, *, first_look: bool
) -> int:
    """Note which of these new rows hold mail from before the restoration; how many.

    At the first look into a mailbox that is what lies there: the operator may have moved it back meanwhile,
    and a server's clock goes by itself. After that the moment it came in decides, which a move keeps.
    """
    restored = restoration.restored_at
    before = ledger.c.internal_date < restored.replace(microsecond=0)  # a server's dates are whole seconds
    if first_look:
        before = or_(before, ledger.c.internal_date <= restored + CLOCKS_DIFFER)
    noted = 0
    for chunk in chunks(ids):
        found = select(ledger.c.id).where(ledger.c.id.in_(chunk), ledger.c.verdict.is_(None), before)
        chosen = connection.execute(found).scalars().all()
        noted += _note(connection, chosen)
    return noted


def note_again(connection: Connection, ids: Sequence[int]) -> None:
    """Mails that a mail read again brings back: what it says may have been heard before."""
    _note(connection, ids)


def _note(connection: Connection, ids: Sequence[int]) -> int:
    if ids:
        rows = [{"ledger_id": one} for one in ids]
        connection.execute(insert_ignoring(reread, connection.dialect.name), rows)
    return len(ids)
