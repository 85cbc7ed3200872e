"""Which notices are letters of their own and which wait for a digest, and that each is told once."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from maildesk.casework.digests import write_digest
from maildesk.casework.office import Office
from maildesk.desk.case.change import Change
from maildesk.desk.case.events import Event, EventKind
from maildesk.desk.case.letter_order import LetterKind, LetterOrder
from maildesk.desk.decisions.digesting import AT_ONCE, DIGEST_EVERY, HOUR
from maildesk.desk.letters.cause import Cause
from maildesk.desk.letters.letter_limits import LetterLimits
from maildesk.store.cases import CaseBook
from maildesk.store.database import Connection, Database
from maildesk.store.outbox_views import outbox_rows
from tests.unit.desk.letter_matters import WRITER
from tests.unit.desk.matters import AGENT, BO, CASE, DESK, NOW

OFFICE = Office(DESK, WRITER, LetterLimits(notices_at_once=3, notices_per_agent_hour=5))
SOON = timedelta(minutes=1)


def replies(store: Database, count: int, now: datetime, cause: str = "") -> list[str]:
    """So many replies of the customer in one transaction; the kinds of all letters after it."""

    def work(conn: Connection) -> list[str]:
        with OFFICE.session(conn, now) as work:
            work.load([CASE.ref])
            for number in range(count):
                event = Event(now, EventKind.REPLIED, BO)
                orders = (LetterOrder(LetterKind.REPLIED_TEAM),)
                work.carry_out(
                    Change(work.living(CASE.ref), (event,), orders), Cause(f"{cause or now} {number}")
                )
        return kinds(conn)

    return store.write_now(work)


def kinds(conn: Connection) -> list[str]:
    return [row["kind"] for row in outbox_rows(conn) if row["to"] == AGENT]


def digests(store: Database, now: datetime) -> list[int]:
    """How many notices the digests tell that are due now."""
    told = []
    while count := store.write_now(lambda conn: write_digest(conn, OFFICE, now, now)):
        told.append(count)
    return told


REPLY, DIGEST = LetterKind.REPLIED_TEAM.value, LetterKind.DIGEST.value


def test_as_many_as_the_limit_come_as_letters_and_one_more_makes_a_digest_of_all(store: Database) -> None:
    assert replies(store, 3, NOW) == [REPLY] * 3
    assert digests(store, NOW) == []
    later = NOW + AT_ONCE
    assert replies(store, 4, later) == [REPLY] * 3
    assert digests(store, later) == [4]


@pytest.mark.parametrize(
    ("after", "letters"), [(SOON, 2), (AT_ONCE, 4)], ids=["within minutes", "when minutes have passed"]
)
def test_notices_of_several_commits_count_together_for_some_minutes(
    store: Database, after: timedelta, letters: int
) -> None:
    replies(store, 2, NOW)
    assert replies(store, 2, NOW + after) == [REPLY] * letters


def test_past_the_limit_of_an_hour_a_digest_comes_every_quarter_of_an_hour(store: Database) -> None:
    replies(store, 3, NOW)
    late = NOW + AT_ONCE
    assert replies(store, 3, late) == [REPLY] * 3
    assert digests(store, late) == [3]
    replies(store, 3, late + SOON)
    assert digests(store, late + SOON) == []
    replies(store, 1, late + 2 * SOON)
    assert digests(store, late + DIGEST_EVERY) == [4]
    assert replies(store, 1, late + DIGEST_EVERY + HOUR) == [REPLY] * 3 + [DIGEST] * 2 + [REPLY]


def test_what_happened_once_is_told_once(store: Database) -> None:
    """A restored desk carries the same change out again."""
    replies(store, 4, NOW, cause="the same")
    replies(store, 4, NOW, cause="the same")
    assert digests(store, NOW) == [4]
    replies(store, 1, NOW + HOUR, cause="another")
    assert replies(store, 1, NOW + HOUR, cause="another") == [DIGEST, REPLY]


def test_a_case_shows_no_mail_for_a_notice_that_became_part_of_a_digest(store: Database) -> None:
    replies(store, 4, NOW)
    digests(store, NOW)

    def work(conn: Connection) -> list[str]:
        return [mail.verdict for mail in CaseBook(conn).thread(CASE.ref)]

    assert store.read_now(work) == []


def test_a_reader_of_a_digest_is_a_party_of_each_of_its_cases(store: Database) -> None:
    """Else the line of the case could not lead back to it."""
    replies(store, 4, NOW)

    def work(conn: Connection) -> bool:
        book = CaseBook(conn)
        book.load_cases([CASE.ref])
        case = book.case(CASE.ref)
        return bool(case and case.party(AGENT))

    assert store.read_now(work)
    assert replace(CASE).party(AGENT) is None
