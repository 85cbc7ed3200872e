"""`maildesk import`: what is odd in the files of another desk, and the folders of a mail server."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.cli.conftest import CommandedDesk
from tests.cli.test_importing import BO, CY, HELP, PRINTER, a_mail, at, brought, days, mbox, the_case

pytestmark = pytest.mark.usefixtures("forked_readers")

# --- times, and threads too long ---------------------------------------------------------------------


def test_a_time_that_cannot_be_is_none(desk: CommandedDesk) -> None:
    """A clock was wrong, and no server wrote down another time: what has not come yet came now."""
    brought(
        desk,
        a_mail(CY, 2, "s1", date="Fri, 31 Dec 9999 23:59:59 +0000"),
        a_mail(HELP, 2, "s2", "s1", date="Fri, 31 Dec 9999 23:59:59 +0000"),
    )
    case = the_case(desk)
    assert case["phase"] == "closed"
    assert "2026-11-23" < case["opened_at"] < case["closed_at"] < "2026-11-24"


def test_a_clock_that_was_never_set_says_no_time(desk: CommandedDesk) -> None:
    file = mbox(desk.folder / "old.mbox", a_mail(CY, 2, "s1", date="Thu, 1 Jan 1970 00:00:07 +0000"))
    assert "mail 1: it says no time" in desk.try_("import", "mbox", str(file)).stderr


def test_the_time_of_the_file_stands_for_one_that_cannot_be(desk: CommandedDesk) -> None:
    laid(desk, "1.a:2,S", a_mail(BO, 9, "p1", date="Tue, 19 Jan 2038 03:14:07 +0000"), days_ago=50)
    desk.run("import", "maildir", str(desk.folder / "Maildir"))
    assert days(the_case(desk)["arrived_at"]) == "50"


def test_a_customer_who_comes_after_a_thousand_robots_is_left_out(desk: CommandedDesk) -> None:
    robots = [
        a_mail(CY, 9 - n / 1000, f"s{n}", "s0" if n else "", Auto_Submitted="auto-generated")
        for n in range(1000)
    ]
    file = mbox(desk.folder / "old.mbox", *robots, a_mail(BO, 2, "p1", "s0"), *PRINTER[1:])
    for options in (("--dry-run",), ()):
        result = desk.try_("import", "mbox", str(file), "--desk", HELP, *options)
        assert result.exit_code == 0, result.output
        assert result.stderr.count("its thread is too long") == 3


# --- a maildir ------------------------------------------------------------------------------------


def test_a_maildir_is_read_with_its_folders_but_not_its_trash(desk: CommandedDesk) -> None:
    top = desk.folder / "Maildir"
    laid = {
        "cur/1.a:2,S": PRINTER[0],
        ".Sent/cur/2.a:2,S": PRINTER[1],
        "new/3.a": PRINTER[2],
        ".Trash/cur/4.a:2,S": a_mail(CY, 2, "s1"),
        ".Drafts/cur/5.a:2,D": a_mail(HELP, 2, "s2"),
        "cur/6.a:2,ST": a_mail(CY, 2, "s3"),
        "tmp/7.a": a_mail(CY, 2, "s4"),
    }
    for name, raw in laid.items():
        file = top / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(raw)
    desk.run("import", "maildir", str(top), "--desk", HELP)
    assert [each["direction"] for each in the_case(desk)["mails"]] == ["in", "out", "in"]


def test_a_mail_without_a_time_came_when_the_server_laid_it_down(desk: CommandedDesk) -> None:
    folder = desk.folder / "Maildir" / "cur"
    folder.mkdir(parents=True)
    file = folder / "1.a:2,S"
    file.write_bytes(a_mail(BO, 9, "p1", date=""))
    os.utime(file, (at(50).timestamp(), at(50).timestamp()))
    desk.run("import", "maildir", str(folder.parent), "--desk", HELP)
    assert days(the_case(desk)["arrived_at"]) == "50"


def laid(desk: CommandedDesk, name: str, raw: bytes, days_ago: float = 9) -> None:
    """Lay a mail into the maildir of the desk's folder."""
    folder = os.fsencode(desk.folder / "Maildir" / "cur")
    os.makedirs(folder, exist_ok=True)
    file = os.path.join(folder, os.fsencode(name))
    Path(os.fsdecode(file)).write_bytes(raw)
    os.utime(file, (at(days_ago).timestamp(), at(days_ago).timestamp()))


def test_a_name_that_is_no_text_is_shown_as_far_as_it_is(desk: CommandedDesk) -> None:
    laid(desk, os.fsdecode(b"1.\xe9:2,S"), PRINTER[0])
    laid(desk, os.fsdecode(b"2.\xe9:2,S"), a_mail(HELP, 9, "s1"))
    result = desk.try_("import", "maildir", str(desk.folder / "Maildir"), "--desk", HELP)
    assert "left out: cur/2.\ufffd:2,S: no customer wrote" in result.stderr
    assert the_case(desk)["subject"] == "Printer"


def test_what_is_no_file_or_has_gone_keeps_no_other_mail_out(desk: CommandedDesk) -> None:
    """A mail server renames the file of a mail that somebody reads."""
    laid(desk, "1.a:2,S", PRINTER[0])
    folder = desk.folder / "Maildir" / "cur"
    (folder / "2.a:2,").symlink_to("2.a:2,S")
    os.mkfifo(folder / "pipe")
    laid(desk, "3.a:2,S", a_mail(CY, 20, "s1"), days_ago=-1e6)
    result = desk.try_("import", "maildir", str(folder.parent))
    assert result.exit_code == 0, result.output
    assert "left out: cur/2.a:2,: its file cannot be read" in result.stderr
    assert len(desk.json("case", "list")) == 2
