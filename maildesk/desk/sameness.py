"""Whether a mail is one we have had before (design: same or not?)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from maildesk.desk.people import folded
from maildesk.desk.situation import Same
from maildesk.mail.message import IncomingMail, Standing


@dataclass(frozen=True, slots=True)
class Filed:
    """What the ledger knows about a mail it filed; `author` is its strict From, folded, if trusted."""

    ledger_id: int
    mailbox: str
    internal_date: datetime
    raw_sha256: str | None
    message_id: str | None
    content_digest: str | None
    author: str | None
    case_ref: str | None


def sameness(
    mail: IncomingMail, mailbox: str, internal_date: datetime, earlier: Sequence[Filed]
) -> tuple[Same, Filed | None]:
    """How `mail` relates to those filed before it, with the one it repeats.

    The same bytes in the same mailbox are the same delivery seen again; without a Message-ID only when
    the server's date agrees too, since yesterday's "backup failed" may read like today's. One Message-ID
    with one content is a second delivery; with another content it is another mail, never dropped.
    Only mail that a case holds can be repeated: what lies in quarantine, or was a repeat itself, is no
    reason to keep this one off a case.
    """
    earlier = [one for one in earlier if one.case_ref is not None]
    seen = next((one for one in earlier if _same_delivery(mail, mailbox, internal_date, one)), None)
    if seen:
        return Same.SEEN, seen
    if mail.message_id is None:
        return Same.FRESH, None
    author = trusted_author(mail)
    namesakes = [
        one for one in earlier if one.message_id == mail.message_id and not _forged_copy(mail, author, one)
    ]
    twin = next((one for one in namesakes if one.content_digest == mail.content_digest), None)
    if twin:
        return Same.DUPLICATE, twin
    own = next((one for one in namesakes if author is not None and one.author == author), None)
    if own:
        return Same.REUSED_BY_AUTHOR, own
    return (Same.REUSED_BY_OTHER, namesakes[0]) if namesakes else (Same.FRESH, None)


def trusted_author(mail: IncomingMail) -> str | None:
    """The strict From, folded; None where it could not be trusted, since anybody may have written that.

    Nor is it where a group says who wrote: under an id that others know, anybody could add to their mails.
    """
    author = mail.author
    untrusted = author.address is None or author.standing is Standing.FAILED or author.via
    return None if untrusted else folded(author.addr_spec)


def _forged_copy(mail: IncomingMail, author: str | None, one: Filed) -> bool:
    """A copy in an untrusted name that came first: it must not keep the real mail from being heard."""
    return author is not None and one.author is None and one.content_digest == mail.content_digest


def _same_delivery(mail: IncomingMail, mailbox: str, internal_date: datetime, one: Filed) -> bool:
    if one.raw_sha256 != mail.raw_sha256:
        return False
    if mail.message_id is None:
        return one.internal_date == internal_date
    return one.mailbox == mailbox


def act_digest(mail: IncomingMail, author: str, ref: str | None) -> str:
    """What makes a desk person's mail the same act, whatever Message-ID it is sent under again.

    A signature need not cover the Message-ID (RFC 6376 §5.4.1 does not name it), so whoever has a copy could
    send it once more under another. Date and In-Reply-To are covered: the same words written again another
    day, or below another notice, are another act.
    """
    said = [
        folded(author),
        ref or "",
        mail.date.isoformat() if mail.date else "",
        next(iter(mail.thread_ids), ""),
        mail.text,
        *sorted(each.sha256 for each in mail.attachments),
    ]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()
