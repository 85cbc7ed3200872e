"""Summaries of the day: what is due of them is written, each once, in one commit with how far it was told."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from maildesk.casework.alarms import place_of
from maildesk.casework.office import Office
from maildesk.casework.outbox_letters import owed
from maildesk.desk.case.told import Joined, Phrase
from maildesk.desk.letters.summary_letter import SummaryPeriod, summary_letters
from maildesk.desk.policy.summary import Summary
from maildesk.desk.policy.summary_counts import counted, readers, unheard
from maildesk.store import desk_times, outbox, restoring
from maildesk.store.cases import CaseBook
from maildesk.store.database import Connection
from maildesk.store.field_values import first_given
from maildesk.store.outbox import LetterState, OutboxLetter
from maildesk.store.savepoints import apart

_log = logging.getLogger(__name__)

PUT_OFF = timedelta(hours=1)
"""The time until a summary that could not be written is tried again: somebody may have mended a template."""


@dataclass(frozen=True, slots=True)
class SummariesWritten:
    """The number of letters that were due, and when to look again."""

    letters: int
    again_at: datetime


def write_summaries(conn: Connection, office: Office, now: datetime) -> SummariesWritten:
    """Write all that are due. One that cannot be written does not keep the others, and operators are told."""
    letters, moments = 0, []
    for summary in office.desk.policy.summaries:
        written: list[int] = []
        problem = apart(conn, partial(_write, conn, office, summary, now, written))
        letters += sum(written)
        moments.append(office.desk.policy.calendar.next_daily(summary.at, now))
        if problem is not None:
            moments.append(now + PUT_OFF)
            _log.error("a summary could not be written name=%s", summary.name, exc_info=problem)
            what = Phrase("The summary {name} could not be written", name=summary.name)
            detail = Joined(": ", (what, place_of(problem)))
            outbox.add(conn, office.alarms.raised(conn, "broken:summaries", now, detail))
    return SummariesWritten(letters, min(moments))


def _write(conn: Connection, office: Office, summary: Summary, now: datetime, count: list[int]) -> None:
    """Write a summary that is due, and count its letters; several missed days are one.

    One of which nothing was known before begins with the business day that now runs.
    """
    name = f"summary {summary.name}"
    until = office.desk.policy.calendar.last_daily(summary.at, now)
    since = desk_times.done_until(conn, name)
    if since is None:
        desk_times.note_done(conn, name, until)
    if since is None or until <= since:
        return
    desk_times.note_done(conn, name, until)
    letters = _letters(conn, office, summary, SummaryPeriod(since, until), now)
    outbox.add(conn, letters)
    count.append(len(letters))


def _letters(
    conn: Connection, office: Office, summary: Summary, period: SummaryPeriod, now: datetime
) -> list[OutboxLetter]:
    desk = office.desk
    book = CaseBook(conn)
    refs = first_given(conn, summary.counts, period.since, period.until)
    book.load_cases(set(refs))
    cases = (case for ref in refs if (case := book.case(ref)))
    values = counted(summary, cases, desk.policy, desk.people)
    to = readers(summary, desk.people)
    if not to:
        return office.alarms.raised(conn, f"unread:{summary.name}", now, unheard(summary, desk.people))
    written = summary_letters(office.writer, summary, values, period, to, desk.policy, now)
    return [_held_if_old(conn, owed(letter, now, desk), period) for letter in written]


def _held_if_old(conn: Connection, letter: OutboxLetter, period: SummaryPeriod) -> OutboxLetter:
    """Hold what was due before the desk went on from a backup: it may have been told since that was made."""
    restoration = restoring.newest(conn)
    if restoration is None or period.until > restoration.restored_at:
        return letter
    return replace(letter, state=LetterState.HELD, reason=restoration.why)
