"""The columns of cases and the deadlines are caches: whatever happens to them, the events bring them back."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from maildesk.store.database import Database
from maildesk.store.migrations import upgrade
from maildesk.store.refolding import Refolded, refold
from tests.store.released import MIGRATIONS, REVISIONS, restore

COLUMNS = (
    "subject", "phase", "requester", "mailbox", "priority", "owner", "team", "account", "status", "outcome",
    "clocks", "first_response_at", "response_due", "closed_at", "reopened", "promised_from", "fields",
)  # fmt: skip
BROKEN = {"phase": "'new'", "priority": "'x'", "subject": "'x'", "requester": "'x'", "mailbox": "'x'"}
BROKEN |= {"status": "'x'", "reopened": "7"}


@pytest.fixture
def used(empty_database_url: str, tmp_path: Path) -> Iterator[Database]:
    """A used database of the newest release, brought to today's schema."""
    restore(REVISIONS[-1], empty_database_url, tmp_path)
    database = Database.open(empty_database_url)
    upgrade(database, MIGRATIONS)
    yield database
    database.close_now()


def rows(conn: Connection) -> list[list[tuple[object, ...]]]:
    queries = ("SELECT * FROM cases ORDER BY ref", "SELECT * FROM deadlines ORDER BY case_ref, kind")
    return [[tuple(row) for row in conn.execute(text(query))] for query in queries]


def spoil(conn: Connection) -> None:
    said = ", ".join(f"{name} = {BROKEN.get(name, 'NULL')}" for name in COLUMNS)
    conn.execute(text(f"UPDATE cases SET {said}"))
    conn.execute(text("DELETE FROM deadlines"))


def test_a_sound_database_stays_as_it_is(used: Database) -> None:
    before = used.read_now(rows)
    assert used.write_now(refold) == []
    assert used.read_now(rows) == before


def test_whatever_the_cases_and_their_deadlines_say_the_events_bring_it_back(used: Database) -> None:
    before = used.read_now(rows)
    used.write_now(spoil)
    told = used.read_now(partial(refold, write=False))
    changed = used.write_now(refold)
    assert changed == told
    assert len(changed) == len(before[0])
    assert used.read_now(rows) == before
    assert any("deadlines" in each.columns for each in changed)
    assert all(isinstance(each, Refolded) for each in changed)
