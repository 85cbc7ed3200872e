"""`init`, `db`, `policy`: the files of a desk."""

from __future__ import annotations

import sqlite3
import stat
from pathlib import Path

from click.testing import CliRunner

from maildesk.cli.main import cli
from maildesk.config.packaged import packaged
from tests.cli.conftest import CommandedDesk

OLD = Path(__file__).parents[1] / "store/fixtures/0001.sql"


def test_a_new_desk_is_private_and_says_what_to_do_next(tmp_path: Path) -> None:
    folder = tmp_path / "desk"
    result = CliRunner().invoke(cli, ["init", str(folder)])
    assert result.exit_code == 0
    assert f"maildesk check -c {folder}/config.yaml" in result.stdout
    for name in ("config.yaml", "secret.key"):
        assert stat.S_IMODE((folder / name).stat().st_mode) == 0o600
    assert (folder / "templates").is_dir()
    key = (folder / "secret.key").read_text()
    again = CliRunner().invoke(cli, ["init", str(folder)])
    assert again.exit_code == 1
    assert "is there already" in again.stderr
    assert (folder / "secret.key").read_text() == key


def test_a_letter_is_copied_to_be_edited_and_never_overwritten(desk: CommandedDesk) -> None:
    desk.change("testing: true", "templates: templates\ntesting: true")
    copy = desk.folder / "templates/en/closed.txt"
    assert str(copy) in desk.run("init", "--template", "closed")
    copy.write_text("Subject: Closed\n\nBye.\n")
    assert desk.try_("init", "--template", "en/closed.txt").exit_code == 1
    ref = desk.new()
    desk.run("case", "close", ref)
    assert desk.json("case", "show", ref)["mails"][-1]["text"] == "Bye.\n"


def test_the_database_is_set_up_told_of_and_copied(desk: CommandedDesk) -> None:
    assert "no tables yet" in desk.run("db", "status")
    newest = max(path.name[:4] for path in (packaged("migrations") / "versions").glob("*.py"))
    assert f"from schema none to {newest}" in desk.run("db", "upgrade")
    assert "is up to date" in desk.run("db", "upgrade")
    ref = desk.new()
    target = desk.folder / "copy.db"
    assert desk.run("db", "backup", str(target)).endswith("checked\n")
    with sqlite3.connect(target) as copy:
        assert copy.execute("SELECT ref FROM cases").fetchall() == [(ref,)]
    assert "is there already" in desk.try_("db", "backup", str(target)).stderr
    status = desk.run("db", "status")
    assert "Sound:      yes" in status
    assert "up to date" in status


def test_a_database_of_a_newer_program_is_told_and_left_alone(desk: CommandedDesk) -> None:
    desk.run("db", "upgrade")
    with sqlite3.connect(desk.folder / "desk.db") as database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
    status = desk.try_("db", "status")
    assert status.exit_code == 1
    assert "newer than this program" in status.stdout
    assert "this program is older than the database" in desk.try_("case", "list").stderr


def test_a_database_of_an_older_program_is_told_and_its_rows_are_not_asked(desk: CommandedDesk) -> None:
    with sqlite3.connect(desk.folder / "desk.db") as database:
        database.executescript(OLD.read_text())
    status = desk.try_("db", "status")
    assert status.exit_code == 1
    assert "0001, older than this program: make a backup, then maildesk db upgrade" in status.stdout
    assert "Sound:      yes" in status.stdout
    assert status.stderr == ""


def test_a_damaged_database_is_not_called_sound(desk: CommandedDesk) -> None:
    desk.run("deliver", stdin=b"Subject: s\r\n\r\n")
    with sqlite3.connect(desk.folder / "desk.db") as database:
        database.execute("PRAGMA foreign_keys=OFF")
        database.execute("DELETE FROM raw_mails")
    status = desk.try_("db", "status")
    assert status.exit_code == 1
    assert "Sound:      no" in status.stdout


async def test_the_backup_of_a_server_is_its_own_matter(desk: CommandedDesk, postgres: object) -> None:
    from tests.world.postgres import Postgres

    assert isinstance(postgres, Postgres)
    url = postgres.new_database()
    desk.change("sqlite:///desk.db", url)
    line, sentence = desk.run("db", "backup", "copy here.dump").splitlines()
    assert line.startswith("pg_dump --format=custom --file='copy here.dump' ")
    assert "run the line above" in sentence
    assert desk.new()
    assert "Sound:      yes" in desk.run("db", "status")
    postgres.drop_database(url)


def test_a_policy_is_read_aloud_or_found_wrong_line_by_line(desk: CommandedDesk) -> None:
    assert "is fine: Default; priorities urgent, high, normal, low" in desk.run("policy", "check")
    draft = desk.folder / "draft.yaml"
    draft.write_text("name: Draft\npriorities: []\nnonsense: 1\n")
    result = desk.try_("policy", "check", str(draft))
    assert result.exit_code == 1
    assert f"maildesk: {draft}:3:1: nonsense: unknown key" in result.stderr
