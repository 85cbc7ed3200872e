"""An earlier mail, as far as a new one is compared with it; who only reads of it needs no rule of that."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from maildesk.mail.message import Standing


class Voice(StrEnum):
    """The voice a mail was judged to have. `quiet` is a person's whose system wants no automatic answer.

    `relayed` is a list's or a program's, which may pass on what a person says: the desk's people hear of it.
    """

    MACHINE = "machine"
    RELAYED = "relayed"
    QUIET = "quiet"
    PERSON = "person"


@dataclass(frozen=True, slots=True)
class EarlierMail:
    """The ledger's knowledge of a mail it filed; `author` is its strict From, folded, if trusted."""

    ledger_id: int
    mailbox: str
    uidvalidity: int
    internal_date: datetime
    raw_sha256: str | None
    message_id: str | None
    content_digest: str | None
    words_digest: str | None
    author: str | None
    standing: Standing
    voice: Voice
    verdict: str
    case_ref: str | None
