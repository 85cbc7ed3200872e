"""The first hour: a desk is begun by a few words in options, or by answers at a terminal."""

from __future__ import annotations

import asyncio
import os
import pty
import re
import stat
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from maildesk.cli.main import cli
from maildesk.cli.starting import FATES, PROVIDERS
from maildesk.config.loading import load
from maildesk.config.providers import Provider
from maildesk.config.settings import ExistingMail
from tests.cli.conftest import CommandedDesk


def init(*words: str) -> Result:
    return CliRunner().invoke(cli, ["init", *words], catch_exceptions=False)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_the_words_of_the_options_are_those_of_the_configuration() -> None:
    assert set(PROVIDERS) == set(Provider)
    assert set(FATES) == set(ExistingMail)


def test_an_address_at_a_known_provider_is_enough(tmp_path: Path) -> None:
    said = init(str(tmp_path), "--address", "help@gmail.com", "--agent", "Bo Lund <bo@corp.org>")
    assert said.exit_code == 0, said.output
    desk = load(tmp_path / "config.yaml")
    assert desk.mailboxes[0].imap
    assert desk.mailboxes[0].imap.host == "imap.gmail.com"
    assert desk.people.operators == ("bo@corp.org",)
    left = said.output.partition("Left to do")[2]
    assert f"{tmp_path}/mail.secret: make this file (mode 0600): an app password of help@gmail.com" in left
    assert "existing_mail: " in left
    assert "people" not in left
    assert f"Then: maildesk check -c {tmp_path}/config.yaml" in said.output


def test_nobody_who_was_not_named_is_made_up(tmp_path: Path) -> None:
    said = init(str(tmp_path), "--address", "a@corp.org", "--imap", "imap.corp.org", "--smtp", "mx.corp.org")
    assert "people.agents: nobody answers customers yet" in said.output
    assert "people.operators: nobody hears of alarms yet" in said.output
    assert load(tmp_path / "config.yaml").people.agents == ()


def test_the_ids_of_a_login_at_microsoft_are_asked_for(tmp_path: Path) -> None:
    said = init(str(tmp_path), "--address", "a@corp.org", "--provider", "microsoft")
    assert "m365.secret: make this file (mode 0600): the application's secret" in said.output
    assert "logins.m365: tenant and client_id are still made up" in said.output


def test_trust_is_named_and_left_out_until_a_mail_shows_it(tmp_path: Path) -> None:
    said = init(str(tmp_path), "--address", "a@corp.org", "--provider", "microsoft")
    assert "trust: who vouches for senders, {microsoft365: true, hops: 4} as a rule" in said.output
    assert not load(tmp_path / "config.yaml").trust.microsoft365


def test_of_a_private_mailbox_at_microsoft_it_is_said_what_is_true(tmp_path: Path) -> None:
    said = init(str(tmp_path), "--address", "help@hotmail.com")
    left = said.output.partition("Left to do")[2]
    assert "logins.m365: client_id is still made up (docs/microsoft365.md)" in left
    assert f"maildesk login m365 -c {tmp_path}/config.yaml: that is a person's own account" in left
    assert "takes no password" in left
    assert "secret" not in left


def test_a_secret_that_is_there_already_stays(tmp_path: Path) -> None:
    (tmp_path / "mail.secret").write_text("abcd\n")
    said = init(str(tmp_path), "--address", "help@gmail.com")
    assert said.exit_code == 0
    assert f"{tmp_path}/mail.secret: it was there already; see that it holds an app password" in said.output
    assert (tmp_path / "mail.secret").read_text() == "abcd\n"


