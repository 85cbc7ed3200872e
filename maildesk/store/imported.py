"""Mail that was brought along from another desk: rows of the ledger under a door of its own."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, func, select

from maildesk.store.chunks import chunks
from maildesk.store.erased_mails import ERASED, come_again, erased_id
from maildesk.store.ledger import Delivery, PackedMail, clear, receive
from maildesk.store.schema import ledger
from maildesk.store.used_uids import known

_UIDVALIDITY = 0
"""No server ever numbered these mails."""


def imported(identity: str) -> str:
    """The door beside a mailbox by which mail of another desk comes in (`maildesk import`).

    A mailbox of its own: what lies in the folder is asked about at the folder's own first start.
    """
    return hashlib.sha256(f"{identity}\0import".encode()).hexdigest()


def receive_imported(
    connection: Connection, identity: str, mails: Sequence[tuple[PackedMail, datetime]], now: datetime
) -> list[int]:
    """Store these mails with the moments at which they came; their ids, in the same order.

    They are to be filed in this very transaction; there is no server to clear them from.
    """
    c = ledger.c
    newest = select(func.max(c.uid)).where(c.mailbox == identity, c.uidvalidity == _UIDVALIDITY)
    first = (connection.execute(newest).scalar_one() or 0) + 1
    keys = [(_UIDVALIDITY, first + number) for number in range(len(mails))]
    deliveries = [Delivery(key, at, raw.size, raw) for key, (raw, at) in zip(keys, mails, strict=True)]
    clear(connection, receive(connection, identity, deliveries, now), now)
    rows = known(connection, identity, keys)
    return [rows[key].id for key in keys]


def erased_among(connection: Connection, mails: Sequence[tuple[str, datetime, str | None]]) -> list[int]:
    """Find the places of those that were erased here, by the hash of their bytes, their date and their id.

    One that came in otherwise has other bytes, such as other ends of lines; it bears the same Message-ID.
    """
    again, _ = come_again(connection, [(sha256, at) for sha256, at, _ in mails])
    ids: set[str] = set()
    c = ledger.c
    for chunk in chunks({erased_id(each) for _, _, each in mails if each}):
        query = select(c.message_id).where(c.message_id.in_(chunk), c.verdict == ERASED)
        ids.update(connection.execute(query).scalars())
    return [
        place
        for place, (sha256, at, message_id) in enumerate(mails)
        if (sha256, at) in again or (message_id and erased_id(message_id) in ids)
    ]
