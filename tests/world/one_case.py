"""A small database with one case in it, for what writes into a transaction."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from maildesk.desk.case.events import Event, EventKind
from maildesk.store.cases import CaseBook
from maildesk.store.database import Connection, Database
from tests.unit.desk.matters import BO, CASE, NOW
from tests.world.tables import lay_tables


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Database]:
    """Bo's case, opened and answered at ten on Monday."""
    opened = Database.open(lay_tables(tmp_path / "desk.db"), patience=20)

    def begin(conn: Connection) -> None:
        book = CaseBook(conn)
        book.record(replace(CASE, first_response_at=NOW), [Event(NOW, EventKind.OPENED, BO)])
        book.flush()

    opened.write_now(begin)
    yield opened
    opened.close_now()
