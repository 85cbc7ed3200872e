"""Notices of one transaction: which of them go as letters of their own, and which wait for a digest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

from maildesk.desk.case.case import Case
from maildesk.desk.case.letter_order import LetterKind
from maildesk.desk.decisions.settling import SettledNotice
from maildesk.desk.letters.audiences import Addressee
from maildesk.desk.letters.digest import DigestEntry, HeardLately
from maildesk.desk.letters.letter_limits import LetterLimits
from maildesk.mail.addr_spec import deliverable

AT_ONCE = timedelta(minutes=5)
"""Notices that follow each other within this time come at once."""
HOUR = timedelta(hours=1)
DIGEST_EVERY = timedelta(minutes=15)
"""One person gets no more digests than this."""


def readers(notices: Sequence[SettledNotice]) -> Counter[str]:
    """Count how many of these notices each of their readers is owed, by address as letters bear it."""
    return Counter(deliverable(to.address) for one in notices for to in one.notice.to)


def parted(
    notices: Sequence[SettledNotice],
    lately: Mapping[str, HeardLately],
    limits: LetterLimits,
    message_id: Callable[[LetterKind, Case, str], str],
) -> tuple[list[tuple[Addressee, ...]], list[DigestEntry]]:
    """For each notice who gets it as a letter; and the entries of those whose notices come as a digest.

    `lately` is what the `readers` heard. Whoever gets too many at once gets all of them together, so that
    nobody reads half of a flood.
    """
    now = max((one.now for one in notices), default=None)
    due = {each: now and _digest_due(lately[each], n, limits, now) for each, n in readers(notices).items()}
    letters = [tuple(to for to in one.notice.to if due[deliverable(to.address)] is None) for one in notices]
    entries = [
        DigestEntry(recipient, message_id(kind, one.case, one.cause.ident), one.case.ref, kind, one.now, at)
        for one in notices
        for kind in [one.notice.order.kind]
        for recipient in [deliverable(to.address) for to in one.notice.to]
        if (at := due[recipient]) is not None
    ]
    return letters, entries


def _digest_due(lately: HeardLately, more: int, limits: LetterLimits, now: datetime) -> datetime | None:
    """Find when the digest is due that takes these notices; None where each is a letter of its own."""
    if lately.waiting:
        return lately.waiting
    fits = (
        lately.short + more <= limits.notices_at_once and lately.long + more <= limits.notices_per_agent_hour
    )
    if fits:
        return None
    return max(now, lately.digest_at + DIGEST_EVERY) if lately.digest_at else now