def test_without_a_word_the_company_is_made_up_and_the_secrets_are_named(tmp_path: Path) -> None:
    said = init(str(tmp_path / "desk"))
    assert said.exit_code == 0
    assert "Its company is made up." in said.output
    assert "IMAP_PASSWORD  a variable of the environment" in said.output
    assert f"{tmp_path}/desk/smtp.secret  a file that you make" in said.output
    assert "mode 0600" in said.output


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--address", "a@corp.org"], "a@corp.org may be anywhere: add --provider"),
        (["--address", "a@corp.org", "--imap", "imap.corp.org"], "or --imap and --smtp"),
        (["--provider", "google"], "wants to know the --address"),
        (["--service"], "wants to know the --address"),
        (["--address", "nobody"], "'nobody' is not an e-mail address"),
        (["--address", "a@gmail.com", "--provider", "gogle"], "Invalid value for '--provider'"),
        (["--address", "a@gmail.com", "--agent", "Bo"], "as 'Ana Souza <ana@acme.example>'"),
        (["--address", "a@gmail.com", "--agent", "Bo <a@gmail.com>"], "a@gmail.com is the desk itself"),
        (["--address", "a@gmail.com", "--operator", "A@GMAIL.com"], "is the desk itself"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_a_mistake_is_told_and_nothing_is_written(tmp_path: Path, words: Sequence[str], told: str) -> None:
    said = init(str(tmp_path / "desk"), *words)
    assert said.exit_code == 2
    assert told in said.stderr
    assert not (tmp_path / "desk").exists()


def test_a_desk_that_is_there_stays(tmp_path: Path) -> None:
    init(str(tmp_path), "--address", "help@gmail.com")
    before = (tmp_path / "config.yaml").read_bytes()
    again = init(str(tmp_path), "--address", "other@gmail.com")
    assert again.exit_code == 1
    assert "is there already" in again.stderr
    assert (tmp_path / "config.yaml").read_bytes() == before


def test_a_folder_that_cannot_be_is_told_before_anything_is_asked(tmp_path: Path) -> None:
    for words in ([], ["--policy", "default"]):
        said = init(str(tmp_path / ("x" * 300)), *words)
        assert said.exit_code == 1
        assert "config.yaml cannot be written: file name too long" in said.stderr


def test_a_service_keeps_its_secrets_where_root_does(tmp_path: Path) -> None:
    said = init(str(tmp_path), "--service", "--address", "help@fastmail.com")
    assert f"{tmp_path}/credentials/mail.secret: make this file" in said.output
    assert mode(tmp_path / "credentials") == 0o700
    assert mode(tmp_path / "config.yaml") == 0o640


async def at_a_terminal(folder: Path, *answers: str) -> str:
    """What `maildesk init` shows to somebody who answers one question after the other."""
    ours, theirs = pty.openpty()
    environ = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2]), "TERM": "dumb"}
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "maildesk", "init", str(folder)),
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env=environ,
        start_new_session=True,  # else the answer that is not shown would be asked for at our own terminal
    )
    os.close(theirs)
    shown = await asyncio.to_thread(converse, ours, answers)
    async with asyncio.timeout(120):
        assert await child.wait() == 0, shown
    return shown


def converse(terminal: int, answers: Sequence[str]) -> str:
    """Give an answer each time the other end stops behind a colon, and read to the end."""
    shown, left, answered = "", list(answers), 0
    while True:
        try:
            more = os.read(terminal, 4096)
        except OSError:  # the other end is gone
            more = b""
        shown += more.decode()
        asks = re.search(r": $", shown[answered:])
        if not more or (asks and not left):  # hang up on a question that nobody foresaw
            os.close(terminal)
            return shown
        if asks:
            answered = len(shown)
            os.write(terminal, f"{left.pop(0)}\n".encode())


