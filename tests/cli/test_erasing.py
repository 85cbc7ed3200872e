"""`maildesk case erase` and `person erase`, as an operator types them."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from tests.cli.conftest import CommandedDesk

BO = "bo@client.example"


def test_nothing_is_erased_that_nobody_is_sure_of(desk: CommandedDesk) -> None:
    ref = desk.new()
    for words in (("case", "erase", ref), ("person", "erase", BO)):
        result = desk.try_(*words)
        assert (result.exit_code, "say --yes" in result.output) == (1, True), result.output
    assert desk.json("case", "show", ref)["requester"] == BO


def test_what_was_erased_is_told_and_what_is_not(desk: CommandedDesk) -> None:
    ref = desk.new()
    said = desk.run("case", "erase", ref, "--yes")
    assert f"Erased: {ref}" in said
    assert "Backups" in said
    for words, told in ((("case", "erase", ref, "--yes"), "already"), (("case", "note", ref, "x"), "erased")):
        result = desk.try_(*words)
        assert (result.exit_code, told in result.output) == (1, True), result.output


def test_a_part_of_another_case_goes_with_that_one(desk: CommandedDesk) -> None:
    whole, part = desk.new("One"), desk.new("Two")
    desk.run("case", "merge", whole, part)
    result = desk.try_("case", "erase", part, "--yes")
    assert (result.exit_code, f"erase that one: {whole}" in result.output) == (1, True)
    assert sorted(desk.json("case", "erase", whole, "--yes")["cases"]) == sorted([whole, part])
    assert desk.json("case", "show", part)["subject"] == "(erased)"


def test_letters_that_waited_are_dropped_and_name_nobody(desk: CommandedDesk) -> None:
    ref = desk.new()
    desk.run("case", "reply", ref, "Please turn it off.")
    before = len(desk.json("outbox", "list"))
    desk.run("person", "erase", BO, "--yes")
    after = desk.json("outbox", "list")
    assert len(after) == before
    assert {row["state"] for row in after} == {"dropped"}
    assert BO not in str(after)
    assert desk.run("verify", "--database-only", "--wait", "0") == ""


CY, DAN = "cy@client.example", "dan@client.example"


def older_copy(desk: CommandedDesk) -> Callable[[], None]:
    """Copy the database as a file; what is given puts it back, as an operator does."""
    database, saved = desk.folder / "desk.db", desk.folder / "saved.db"
    with closing(sqlite3.connect(database)) as conn:
        conn.execute("VACUUM INTO ?", (str(saved),))

    def put_back() -> None:
        for each in desk.folder.glob("desk.db-*"):
            each.unlink()
        shutil.copy(saved, database)

    return put_back


def test_what_was_erased_since_a_copy_is_erased_again_when_it_is_put_back(desk: CommandedDesk) -> None:
    """A case that was erased, a person with a case of their own, and the same person in a case of another."""
    case = desk.new("Salary", "--from", CY)
    own, other = desk.new("Printer"), desk.new("Scanner", "--from", DAN)
    stays = desk.new("Lamp", "--from", DAN)
    desk.run("case", "party", other, "--add", BO)
    put_back = older_copy(desk)
    desk.run("case", "erase", case, "--yes")
    desk.run("person", "erase", BO, "--yes")
    put_back()
    assert desk.json("case", "show", case)["subject"] == "Salary"
    said = desk.run("db", "restored")
    assert "3 cases, mails and persons" in said, said
    subjects = [desk.json("case", "show", ref)["subject"] for ref in (case, own, other, stays)]
    assert subjects == ["(erased)", "(erased)", "Scanner", "Lamp"]
    assert BO not in str(desk.json("case", "show", other))
    assert desk.run("verify", "--database-only", "--wait", "0") == ""


def test_a_person_who_writes_again_is_not_erased_by_a_list_of_before(desk: CommandedDesk) -> None:
    """The copy is newer than the erasure: what it has of them came after that."""
    desk.new("Printer")
    desk.run("person", "erase", BO, "--yes", MAILDESK_NOW="2026-11-01T08:00:00Z")
    again = desk.new("Once more")
    desk.run("db", "restored", "--made", "2026-11-20T08:00:00Z")
    assert desk.json("case", "show", again)["subject"] == "Once more"


def test_the_list_can_be_written_elsewhere_and_be_given_to_a_copy(
    desk: CommandedDesk, tmp_path: Path
) -> None:
    case, own = desk.new("Salary", "--from", CY), desk.new("Printer")
    put_back = older_copy(desk)
    desk.run("case", "erase", case, "--yes")
    desk.run("person", "erase", BO, "--yes")
    taken = tmp_path / "taken.erased"
    assert "2 cases" in desk.run("db", "erased", str(taken))
    assert BO not in taken.read_text()
    (desk.folder / "desk.db.erased").unlink()
    put_back()
    assert "erase it again" in desk.run("db", "restored")
    assert desk.json("case", "show", case)["subject"] == "Salary"
    desk.run("db", "restored", "--erased", str(taken))
    assert [desk.json("case", "show", ref)["subject"] for ref in (case, own)] == ["(erased)"] * 2
    put_back()
    assert "erased again" in desk.run("db", "restored"), "the desk's own list has it now"


def test_a_list_that_is_none_is_refused_before_anything_is_done(desk: CommandedDesk, tmp_path: Path) -> None:
    desk.new("Salary")
    wrong = tmp_path / "wrong"
    wrong.write_text("It is no list.\n")
    result = desk.try_("db", "restored", "--erased", str(wrong))
    assert (result.exit_code, "no list" in result.output) == (1, True), result.output


def test_what_could_not_be_noted_is_said_and_noted_once_it_can_be(desk: CommandedDesk) -> None:
    ref, listed = desk.new("Salary"), desk.folder / "desk.db.erased"
    listed.mkdir()
    result = desk.try_("case", "erase", ref, "--yes")
    assert result.exit_code == 1
    assert f"Erased: {ref}" in result.output
    assert "store.erased" in result.output
    listed.rmdir()
    assert "already" in desk.try_("case", "erase", ref, "--yes").output
    assert ref in listed.read_text()


def test_who_is_only_mentioned_can_be_erased_too(desk: CommandedDesk) -> None:
    ref = desk.new("Lamp", "--from", CY)
    desk.run("case", "note", ref, f"It is {DAN} who has it.")
    found = desk.json("person", "erase", DAN, "--yes")
    assert (found["cases"], found["touched"]) == ([], [ref])
    shown = str(desk.json("case", "show", ref))
    assert DAN not in shown
    assert "who has it" in shown


@pytest.mark.parametrize(
    ("address", "said"), [("nobody@client.example", "nothing is kept"), ("ana@acme.example", "of the desk")]
)
def test_who_cannot_be_erased_is_said(desk: CommandedDesk, address: str, said: str) -> None:
    desk.new()
    result = desk.try_("person", "erase", address, "--yes")
    assert (result.exit_code, said in result.output) == (1, True), result.output
