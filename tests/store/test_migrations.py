"""The schema comes to be, grows and is refused, always whole."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, inspect, text

from maildesk.errors import StoreUnusable
from maildesk.store.database import Database
from maildesk.store.migrations import downgrade, require_current, status, upgrade
from maildesk.store.schema import metadata
from maildesk.store.search_tables import LEXEMES, is_of_index
from maildesk.store.table_base import narrow_indexes


@pytest.fixture
def empty(empty_database_url: str) -> Iterator[Database]:
    opened = Database.open(empty_database_url, patience=20)
    yield opened
    opened.close_now()


@pytest.fixture
def grown(tmp_path: Path, migrations: Path) -> Path:
    """The migrations of a later program, whose last step changes something and then fails."""
    folder = tmp_path / "later"
    shutil.copytree(migrations, folder)
    newest = max(each.name[:4] for each in folder.glob("versions/[0-9]*.py"))
    (folder / "versions/9000_last.py").write_text(
        f"import sqlalchemy as sa\nfrom alembic import op\nrevision, down_revision = '9000', '{newest}'\n"
        "def upgrade():\n"
        "    op.add_column('alarms', sa.Column('extra', sa.Text()))\n"
        "    op.execute('DELETE FROM alarms')\n"
        "    op.execute('SELECT nonsense FROM nowhere')\n"
    )
    return folder


def tables(database: Database) -> set[str]:
    """The tables, without those that SQLite's index of words consists of."""
    found = database.read_now(lambda connection: inspect(connection).get_table_names())
    return {name for name in found if not is_of_index(name)}


def _is_compared(name: str | None, kind: str, _parents: object) -> bool:
    """Leave out the index of words, which each database has in a way of its own."""
    return name != "ix_search_words" and not (kind == "table" and name is not None and is_of_index(name))


def columns(database: Database, table: str) -> list[str]:
    return database.read_now(lambda c: [column["name"] for column in inspect(c).get_columns(table)])


def test_an_empty_database_is_upgraded_to_the_newest_schema(empty: Database, migrations: Path) -> None:
    assert status(empty, migrations).state == "empty"
    found = upgrade(empty, migrations)
    assert (found.state, found.current) == ("current", found.newest)
    assert tables(empty) == {*metadata.tables, "alembic_version"}
    require_current(empty, migrations)


@pytest.mark.filterwarnings("ignore:.*expression-based index")  # compared below, as SQLite spells them
def test_the_migrated_schema_is_the_one_the_program_was_written_for(
    empty: Database, migrations: Path
) -> None:
    upgrade(empty, migrations)

    narrow_indexes(metadata, empty.dialect)

    def differences(connection: Connection) -> object:
        return compare_metadata(
            MigrationContext.configure(
                connection, opts={"compare_server_default": True, "include_name": _is_compared}
            ),
            metadata,
        )

    assert empty.read_now(differences) == []


def test_partial_indexes_cover_the_same_rows_as_the_schema_says(
    sqlite_database: Database, tmp_path: Path
) -> None:
    fresh = Database.open(f"sqlite:///{tmp_path}/fresh.db")
    fresh.write_now(metadata.create_all)
    question = text("SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL")

    def indexes(connection: Connection) -> dict[str, str]:
        return {name: " ".join(sql.split()) for name, sql in connection.execute(question)}

    assert sqlite_database.read_now(indexes) == fresh.read_now(indexes)
    fresh.close_now()


