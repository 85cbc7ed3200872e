"""A person at a terminal: tables that fit, an editor for answers, files for attachments."""

from __future__ import annotations

import asyncio
import hashlib
import os
import pty
import re
import stat
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from maildesk.mail.reading import attachments_of
from maildesk.store import ledger, mailboxes
from maildesk.store.ledger import Delivery, pack
from tests.cli.conftest import NOW, CommandedDesk

ATTACHED = b"""From: Bo <bo@client.example>\r
Subject: Help\r
MIME-Version: 1.0\r
Content-Type: multipart/mixed; boundary=b\r
\r
--b\r
Content-Type: text/plain\r
\r
See the photo.\r
--b\r
Content-Type: image/png\r
Content-Disposition: attachment; filename="../../etc/photo.png"\r
Content-Transfer-Encoding: base64\r
\r
aGVsbG8=\r
--b--\r
"""


async def at_a_terminal(desk: CommandedDesk, *words: str, **environ: str) -> str:
    """What a command shows on a terminal of 80 columns."""
    ours, theirs = pty.openpty()
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "maildesk", *words),
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        cwd=desk.folder,
        env={
            **{**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
            **{"TERM": "xterm", "COLUMNS": "80", **desk.environ, **environ},
        },
    )
    os.close(theirs)
    shown = await asyncio.to_thread(_read_all, ours)
    async with asyncio.timeout(120):
        assert await child.wait() == 0, shown
    return shown


def _read_all(terminal: int) -> str:
    parts = []
    try:
        while part := os.read(terminal, 65536):
            parts.append(part)
    except OSError:  # Linux says EIO when the other end has closed
        pass
    os.close(terminal)
    return b"".join(parts).decode()


def plain(shown: str) -> str:
    return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", shown)


async def test_a_table_fits_the_terminal_and_cuts_no_reference(desk: CommandedDesk) -> None:
    ref = desk.new("[red]A subject[/red] " + "that is long " * 20)
    table = plain(await at_a_terminal(desk, "case", "list"))
    assert ref in table
    assert "[red]A subject" in table
    assert "OWNER" not in table  # nobody owns anything
    assert all(len(line) <= 80 for line in table.splitlines())


async def test_words_stay_whole_where_a_line_is_wider_than_the_terminal(desk: CommandedDesk) -> None:
    """In a pipe nothing is broken at all: a program reads it."""
    note = (
        "The customer's printer-driver is at https://downloads.acme.example/drivers/"
        + "x" * 80
        + " and " * 30
    )
    ref = desk.new("Printer")
    desk.run("case", "note", ref, note)
    piped = desk.run("case", "show", ref)
    shown = plain(await at_a_terminal(desk, "case", "show", ref)).replace("\r\n", "\n")
    assert note.rstrip() in piped
    assert shown.split() == piped.split()
    wide = [line for line in shown.splitlines() if len(line) > 80]
    assert [len(line.split()) for line in wide] == [1]


async def test_no_customer_steers_the_table(desk: CommandedDesk) -> None:
    desk.new("\x1b]0;owned\x07Help \x9b31m")
    assert "owned" not in await at_a_terminal(desk, "case", "list")


async def test_an_answer_is_written_in_the_editor(desk: CommandedDesk) -> None:
    ref = desk.new()
    editor = desk.folder / "editor"
    editor.write_text('#!/bin/sh\nprintf "Please try again.\\n" | cat - "$1" > "$1.new"; mv "$1.new" "$1"\n')
    editor.chmod(0o755)
    await at_a_terminal(desk, "case", "reply", ref, EDITOR=str(editor))
    answer = next(m for m in desk.json("case", "show", ref)["mails"] if m["verdict"] == "answer")
    assert answer["new_text"] == "Please try again."


@pytest.fixture
def attached(desk: CommandedDesk) -> str:
    """A case whose mail has an attachment."""
    identity = mailboxes.identity_of("127.0.0.1", "support", "INBOX")
    one = Delivery((1, 1), NOW, len(ATTACHED), pack(ATTACHED), "quarantined", "unreadable")
    store = desk.open_store()
    try:
        store.write_now(lambda conn: mailboxes.start_mailbox(conn, identity, "support", NOW))
        store.write_now(lambda conn: ledger.receive(conn, identity, [one], NOW))
    finally:
        store.close_now()
    return desk.run("inbox", "release", "1").split()[0]


def test_attachments_are_saved_under_names_that_stay_in_their_folder(
    desk: CommandedDesk, attached: str
) -> None:
    target = desk.folder / "saved"
    for _ in range(2):  # saving twice changes nothing
        desk.run("case", "show", attached, "--save-attachments", str(target))
    [(attachment, _)] = attachments_of(ATTACHED)
    [file] = target.iterdir()
    assert file.read_bytes() == b"hello"
    assert file.name == f"{hashlib.sha256(b'hello').hexdigest()[:12]}-{attachment.name}"
    assert list(desk.folder.glob("**/photo.png")) == []


def test_what_is_saved_is_for_its_owners_eyes(desk: CommandedDesk, attached: str) -> None:
    target = desk.folder / "saved"
    before = os.umask(0o022)
    try:
        desk.run("case", "show", attached, "--save-attachments", str(target))
    finally:
        os.umask(before)
    [file] = target.iterdir()
    assert [stat.S_IMODE(path.stat().st_mode) for path in (target, file)] == [0o700, 0o600]


def _other_words(file: Path) -> None:
    file.write_text("my own notes")


def _a_link(file: Path) -> None:
    file.symlink_to(file.parent / "elsewhere")


def _a_link_to_the_same(file: Path) -> None:
    elsewhere = file.parent / "elsewhere"
    elsewhere.write_bytes(b"hello")
    file.symlink_to(elsewhere)


def _a_pipe(file: Path) -> None:
    os.mkfifo(file)


@pytest.mark.parametrize("lie", [_other_words, _a_link, _a_link_to_the_same, _a_pipe])
def test_what_lies_in_an_attachments_place_is_left_alone_and_told(
    desk: CommandedDesk, attached: str, lie: Callable[[Path], None]
) -> None:
    target = desk.folder / "saved"
    desk.run("case", "show", attached, "--save-attachments", str(target))
    [file] = target.iterdir()
    file.unlink()
    lie(file)
    before = file.lstat()
    result = desk.try_("case", "show", attached, "--save-attachments", str(target))
    assert result.exit_code == 1
    assert f"{file} is there already" in result.stderr
    assert file.lstat() == before