async def test_at_a_terminal_answers_make_a_desk_that_lacks_nothing(tmp_path: Path) -> None:
    shown = await at_a_terminal(
        tmp_path,
        *("", "nonsense", "help@gmail.com", "", "Corp Help"),
        *("", "Bo Lund", "", "help@gmail.com", "bo@corp.org", "", "file", "abcd efgh ijkl mnop"),
    )
    assert shown.count("Error: this cannot be left out") == 3
    assert "'nonsense' is not an e-mail address" in shown
    assert "That is at Gmail." in shown
    assert "help@gmail.com is the desk itself" in shown
    assert "abcd" not in shown
    assert "make this file" not in shown
    desk = load(tmp_path / "config.yaml")
    assert (desk.desk.name, desk.mailboxes[0].existing_mail) == ("Corp Help", ExistingMail.FILE)
    assert (desk.people.agents[0].name, desk.people.operators) == ("Bo Lund", ("bo@corp.org",))
    assert (tmp_path / "mail.secret").read_text() == "abcdefghijklmnop\n", "its blanks are no part of it"
    assert mode(tmp_path / "mail.secret") == 0o600


async def test_at_a_terminal_the_servers_of_a_domain_of_ones_own_are_asked_for(tmp_path: Path) -> None:
    shown = await at_a_terminal(
        tmp_path,
        *("support@corp.org", "", "mail.corp.org", "", ""),
        *("Bo Lund", "bo@corp.org", "ops@corp.org", "", ""),
    )
    desk = load(tmp_path / "config.yaml")
    assert desk.mailboxes[0].imap
    assert desk.smtp
    assert (desk.mailboxes[0].imap.host, desk.smtp.host) == ("mail.corp.org", "smtp.corp.org")
    assert (
        f"{tmp_path}/mail.secret: make this file (mode 0600): the password of support@corp.org"
        in " ".join(shown.split())
    )


async def test_at_a_terminal_a_password_of_ones_own_keeps_its_blanks(tmp_path: Path) -> None:
    await at_a_terminal(
        tmp_path,
        *("support@corp.org", "", "", "", ""),
        *("Bo Lund", "bo@corp.org", "", "", "abcd efgh ijkl mnop"),
    )
    assert (tmp_path / "mail.secret").read_text() == "abcd efgh ijkl mnop\n"


async def test_at_a_terminal_a_private_mailbox_at_microsoft_is_asked_for_no_secret(tmp_path: Path) -> None:
    shown = await at_a_terminal(
        tmp_path, *("help@outlook.com", "", "id-1", "", "Bo Lund", "bo@corp.org", "", "")
    )
    assert "That is a person's own account at Microsoft: it takes no password" in " ".join(shown.split())
    assert "Directory (tenant) ID" not in shown
    assert load(tmp_path / "config.yaml").logins["m365"].client_id == "id-1"
    assert "not shown" not in shown
    assert ".secret" not in shown


async def test_at_a_terminal_a_secret_that_is_there_already_is_not_asked_for(tmp_path: Path) -> None:
    (tmp_path / "mail.secret").write_text("abcd\n")
    shown = await at_a_terminal(tmp_path, *("help@gmail.com", "", "", "Bo Lund", "bo@corp.org", "", ""))
    assert "not shown" not in shown
    assert "it was there already" in " ".join(shown.split())
    assert (tmp_path / "mail.secret").read_text() == "abcd\n"


def test_check_says_what_is_still_made_up(desk: CommandedDesk) -> None:
    said = desk.try_("check", "--quick").stdout
    made_up = next(line for line in said.splitlines() if "made up" in line)
    assert made_up.startswith("warn made up: ")
    assert "desk.address support@acme.example" in made_up
    assert "mailboxes.support.address support@acme.example" in made_up
    assert "more" in made_up


def test_check_finds_nothing_made_up_in_a_desk_of_ones_own(tmp_path: Path) -> None:
    init(str(tmp_path), "--address", "help@gmail.com", "--agent", "Bo Lund <bo@corp.org>")
    said = CliRunner().invoke(cli, ["check", "--quick", "-c", str(tmp_path / "config.yaml")])
    assert "ok   made up: " in said.stdout
    assert f"{tmp_path}/mail.secret cannot be read" in said.stdout
