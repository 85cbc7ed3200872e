"""Answers of two at once: what somebody else said meanwhile, and what becomes of an answer that is held."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from maildesk.casework.answered_letters import letter_answered
from maildesk.casework.office import Office
from maildesk.desk.case.letter_order import LetterKind
from maildesk.desk.decisions.colliding import answered_meanwhile, known_until, not_sent
from maildesk.desk.letters.cause import Cause
from maildesk.desk.letters.letter_kinds import NOTICES
from maildesk.desk.screening.command_context import SentWords
from maildesk.mail.message import IncomingMail
from maildesk.store import restoring
from maildesk.store.cases import CaseBook
from maildesk.store.database import Connection
from maildesk.store.held_answers import HeldAnswer, give_up
from maildesk.store.ledger import WaitingMail
from maildesk.store.outbox_views import taken_back
from maildesk.store.sent_words import letters_with, sent_words


def other_answer(
    conn: Connection, book: CaseBook, ref: str, mail: IncomingMail, row: WaitingMail
) -> tuple[SentWords | None, datetime]:
    """Find what another said to the customers of this case that the author of this mail cannot know of, and
    until when they know of what is done.

    Of one that was held before, what the question about it could not show.
    """
    written = min(mail.date or row.internal_date, row.internal_date)
    thread = book.thread(ref)
    asked = (one.message_id for one in thread if one.about == row.id and one.verdict == _QUESTION)
    ids = (*filter(None, asked), *mail.ids.thread)
    author = mail.author.addr_spec
    other, until = answered_meanwhile(thread, author, ids, written), known_until(thread, author, ids, written)
    if other and (nobodys := taken_back(conn, ref)):
        other = answered_meanwhile(
            [one for one in thread if one.message_id not in nobodys], author, ids, written
        )
    if other is None:
        return None, until
    known = sent_words(conn, other.message_id, ref) if other.message_id and not other.new_text else None
    return known or SentWords(other.at, other.spoken_by or "", other.new_text), until


_QUESTION: Final = LetterKind.ANSWERED_MEANWHILE


def notice_answered(conn: Connection, book: CaseBook, ref: str, mail: IncomingMail) -> str:
    """Find the text of the notice that this mail answers, which named the readers of an answer; else of the
    last that its author had before."""
    naming = [one for one in book.thread(ref) if one.verdict in _NAMING]
    notice = letter_answered(naming, mail.ids.thread, mail.author.addr_spec)
    if notice is None or notice.message_id is None:
        return ""
    return notice.text or next(iter(letters_with(conn, [notice.message_id])), "")


_NAMING: Final = frozenset((*NOTICES, LetterKind.TRANSCRIPT))
"""The letters to people of the desk that say who reads an answer."""


def lapse(office: Office, conn: Connection, held: Sequence[HeldAnswer], now: datetime) -> None:
    """Tell of each of these answers that it was not sent, all in this transaction."""
    if not held:
        return
    restoration = restoring.newest(conn)
    with office.session(conn, now) as work:
        work.load({one.case_ref for one in held})
        for one in held:
            case = work.book.living(one.case_ref)
            if case is None:
                continue
            cause = Cause(f"held answer {one.ledger_id} {case.ref}")
            if restoration and one.lapses_at < restoration.restored_at:
                cause = replace(cause, held=restoration.why)  # another desk may have told of it
            change = not_sent(case, office.desk, one.author, one.text, one.at, now, one.files)
            work.carry_out(change, cause)
    give_up(conn, held, now)
