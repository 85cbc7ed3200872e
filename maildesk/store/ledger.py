"""The ledger: every mail the server ever showed us, once, with its exact bytes."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection, bindparam, func, select, update

from maildesk.errors import NotFound
from maildesk.store import erased_mails
from maildesk.store.chunks import chunks
from maildesk.store.database import insert_ignoring
from maildesk.store.schema import confirmations, ledger, mailboxes, raw_mails, reread
from maildesk.store.shown import AnyRow
from maildesk.store.used_uids import EXISTING as EXISTING
from maildesk.store.used_uids import STAYING, MessageKey, UidRow, known, numbered, supersede
from maildesk.store.used_uids import TOO_LARGE as TOO_LARGE
from maildesk.store.used_uids import UNFETCHABLE as UNFETCHABLE
from maildesk.store.used_uids import VANISHED as VANISHED

_CHUNK = 1000  # values in one IN: SQLite takes 32,766 parameters, PostgreSQL 65,535


@dataclass(frozen=True, slots=True)
class PackedMail:
    """A mail's bytes made ready for the database, outside of its transaction."""

    sha256: str
    size: int
    packed: bytes


def pack(raw: bytes) -> PackedMail:
    """Level 1: a tenth of the time of level 6 for nine tenths of its effect on mail."""
    return PackedMail(hashlib.sha256(raw).hexdigest(), len(raw), _deflated(raw))


