"""A disk that is not mounted looks like a fresh start: a desk that existed gets no new database unasked."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import CommandedDesk, make_desk
from tests.world.postgres import Postgres

MAIL = (
    b"From: Bo <bo@client.example>\r\nTo: support@acme.example\r\nSubject: Help\r\n\r\nIt does not print.\r\n"
)


@pytest.fixture
def desk(tmp_path: Path) -> CommandedDesk:
    """A desk whose database lies on a disk of its own."""
    desk = make_desk(tmp_path)
    (tmp_path / "disk").mkdir()
    desk.change("sqlite:///desk.db", "sqlite:///disk/desk.db")
    return desk


def unmounted(desk: CommandedDesk) -> None:
    """The mount point is an empty folder."""
    disk = desk.folder / "disk"
    disk.rename(desk.folder / "disk away")
    disk.mkdir()


def gone(desk: CommandedDesk) -> None:
    """The mount point's folder is missing as well."""
    (desk.folder / "disk").rename(desk.folder / "disk away")


def emptied(desk: CommandedDesk) -> None:
    for file in (desk.folder / "disk").iterdir():
        file.unlink()
    (desk.folder / "disk/desk.db").touch()


def mistyped(desk: CommandedDesk) -> None:
    desk.change("disk/desk.db", "disk/dsk.db")


LOSSES = [unmounted, gone, emptied, mistyped]


@pytest.mark.parametrize("lost", LOSSES, ids=lambda each: each.__name__)
def test_a_mail_stays_with_the_mail_server_while_the_database_is_away(
    desk: CommandedDesk, lost: object
) -> None:
    desk.run("deliver", stdin=MAIL)
    assert callable(lost)
    lost(desk)
    before = files_of(desk)
    for _ in range(2):
        result = desk.try_("deliver", stdin=MAIL)
        assert result.exit_code == 75
        assert "this desk has had a database" in result.stderr
        assert str(desk.folder) not in result.stderr, "the mail's author may read it"
        assert result.stderr.count("\n") == 1
    assert files_of(desk) == before, "something was made"


@pytest.mark.parametrize(
    "words",
    [
        "run --once",
        "run",
        "case list",
        "inbox list",
        "db upgrade",
        "db status",
        "db backup copy.db",
        "check --quick",
    ],
)
async def test_no_command_makes_it_anew(desk: CommandedDesk, words: str) -> None:
    desk.run("case", "list")
    unmounted(desk)
    before = files_of(desk)
    ended = await desk.process(*words.split())
    assert ended.code == 1
    assert "though this desk has had a database" in ended.out + ended.err
    assert "maildesk db upgrade --new" in ended.out + ended.err
    assert files_of(desk) == before


def test_the_disk_comes_back_and_all_goes_on(desk: CommandedDesk) -> None:
    desk.run("deliver", stdin=MAIL)
    unmounted(desk)
    assert desk.try_("deliver", stdin=MAIL).exit_code == 75
    (desk.folder / "disk").rmdir()
    (desk.folder / "disk away").rename(desk.folder / "disk")
    desk.run("deliver", stdin=MAIL)
    assert len(desk.json("inbox", "list")) == 2


def test_whoever_wants_to_begin_again_says_so(desk: CommandedDesk) -> None:
    desk.run("deliver", stdin=MAIL)
    unmounted(desk)
    assert "went from schema none" in desk.run("db", "upgrade", "--new")
    desk.run("deliver", stdin=MAIL)
    assert len(desk.json("inbox", "list")) == 1
    emptied(desk)
    assert desk.try_("deliver", stdin=MAIL).exit_code == 75


def test_a_database_with_tables_is_never_emptied(desk: CommandedDesk) -> None:
    desk.run("deliver", stdin=MAIL)
    assert "is up to date" in desk.run("db", "upgrade", "--new")
    assert len(desk.json("inbox", "list")) == 1


def test_a_desk_from_before_is_remembered_at_its_next_start(desk: CommandedDesk) -> None:
    desk.run("deliver", stdin=MAIL)
    marker(desk).unlink()
    desk.run("case", "list")
    unmounted(desk)
    assert desk.try_("deliver", stdin=MAIL).exit_code == 75


@pytest.mark.parametrize("words", [["deliver"], ["db", "upgrade"], ["case", "list"]], ids=" ".join)
def test_a_fresh_desk_needs_no_word(desk: CommandedDesk, words: list[str]) -> None:
    desk.run(*words, stdin=MAIL)
    assert (desk.folder / "disk/desk.db").stat().st_size
    assert "disk/desk.db" in marker(desk).read_text()


def test_two_configurations_in_one_folder_are_two_desks(desk: CommandedDesk) -> None:
    desk.run("case", "list")
    other = desk.config.read_text().replace("disk/desk.db", "disk/other.db")
    (desk.folder / "other.yaml").write_text(other)
    desk.run("-c", str(desk.folder / "other.yaml"), "case", "list")
    assert (desk.folder / "disk/other.db").exists()


def test_an_installer_may_lay_the_marker_for_a_desk_to_come(desk: CommandedDesk) -> None:
    marker(desk).touch()
    desk.run("deliver", stdin=MAIL)
    assert marker(desk).stat().st_size


def test_where_nothing_can_be_remembered_nothing_is_made_unasked(desk: CommandedDesk) -> None:
    """A container's configuration is read-only: a volume that was forgotten would swallow mail."""
    marker(desk).symlink_to("/proc/maildesk/nowhere")  # even root cannot write there
    result = desk.try_("deliver", stdin=MAIL)
    assert (result.exit_code, list((desk.folder / "disk").iterdir())) == (75, [])
    assert "nothing can be written to remember one by" in result.stderr
    assert "maildesk db upgrade --new" in result.stderr
    check = desk.try_("check", "--quick")
    assert "nothing can be written to remember one by" in check.stdout
    assert "Nothing can be written beside" in desk.run("db", "upgrade", "--new")
    desk.run("deliver", stdin=MAIL)


def test_a_server_that_lost_its_tables_is_not_set_up_anew(desk: CommandedDesk, postgres: Postgres) -> None:
    first, second = postgres.new_database(), postgres.new_database()
    desk.change("sqlite:///disk/desk.db", first)
    desk.run("deliver", stdin=MAIL)
    assert "secret" not in marker(desk).read_text()
    desk.change(first, second)
    assert desk.try_("deliver", stdin=MAIL).exit_code == 75
    assert "is empty, though this desk has had a database" in desk.try_("case", "list").stderr
    assert "is empty, though" in desk.try_("db", "upgrade").stderr
    desk.run("db", "upgrade", "--new")
    desk.run("deliver", stdin=MAIL)
    for url in (first, second):
        postgres.drop_database(url)


def marker(desk: CommandedDesk) -> Path:
    return desk.folder / ".config.yaml.desk"


def files_of(desk: CommandedDesk) -> set[Path]:
    return set(desk.folder.rglob("*"))
