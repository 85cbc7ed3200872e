"""Notices of one transaction: which of them go as letters of their own, and which wait for a digest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from maildesk.desk.case.case import Case
from maildesk.desk.letters.letter_limits import LetterLimits
from maildesk.desk.letters.letter_writer import LetterWriter
from maildesk.desk.letters.notices import Addressee, Notice
from maildesk.mail.addr_spec import deliverable
from maildesk.store.database import Connection
from maildesk.store.digests import DigestEntry, Heard, heard

AT_ONCE = timedelta(minutes=5)
"""Notices that follow each other within this time come at once."""
HOUR = timedelta(hours=1)
DIGEST_EVERY = timedelta(minutes=15)
"""One person gets no more digests than this."""


@dataclass(frozen=True, slots=True)
class Owed:
    """A notice somebody is owed, as its case was when it happened; `cause` names it for good."""

    notice: Notice
    case: Case
    cause: str
    now: datetime


def parted(
    conn: Connection, owed: Sequence[Owed], writer: LetterWriter, limits: LetterLimits
) -> tuple[list[list[Addressee]], list[DigestEntry]]:
    """For each notice who gets it as a letter; and the entries of those whose notices come as a digest.

    Whoever gets too many at once gets all of them together, so that nobody reads half of a flood.
    """
    if not owed:
        return [], []
    now = max(one.now for one in owed)
    counts = Counter(deliverable(to.address) for one in owed for to in one.notice.to)
    lately = heard(conn, counts, now - AT_ONCE, now - HOUR)
    due = {each: _digest_due(lately[each], count, limits, now) for each, count in counts.items()}
    letters = [[to for to in one.notice.to if due[deliverable(to.address)] is None] for one in owed]
    entries = [
        DigestEntry(recipient, writer.message_id(kind, one.case, one.cause), one.case.ref, kind, one.now, at)
        for one in owed
        for kind in [one.notice.order.kind]
        for recipient in [deliverable(to.address) for to in one.notice.to]
        if (at := due[recipient]) is not None
    ]
    return letters, entries


def _digest_due(lately: Heard, more: int, limits: LetterLimits, now: datetime) -> datetime | None:
    """When the digest is due that takes these notices; None where each is a letter of its own."""
    if lately.waiting:
        return lately.waiting
    fits = (
        lately.short + more <= limits.notices_at_once and lately.long + more <= limits.notices_per_agent_hour
    )
    if fits:
        return None
    return max(now, lately.digest_at + DIGEST_EVERY) if lately.digest_at else now