def _deflated(raw: bytes) -> bytes:
    """An attached archive or picture repeats nothing: only its base64 is undone, in a third of the time."""
    middle = raw[len(raw) // 2 :][:_SAMPLE]
    if len(middle) == _SAMPLE and len(zlib.compress(middle, 1)) > _SAMPLE * 0.7:
        squeezing = zlib.compressobj(1, strategy=zlib.Z_HUFFMAN_ONLY)
        return squeezing.compress(raw) + squeezing.flush()
    return zlib.compress(raw, 1)


_SAMPLE = 2**14


@dataclass(frozen=True, slots=True)
class Delivery:
    """One mail as the server shows it. With a verdict it needs no filing.

    `size` is what the server says; `raw` is None for mail left alone, the header block for one too large.
    """

    key: MessageKey
    internal_date: datetime
    size: int
    raw: PackedMail | None
    verdict: Literal["left", "quarantined", "erased"] | None = None
    reason: str | None = None
    note: str | None = None
    sender: str | None = None
    subject: str | None = None
    message_id: str | None = None
    instead_of: UidRow | None = None
    """The row that the ledger had under this UID, where the server has given the UID to another mail."""


@dataclass(frozen=True, slots=True)
class WaitingMail:
    """One mail that is stored and not yet filed. `mailbox` is the identity, `mailbox_name` for people."""

    id: int
    mailbox: str
    mailbox_name: str
    uidvalidity: int
    uid: int
    internal_date: datetime
    received_at: datetime
    size: int
    raw_sha256: str
    raw: bytes


@dataclass(frozen=True, slots=True)
class UnfiledMail:
    """The past of a mail that is not filed: when its mailbox was first started, and what came of it before.

    `reread`: it may have been handled before a restoration. `asked_about`: its author was asked about it.
    """

    first_started_at: datetime
    reread: bool
    asked_about: bool


# --- receiving ------------------------------------------------------------------------------------


def unknown(connection: Connection, identity: str, keys: Sequence[MessageKey]) -> list[MessageKey]:
    """Give those of `keys` that the ledger does not have, in their order."""
    known: dict[int, set[int]] = {}
    for uidvalidity, uids in numbered(keys):
        known[uidvalidity] = set()
        ours = {"identity": identity, "uidvalidity": uidvalidity}
        wanted = sorted(set(uids))
        few = len(wanted) <= _CHUNK
        for chunk in chunks(wanted, _CHUNK):
            # Ranges read no row of the ledger twice; a few scattered numbers are better looked up one by one.
            if few and chunk[-1] - chunk[0] > 4 * len(chunk):
                found = connection.execute(_AMONG_UIDS, {**ours, "uids": chunk})
            else:
                found = connection.execute(_FROM_UID_ON, {**ours, "first": chunk[0], "last": chunk[-1]})
            known[uidvalidity].update(found.scalars())
    return [(uidvalidity, uid) for uidvalidity, uid in keys if uid not in known[uidvalidity]]


_UIDS = select(ledger.c.uid).where(
    ledger.c.mailbox == bindparam("identity"), ledger.c.uidvalidity == bindparam("uidvalidity")
)
_AMONG_UIDS = _UIDS.where(ledger.c.uid.in_(bindparam("uids", expanding=True)))
_FROM_UID_ON = _UIDS.where(ledger.c.uid.between(bindparam("first"), bindparam("last")))


def receive(
    connection: Connection, identity: str, deliveries: Sequence[Delivery], now: datetime
) -> list[int]:
    """Store what the ledger does not have yet, in few statements however many; the ids of the new rows.

    The row that a mail comes `instead_of` keeps its mail and its verdict, and gives up its UID.
    """
    held = known(connection, identity, [one.key for one in deliveries])
    deliveries, again = _known_as_erased(connection, deliveries)
    new = [one for one in deliveries if _is_new(one, held.get(one.key))]
    supersede(connection, [held[one.key] for one in new if one.key in held], now)
    _store_raw(connection, [one.raw for one in new if one.raw is not None], again)
    return _add(connection, [_row(one, identity, now) for one in new])


def _known_as_erased(
    connection: Connection, deliveries: Sequence[Delivery]
) -> tuple[list[Delivery], Collection[str]]:
    """A mail that was erased is not read again, under whichever number it comes: its row says so at once.

    Gives also the hashes of mails that only read the same as one that was erased.
    """
    coming = [(one.raw.sha256, one.internal_date) for one in deliveries if one.raw is not None]
    erased, again = erased_mails.come_again(connection, coming)
    if not erased:
        return [*deliveries], again
    return [_unread(one) if _key_of(one) in erased else one for one in deliveries], again


def _key_of(one: Delivery) -> tuple[str, datetime] | None:
    return (one.raw.sha256, one.internal_date) if one.raw else None


def _unread(one: Delivery) -> Delivery:
    known_by = replace(one.raw, packed=b"") if one.raw else None
    return replace(one, raw=known_by, verdict="erased", sender=None, subject=None, message_id=None, note=None)


def _is_new(delivery: Delivery, held: UidRow | None) -> bool:
    if held is None:
        return True
    return delivery.instead_of is not None and delivery.instead_of.id == held.id


def deliver_one(connection: Connection, identity: str, raw: PackedMail, now: datetime) -> int:
    """Store a mail that was handed to us on stdin; there is no server to clear it from."""
    last = connection.execute(
        select(func.max(ledger.c.uid)).where(ledger.c.mailbox == identity, ledger.c.uidvalidity == 0)
    ).scalar_one()
    delivery = Delivery((0, (last or 0) + 1), now, raw.size, raw)
    (delivery,), again = _known_as_erased(connection, [delivery])
    _store_raw(connection, [delivery.raw or raw], again)
    return _add(connection, [{**_row(delivery, identity, now), "cleared_at": now}])[0]


def _row(delivery: Delivery, identity: str, now: datetime) -> dict[str, Any]:
    if delivery.raw is None and delivery.verdict is None:
        raise ValueError("a delivery without its bytes cannot be filed: it needs a verdict")
    stays = delivery.verdict == "left" or delivery.reason in STAYING
    return {
        "mailbox": identity,
        "uidvalidity": delivery.key[0],
        "uid": delivery.key[1],
        "internal_date": delivery.internal_date,
        "received_at": now,
        "size": delivery.size,
        "raw_sha256": delivery.raw and delivery.raw.sha256,
        "verdict": delivery.verdict,
        "reason": delivery.reason,
        "note": delivery.note,
        "sender": delivery.sender,
        "subject": delivery.subject,
        "message_id": delivery.message_id,
        "filed_at": None if delivery.verdict is None else now,
        "cleared_at": now if stays else None,  # nothing will ever be moved
    }


def _store_raw(connection: Connection, raws: Sequence[PackedMail], again: Collection[str]) -> None:
    """Store bytes that are not here; of those of `again` nothing is left, and they are needed."""
    if raws:
        rows = [{"sha256": raw.sha256, "size": raw.size, "packed": raw.packed} for raw in raws]
        connection.execute(insert_ignoring(raw_mails, connection.dialect.name), rows)
        erased_mails.fill(connection, [row for row in rows if row["sha256"] in again])


def _add(connection: Connection, rows: Sequence[dict[str, Any]]) -> list[int]:
    if not rows:
        return []
    insert = insert_ignoring(ledger, connection.dialect.name).returning(ledger.c.id)
    return sorted(connection.execute(insert, rows).scalars())


# --- filing ---------------------------------------------------------------------------------------


def unfiled(connection: Connection, *, after: int, limit: int, max_bytes: int) -> list[WaitingMail]:
    """The next mails to file, by id; at most `max_bytes` of them together, but always at least one."""
    ids = _within(connection.execute(_UNFILED, {"after": after, "most": limit}).all(), max_bytes)
    if not ids:
        return []
    return [waiting(row) for row in connection.execute(_TO_FILE, {"ids": ids})]


def filed_as(connection: Connection, ids: Sequence[int]) -> Sequence[AnyRow]:
    """Return id, case and verdict of those of these mails that are filed."""
    columns = (ledger.c.id, ledger.c.case_ref, ledger.c.verdict)
    found: list[AnyRow] = []
    for some in chunks(ids):
        filed = ledger.c.id.in_(some) & ledger.c.verdict.is_not(None)
        found += connection.execute(select(*columns).where(filed).order_by(ledger.c.id)).all()
    return found


def still_unfiled(connection: Connection, ids: Sequence[int]) -> dict[int, UnfiledMail]:
    """Find those of `ids` that nobody has filed meanwhile, each with its past."""
    rows = connection.execute(_STILL_UNFILED, {"ids": list(ids)})
    return {
        number: UnfiledMail(started, again is not None, asked is not None)
        for number, started, again, asked in rows
    }


def _within(sizes: Sequence[AnyRow], max_bytes: int) -> list[int]:
    ids: list[int] = []
    total = 0
    for ledger_id, size in sizes:
        total += size
        if ids and total > max_bytes:
            break
        ids.append(ledger_id)
    return ids


WAITING = (
    select(
        ledger.c.id,
        ledger.c.mailbox,
        mailboxes.c.name.label("mailbox_name"),
        ledger.c.uidvalidity,
        ledger.c.uid,
        ledger.c.internal_date,
        ledger.c.received_at,
        ledger.c.size,
        ledger.c.raw_sha256,
        raw_mails.c.packed.label("raw"),
    )
    .join(mailboxes, mailboxes.c.identity == ledger.c.mailbox)
    .join(raw_mails, raw_mails.c.sha256 == ledger.c.raw_sha256)
)
_TO_FILE = WAITING.where(ledger.c.id.in_(bindparam("ids", expanding=True))).order_by(ledger.c.id)
_UNFILED = (
    select(ledger.c.id, raw_mails.c.size)
    .join(raw_mails, raw_mails.c.sha256 == ledger.c.raw_sha256)
    .where(ledger.c.verdict.is_(None), ledger.c.id > bindparam("after"))
    .order_by(ledger.c.id)
    .limit(bindparam("most"))
)
_STILL_UNFILED = (
    select(
        ledger.c.id,
        mailboxes.c.first_started_at,
        reread.c.ledger_id.label("again"),
        confirmations.c.ledger_id.label("asked"),
    )
    .join(mailboxes, mailboxes.c.identity == ledger.c.mailbox)
    .outerjoin(reread, reread.c.ledger_id == ledger.c.id)
    .outerjoin(confirmations, confirmations.c.ledger_id == ledger.c.id)
    .where(ledger.c.id.in_(bindparam("ids", expanding=True)), ledger.c.verdict.is_(None))
)


def waiting(row: AnyRow) -> WaitingMail:
    return WaitingMail(**{**row._mapping, "raw": zlib.decompress(row.raw)})


def raw_of(connection: Connection, key: int | str) -> bytes:
    """The exact bytes of a mail, by its ledger id or its SHA-256."""
    query = select(raw_mails.c.packed)
    if isinstance(key, int):
        query = query.join(ledger, ledger.c.raw_sha256 == raw_mails.c.sha256).where(ledger.c.id == key)
    else:
        query = query.where(raw_mails.c.sha256 == key)
    packed = connection.execute(query).scalar_one_or_none()
    if packed == b"" or (isinstance(key, int) and erased_mails.is_erased(connection, key)):
        raise NotFound(
            f"mail {key} was erased", remedy="its row in the list of the inbox is all that is left"
        )
    if packed is None:
        raise NotFound(f"no bytes are stored for mail {key}", remedy="see `maildesk inbox list`")
    return zlib.decompress(packed)


# --- clearing -------------------------------------------------------------------------------------


def clear(connection: Connection, ids: Sequence[int], now: datetime) -> None:
    """Note that these mails were moved or marked on the server."""
    for chunk in chunks(ids, _CHUNK):
        connection.execute(_CLEAR, {"ids": chunk, "now": now})


_CLEAR = (
    update(ledger)
    .where(ledger.c.id.in_(bindparam("ids", expanding=True)))
    .values(cleared_at=bindparam("now", type_=ledger.c.cleared_at.type))
)