def test_the_index_of_words_is_the_one_of_the_schema(database: Database, tmp_path: Path) -> None:
    """Read from SQLite, where it is a table with triggers; PostgreSQL is asked for the index alone."""
    if database.dialect == "postgresql":
        asked = text(f"EXPLAIN SELECT mail_id FROM search WHERE {LEXEMES} @@ 'hums'::tsquery")
        scans = text("SET LOCAL enable_seqscan TO off")
        plan = database.read_now(lambda c: (c.execute(scans), c.execute(asked).scalars().all())[1])
        assert any("ix_search_words" in line for line in plan)
        return
    fresh = Database.open(f"sqlite:///{tmp_path}/fresh.db")
    fresh.write_now(metadata.create_all)
    question = text("SELECT name, sql FROM sqlite_master WHERE name LIKE 'search_%' AND sql IS NOT NULL")

    def made(connection: Connection) -> dict[str, str]:
        return {name: " ".join(sql.split()) for name, sql in connection.execute(question)}

    assert database.read_now(made) == fresh.read_now(made)
    assert {"search_index", "search_added", "search_gone", "search_read"} <= database.read_now(made).keys()
    fresh.close_now()


def test_an_upgrade_of_a_current_schema_changes_nothing(database: Database, migrations: Path) -> None:
    assert upgrade(database, migrations).state == "current"
    assert database.read_now(lambda c: c.execute(text("SELECT name FROM mailboxes")).scalar()) == "support"


def test_a_migration_that_fails_half_way_leaves_the_old_schema_whole(
    database: Database, grown: Path, migrations: Path
) -> None:
    database.write_now(lambda c: c.execute(text("INSERT INTO alarms VALUES ('full', '2026')")))
    with pytest.raises(StoreUnusable):
        upgrade(database, grown)
    assert status(database, migrations).state == "current"
    assert columns(database, "alarms") == ["kind", "raised_at"]
    assert database.read_now(lambda c: c.execute(text("SELECT count(*) FROM alarms")).scalar()) == 1


def test_an_older_schema_is_refused_with_the_command_that_helps(database: Database, grown: Path) -> None:
    with pytest.raises(StoreUnusable, match="maildesk db upgrade"):
        require_current(database, grown)
    assert status(database, grown).state == "older"


def test_a_newer_schema_is_refused_by_the_older_program(database: Database, migrations: Path) -> None:
    database.write_now(lambda c: c.execute(text("UPDATE alembic_version SET version_num = '9999'")))
    assert status(database, migrations).state == "newer"
    with pytest.raises(StoreUnusable, match="this program is older than the database"):
        require_current(database, migrations)
    with pytest.raises(StoreUnusable, match="this program is older than the database"):
        upgrade(database, migrations)


def test_an_empty_database_is_no_current_one(empty: Database, migrations: Path) -> None:
    with pytest.raises(StoreUnusable, match="is empty"):
        require_current(empty, migrations)


def test_tables_of_unknown_origin_are_left_alone(empty: Database, migrations: Path) -> None:
    empty.write_now(lambda c: c.execute(text("CREATE TABLE cases (id INTEGER)")))
    with pytest.raises(StoreUnusable, match="not known to be maildesk's"):
        upgrade(empty, migrations)
    assert tables(empty) == {"cases"}


def test_the_way_back_and_forth_ends_at_the_same_schema(database: Database, migrations: Path) -> None:
    downgrade(database, migrations, "base")
    assert tables(database) == {"alembic_version"}
    assert status(database, migrations).state == "empty"
    assert upgrade(database, migrations).state == "current"


def test_a_folder_without_migrations_says_so(database: Database, tmp_path: Path) -> None:
    with pytest.raises(StoreUnusable, match="no migrations"):
        status(database, tmp_path)


def test_the_status_is_told_without_importing_alembic(sqlite_database: Database, migrations: Path) -> None:
    program = (
        "import sys; from pathlib import Path\n"
        "from maildesk.store.database import Database\n"
        "from maildesk.store.migrations import require_current\n"
        "require_current(Database.open(sys.argv[1]), Path(sys.argv[2]))\n"
        "print('alembic' in sys.modules)"
    )
    words = [sys.executable, "-c", program, f"sqlite:///{sqlite_database.place.path}", str(migrations)]
    done = subprocess.run(words, capture_output=True, text=True, timeout=60, cwd=migrations.parent)
    assert (done.stdout, done.stderr) == ("False\n", "")
