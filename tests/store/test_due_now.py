"""What has come due: to the minute, one kind beside the other, and only what still waits."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import insert, update

from maildesk.desk.case.letter_order import LetterKind
from maildesk.desk.letters.digest import DigestEntry
from maildesk.store.database import Database
from maildesk.store.digests import add_entries
from maildesk.store.due_now import DueNow, due_now
from maildesk.store.held_answers import PATIENCE
from maildesk.store.mailboxes import note_listing
from maildesk.store.outbox import LetterState
from maildesk.store.schema import confirmations, deadlines, ledger
from tests.store.conftest import NOW, SUPPORT
from tests.store.test_confirmations import keep, question
from tests.store.test_ledger import statements
from tests.store.test_outbox import CASE, DAY, HOUR, LETTER, MINUTE, open_case, stored

NOTHING, LETTERS, BY_TIME = DueNow(False, False), DueNow(True, False), DueNow(False, True)


def due(database: Database, at: datetime, settled: timedelta = timedelta(0)) -> DueNow:
    return database.read_now(lambda conn: due_now(conn, (SUPPORT,), at, at - settled))


def test_of_an_empty_desk_nothing_is_due(database: Database) -> None:
    assert due(database, NOW) == NOTHING


def test_the_letter_that_is_next_is_tried_from_its_time_on_and_given_up_when_that_is_over(
    database: Database,
) -> None:
    later = replace(LETTER, message_id="later", due_at=NOW + DAY, expires_at=NOW + 2 * DAY)
    stored(database, later, replace(LETTER, due_at=NOW + HOUR, expires_at=NOW + 3 * DAY))
    assert due(database, NOW + HOUR - MINUTE) == NOTHING
    assert due(database, NOW + HOUR) == LETTERS
    assert due(database, NOW + 3 * DAY - MINUTE) == LETTERS
    assert due(database, NOW + 3 * DAY) == DueNow(letters=True, by_time=True)


@pytest.mark.parametrize("state", LetterState)
def test_a_letter_is_due_while_it_is_still_tried(database: Database, state: LetterState) -> None:
    stored(database, replace(LETTER, state=state))
    tried = state in (LetterState.QUEUED, LetterState.DEFERRED)
    assert due(database, NOW + 5 * DAY) == DueNow(tried, tried)


def test_a_deadline_is_due_by_time(database: Database) -> None:
    open_case(database)
    for kind, at in (("reminder", NOW + HOUR), ("silence", NOW + DAY)):
        row = {"case_ref": CASE, "kind": kind, "due_at": at}
        database.write_now(lambda conn, row=row: conn.execute(insert(deadlines), row))  # type: ignore[misc]
    assert due(database, NOW + HOUR - MINUTE) == NOTHING
    assert due(database, NOW + HOUR) == BY_TIME


def test_a_digest_waits_until_its_notices_have_settled(database: Database) -> None:
    open_case(database)
    entry = DigestEntry("ana@acme.example", "one@acme.example", CASE, LetterKind.OVERDUE, NOW, NOW)
    later = replace(entry, message_id="two@acme.example", due_at=NOW + HOUR)
    database.write_now(lambda conn: add_entries(conn, [later, entry]))
    assert due(database, NOW, settled=MINUTE) == NOTHING
    assert due(database, NOW + MINUTE, settled=MINUTE) == BY_TIME
    assert due(database, NOW) == BY_TIME


def test_an_answer_is_given_up_when_the_mail_of_that_time_is_filed(database: Database) -> None:
    database.write_now(lambda conn: keep(conn, question(1, lapses_at=NOW), question(2)))
    listed(database, NOW)
    assert due(database, NOW - MINUTE) == NOTHING
    assert due(database, NOW + HOUR) == BY_TIME
    database.write_now(lambda conn: conn.execute(update(ledger).where(ledger.c.id == 2).values(verdict=None)))
    listed(database, NOW + HOUR)
    assert due(database, NOW + HOUR) == BY_TIME, "what is not filed came as early as that"
    earlier = update(ledger).where(ledger.c.id == 2).values(internal_date=NOW - MINUTE)
    database.write_now(lambda conn: conn.execute(earlier))
    assert due(database, NOW + HOUR) == NOTHING, "her word may be in it"
    assert due(database, NOW + PATIENCE) == BY_TIME, "nobody waits for it any longer"
    answered = update(confirmations).values(answer="confirmed")
    database.write_now(lambda conn: conn.execute(answered))
    assert due(database, NOW + PATIENCE) == NOTHING


def listed(database: Database, at: datetime) -> None:
    database.write_now(lambda conn: note_listing(conn, SUPPORT, (1, 3), at))


def test_it_is_asked_in_one_statement(database: Database) -> None:
    with statements(database) as seen:
        due(database, NOW)
    assert seen.count("SELECT") == 1
