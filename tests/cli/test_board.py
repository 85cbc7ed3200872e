"""`maildesk board`: a page of the open cases, as an operator asks for it."""

from __future__ import annotations

import os
import stat

import pytest

from maildesk.config.packaged import packaged
from tests.cli.conftest import CommandedDesk


def test_the_board_is_written_for_its_group_and_nobody_else(desk: CommandedDesk) -> None:
    ref = desk.new("The <b>printer</b> smokes")
    assert desk.run("board", str(desk.folder / "board.html")) == ""
    file = desk.folder / "board.html"
    page = file.read_text()
    assert ref in page
    assert "The &lt;b&gt;printer&lt;/b&gt; smokes" in page
    assert "bo@client.example" not in page
    assert stat.S_IMODE(file.stat().st_mode) == 0o640
    assert os.listdir(desk.folder).count("board.html") == 1


def test_a_dash_prints_it(desk: CommandedDesk) -> None:
    desk.new()
    assert desk.run("board", "-").startswith("<!DOCTYPE html>")


def test_it_shows_what_the_configuration_says(desk: CommandedDesk) -> None:
    desk.new("It smokes")
    desk.change("testing: true", "board: {file: b.html, shows: [customer], rows: 1}\ntesting: true")
    desk.new("It burns")
    page = desk.run("board", "-")
    assert "bo@client.example" in page
    assert "It smokes" not in page
    assert "1 more" in page
    assert "more" not in desk.run("board", "-", "--rows", "9")


def test_a_case_says_whose_it_is_and_whose_turn(desk: CommandedDesk) -> None:
    ref = desk.new("It smokes")
    assert "<b>nobody yet</b>" in desk.run("board", "-")
    desk.run("case", "assign", ref, "ana@acme.example")
    desk.run("case", "reply", ref, "--wait", stdin="Is it plugged in?")
    page = desk.run("board", "-")
    assert "Ana Souza" in page
    assert "ana@acme.example" not in page
    assert "<h2>Waiting for the customer: 1</h2>" in page
    desk.run("case", "close", ref)
    assert "Nothing is open" in desk.run("board", "-")


def test_it_is_in_the_language_of_the_desks_people_with_the_words_of_its_operator(
    desk: CommandedDesk,
) -> None:
    policy = (packaged("policies") / "default.yaml").read_text(encoding="utf-8")
    (desk.folder / "policy.yaml").write_text(policy.replace("\nname:", "\nlanguages: [de, en]\nname:", 1))
    desk.change("testing: true", "policy: policy.yaml\ntemplates: letters\ntesting: true")
    desk.new()
    page = desk.run("board", "-")
    assert '<html lang="de">' in page
    assert "<span>noch niemandes</span>" in page
    (desk.folder / "letters/de").mkdir(parents=True)
    (desk.folder / "letters/de/words.yaml").write_text("words: {nobody’s yet: unverteilt}")
    page = desk.run("board", "-")
    assert "<span>unverteilt</span>" in page
    assert "<h2>To answer, nothing promised" in page or "<h2>Due" in page, "their file is the whole file"


async def test_to_write_it_no_letter_is_compiled_and_nothing_that_reads_mail_is_loaded(
    desk: CommandedDesk,
) -> None:
    desk.new()
    ended = await desk.process("board", "-", PYTHONPROFILEIMPORTTIME="1")
    assert ended.code == 0
    loaded = {line.rpartition("|")[2].strip() for line in ended.err.splitlines()}
    assert "maildesk.pages.board" in loaded
    read = ("maildesk.mail.reply", "maildesk.desk.screening", "maildesk.desk.letters.template_files")
    assert not [each for each in loaded if each.startswith(read)]
    assert not {each.partition(".")[0] for each in loaded} & {"jinja2", "alembic", "aioimaplib", "rich"}


def test_a_folder_that_is_not_there_is_named(desk: CommandedDesk) -> None:
    desk.new()
    result = desk.try_("board", str(desk.folder / "nowhere" / "board.html"))
    assert result.exit_code == 1
    assert "nowhere/board.html is not written: No such file or directory" in result.stderr
    assert "must be able to write into" in result.stderr


@pytest.mark.usefixtures("never_ran")
def test_it_only_reads(desk: CommandedDesk) -> None:
    result = desk.try_("board", "-")
    assert result.exit_code == 1
    assert "there is no database" in result.stderr
    assert not (desk.folder / "desk.db").exists()
