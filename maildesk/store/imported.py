"""Mail that was brought along from another desk: rows of the ledger under a door of its own."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, func, select

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
