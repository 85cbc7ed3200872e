"""A desk copied into another database: all of it, or nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from maildesk.config.packaged import packaged
from maildesk.errors import MaildeskError, NotAllowed
from maildesk.store import alarms, copying, migrations, restoring
from maildesk.store.database import Database
from tests.world.postgres import Postgres

pytestmark = pytest.mark.postgresql

NOW = datetime(2025, 11, 24, 9, 30, tzinfo=UTC)
A_DAY = timedelta(days=1)


@pytest.fixture
def source(tmp_path: Path) -> Database:
    store = Database.open(f"sqlite:///{tmp_path}/desk.db")
    migrations.upgrade(store, packaged("migrations"))
    return store


def test_where_one_row_is_refused_nothing_at_all_is_written(source: Database, postgres: Postgres) -> None:
    """SQLite keeps a NUL in a text; PostgreSQL takes none."""
    target = Database.open(postgres.new_database())
    try:
        source.write_now(lambda conn: alarms.due(conn, "odd\0kind", NOW, A_DAY))
        with pytest.raises(MaildeskError, match="NUL"):
            copying.move(source, target, packaged("migrations"), NOW)
        assert migrations.status(target, packaged("migrations")).state == "empty"
        assert not source.read_now(restoring.is_marked)
    finally:
        target.close_now()
        source.close_now()


def test_what_was_copied_is_counted_table_by_table(source: Database, postgres: Postgres) -> None:
    target = Database.open(postgres.new_database())
    try:
        for kind in ("held", "disk", "clock"):
            source.write_now(lambda conn, kind=kind: alarms.due(conn, kind, NOW, A_DAY))  # type: ignore[misc]
        copied = {each.name: each.rows for each in copying.move(source, target, packaged("migrations"), NOW)}
        assert (copied["alarms"], copied["cases"]) == (3, 0)
        assert not target.write_now(lambda conn: alarms.due(conn, "disk", NOW, A_DAY))  # it was raised today
        with pytest.raises(NotAllowed, match="holds a desk already"):
            copying.move(source, target, packaged("migrations"), NOW)
    finally:
        target.close_now()
        source.close_now()
