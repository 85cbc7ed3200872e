"""The weekly letter to leadership: its figures were read before, and it is written once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from zoneinfo import ZoneInfo

from maildesk.casework.office import Office
from maildesk.casework.outbox_letters import owed
from maildesk.casework.pictures import png
from maildesk.casework.reports import report_of
from maildesk.desk.case.letter_order import LetterKind
from maildesk.desk.case.told import said
from maildesk.desk.figures.report import Report, ReportTerms
from maildesk.desk.figures.week import Week
from maildesk.desk.letters.language import ENGLISH
from maildesk.desk.letters.letter_writer import WrittenLetter
from maildesk.desk.policy.desk import Desk
from maildesk.mail.composing import compose_body
from maildesk.mail.message import Address, EnclosedFile, OutgoingMail
from maildesk.pages.report_letter import letter_page, letter_pictures, letter_values
from maildesk.pages.report_page import report_page
from maildesk.store import desk_times, outbox, restoring
from maildesk.store.database import Connection
from maildesk.store.outbox import LetterState

_NAME = "weekly report"


@dataclass(frozen=True, slots=True)
class ReportWish:
    """The wishes of the operator: whether the page goes along, or its `url`; subjects; the smallest team."""

    attach: bool = True
    url: str = ""
    subjects: bool = False
    smallest_team: int = 3

    def terms(self, desk: Desk, week: Week, as_of: datetime) -> ReportTerms:
        """The terms of the report of a week."""
        return ReportTerms(desk, week, as_of, self.smallest_team, self.subjects)


def due_at(desk: Desk, now: datetime) -> datetime:
    """The moment at which this week's letter is due: when its first day opens that is no day off."""
    zone = ZoneInfo(desk.zone)
    return desk.policy.calendar.next_open(Week.of(now.astimezone(zone).date()).begins(zone))


def read_weekly(conn: Connection, office: Office, wish: ReportWish, now: datetime) -> Report | None:
    """The report of the week that is over, if it is due and was not written; None otherwise."""
    due, done = due_at(office.desk, now), desk_times.done_until(conn, _NAME)
    if now < due or done is None or done >= due:
        return None
    week = Week.last_whole(now, ZoneInfo(office.desk.zone))
    return report_of(conn, wish.terms(office.desk, week, due))


def write_weekly(
    conn: Connection, office: Office, wish: ReportWish, report: Report | None, now: datetime
) -> int:
    """Write the letters of a report, and note that they are; how many there were.

    A desk of which nothing is known yet begins with the next week.
    """
    due, done = due_at(office.desk, now), desk_times.done_until(conn, _NAME)
    if report is None or done is None or done >= due:
        if done is None and due <= now:
            desk_times.note_done(conn, _NAME, due)
        return 0
    desk_times.note_done(conn, _NAME, due)
    letters = [owed(each, now, office.desk) for each in letters_of(office, wish, report, (), now)]
    restoration = restoring.newest(conn)
    if restoration and due <= restoration.restored_at:
        held = LetterState.HELD
        letters = [replace(each, state=held, reason=restoration.why) for each in letters]
    outbox.add(conn, letters)
    return len(letters)


def send_report(
    conn: Connection, office: Office, wish: ReportWish, report: Report, now: datetime
) -> list[str]:
    """Owe the letter to leadership now, whenever the next one is due; to whom it goes."""
    letters = letters_of(office, wish, report, (now.isoformat(),), now)
    outbox.add(conn, [owed(each, now, office.desk) for each in letters])
    return [each.recipient for each in letters]


def letters_of(
    office: Office, wish: ReportWish, report: Report, again: Sequence[str], now: datetime
) -> list[WrittenLetter]:
    """One letter for each member of leadership; `again` tells another letter of the same week apart."""
    language = office.desk.language or ENGLISH

    def say(words: str) -> str:
        return said(words, language)

    values = letter_values(report, say)
    values |= {"attached": wish.attach, "url": wish.url}
    domain = office.desk.address.rpartition("@")[2]
    drawn = [(each, png(each.drawing)) for each in letter_pictures(report, domain)]
    pictures = [(each, content) for each, content in drawn if content]
    shown = [each for each, _ in pictures]
    files = [
        EnclosedFile(f"{each.drawing.name}.png", "image/png", content, each.content_id)
        for each, content in pictures
    ]
    if wish.attach:
        page = report_page(report, language).encode()
        files.append(EnclosedFile(f"report-{report.week}.html", "text/html", page, made_here=True))

    def dressed(letter: WrittenLetter) -> WrittenLetter:
        mail = OutgoingMail(
            message_id=letter.message_id,
            sender=Address(office.desk.address),
            to=Address(letter.recipient),
            subject=letter.subject,
            text=letter.text,
            html=letter_page(letter.text, language.tag, shown, say),
            enclosed=tuple(files),
            date=now,
            envelope_from=letter.envelope_from,
        )
        return replace(letter, body=compose_body(mail))

    cause = ("weekly", str(report.week), *again)
    to = (each for each in office.desk.people.leadership if not office.desk.people.is_own(each.address))
    write = partial(office.writer.of_desk, LetterKind.WEEKLY, values=values, cause=cause, now=now)
    return [dressed(write(Address(each.address, each.name))) for each in to]
