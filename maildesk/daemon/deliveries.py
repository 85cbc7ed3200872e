"""The part of a message that the ledger is to hold: its bytes, its header, or only that it is there."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime

from maildesk.mail.mime.message_ids import message_id_of
from maildesk.store import ledger
from maildesk.store.ledger import Delivery, pack
from maildesk.transport.mailbox import Fetched, Listed, MessageKey

PART_BYTES = 16 * 2**20
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def parts(listed: Sequence[Listed], store_size: int) -> list[list[Listed]]:
    """Runs of messages that together fit into memory; one that is too large alone counts nothing."""
    runs: list[list[Listed]] = [[]]
    total = 0
    for one in listed:
        size = one.size if one.size <= store_size else 0
        if runs[-1] and total + size > PART_BYTES:
            runs.append([])
            total = 0
        runs[-1].append(one)
        total += size
    return [run for run in runs if run]


def left(one: Listed, field: bytes) -> Delivery:
    """A mail from before the desk's first start, where the operator wants those left alone.

    Its Message-ID `field` is all that is kept of it: enough to know it again.
    """
    note = "it was there before the desk's first start"
    given = message_id_of(field)
    return Delivery(one.key, dated(one), one.size, None, "left", ledger.EXISTING, note, message_id=given)


def too_large(one: Listed, header: bytes, limit: int) -> Delivery:
    """A mail of which we keep the header block only."""
    note = f"held: too large ({one.size} bytes, limits.store_size is {limit}); it stays on the server"
    return Delivery(one.key, dated(one), one.size, pack(header), "quarantined", ledger.TOO_LARGE, note)


def unfetchable(one: Listed, tries: int, why: str) -> Delivery:
    """A mail that the server lists and does not hand out."""
    note = f"held: the server did not hand it out in {tries} tries ({why}); it stays on the server"
    return Delivery(one.key, dated(one), one.size, None, "quarantined", ledger.UNFETCHABLE, note)


def vanished(key: MessageKey, one: Listed | None, now: datetime) -> Delivery:
    """A mail that was listed, and gone before it could be fetched. `one`: what was told of it, if it was."""
    note = "it was gone before it could be fetched: somebody moved or deleted it"
    at, size = (dated(one), one.size) if one else (now, 0)
    return Delivery(key, at, size, None, "left", ledger.VANISHED, note)


async def whole(fetched: Fetched) -> Delivery:
    """Packing a large mail takes a while: in a thread, so that nothing else waits."""
    small = len(fetched.raw) <= 2**16
    packed = pack(fetched.raw) if small else await asyncio.to_thread(pack, fetched.raw)
    return Delivery(fetched.key, dated(fetched), fetched.size, packed)


def dated(one: Listed) -> datetime:
    """No mail is older than mail: a server that says year 1 has lost the date."""
    return max(one.internal_date, _EPOCH)
