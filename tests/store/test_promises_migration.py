"""Resolutions that were promised before they were watched: the migration watches those to come."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from maildesk.store.database import Connection, Database
from maildesk.store.migrations import downgrade, upgrade
from maildesk.store.refolding import refold
from tests.store.released import MIGRATIONS, migrations_until

OPENED, UPDATED = "2025-11-24T10:00:00.000000Z", "2025-11-25T10:00:00.000000Z"
PAST, TO_COME = "2025-11-24T18:00:00.000000Z", "2199-11-27T10:00:00.000000Z"
STOOD = "2025-11-26T10:00:00.000000Z"
CASES = {
    "AAAA-0001": ("open", PAST),
    "AAAA-0002": ("open", TO_COME),
    "AAAA-0003": ("waiting", PAST),
    "AAAA-0004": ("waiting", STOOD),
    "AAAA-0005": ("closed", TO_COME),
    "AAAA-0006": ("open", None),
}


_CASE = """
INSERT INTO cases
    (ref, subject, phase, requester, mailbox, opened_at, updated_at, priority, resolution_due, reopened)
VALUES (:ref, 'Printer', :phase, 'bo@client.example', 'support', :at, :now, 'Normal', :due, 0)
"""


@pytest.fixture
def upgraded(empty_database_url: str, tmp_path: Path) -> Any:
    """A database of the schema before, with these cases, brought to today's."""
    database = Database.open(empty_database_url)
    upgrade(database, migrations_until("0010", tmp_path))

    def fill(conn: Connection) -> None:
        for ref, (phase, due) in CASES.items():
            conn.execute(text(_CASE), {"ref": ref, "phase": phase, "due": due, "at": OPENED, "now": UPDATED})

    database.write_now(fill)
    upgrade(database, MIGRATIONS)
    yield database
    database.close_now()


def rows(database: Database, query: str) -> dict[str, Any]:
    return dict(database.read_now(lambda conn: [tuple(row) for row in conn.execute(text(query))]))


def test_resolutions_to_come_are_watched_and_missed_ones_told_to_nobody(upgraded: Database) -> None:
    assert rows(upgraded, "SELECT case_ref, kind FROM deadlines") == {"AAAA-0002": "resolution"}
    assert rows(upgraded, "SELECT case_ref, due_at FROM deadlines") == {"AAAA-0002": TO_COME}


def test_a_waiting_case_keeps_what_is_left_of_its_resolution(upgraded: Database) -> None:
    due = rows(upgraded, "SELECT ref, resolution_due FROM cases")
    assert due["AAAA-0004"] is None
    clocks = rows(upgraded, "SELECT ref, clocks FROM cases")["AAAA-0004"]
    assert '"resolution_left":86400' in clocks


def test_what_the_migration_wrote_is_what_the_events_say(upgraded: Database) -> None:
    assert upgraded.write_now(lambda conn: refold(conn)) == []


def test_the_moments_come_back_with_the_schema_before(upgraded: Database) -> None:
    downgrade(upgraded, MIGRATIONS, "0010")
    due = rows(upgraded, "SELECT ref, resolution_due FROM cases")
    assert due["AAAA-0004"] == STOOD
    assert due["AAAA-0002"] == TO_COME
