"""The mailboxes we have ever watched: when each was started, and what its server numbers its mail by."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, select, update

from maildesk.store.database import insert_ignoring
from maildesk.store.schema import mailboxes

Numbers = tuple[int | None, int | None]
"""UIDVALIDITY and UIDNEXT of a folder, as far as they are known."""


@dataclass(frozen=True, slots=True)
class MailboxRecord:
    """One mailbox, known by the hash of host, username and folder; its name is the configuration's today."""

    identity: str
    name: str
    first_started_at: datetime
    uidvalidity: int | None
    last_listed_at: datetime | None
    uidnext: int | None = None
    processed_uidvalidity: int | None = None
    processed_uidnext: int | None = None

    @property
    def reach(self) -> Numbers:
        """The folder's numbers as they stood when it was last listed to its end."""
        return self.uidvalidity, self.uidnext

    @property
    def processed_reach(self) -> Numbers:
        """The accounted part of the processed folder: what lies below it we moved there, or told of.

        Nothing known: nobody has looked yet. Only UIDNEXT: there was no such folder when we looked.
        """
        return self.processed_uidvalidity, self.processed_uidnext


def identity_of(host: str, username: str, folder: str) -> str:
    """Name which mailbox this is, whatever the configuration calls it (design §3)."""
    return hashlib.sha256("\0".join((host.lower(), username, folder)).encode()).hexdigest()


def piped(identity: str) -> str:
    """The door beside a mailbox by which a mail server hands mail in (`maildesk deliver`).

    A mailbox of its own, so that the first mail through the pipe does not make the folder a known one:
    whether to file what lies in that folder is asked at its own first start.
    """
    return hashlib.sha256(f"{identity}\0pipe".encode()).hexdigest()


def mailbox(connection: Connection, identity: str) -> MailboxRecord | None:
    """The mailbox, or None when it was never started."""
    row = connection.execute(_ONE, {"of": identity}).one_or_none()
    return None if row is None else MailboxRecord(**row._mapping)


def start_mailbox(connection: Connection, identity: str, name: str, now: datetime) -> None:
    """Remember when this mailbox was first started; a known one keeps its time, takes the new name."""
    values = {"identity": identity, "name": name, "first_started_at": now}
    connection.execute(insert_ignoring(mailboxes, connection.dialect.name), values)
    connection.execute(
        update(mailboxes).where(mailboxes.c.identity == identity, mailboxes.c.name != name).values(name=name)
    )


def last_listing(connection: Connection) -> datetime | None:
    """Find when any mailbox was last listed to its end."""
    return connection.execute(_LAST_LISTED).scalar()


def note_listing(connection: Connection, identity: str, reach: Numbers, now: datetime) -> None:
    """Remember that the folder was listed to its end, and what numbers its mail had then."""
    values = {"uidvalidity": reach[0], "last_listed_at": now, "uidnext": reach[1]}
    connection.execute(_CHANGE, {"of": identity, **values})


def note_reach(connection: Connection, identities: Collection[str], reach: Numbers) -> None:
    """Remember how far the processed folder of these mailboxes is accounted for."""
    values = {"processed_uidvalidity": reach[0], "processed_uidnext": reach[1]}
    connection.execute(_CHANGE_ALL, {"of": list(identities), **values})


_ONE = select(mailboxes).where(mailboxes.c.identity == bindparam("of"))
_LAST_LISTED = (
    select(mailboxes.c.last_listed_at).order_by(mailboxes.c.last_listed_at.desc().nulls_last()).limit(1)
)
_CHANGE = update(mailboxes).where(mailboxes.c.identity == bindparam("of"))
_CHANGE_ALL = update(mailboxes).where(mailboxes.c.identity.in_(bindparam("of", expanding=True)))
