"""One wrong word in a letter: no start with it, and no desk that stops over it."""

from __future__ import annotations

import pytest

from tests.cli.conftest import CommandedDesk

MAIL = b"From: Bo <bo@client.example>\r\nTo: support@acme.example\r\nSubject: Help\r\n\r\nHelp\r\n"
MISCONFIGURED = 78

ONLY_LONG_SUBJECTS = (
    "Subject: {{ tag }} {{ subject }}\n\n{{ reply_mark }}\n\nAbout {{ subject.split()[2] }}\n"
)
"""Right for the samples of a check, and wrong about a subject of one word."""


def own_letter(desk: CommandedDesk, name: str, text: str) -> None:
    if "templates:" not in desk.config.read_text():
        desk.change("testing: true\n", "testing: true\ntemplates: templates\n")
    file = desk.folder / "templates" / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)


@pytest.mark.parametrize("words", [("run",), ("run", "--once")], ids=" ".join)
@pytest.mark.usefixtures("never_ran")
def test_a_daemon_does_not_start_with_a_letter_that_fails(
    desk: CommandedDesk, words: tuple[str, ...]
) -> None:
    own_letter(desk, "en/closed.txt", "Subject: Closed\n\nBye\n\n{{ nonsense }}")
    result = desk.try_(*words)
    assert result.exit_code == MISCONFIGURED
    [line] = result.stderr.splitlines()
    assert line.startswith("maildesk: templates/en/closed.txt:5: 'nonsense' is undefined")
    assert not (desk.folder / "desk.db").exists()


def test_a_daemon_does_not_start_with_a_configuration_that_is_wrong(desk: CommandedDesk) -> None:
    desk.change("port: 1,", "prot: 1,")
    result = desk.try_("run")
    assert result.exit_code == MISCONFIGURED
    assert result.stderr.startswith(f"maildesk: {desk.config}:6:")


def test_a_daemon_does_not_start_without_a_secret(desk: CommandedDesk) -> None:
    result = desk.try_("run", IMAP_PASSWORD="")
    assert result.exit_code == MISCONFIGURED
    assert "IMAP_PASSWORD is not set" in result.stderr


async def test_a_letter_that_fails_on_a_case_goes_out_as_we_ship_it_and_the_operators_hear_where(
    desk: CommandedDesk,
) -> None:
    own_letter(desk, "en/acknowledgement.txt", ONLY_LONG_SUBJECTS)
    own_letter(desk, "en/acknowledgement-fixed.txt", ONLY_LONG_SUBJECTS)
    assert "ok   templates" in (await desk.process("check", "--quick")).out
    for body in (b"one", b"two"):
        desk.run("deliver", stdin=MAIL + body)
    ended = await desk.process("run", "--once", MAILDESK_NOW="2026-11-23T09:40:00Z")
    assert [row["verdict"] for row in desk.json("inbox", "list")] == ["opened", "opened"]
    letters = desk.json("outbox", "list")
    assert "acknowledgement-fixed" in {row["kind"] for row in letters}
    [alarm] = [row for row in letters if row["kind"] == "alarm"]
    where = "templates/en/acknowledgement-fixed.txt:5: "
    assert where in desk.run("outbox", "show", str(alarm["id"]))
    assert where in ended.err
