"""Rows of the ledger under the UIDs of a folder; a server that was put back gives them to other mails."""

from __future__ import annotations

import zlib
from collections import defaultdict
from collections.abc import ItemsView, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, func, literal, select, update

from maildesk.mail.mime.message_ids import message_id_of
from maildesk.store.chunks import chunks
from maildesk.store.column_types import Moment
from maildesk.store.erased_mails import erased_id
from maildesk.store.erased_mails import same_id as same_id
from maildesk.store.schema import ledger, raw_mails
from maildesk.store.shown import AnyRow

TOO_LARGE = "too-large"
"""The reason of a mail above `limits.store_size`: its header block is kept, it stays on the server."""
UNFETCHABLE = "unfetchable"
"""The reason of a mail that the server lists and does not hand out: nothing of it is kept, it stays there."""

EXISTING = "existing-mail"
"""The reason of a mail from before the desk's first start that is left alone."""
VANISHED = "vanished"
"""The reason of a mail that was listed and gone before it could be fetched: somebody moved or deleted it."""
STAYING = frozenset({TOO_LARGE, UNFETCHABLE, VANISHED})
"""The reasons of what stays on the server: nothing is owed to it there."""

MessageKey = tuple[int, int]
"""The key of a message within its folder: UIDVALIDITY and UID. Only store and wire look inside."""

_FEW = 50  # rows whose bytes are in memory at once
_HEAD = 2**18


@dataclass(frozen=True, slots=True)
class UidRow:
    """The row of the ledger under a UID, as far as it tells one mail from another."""

    id: int
    key: MessageKey
    internal_date: datetime
    size: int
    raw_sha256: str | None
    reason: str | None

    @property
    def whole(self) -> bool:
        """Tell whether all its bytes are kept."""
        return self.raw_sha256 is not None and self.reason not in STAYING

    @property
    def never_came(self) -> bool:
        """It had vanished before it could be fetched; if the UID is there after all, it is this very mail."""
        return self.reason == VANISHED


def known(connection: Connection, identity: str, keys: Iterable[MessageKey]) -> dict[MessageKey, UidRow]:
    """Give what the ledger has under each of `keys`."""
    found: dict[MessageKey, UidRow] = {}
    for uidvalidity, uids in numbered(keys):
        ours = {"identity": identity, "uidvalidity": uidvalidity}
        for chunk in chunks(uids):
            rows = (_known(row) for row in connection.execute(_UNDER_UIDS, {**ours, "uids": chunk}))
            found |= {row.key: row for row in rows}
    return found


def uncleared(connection: Connection, identity: str, uidvalidity: int | None, limit: int) -> list[UidRow]:
    """The mails that are filed but not yet moved or marked on the server, oldest first."""
    if uidvalidity is None:
        return []
    ours = {"identity": identity, "uidvalidity": uidvalidity, "most": limit}
    return [_known(row) for row in connection.execute(_UNCLEARED, ours)]


def numbered(keys: Iterable[MessageKey]) -> ItemsView[int, list[int]]:
    """The UIDs of these keys, by their UIDVALIDITY."""
    found = defaultdict[int, list[int]](list)
    for uidvalidity, uid in keys:
        found[uidvalidity].append(uid)
    return found.items()


_KNOWN = select(
    ledger.c.id,
    ledger.c.uidvalidity,
    ledger.c.uid,
    ledger.c.internal_date,
    ledger.c.size,
    ledger.c.raw_sha256,
    ledger.c.reason,
)
_OURS = _KNOWN.where(
    ledger.c.mailbox == bindparam("identity"), ledger.c.uidvalidity == bindparam("uidvalidity")
)
_UNDER_UIDS = _OURS.where(ledger.c.uid.in_(bindparam("uids", expanding=True)))
_UNCLEARED = (
    _OURS.where(ledger.c.cleared_at.is_(None), ledger.c.verdict.is_not(None))
    .order_by(ledger.c.id)
    .limit(bindparam("most"))
)


def _known(row: AnyRow) -> UidRow:
    return UidRow(row.id, (row.uidvalidity, row.uid), row.internal_date, row.size, row.raw_sha256, row.reason)


def message_ids(connection: Connection, ids: Sequence[int]) -> dict[int, str | None]:
    """The Message-ID of each of these rows: as it was read, else out of what is kept of the mail."""
    found: dict[int, str | None] = {}
    query = select(ledger.c.id, ledger.c.message_id, raw_mails.c.packed).outerjoin(
        raw_mails, (raw_mails.c.sha256 == ledger.c.raw_sha256) & ledger.c.message_id.is_(None)
    )
    for chunk in chunks(ids, _FEW):
        for row in connection.execute(query.where(ledger.c.id.in_(chunk))):
            found[row.id] = row.message_id or (message_id_of(_head(row.packed)) if row.packed else None)
    return found


def _head(packed: bytes) -> bytes:
    return zlib.decompressobj().decompress(packed, _HEAD)


def known_ids(connection: Connection, ids: Sequence[str]) -> set[str]:
    """Find those of these Message-IDs that a mail of the ledger bears, whichever mailbox it came to."""
    found: set[str] = set()
    wanted = {form: each for each in ids for form in (each, erased_id(each))}
    for chunk in chunks(wanted):
        query = select(ledger.c.message_id).where(ledger.c.message_id.in_(chunk)).distinct()
        found.update(wanted[each] for each in connection.execute(query).scalars())
    return found


def supersede(connection: Connection, rows: Sequence[UidRow], now: datetime) -> None:
    """The server gave these rows' UIDs to other mails.

    A negative UIDVALIDITY, which no server has, keeps their UIDs for people to read and out of every question
    about the folder. Nothing is owed to them there.
    """
    wrong = [row.id for row in rows if row.never_came]  # it did come after all
    for chunk in chunks(wrong):
        connection.execute(delete(ledger).where(ledger.c.id.in_(chunk)))
    for chunk in chunks([row.id for row in rows if not row.never_came]):
        gone = {
            "uidvalidity": -ledger.c.id,
            "cleared_at": func.coalesce(ledger.c.cleared_at, literal(now, Moment())),
        }
        connection.execute(update(ledger).where(ledger.c.id.in_(chunk)).values(gone))
