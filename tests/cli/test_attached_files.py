"""`case reply --attach`: files of this machine go to the customers with the answer, all or none."""

from __future__ import annotations

import email
import os
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import Any

import pytest

from maildesk.cli.attaching import MOST_FILES
from tests.cli.conftest import CommandedDesk


def the_answer(desk: CommandedDesk) -> EmailMessage:
    """The letter to the customer, as the relay will get it."""
    (row,) = [row for row in desk.json("outbox", "list") if row["kind"] == "answer"]
    content = desk.try_("outbox", "show", str(row["id"]), "--raw").stdout_bytes
    letter = email.message_from_bytes(content, policy=SMTP)
    assert isinstance(letter, EmailMessage)
    return letter


def replies(desk: CommandedDesk, *paths: Path, **more: Any) -> Any:
    words = [word for path in paths for word in ("--attach", str(path))]
    return desk.try_("case", "reply", desk.new(), "Here they are.", *words, **more)


def test_files_go_along_with_an_answer_under_their_own_names(desk: CommandedDesk) -> None:
    invoice, terms = desk.folder / "Rechnung März.pdf", desk.folder / "notes.txt.gz"
    invoice.write_bytes(b"%PDF-1.4 invoice")
    terms.write_bytes(b"\x1f\x8b terms")
    assert replies(desk, invoice, terms, invoice).exit_code == 0
    files = [*the_answer(desk).iter_attachments()]
    assert [(each.get_filename(), each.get_content_type()) for each in files] == [
        ("Rechnung März.pdf", "application/pdf"),
        ("notes.txt.gz", "application/octet-stream"),
    ]
    assert [each.get_content() for each in files] == [b"%PDF-1.4 invoice", b"\x1f\x8b terms"]
    (case,) = desk.json("case", "list")
    mail = desk.json("case", "show", case["ref"])["mails"][-1]
    assert [each["name"] for each in mail["attachments"]] == ["Rechnung März.pdf", "notes.txt.gz"]


def test_files_may_hold_no_more_than_an_answer_may_and_then_nothing_is_done(desk: CommandedDesk) -> None:
    desk.change("testing: true", "limits: {answer_files: 1MiB}\ntesting: true")
    half, much = desk.folder / "half.bin", desk.folder / "much.bin"
    half.write_bytes(bytes(2**19))
    much.write_bytes(bytes(2**19 + 1))
    result = replies(desk, half, much)
    assert result.exit_code == 1
    assert "more than 1 MiB" in result.stderr
    assert "limits.answer_files" in result.stderr
    assert [row for row in desk.json("outbox", "list") if row["kind"] == "answer"] == []
    much.write_bytes(bytes(2**19))
    assert replies(desk, half, much).exit_code == 0


@pytest.mark.parametrize(
    ("name", "said"),
    [("missing.pdf", "no such file"), ("folder", "is a directory"), ("pipe", "is no file")],
)
def test_what_cannot_be_attached_is_named_before_anything_is_done(
    desk: CommandedDesk, name: str, said: str
) -> None:
    (desk.folder / "folder").mkdir()
    os.mkfifo(desk.folder / "pipe")
    result = replies(desk, desk.folder / name)
    assert result.exit_code == 1
    assert said in result.stderr
    assert name in result.stderr
    (case,) = desk.json("case", "list")
    assert case["phase"] == "new"


def test_a_whole_folder_given_file_by_file_wants_an_archive(desk: CommandedDesk) -> None:
    paths = [desk.folder / f"{number}.txt" for number in range(MOST_FILES + 1)]
    for path in paths:
        path.write_text(path.name)
    result = replies(desk, *paths)
    assert result.exit_code == 1
    assert "archive" in result.stderr
    assert replies(desk, *paths[:-1]).exit_code == 0
