"""`maildesk case erase` and `person erase`, as an operator types them."""

from __future__ import annotations

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


@pytest.mark.parametrize(
    ("address", "said"), [("nobody@client.example", "nothing is kept"), ("ana@acme.example", "of the desk")]
)
def test_who_cannot_be_erased_is_said(desk: CommandedDesk, address: str, said: str) -> None:
    desk.new()
    result = desk.try_("person", "erase", address, "--yes")
    assert (result.exit_code, said in result.output) == (1, True), result.output
