"""Is a message still the mail that the ledger has under its key? Restored servers give keys out again.

RFC 3501 §2.3.1.1 wants a new UIDVALIDITY then; servers that are put back file by file keep the old one.
"""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field

from maildesk.daemon.deliveries import dated
from maildesk.errors import CommandRefused
from maildesk.mail.mime.message_ids import message_id_of
from maildesk.store import used_uids
from maildesk.store.database import Database
from maildesk.store.used_uids import UidRow
from maildesk.transport.mailbox import Listed, MailboxConnection, MessageKey


@dataclass(slots=True)
class Comparison:
    """Keys whose mail is the one we know, and those that have another, with what the ledger has there.

    A key in neither has nothing under it any more.
    """

    same: set[MessageKey] = field(default_factory=set)
    other: dict[MessageKey, UidRow] = field(default_factory=dict)


async def compared(
    conn: MailboxConnection,
    store: Database,
    listed: Sequence[Listed],
    known: Mapping[MessageKey, UidRow],
    most: int,
) -> Comparison:
    """Find those of these messages that are the mails which the ledger knows under their keys.

    Where size and date are the same it is the same mail. Where one of them differs the Message-ID decides:
    Exchange tells another size now and then, a restored server another date. Where both differ the bytes do,
    since two mails may bear one Message-ID; no message of more than `most` bytes is fetched for that. A mail
    without a Message-ID cannot be known again by it, and is taken for a new one. So is one that had vanished
    before it could be fetched: nothing is kept of it, and here it is.
    """
    found = Comparison()
    doubtful: dict[MessageKey, Listed] = {}
    for one in listed:
        if known[one.key].never_came:
            found.other[one.key] = known[one.key]
        elif _size_same(one, known) and _date_same(one, known):
            found.same.add(one.key)
        else:
            doubtful[one.key] = one
    if not doubtful:
        return found
    fields = await conn.message_id_fields(list(doubtful))
    ids = [known[key].id for key in doubtful]
    ours = await store.read(lambda c: used_uids.message_ids(c, ids))
    for key, bytes_of_field in fields.items():
        one, mail = doubtful[key], known[key]
        half = _size_same(one, known) or _date_same(one, known)
        theirs, mine = message_id_of(bytes_of_field), ours.get(mail.id)
        if _same_by_id(mail, mine, theirs, half=half) or (
            used_uids.same_id(mine, theirs) and one.size <= most and await _same_bytes(conn, mail)
        ):
            found.same.add(key)
        else:
            found.other[key] = mail
    return found


def _size_same(one: Listed, known: Mapping[MessageKey, UidRow]) -> bool:
    return one.size == known[one.key].size


def _date_same(one: Listed, known: Mapping[MessageKey, UidRow]) -> bool:
    return dated(one) == known[one.key].internal_date


def _same_by_id(mail: UidRow, mine: str | None, theirs: str | None, *, half: bool) -> bool:
    if mail.reason == used_uids.EXISTING and mine is None:
        return half  # left alone, and nothing else is kept of it
    return used_uids.same_id(mine, theirs) and (half or not mail.whole)


async def _same_bytes(conn: MailboxConnection, mail: UidRow) -> bool:
    """Compare bytes; a mail that the server does not hand out is taken as new, and put aside as any such."""
    digests = set()
    with contextlib.suppress(CommandRefused):
        async with aclosing(conn.fetch([mail.key])) as coming:
            async for fetched in coming:
                digests.add(hashlib.sha256(fetched.raw).hexdigest())
    return mail.raw_sha256 in digests
