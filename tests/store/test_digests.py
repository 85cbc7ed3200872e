"""Notices that wait for a digest: each once, all of one person together, and what was heard lately."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from maildesk.desk.case.case import Case, Phase
from maildesk.desk.case.letter_order import LetterKind
from maildesk.desk.letters.digest import DigestEntry, HeardLately
from maildesk.store import outbox
from maildesk.store.cases import CaseBook
from maildesk.store.database import Connection, Database
from maildesk.store.digests import add_entries, due_digest, forget_entries, heard
from tests.store.conftest import NOW
from tests.store.test_outbox import DAY, LETTER, MINUTE

ANA, GUS = "Ana@acme.example", "gus@acme.example"
CASE = Case("7K2Q-9F3M", "Printer", Phase.NEW, "", "support@acme.example", NOW, NOW, "normal")
ENTRY = DigestEntry(ANA, "one@acme.example", CASE.ref, LetterKind.OVERDUE, NOW, NOW)
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def _case(database: Database) -> None:
    def begin(conn: Connection) -> None:
        book = CaseBook(conn)
        book.record(CASE)
        book.flush()

    database.write_now(begin)


def test_a_notice_waits_once_however_often_it_is_owed(database: Database) -> None:
    later = replace(ENTRY, at=NOW + MINUTE, due_at=NOW + HOUR)
    database.write_now(lambda conn: add_entries(conn, [ENTRY]))
    database.write_now(lambda conn: add_entries(conn, [later]))
    assert database.read_now(lambda conn: due_digest(conn, NOW)) == [ENTRY]


def test_a_digest_is_all_that_waits_for_one_person_the_longest_due_first(database: Database) -> None:
    second = replace(ENTRY, message_id="two@acme.example", at=NOW + MINUTE, due_at=NOW + HOUR)
    other = replace(ENTRY, recipient=GUS, due_at=NOW - MINUTE)
    database.write_now(lambda conn: add_entries(conn, [second, ENTRY, other]))
    assert database.read_now(lambda conn: due_digest(conn, NOW - 2 * MINUTE)) == []
    assert database.read_now(lambda conn: due_digest(conn, NOW - MINUTE)) == [other]
    assert database.read_now(lambda conn: due_digest(conn, NOW)) == [other]
    database.write_now(lambda conn: forget_entries(conn, GUS))
    assert database.read_now(lambda conn: due_digest(conn, NOW)) == [ENTRY, second]
    assert database.read_now(lambda conn: due_digest(conn, NOW - MINUTE)) == []
    database.write_now(lambda conn: forget_entries(conn, ANA))
    assert database.read_now(lambda conn: due_digest(conn, NOW + DAY)) == []


def test_notices_are_counted_for_minutes_and_for_an_hour_and_other_letters_are_not(
    database: Database,
) -> None:
    def sent(number: int, kind: LetterKind, ago: timedelta, **more: Any) -> outbox.OutboxLetter:
        fields: dict[str, Any] = {"recipient": ANA, "kind": kind, "created_at": NOW - ago} | more
        return replace(LETTER, message_id=f"{number}@acme.example", **fields)

    letters = [
        sent(1, LetterKind.OVERDUE, MINUTE),
        sent(2, LetterKind.REPLIED_TEAM, 10 * MINUTE),
        sent(3, LetterKind.REPLIED_TEAM, 2 * HOUR),
        sent(4, LetterKind.NOTE_KEPT, MINUTE),
        sent(5, LetterKind.DIGEST, 20 * MINUTE),
        sent(6, LetterKind.DIGEST, 10 * MINUTE),
        sent(7, LetterKind.OVERDUE, MINUTE, recipient=GUS),
    ]
    database.write_now(lambda conn: outbox.add(conn, letters))
    database.write_now(lambda conn: add_entries(conn, [replace(ENTRY, recipient=GUS)]))
    found = database.read_now(
        lambda conn: heard(conn, [ANA, GUS, "new@acme.example"], NOW - 5 * MINUTE, NOW - HOUR)
    )
    assert found == {
        ANA: HeardLately(short=1, long=2, digest_at=NOW - 10 * MINUTE),
        GUS: HeardLately(short=1, long=1, waiting=NOW),
        "new@acme.example": HeardLately(),
    }
