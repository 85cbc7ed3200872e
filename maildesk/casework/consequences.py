"""The consequence of an attempt to deliver a letter: for the letter, and for its case."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from maildesk.desk.case.case import Case
from maildesk.desk.case.change import Change
from maildesk.desk.case.clocks import ClockKind
from maildesk.desk.case.events import EventKind
from maildesk.desk.decisions.letter_fates import LetterFate, moves_first_response, tells, told, words_of
from maildesk.desk.letters.letter_kinds import FORMS
from maildesk.desk.policy.desk import Desk
from maildesk.desk.screening.command_context import SentWords
from maildesk.desk.screening.signals import Signals
from maildesk.desk.screening.situation import CaseMatch, UndoneAnswer
from maildesk.mail.message import IncomingMail
from maildesk.store.database import Connection
from maildesk.store.first_responses import answer_among, first_response
from maildesk.store.outbox import LetterOutcome, OutboxLetter
from maildesk.store.sent_words import sent_words


@dataclass(frozen=True, slots=True)
class Consequence:
    """The fate of a letter after an attempt, and the event its case gets, if any.

    `known_as` are Message-IDs that the relay says it gave the letter.
    """

    settled: LetterOutcome
    event: EventKind | None = None
    known_as: tuple[str, ...] = ()


Consequences = Sequence[tuple[OutboxLetter, Consequence]]
Recorder = Callable[[Connection, Consequences], None]
"""Writes consequences down: the letter's state and what its case hears of it, in one transaction.

Each letter is settled only where it is still in the state it is handed over with.
"""


def told_of(
    conn: Connection, case: Case, fate: LetterFate, now: datetime, words: Mapping[str, str] | None = None
) -> Change:
    """The change by which a case hears of a fate; the first response is looked for where it may move."""
    if not moves_first_response(case, fate):
        return told(case, fate, None, now, words or {})
    clock = case.clock(ClockKind.FIRST_RESPONSE)
    met = first_response(conn, case, clock.began) if clock else None
    return told(case, fate, first_response(conn, case), now, words or {}, met)


def letter_lost(conn: Connection, mail: IncomingMail, found: CaseMatch | None) -> SentWords | None:
    """Find the letter of this case that a report is about."""
    bounce = mail.automation.bounce
    if not (found and bounce and bounce.message_id):
        return None
    return sent_words(conn, bounce.message_id, found.case.ref)


def answer_undone(
    conn: Connection, mail: IncomingMail, found: CaseMatch | None, signals: Signals | None
) -> UndoneAnswer | None:
    """Tell what counts without the answer that a report says did not arrive; None where it is about none."""
    bounce = mail.automation.bounce
    if not (found and signals and bounce):
        return None
    case = found.case
    # What a report refers to beside the letter that it brings back are letters that arrived.
    answer = answer_among(conn, case, [bounce.message_id] if bounce.message_id else signals.thread_ids)
    if not answer:
        return None
    clock = case.clock(ClockKind.FIRST_RESPONSE)
    met = first_response(conn, case, clock.began, but=answer) if clock else None
    return UndoneAnswer(answer, first_response(conn, case, but=answer), met)


def words_told(
    conn: Connection, desk: Desk, case: Case, fate: LetterFate, message_id: str
) -> Mapping[str, str]:
    """Find what people read of the letter with this Message-ID, where they hear of its fate."""
    return words_of(sent_words(conn, message_id, case.ref), desk) if tells(fate) else {}


def patience_of(letter: OutboxLetter) -> timedelta:
    """Say how long it is tried, from when it was made or a person last had it tried again."""
    return FORMS[letter.kind].patience
