"""What must never be found in a database, each found: a used desk's database, damaged in one place."""

from __future__ import annotations

import contextlib
import sqlite3
import tempfile
from collections.abc import Iterator, Sequence
from datetime import timedelta
from functools import cache, partial
from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from maildesk.daemon.verifying import Verifier, VerifyReport
from maildesk.desk.case.guarantee import Breach
from maildesk.store.database import Database
from maildesk.store.migrations import upgrade
from maildesk.store.schema import metadata
from maildesk.store.verifying import QUESTIONS, IntegrityQuestion, ask_some
from tests.store.released import MIGRATIONS, REVISIONS, restore
from tests.world.desk import MONDAY
from tests.world.postgres import Postgres

NOW = MONDAY + timedelta(hours=8)
Questions = Sequence[IntegrityQuestion]
AT_HAND = {"not-filed-yet"}
"""The story of the newest fixture ends with a mail that waits to be filed."""


@pytest.fixture
def used(database_kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a used database of today's schema."""
    if database_kind == "sqlite":
        yield _lay_used(tmp_path)
        return
    cluster: Postgres = request.getfixturevalue("postgres")
    url = cluster.new_database(like=request.getfixturevalue("used_postgres"))
    yield url
    cluster.drop_database(url)


@pytest.fixture(scope="module")
def used_postgres(postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The one that the others are copies of."""
    url = postgres.new_database()
    _make_used(url, tmp_path_factory.mktemp("used"))
    return url


def _lay_used(folder: Path) -> str:
    file = folder / "desk.db"
    file.write_bytes(_used_file())
    return f"sqlite:///{file}"


@cache
def _used_file() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        _make_used(f"sqlite:///{folder}/desk.db", Path(folder))
        return Path(folder, "desk.db").read_bytes()


def _make_used(url: str, folder: Path) -> None:
    restore(REVISIONS[-1], url, folder)
    database = Database.open(url)
    upgrade(database, MIGRATIONS)
    database.close_now()


async def verified(url: str) -> VerifyReport:
    async def at_once() -> None:
        """Nobody is at work."""

    database = Database.open(url)
    try:
        return await Verifier(database, [], lambda: NOW).verify(at_once)
    finally:
        await database.close()


DAMAGES = {
    "unknown-verdict": ["UPDATE ledger SET verdict = 'lost' WHERE verdict = 'left'"],
    "no-case": [
        "DELETE FROM mails WHERE ledger_id IN (SELECT id FROM ledger WHERE verdict = 'bounce')",
        "UPDATE ledger SET case_ref = NULL WHERE verdict = 'bounce'",
    ],
    "not-shown": ["DELETE FROM mails WHERE ledger_id IN (SELECT id FROM ledger WHERE verdict = 'bounce')"],
    "shown-without-verdict": ["UPDATE ledger SET case_ref = NULL WHERE verdict = 'duplicate'"],
    "no-bytes": ["UPDATE ledger SET raw_sha256 = NULL WHERE verdict = 'duplicate'"],
    "unused-bytes": ["INSERT INTO raw_mails SELECT 'f', size, packed FROM raw_mails LIMIT 1"],
    "damaged-bytes": ["UPDATE raw_mails SET size = size + 1"],
    "no-history": [
        "DELETE FROM events WHERE case_ref IN (SELECT case_ref FROM ledger WHERE verdict = 'automatic')"
    ],
    "unknown-state": ["UPDATE outbox SET state = 'lost' WHERE state = 'held'"],
    "not-ended": ["UPDATE outbox SET ended_at = NULL WHERE state = 'sent'"],
    "in-doubt": ["UPDATE outbox SET state = 'sending', marked_at = '2025-11-24T09:30:00.000000Z'"],
    "not-tried": ["UPDATE outbox SET expires_at = '2025-11-24T09:30:00.000000Z' WHERE state = 'queued'"],
    "outage-backwards": [
        "INSERT INTO outages VALUES ('x', '2025-11-24T09:30:00.000000Z', '2025-11-24T09:30:00.000000Z')"
    ],
    "untold": ["DELETE FROM events WHERE kind = 'letter-failed'"],
}


FOLLOWS = {
    "unknown-verdict": ["no-bytes"],
    "no-bytes": ["unused-bytes", "damaged"],
    "unused-bytes": ["damaged-bytes", "damaged"],
}
"""What else is wrong then."""


@pytest.mark.parametrize("kind", DAMAGES)
async def test_what_must_not_be_is_found_and_nothing_else_is_accused(used: str, kind: str) -> None:
    database = Database.open(used)
    for statement in DAMAGES[kind]:
        database.write_now(partial(Connection.execute, statement=text(statement)))
    database.close_now()
    found = await verified(used)
    assert {breach.kind for breach in found.breaches} - AT_HAND == {kind, *FOLLOWS.get(kind, ())}
    assert all(breach.remedy for breach in found.breaches)


async def test_a_sound_database_is_not_accused(used: str) -> None:
    found = await verified(used)
    assert {breach.kind for breach in found.breaches} == AT_HAND
    assert found.messages == 0
    assert found.letters > 40


def test_a_transaction_that_has_lasted_long_enough_leaves_the_other_questions_to_the_next(used: str) -> None:
    database = Database.open(used)
    left: Questions = QUESTIONS
    found: list[Breach] = []
    for number in range(1, len(QUESTIONS) + 1):
        some, left = database.read_now(partial(_ask_for_no_time, left))
        assert left == QUESTIONS[number:]
        found += some
    assert {breach.kind for breach in found} == AT_HAND
    assert database.read_now(partial(ask_some, QUESTIONS, now=NOW, at_most=3600)) == (found, ())
    database.close_now()


def _ask_for_no_time(left: Questions, conn: Connection) -> tuple[list[Breach], Questions]:
    return ask_some(left, conn, NOW, at_most=0)


def test_every_key_of_every_table_is_asked_about() -> None:
    keys = sum(len(column.foreign_keys) for table in metadata.tables.values() for column in table.columns)
    assert sum(question.kind == "orphan" for question in QUESTIONS) >= keys
    held = {question.kind for question in QUESTIONS}
    assert held - DAMAGES.keys() == {"orphan", "not-filed-yet", "shown-twice"}


ORPHANS = (
    ("parties", "case_ref"),
    ("mails", "case_ref"),
    ("events", "case_ref"),
    ("deadlines", "case_ref"),
    ("outbox", "case_ref"),
    ("digest_entries", "case_ref"),
    ("thread_ids", "case_ref"),
    ("confirmations", "case_ref"),
    ("ledger", "raw_sha256"),
    ("ledger", "mailbox"),
    ("cases", "merged_into"),
)


@pytest.mark.parametrize(("table", "column"), ORPHANS, ids=lambda word: word)
async def test_a_row_without_what_it_belongs_to_is_found(tmp_path: Path, table: str, column: str) -> None:
    """No server lets such a row in; a damaged file, or a hand that knows better, does."""
    url = _lay_used(tmp_path)
    with contextlib.closing(sqlite3.connect(tmp_path / "desk.db")) as plain:
        first = f"(SELECT min(rowid) FROM {table} WHERE {column} IS NOT NULL)"
        plain.execute(f"UPDATE {table} SET {column} = 'NOWHERE' WHERE rowid = {first}")
        plain.commit()
    found = await verified(url)
    said = [breach.what for breach in found.breaches if breach.kind == "orphan"]
    assert any(line.startswith(f"{table}.{column} names NOWHERE") for line in said), found.breaches
