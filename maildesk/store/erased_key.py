"""The keys of one mail that was erased, as a list of them holds them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class ErasedKey:
    """The keys of a mail that was erased: where it lay, its dates, its size, and hashes."""

    mailbox: str
    uidvalidity: int
    uid: int
    internal_date: datetime
    received_at: datetime
    size: int
    raw_sha256: str
    message_id: str | None
