"""Letters of the morning: a sheet for each agent as the desk opens, in one commit with how far they went."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from maildesk.casework.alarms import place_of
from maildesk.casework.noted_absences import due_suggestions, suggest
from maildesk.casework.office import Office
from maildesk.casework.outbox_letters import owed
from maildesk.desk.case.case import Case, PartyRole
from maildesk.desk.case.told import Joined, Phrase
from maildesk.desk.letters.letter_writer import WrittenLetter
from maildesk.desk.letters.morning_sheet import Sheet, SheetLine, sheet_letter, sheet_of
from maildesk.desk.policy.absences import deputy_of
from maildesk.desk.policy.people import Person
from maildesk.desk.policy.queue import in_order, others_teams
from maildesk.mail.addr_spec import folded
from maildesk.store import desk_times, outbox, restoring
from maildesk.store.case_filters import queued_refs
from maildesk.store.cases import CaseBook
from maildesk.store.database import Connection
from maildesk.store.moving import open_refs_of
from maildesk.store.outbox import LetterState, OutboxLetter
from maildesk.store.savepoints import apart
from maildesk.store.staff_choices import staff_choices_made

_log = logging.getLogger(__name__)

LATEST: Final = timedelta(hours=3)
"""A sheet that could not be written for so long after the opening is of no use any more."""

_NAME: Final = "morning sheets"
_MOST_QUEUED: Final = 50
"""So many of the cases that nobody has taken are shown."""


@dataclass(frozen=True, slots=True)
class LettersWritten:
    """The number of letters that were due, and when to look again."""

    letters: int
    again_at: datetime


def write_morning_letters(conn: Connection, office: Office, now: datetime) -> LettersWritten:
    """Write what is due as a day has opened, each letter once. One that fails does not keep the others."""
    calendar = office.desk.policy.calendar
    again_at, opened = calendar.next_opening(now), calendar.last_opening(now)
    sheets = office.desk.morning_sheet and _opens(conn, opened)
    if now - opened > LATEST:
        return LettersWritten(0, again_at)
    office = office.today(conn, now)
    written: list[OutboxLetter] = []
    if sheets:
        for to, whose in _readers(conn, office):
            problem = apart(conn, partial(_write, conn, office, to, whose, now, written))
            _told(conn, office, now, "sheets", Phrase("A morning sheet could not be written"), problem)
    for absence in due_suggestions(conn, office, opened, now):
        problem = apart(conn, partial(suggest, conn, office, absence, now, written))
        failed = Phrase("A letter about an absence could not be written")
        _told(conn, office, now, "absences", failed, problem)
    return LettersWritten(len(written), again_at)


def _opens(conn: Connection, opened: datetime) -> bool:
    """Tell whether no sheet was written since the desk opened; the first start writes none."""
    since = desk_times.done_until(conn, _NAME)
    if since is None or opened > since:
        desk_times.note_done(conn, _NAME, opened)
    return since is not None and opened > since


def _told(
    conn: Connection, office: Office, now: datetime, kind: str, failed: Phrase, problem: Exception | None
) -> None:
    """Tell the operators of a letter that could not be written."""
    if problem is not None:
        _log.error("a letter of the morning could not be written kind=%s", kind, exc_info=problem)
        detail = Joined(": ", (failed, place_of(problem)))
        outbox.add(conn, office.alarms.raised(conn, f"broken:{kind}", now, detail))


def _readers(conn: Connection, office: Office) -> Iterator[tuple[Person, Person]]:
    """The readers of sheets, each with whose it is: their own, or that of somebody whom they stand in for."""
    people = office.desk.people
    unwanted = {each.address for each in staff_choices_made(conn) if each.no_sheet}
    for agent in people.agents:
        deputy = deputy_of(people, agent)
        if agent.away and deputy and not deputy.away:
            yield deputy, agent
        elif not agent.away and folded(agent.address) not in unwanted:
            yield agent, agent


def _write(
    conn: Connection, office: Office, to: Person, whose: Person, now: datetime, written: list[OutboxLetter]
) -> None:
    book = CaseBook(conn)
    sheet = _sheet(conn, office, book, to, whose, now)
    if sheet.empty:
        return
    sheet = _answerable(book, sheet, to)
    book.flush()
    day = office.desk.policy.calendar.last_opening(now).date().isoformat()
    letter = sheet_letter(office.writer, sheet, to, whose, now, day)
    outbox.add(conn, [_held_if_old(conn, letter, office, now)])
    written.append(owed(letter, now, office.desk))


def _sheet(
    conn: Connection, office: Office, book: CaseBook, to: Person, whose: Person, now: datetime
) -> Sheet:
    """The sheet of one agent; whoever stands in for another reads of what nobody has in their own."""
    desk = office.desk
    refs = open_refs_of(conn, whose.address)
    others = others_teams(desk.people, whose.address)
    queued = queued_refs(conn, desk.policy, others, _MOST_QUEUED) if to is whose else []
    book.load_cases({*refs, *queued})
    mine = [case for ref in refs if (case := book.case(ref))]
    nobodys = [case for ref in queued if (case := book.case(ref))]
    end = desk.policy.calendar.end_of_day(now)
    return sheet_of(mine, in_order(nobodys, desk.policy), now, end)


def _answerable(book: CaseBook, sheet: Sheet, to: Person) -> Sheet:
    """The sheet with its reader among the parties of each case, so that they can answer it from there."""

    def joined(lines: Sequence[SheetLine]) -> list[SheetLine]:
        return [replace(line, case=_with_reader(book, line.case, to)) for line in lines]

    return replace(
        sheet,
        overdue=joined(sheet.overdue),
        today=joined(sheet.today),
        again=joined(sheet.again),
        later=joined(sheet.later),
        nobodys=joined(sheet.nobodys),
    )


def _with_reader(book: CaseBook, case: Case, to: Person) -> Case:
    joined = case.joined(to.address, to.name, PartyRole.AGENT)
    if joined is not case:
        book.record(joined)
    return joined


def _held_if_old(conn: Connection, letter: WrittenLetter, office: Office, now: datetime) -> OutboxLetter:
    """Hold what a backup was about to say: it may have been said since that was made."""
    restoration, kept = restoring.newest(conn), owed(letter, now, office.desk)
    opened = office.desk.policy.calendar.last_opening(now)
    if restoration is None or opened > restoration.restored_at:
        return kept
    return replace(kept, state=LetterState.HELD, reason=restoration.why)
