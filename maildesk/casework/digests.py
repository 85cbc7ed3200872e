"""Digests: what waits to be told together becomes one letter for each person, in one commit."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from maildesk.casework.office import Office
from maildesk.casework.outbox_letters import owed
from maildesk.desk.letters.digest import DigestEntry, DigestItem, in_order
from maildesk.desk.letters.letter_writer import LetterWriter, WrittenLetter
from maildesk.store import digests, outbox, restoring
from maildesk.store.cases import CaseBook
from maildesk.store.database import Connection
from maildesk.store.outbox import LetterState, OutboxLetter

_log = logging.getLogger(__name__)


def write_digest(conn: Connection, office: Office, by: datetime, now: datetime) -> int:
    """The digest of one person for whom one was due by then; how many notices it tells, 0: there is none.

    The entries go and the letter comes in one transaction, so that each notice is told once.
    """
    entries = digests.due_digest(conn, by)
    if not entries:
        return 0
    recipient = entries[0].recipient
    digests.forget_entries(conn, recipient)
    if not office.desk.people.is_desk_person(recipient):
        _log.info("a digest is of no use any more: its reader has left notices=%d", len(entries))
        return len(entries)
    letter = owed(_letter(conn, office.writer, recipient, entries, now), now, office.desk)
    outbox.add(conn, [_held_if_old(conn, letter, entries)])
    return len(entries)


def _held_if_old(conn: Connection, letter: OutboxLetter, entries: Sequence[DigestEntry]) -> OutboxLetter:
    """Hold what a backup was about to tell: it may have been told since."""
    restoration = restoring.newest(conn)
    if restoration is None or min(one.at for one in entries) > restoration.made_at:
        return letter
    return replace(letter, state=LetterState.HELD, reason=restoration.why)


def _letter(
    conn: Connection, writer: LetterWriter, recipient: str, entries: Sequence[DigestEntry], now: datetime
) -> WrittenLetter:
    book = CaseBook(conn)
    book.load_cases({one.case_ref for one in entries})
    found = ((one, book.living(one.case_ref)) for one in entries)
    items = in_order(DigestItem(one.kind, case, one.at) for one, case in found if case)
    return writer.digest(recipient, items, _cause(entries), now)


def _cause(entries: Sequence[DigestEntry]) -> str:
    """Name a digest for good: the notices in it."""
    return hashlib.sha256("\n".join(one.message_id for one in entries).encode()).hexdigest()
