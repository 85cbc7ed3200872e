"""A database of the newest schema, of either kind."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from maildesk.store.database import Database
from maildesk.store.mailboxes import start_mailbox
from tests.world.tables import MIGRATIONS, lay_tables

NOW = datetime(2026, 11, 22, 8, 30, tzinfo=UTC)
SUPPORT = "5" * 64
"""The identity of the mailbox that every test's database knows."""


@pytest.fixture
def migrations() -> Path:
    return MIGRATIONS


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    opened = Database.open(database_url, patience=20)
    opened.write_now(lambda connection: start_mailbox(connection, SUPPORT, "support", NOW))
    yield opened
    opened.close_now()


@pytest.fixture
def sqlite_database(tmp_path: Path) -> Iterator[Database]:
    opened = Database.open(lay_tables(tmp_path / "desk.db"), patience=20)
    opened.write_now(lambda connection: start_mailbox(connection, SUPPORT, "support", NOW))
    yield opened
    opened.close_now()
