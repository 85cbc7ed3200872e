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


def test_a_name_goes_where_a_line_breaks_in_it(desk: CommandedDesk) -> None:
    desk.new("Printer", "--name", "Bo Q. Lund")
    other = desk.new("Lamp", "--from", CY, "--text", "> I asked Bo\n> Q.\n> Lund, or Bo Q.   Lund.")
    desk.run("case", "note", other, "Bo\tQ.\n\nLund has it.")
    desk.run("person", "erase", BO, "--yes")
    shown = str(desk.json("case", "show", other))
    assert "Lund" not in shown
    assert "I asked …, or …." in shown
    assert "… has it." in shown


def test_cases_that_mention_somebody_else_alone_say_nothing_new(desk: CommandedDesk) -> None:
    """Another's address ends with the person's, another begins with it; another's name goes on."""
    desk.new("Printer", "--name", "Bo Lund")
    others = [
        desk.new("Lamp", "--from", CY, "--text", said)
        for said in (f"It is jim.{BO} who has it.", f"Ask {BO}.au", "Bo Lundgren has it", "Bo-Lund")
    ]
    jumbo = desk.new("Fan", "--from", f"jum{BO}")
    before = [desk.json("case", "show", ref) for ref in (*others, jumbo)]
    assert desk.json("person", "erase", BO, "--yes")["touched"] == []
    assert [desk.json("case", "show", ref) for ref in (*others, jumbo)] == before
    result = desk.try_("person", "erase", BO, "--yes")
    assert (result.exit_code, "nothing is kept" in result.output) == (1, True), result.output


def test_a_requirement_loses_the_name_and_keeps_its_cases(desk: CommandedDesk) -> None:
    """It has the name of another then, which is why it gets a number; an erased case names it too."""
    own, other = desk.new("Printer", "--name", "Bo Lund"), desk.new("Lamp", "--from", CY)
    desk.run("requirement", "new", "Dark mode of …")
    desk.run("requirement", "new", "Dark mode of Bo Lund", "--anyway", "--case", other, "--item", f"for {BO}")
    desk.run("requirement", "link", "Dark mode of Bo Lund", own)
    found = desk.json("person", "erase", BO, "--yes")
    assert (found["cases"], found["touched"]) == ([own], [other])
    listed = {row["name"]: row for row in desk.json("requirement", "list")}
    assert {name: (row["cases"], row["item"]) for name, row in listed.items()} == {
        "Dark mode of …": (0, ""),
        "Dark mode of … 2": (1, "for …"),
    }
    shown = [desk.json("case", "show", ref) for ref in (own, other)]
    assert [each["requirement"] for each in shown] == [None, "Dark mode of … 2"]
    linked = [each["data"].get("requirement") for one in shown for each in one["events"]]
    assert linked.count("Dark mode of … 2") == 2, "the history of an erased case says it too"
    assert "Lund" not in str(shown)
    assert "Every case is what its events say" in desk.run("db", "refold")


def test_who_only_a_requirement_names_can_be_erased_too(desk: CommandedDesk) -> None:
    desk.run("requirement", "new", "Dark mode", "--description", f"{DAN} wants it.")
    assert desk.json("person", "erase", DAN, "--yes")["touched"] == []
    assert desk.json("requirement", "show", "dark mode")["description"] == "… wants it."


def test_an_address_is_found_by_its_domain_in_either_script(desk: CommandedDesk) -> None:
    """It is kept with A-labels; others write it as they see it, and so does whoever asks."""
    for typed in ("bo@Bücher.example", "BO@xn--bcher-kva.example", "bo@bu\u0308cher.example"):
        own = desk.new("Printer", "--from", "bo@bücher.example")
        other = desk.new("Lamp", "--from", CY, "--text", "Ask Bo@BÜCHER.example, bo@xn--bcher-kva.example.")
        desk.run("person", "export", typed, "--to", str(desk.folder / f"{own}.zip"))
        found = desk.json("person", "erase", typed, "--yes")
        assert (found["cases"], found["touched"]) == ([own], [other])
        assert "Ask …, …." in str(desk.json("case", "show", other))


@pytest.mark.parametrize(
    ("address", "said"), [("nobody@client.example", "nothing is kept"), ("ana@acme.example", "of the desk")]
)
def test_who_cannot_be_erased_is_said(desk: CommandedDesk, address: str, said: str) -> None:
    desk.new()
    result = desk.try_("person", "erase", address, "--yes")
    assert (result.exit_code, said in result.output) == (1, True), result.output
