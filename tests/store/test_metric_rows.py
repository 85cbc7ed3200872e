"""What happened between two events, on both databases."""

from __future__ import annotations

from dataclasses import replace

from maildesk.desk.case.events import Event, EventKind
from maildesk.store.cases import CaseBook
from maildesk.store.database import Connection, Database
from maildesk.store.metric_rows import cases_between, histories_between, newest_event
from tests.store.conftest import NOW
from tests.unit.desk.matters import BO, CASE

OTHER = replace(CASE, ref="2222-2222")


def happens(conn: Connection, kind: EventKind, *cases: str) -> None:
    book = CaseBook(conn)
    book.load_cases(cases)
    for case in (OTHER, CASE):
        if case.ref in cases:
            book.record(case, [Event(NOW, kind, BO)])
    book.flush()


def test_only_cases_to_which_something_happened_are_told_with_all_their_history(database: Database) -> None:
    assert database.read_now(newest_event) == 0
    database.write_now(lambda conn: happens(conn, EventKind.OPENED, CASE.ref, OTHER.ref))
    opened = database.read_now(newest_event)
    database.write_now(lambda conn: happens(conn, EventKind.NOTED, OTHER.ref))
    noted = database.read_now(newest_event)
    database.write_now(lambda conn: happens(conn, EventKind.CLOSED, CASE.ref, OTHER.ref))

    def read(conn: Connection) -> list[tuple[list[str], int]]:
        found = histories_between(conn, cases_between(conn, opened, noted), opened, noted)
        return [([event.kind.value for event in events], known) for events, known in found]

    assert database.read_now(read) == [(["opened", "noted"], 1)]
    refs = database.read_now(lambda conn: cases_between(conn, 0, opened))
    assert sorted(refs) == sorted([CASE.ref, OTHER.ref])
