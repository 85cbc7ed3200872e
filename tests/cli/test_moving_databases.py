"""`maildesk db copy` and `db backup` with a real PostgreSQL: a desk moves, is saved and is restored."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from maildesk.config.packaged import packaged
from maildesk.errors import StoreBusy
from maildesk.store import restoring
from maildesk.store.copying import move
from maildesk.store.database import Database, T, Work
from tests.cli.conftest import NOW, CommandedDesk
from tests.world.postgres import Postgres

pytestmark = pytest.mark.postgresql

OPERATING = Path(__file__).parents[2] / "docs/operating.md"
MAIL = b"From: Bo <bo@client.example>\r\nTo: support@acme.example\r\nSubject: Help\r\n\r\nHelp\r\n"


@pytest.fixture
def busy(desk: CommandedDesk) -> CommandedDesk:
    """A desk with some cases, letters, mails and files of bytes."""
    for subject in ("It does not print", "São Paulo: naïve ☃", 'It\'s 100% \\ "quoted"'):
        ref = desk.new(subject, "--ack")
        desk.run("case", "reply", ref, "Pull the plug.", "--as", "ana@acme.example")
    for number in range(3):
        desk.run("deliver", stdin=MAIL + b"%d\r\n" % number)
    return desk


def moved(desk: CommandedDesk, url: str) -> None:
    desk.change("sqlite:///desk.db", url)


def shown(desk: CommandedDesk) -> list[object]:
    """All that a person can see of a desk."""
    refs = [case["ref"] for case in desk.json("case", "list")]
    lists = [desk.json(*words) for words in (("case", "list"), ("inbox", "list"), ("outbox", "list"))]
    letters = [desk.run("outbox", "show", str(row["id"]), "--raw") for row in desk.json("outbox", "list")]
    return [*lists, letters, [desk.json("case", "show", ref) for ref in refs]]


def test_a_desk_moves_to_postgresql_with_all_it_has_and_goes_on(
    busy: CommandedDesk, postgres: Postgres
) -> None:
    before, url = shown(busy), postgres.new_database()
    password = re.split("[:@/]+", url)[2]
    typed = url.replace(f":{password}@", ":${MOVED_PASSWORD}@")
    told = busy.run("db", "copy", typed, MOVED_PASSWORD=password)
    assert f'store: {{url: "{typed}"}}' in told
    assert (password in told, f"{busy.folder}/desk.db stays as it is" in told) == (False, True)
    moved(busy, url)
    assert shown(busy) == before
    found = busy.try_("verify", "--database-only").stdout.splitlines()
    assert [line.partition(":")[0] for line in found] == ["not-filed-yet"] * 3
    ref = busy.new("After the move")  # numbers go on where they were
    busy.run("case", "reply", ref, "Hello", "--as", "ana@acme.example")
    busy.run("deliver", stdin=MAIL)
    ids = [row["id"] for row in busy.json("inbox", "list")]
    assert ids == sorted(set(ids))
    assert len(ids) == 4


def test_who_starts_on_the_database_that_was_left_sends_nothing_twice(
    busy: CommandedDesk, postgres: Postgres
) -> None:
    busy.run("db", "copy", postgres.new_database())
    again = busy.try_("db", "copy", postgres.new_database())
    assert (again.exit_code, "its desk has moved away already" in again.output) == (1, True)
    left = busy.open_store()
    left.write_now(lambda conn: restoring.go_on(conn, NOW))  # as a daemon does that starts there
    left.close_now()
    assert {row["state"] for row in busy.json("outbox", "list")} == {"held"}


def test_no_mail_is_left_behind_in_the_database_that_was_left(
    busy: CommandedDesk, postgres: Postgres
) -> None:
    url = postgres.new_database()
    busy.run("db", "copy", url)
    late = busy.try_("deliver", stdin=MAIL)
    assert (late.exit_code, "the mail stays with the mail server" in late.stderr) == (75, True)
    left = busy.open_store()
    left.write_now(lambda conn: restoring.go_on(conn, NOW))
    left.close_now()
    busy.run("deliver", stdin=MAIL)  # who came back is at home again


class Meanwhile(Database):
    """A database to move to; while it is written, somebody hands a mail in where the desk was."""

    came: Callable[[], None]

    def write_now(self, work: Work[T]) -> T:
        self.came()
        return super().write_now(work)


def test_nobody_writes_while_a_desk_moves(busy: CommandedDesk, postgres: Postgres) -> None:
    """What is handed in meanwhile would be in the old database alone."""
    source, target = busy.open_store(), Meanwhile.open(postgres.new_database())
    other = Database.open(f"sqlite:///{busy.folder}/desk.db", patience=0)
    refused = []

    def comes() -> None:
        with pytest.raises(StoreBusy) as told:
            other.write_now(lambda _: None)
        refused.append(told)

    assert isinstance(target, Meanwhile)
    target.came = comes
    move(source, target, packaged("migrations"), NOW)
    for each in (source, target, other):
        each.close_now()
    assert len(refused) == 1


def test_tokens_beside_the_old_database_are_not_forgotten(desk: CommandedDesk, postgres: Postgres) -> None:
    """A server has no folder beside it: they would be looked for beside the configuration."""
    (desk.folder / "state").mkdir()
    desk.change("sqlite:///desk.db", "sqlite:///state/desk.db")
    login = (
        "logins: {anna: {provider: other, flow: person, issuer: 'https://sso.acme.example', client_id: c}}"
    )
    desk.write(f"{desk.config.read_text()}{login}\n")
    desk.new()
    told = desk.run("db", "copy", postgres.new_database())
    assert f'and tokens: "{desk.folder}/state/tokens", where' in told


def test_a_desk_on_postgresql_moves_as_a_backup_does(desk: CommandedDesk, postgres: Postgres) -> None:
    moved(desk, postgres.new_database())
    desk.new()
    result = desk.try_("db", "copy", postgres.new_database())
    assert (result.exit_code, "is a PostgreSQL database already" in result.stderr) == (1, True)


def test_a_password_that_was_typed_is_not_told_again(busy: CommandedDesk, postgres: Postgres) -> None:
    url = postgres.new_database()
    password = re.split("[:@/]+", url)[2]
    told = busy.run("db", "copy", url)
    assert password not in told
    assert "desk:${PGPASSWORD}@" in told


def test_a_database_that_holds_a_desk_is_never_written_over(busy: CommandedDesk, postgres: Postgres) -> None:
    result = busy.try_("db", "copy", postgres.new_database(tables=True))
    assert result.exit_code == 1
    assert "holds a desk already (name an empty one: createdb" in result.stderr


def test_a_database_with_tables_of_others_is_left_alone(busy: CommandedDesk, postgres: Postgres) -> None:
    url = postgres.new_database()
    psql("psql", url, "-c", "CREATE TABLE accounts (id int)")
    result = busy.try_("db", "copy", url)
    assert (result.exit_code, "holds other tables: accounts" in result.stderr) == (1, True)


@pytest.mark.parametrize("url", ["sqlite:///other.db", "mysql://a@b/c", "desk"])
def test_a_desk_moves_to_postgresql_and_nowhere_else(busy: CommandedDesk, url: str) -> None:
    result = busy.try_("db", "copy", url)
    assert (result.exit_code, "is no PostgreSQL database" in result.stderr) == (1, True)


# --- backups --------------------------------------------------------------------------------------


def psql(*words: str) -> str:
    done = subprocess.run(
        words, capture_output=True, text=True, check=False, env={**os.environ, "LC_ALL": "C"}
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def lines_of_the_page(begin: str) -> list[str]:
    """The commands of the page's block that has this one in it."""
    block = next(each for each in OPERATING.read_text().split("```")[1::2] if begin in each)
    return [line.partition("  #")[0].strip() for line in block.splitlines() if line.strip() and line != "sh"]


