"""`maildesk person export`: a person's own data, whole, and nobody else's."""

from __future__ import annotations

import json
import stat
import zipfile
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import CommandedDesk

BO = "bo@client.example"
CY = "cy@client.example"


def exported(desk: CommandedDesk, address: str, *words: str) -> dict[str, bytes]:
    target = desk.folder / "export.zip"
    target.unlink(missing_ok=True)
    desk.run("person", "export", address, "--to", str(target), *words)
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    with zipfile.ZipFile(target) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def read(files: dict[str, bytes], name: str) -> Any:
    return json.loads(files[name])


def test_a_case_goes_out_with_words_letters_and_history(desk: CommandedDesk) -> None:
    ref = desk.new("It does not print", "--text", "The drum is empty.")
    desk.run("case", "reply", ref, "Please turn it off.", "--as", "ana@acme.example")
    files = exported(desk, BO)
    person = read(files, "person.json")
    assert (person["address"], person["cases"], person["cases_of_others"]) == (BO, [ref], [])
    case = read(files, f"cases/{ref}.json")
    assert (case["subject"], case["opened_by_you"], case["mails_of_others"]) == ("It does not print", True, 0)
    words = [mail["text"] for mail in case["mails"]]
    assert words[0] == "The drum is empty."
    assert any("Please turn it off." in each for each in words)
    assert next(each["what"] for each in case["history"]) == "opened"
    sent = [each for each in person["letters"] if each["kind"] == "answer"]
    assert b"Please turn it off." in files[sent[0]["file"]]
    assert "README.txt" in files


def test_notes_go_out_only_where_they_are_asked_for(desk: CommandedDesk) -> None:
    ref = desk.new()
    desk.run("case", "note", ref, "A difficult customer.")
    assert b"difficult" not in b"".join(exported(desk, BO).values())
    assert "A difficult customer." in json.dumps(
        read(exported(desk, BO, "--with-notes"), f"cases/{ref}.json")["notes"]
    )


def test_who_was_copied_gets_what_went_to_them_and_no_other_words(desk: CommandedDesk) -> None:
    ref = desk.new("It does not print", "--text", "My salary is on the tray.")
    desk.run("case", "party", ref, "--add", CY)
    desk.run("case", "reply", ref, "Please turn it off.")
    files = exported(desk, CY)
    person = read(files, "person.json")
    assert (person["cases"], person["cases_of_others"]) == ([], [ref])
    case = read(files, f"cases/{ref}.json")
    assert "subject" not in case
    assert [mail["to"] == [] for mail in case["mails"]] == [False]
    assert case["mails_of_others"] >= 1
    assert b"salary" not in files[f"cases/{ref}.json"]


def test_letter_case_of_an_address_does_not_matter(desk: CommandedDesk) -> None:
    ref = desk.new()
    assert read(exported(desk, "Bo@Client.Example"), "person.json")["cases"] == [ref]


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("nobody@client.example", "nothing is kept about"),
        ("ana@acme.example", "is of the desk itself"),
        ("support@acme.example", "is of the desk itself"),
    ],
)
def test_what_cannot_be_exported_is_said_and_no_file_is_left(
    desk: CommandedDesk, address: str, said: str
) -> None:
    desk.new()
    before = set(desk.folder.iterdir())
    result = desk.try_("person", "export", address, "--to", str(desk.folder / "no.zip"))
    assert (result.exit_code, said in result.output) == (1, True), result.output
    assert set(desk.folder.iterdir()) == before


def test_a_file_that_is_there_is_not_written_over(desk: CommandedDesk, tmp_path: Path) -> None:
    desk.new()
    there = tmp_path / "there.zip"
    there.write_bytes(b"mine")
    result = desk.try_("person", "export", BO, "--to", str(there))
    assert (result.exit_code, "is there already" in result.output) == (1, True)
    assert there.read_bytes() == b"mine"