def test_the_backup_of_the_page_is_made_and_restored_word_by_word(
    desk: CommandedDesk, postgres: Postgres, tmp_path: Path
) -> None:
    moved(desk, postgres.new_database())
    for subject in ("One", "Two"):
        desk.new(subject, "--ack")
    before = shown(desk)
    [line] = [each for each in lines_of_the_page("db backup") if each.endswith(".dump")]
    dump = tmp_path / "saved" / "desk.dump"
    dump.parent.mkdir()
    told = desk.run(*line.replace("/backup/desk.dump", str(dump)).split()[1:])
    assert told.startswith(f"{dump}: ")
    assert [dump.stat().st_mode & 0o077, [each.name for each in dump.parent.iterdir()]] == [0, ["desk.dump"]]
    fresh = postgres.new_database()
    [restore] = [each for each in lines_of_the_page("pg_restore") if each.startswith("pg_restore")]
    url = "postgresql://desk@db.acme.example/desk"
    assert url in restore
    psql(*restore.replace("/backup/desk.dump", str(dump)).replace(url, fresh).split())
    desk.write(re.sub('url: "[^"]+"', f'url: "{fresh}"', desk.config.read_text()))
    assert "held" in desk.run("db", "restored")
    assert [case["ref"] for case in desk.json("case", "list")] == [case["ref"] for case in before[0]]  # type: ignore[attr-defined]
    assert {row["state"] for row in desk.json("outbox", "list")} == {"held"}


def test_an_older_dump_is_told_what_was_erased_since(
    desk: CommandedDesk, postgres: Postgres, tmp_path: Path
) -> None:
    """The list lies beside the configuration, where no server and no dump has it."""
    moved(desk, postgres.new_database())
    gone, stays = desk.new("One"), desk.new("Two", "--from", "cy@client.example")
    dump = tmp_path / "desk.dump"
    desk.run("db", "backup", str(dump))
    desk.run("person", "erase", "bo@client.example", "--yes")
    fresh = postgres.new_database()
    psql("pg_restore", "--exit-on-error", "--no-owner", f"--dbname={fresh}", str(dump))
    desk.write(re.sub('url: "[^"]+"', f'url: "{fresh}"', desk.config.read_text()))
    assert desk.json("case", "show", gone)["subject"] == "One"
    assert "erased again" in desk.run("db", "restored")
    assert [desk.json("case", "show", ref)["subject"] for ref in (gone, stays)] == ["(erased)", "Two"]
    assert (desk.config.parent / ".config.yaml.erased").stat().st_mode & 0o077 == 0


def test_a_desk_that_moves_takes_the_list_of_what_was_erased_along(
    desk: CommandedDesk, postgres: Postgres
) -> None:
    ref = desk.new("One")
    desk.run("case", "erase", ref, "--yes")
    told = desk.run("db", "copy", postgres.new_database())
    assert f'erased: "{desk.folder / "desk.db.erased"}"' in told.replace("\n", " ")


@pytest.mark.parametrize("trouble", ["no server", "no program", "is there"])
def test_a_backup_that_fails_leaves_no_file(
    desk: CommandedDesk, postgres: Postgres, tmp_path: Path, trouble: str
) -> None:
    moved(desk, postgres.new_database())
    desk.new()
    target = tmp_path / "saved" / "desk.dump"
    target.parent.mkdir()
    environ = {}
    if trouble == "no server":
        environ["PGOPTIONS"] = "-c nonsense=1 -c work_mem=none"
    elif trouble == "no program":
        environ["PATH"] = str(tmp_path)
    else:
        target.write_bytes(b"mine")
    result = desk.try_("db", "backup", str(target), **environ)
    assert result.exit_code == 1
    said = {
        "no server": "the backup failed: ",
        "no program": "pg_dump is not installed",
        "is there": "already",
    }
    assert said[trouble] in result.stderr
    assert [each.read_bytes() for each in target.parent.iterdir()] == [b"mine"] * (trouble == "is there")
