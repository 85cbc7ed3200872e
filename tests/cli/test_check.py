"""`maildesk check`: each thing that can be missing is told by name, and hides no other."""

from __future__ import annotations

import asyncio
import contextlib
import re
import sqlite3
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from maildesk.config.loading import load
from maildesk.daemon.checking import checks
from maildesk.daemon.findings import CheckOutcome
from maildesk.daemon.subaddress_check import CHECKS
from maildesk.store.engines import place
from maildesk.store.locking import DaemonLock
from tests.cli.conftest import CommandedDesk
from tests.world.dovecot import Dovecot
from tests.world.smtp_server import SmtpServer

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
OLD_MAIL = b"From: a@client.example\r\nSubject: old\r\n\r\nold\r\n"


def lines(printed: str) -> dict[str, str]:
    """How each thing stands, the worst that is said about it: `{"disk": "ok", …}`."""
    told: dict[str, str] = {}
    for line in printed.splitlines():
        name, outcome = line[5:].partition(": ")[0], line[:4].strip()
        told[name] = min(told.get(name, outcome), outcome)  # FAIL stands before ok in ASCII
    return told


def real(desk: CommandedDesk) -> None:
    """The desk as an operator would run it."""
    desk.change("testing: true\n", "trust: {authserv_id: mx.acme.example}\n")


def of_ones_own(desk: CommandedDesk) -> None:
    """Leave nothing of the example's company in it."""
    for theirs, ours in (("acme.example", "corp.org"), ("client.example", "client.org")):
        desk.change(theirs, ours)


# --- without the network --------------------------------------------------------------------------


@pytest.mark.usefixtures("never_ran")
def test_a_desk_that_is_right_is_all_ok_and_nothing_is_made(desk: CommandedDesk) -> None:
    real(desk)
    of_ones_own(desk)
    result = desk.try_("check", "--quick")
    assert result.exit_code == 0
    assert set(lines(result.stdout).values()) == {"ok"}
    assert set(lines(result.stdout)) >= {"config", "policy", "templates", "database", "desk.secret"}
    assert sorted(path.name for path in desk.folder.iterdir()) == ["config.yaml", "secret.key"]


def _shared_key(desk: CommandedDesk) -> None:
    (desk.folder / "secret.key").chmod(0o644)


def _no_password(desk: CommandedDesk) -> None:
    desk.environ["IMAP_PASSWORD"] = ""


def _testing(desk: CommandedDesk) -> None:
    desk.change("trust:", "testing: true\ntrust:")


def _policy(desk: CommandedDesk) -> None:
    desk.change("trust:", "policy: gone.yaml\ntrust:")


def _accounts(desk: CommandedDesk) -> None:
    (desk.folder / "accounts.csv").write_text("name,domains\nLund,lund\n", encoding="utf-8")
    desk.change("trust:", "accounts_file: accounts.csv\ntrust:")


def _newer_database(desk: CommandedDesk) -> None:
    desk.run("db", "upgrade")
    with sqlite3.connect(desk.folder / "desk.db") as database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")


def _no_database(desk: CommandedDesk) -> None:
    (desk.folder / "desk.db").write_bytes(b"this is no database" * 100)


def _no_room(desk: CommandedDesk) -> None:
    desk.run("db", "upgrade")
    desk.change("trust:", "limits: {free_space: 900000GiB}\ntrust:")


@pytest.mark.parametrize(
    ("spoil", "name", "said"),
    [
        (_shared_key, "desk.secret", "chmod 600"),
        (
            _no_password,
            "mailbox support",
            "imap.password: the environment variable IMAP_PASSWORD is not set (set IMAP_PASSWORD",
        ),
        (_testing, "testing", "take the line out"),
        (_policy, "policy", "gone.yaml"),
        (_accounts, "accounts", "accounts.csv:2:2: domains: 'lund' is not a domain name"),
        (_newer_database, "database", "install the newer maildesk"),
        (_no_database, "database", "desk.db"),
        (_no_room, "disk", "make room"),
    ],
    ids=lambda value: getattr(value, "__name__", "").strip("_") or None,
)
def test_what_is_wrong_is_told_with_what_to_do(
    desk: CommandedDesk, spoil: object, name: str, said: str
) -> None:
    real(desk)
    assert callable(spoil)
    spoil(desk)
    result = desk.try_("check", "--quick")
    assert result.exit_code == 1
    assert lines(result.stdout)[name] == "FAIL"
    told = next(line for line in result.stdout.splitlines() if line[5:].startswith(f"{name}:"))
    assert said in told


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("closed", "Subject: Closed\n\n{{ nonsense }}", "templates/en/closed.txt:3: 'nonsense' is undefined"),
        ("closed", "Subject: {{ case.nonsense }}\n\nBye", "has no attribute 'nonsense'"),
        (
            "refused",
            "Subject: R\nFrom: Refused {{ case.ref }}\n\nNo.",
            "templates/en/refused.txt:2: ",
        ),
        ("alarm", "Subject: A\n\n{{ extra.nonsense }}", "templates/en/alarm.txt"),
        ("closed", "Subject: Closed\n\n{% if %}", "templates/en/closed.txt:3"),
        ("closed", "Closed\n", "the first line must be `Subject: …`"),
        ("card", "{{ nonsense }}", "templates/en/card.txt:1: 'nonsense' is undefined"),
        (
            "answer",
            "Subject: Re: {{ tag }} {{ subject }}\n\nBest regards",
            "templates/en/answer.txt: the words of who writes are not in it",
        ),
        (
            "answer",
            "Subject: Re: {{ tag }}\n\n{% if requester %}{{ text }}{% endif %}",
            "templates/en/answer.txt: the words",
        ),
        ("ask", "Subject: {{ tag }}\n\nA question.", "templates/en/ask.txt: the words of who writes"),
    ],
    ids=[
        "unknown name",
        "in the subject",
        "about no case",
        "alarm",
        "syntax",
        "no subject",
        "in a part of others",
        "an answer without its words",
        "an answer that has them sometimes",
        "a question without its words",
    ],
)
def test_a_mistake_in_a_letter_is_found_before_a_customer_waits(
    desk: CommandedDesk, name: str, text: str, said: str
) -> None:
    real(desk)
    desk.change("trust:", "templates: templates\ntrust:")
    own = desk.folder / "templates/en"
    own.mkdir(parents=True)
    (own / f"{name}.txt").write_text(text)
    result = desk.try_("check", "--quick")
    assert result.exit_code == 1
    assert said in result.stdout
    assert lines(result.stdout)["templates"] == "FAIL"


def test_a_desk_whose_answers_would_lose_their_words_does_not_start(desk: CommandedDesk) -> None:
    desk.run("db", "upgrade")
    desk.change("testing: true\n", "testing: true\ntemplates: templates\n")
    own = desk.folder / "templates/en"
    own.mkdir(parents=True)
    (own / "answer.txt").write_text("Subject: Re: {{ tag }} {{ subject }}\n\nBest regards")
    result = desk.try_("run", "--once")
    assert result.exit_code != 0
    assert "templates/en/answer.txt: the words of who writes are not in it" in result.stderr


@pytest.mark.parametrize("name", ["closed.txt", "en/clsed.txt", "fr/closed.txt"])
def test_a_letter_file_that_nothing_is_made_from_is_warned_of(desk: CommandedDesk, name: str) -> None:
    real(desk)
    desk.change("trust:", "templates: templates\ntrust:")
    stray = desk.folder / "templates" / name
    stray.parent.mkdir(parents=True)
    stray.write_text("Subject: Closed\n\nBye")
    result = desk.try_("check", "--quick")
    assert f"warn templates: no letter is made from {stray}" in result.stdout
    assert "0 of them from your own files" in result.stdout


def test_a_list_of_what_was_erased_that_cannot_be_written_is_warned_of(desk: CommandedDesk) -> None:
    real(desk)
    desk.run("db", "upgrade")
    desk.change(
        'store: {url: "sqlite:///desk.db"', 'store: {erased: gone/desk.erased, url: "sqlite:///desk.db"'
    )
    said = desk.try_("check", "--quick").stdout
    assert f"warn database: {desk.folder / 'gone' / 'desk.erased'} cannot be written" in said
    assert "store.erased" in said


def with_a_greeting(desk: CommandedDesk) -> Path:
    """A letter of the desk's own that includes a part; the folder of both."""
    desk.change("trust:", "templates: templates\ntrust:")
    own = desk.folder / "templates/en"
    own.mkdir(parents=True)
    (own / "closed.txt").write_text('Subject: Closed\n\n{% include "en/greeting.txt" %}')
    (own / "greeting.txt").write_text("Bye")
    return own


def test_a_part_that_own_letters_include_is_no_stray(desk: CommandedDesk) -> None:
    real(desk)
    of_ones_own(desk)
    with_a_greeting(desk)
    assert set(lines(desk.run("check", "--quick")).values()) == {"ok"}


def test_a_part_whose_name_is_the_end_of_anothers_is_a_stray(desk: CommandedDesk) -> None:
    real(desk)
    own = with_a_greeting(desk)
    (own / "eting.txt").write_text("Hello")
    told = [line for line in desk.try_("check", "--quick").stdout.splitlines() if "no letter is made" in line]
    assert len(told) == 1
    assert str(own / "eting.txt") in told[0]


def test_a_letter_that_only_a_rule_sends_is_tried_and_is_no_stray(desk: CommandedDesk) -> None:
    real(desk)
    desk.change("trust:", "templates: templates\npolicy: policy.yaml\ntrust:")
    rule = "rules: [{name: hello, when: {subject: [hello]}, then: {letter: hello}}]\n"
    needs = "calendar: {hours: {mon-fri: 09:00-17:00}}\npriorities: {low: Later.}\ndefault_priority: low\n"
    (desk.folder / "policy.yaml").write_text(f"name: Acme\n{needs}{rule}")
    own = desk.folder / "templates/en"
    own.mkdir(parents=True)
    (own / "hello.txt").write_text("Subject: Hello\n\nHi")
    assert "no letter is made from" not in desk.run("check", "--quick")
    (own / "hello.txt").write_text("Subject: Hello\n\n{{ extra.no.such.thing }}")
    assert "templates/en/hello.txt:3" in desk.try_("check", "--quick").stdout


def test_a_folder_of_letters_that_is_not_there_is_warned_of(desk: CommandedDesk) -> None:
    real(desk)
    desk.change("trust:", "templates: leters\ntrust:")
    assert "warn templates: there is no folder" in desk.run("check", "--quick")


@pytest.mark.parametrize(
    ("password", "mode", "warned"),
    [("opensesame", 0o644, True), ("opensesame", 0o600, False), ("${IMAP_PASSWORD}", 0o644, False)],
    ids=["written out, shared", "written out, private", "named, shared"],
)
def test_a_password_in_a_configuration_that_others_can_read_is_warned_of(
    desk: CommandedDesk, password: str, mode: int, warned: bool
) -> None:
    real(desk)
    desk.change("${IMAP_PASSWORD}", password)
    desk.config.chmod(mode)
    result = desk.try_("check", "--quick")
    assert ("a password stands in it (chmod 600" in result.stdout) is warned
    assert "opensesame" not in result.stdout


def test_a_missing_secret_file_says_what_to_do_and_blames_no_server(desk: CommandedDesk) -> None:
    real(desk)
    desk.change('"${IMAP_PASSWORD}"', "{file: imap.secret}")
    told = [line for line in desk.try_("check").stdout.splitlines() if "imap.secret" in line]
    assert told
    for line in told:
        assert "put the file there" in line
        assert "host and port" not in line


def test_agents_without_a_vouching_server_are_only_warned_of(desk: CommandedDesk) -> None:
    desk.change("testing: true\n", "")
    result = desk.try_("check", "--quick")
    assert result.exit_code == 0
    assert lines(result.stdout)["trust"] == "warn"


def test_a_configuration_that_cannot_be_read_fails_line_by_line(desk: CommandedDesk) -> None:
    desk.change("port: 1,", "prot: 1,")
    result = desk.try_("check")
    assert result.exit_code == 1
    assert result.stdout.startswith(f"FAIL config: {desk.config}:6:")


def test_servers_that_do_not_answer_are_told_each(desk: CommandedDesk) -> None:
    real(desk)
    result = desk.try_("check")
    assert result.exit_code == 1
    told = lines(result.stdout)
    assert (told["mailbox support"], told["smtp"]) == ("FAIL", "FAIL")
    assert "127.0.0.1:1" in result.stdout


def test_what_is_wrong_with_a_policy_is_told_once(desk: CommandedDesk) -> None:
    real(desk)
    (desk.folder / "policy.yaml").write_text("languages: 7\n", encoding="utf-8")
    desk.change("trust:", "policy: policy.yaml\ntrust:")
    told = [line for line in desk.try_("check", "--quick").stdout.splitlines() if "policy.yaml:1:" in line]
    assert [line.partition(":")[0] for line in told] == ["FAIL policy"] * len(told)
    assert told


# --- with real servers ----------------------------------------------------------------------------


@pytest.fixture
def wired(wired: CommandedDesk) -> CommandedDesk:
    """As an operator would run it."""
    real(wired)
    return wired


async def test_servers_that_work_are_ok(wired: CommandedDesk, dovecot: Dovecot, relay: SmtpServer) -> None:
    of_ones_own(wired)
    ended = await wired.process("check")
    assert (ended.code, ended.err) == (0, ""), ended.out
    told = lines(ended.out)
    assert set(told.values()) == {"ok"}
    parts = {f"mailbox support {part}" for part in ("login", "folder", "processed", "push", "quota")}
    assert set(told) >= parts | {"smtp"}
    assert "Processed" in await dovecot.folders("support")
    assert relay.mails == []


async def test_a_wrong_password_is_told(wired: CommandedDesk) -> None:
    ended = await wired.process("check", IMAP_PASSWORD="wrong-one")
    assert ended.code == 1
    assert lines(ended.out)["mailbox support"] == "FAIL"
    assert "wrong-one" not in ended.out + ended.err


async def test_a_folder_that_is_not_there_is_told(wired: CommandedDesk) -> None:
    wired.change(
        "address: support@acme.example\n    imap", "address: support@acme.example\n    folder: Gone\n    imap"
    )
    ended = await wired.process("check")
    assert ended.code == 1
    assert "cannot open folder 'Gone'" in ended.out
    assert lines(ended.out)["smtp"] == "ok"


VOUCHED = (
    b"Authentication-Results: mx.acme.example; dmarc=pass header.from=client.example\r\n"
    b"Received: from out.client.example by mx.acme.example with ESMTPS id 4\r\n"
    b"Received: from desktop by out.client.example with ESMTPSA id 6\r\n"
    b"From: bo@client.example\r\nSubject: Printer\r\n\r\nIt burns.\r\n"
)


async def test_the_newest_mails_say_what_trust_should_be(wired: CommandedDesk, dovecot: Dovecot) -> None:
    """Dovecot's LMTP writes a Received line of its own on top: one hop more than the operator thought of."""
    wired.change("    imap:", "    existing_mail: file\n    imap:")
    for _ in range(3):
        await dovecot.deliver("support", VOUCHED)
    ended = await wired.process("check")
    assert ended.code == 0
    assert lines(ended.out)["mailbox support trust"] == "warn"
    right = "trust: {authserv_id: mx.acme.example, hops: 2}"
    assert f"set {right}" in ended.out
    assert not any(mail.flags for mail in await dovecot.folder("support"))
    config = re.sub(r"trust: \{.*\}", right, wired.config.read_text())
    assert right in config
    wired.write(config)
    ended = await wired.process("check")
    assert lines(ended.out)["mailbox support trust"] == "ok"
    assert "count in 3" in ended.out


@pytest.mark.parametrize(
    ("decision", "outcome"), [("", "FAIL"), ("existing_mail: file", "ok"), ("existing_mail: leave", "ok")]
)
async def test_mail_from_before_the_first_start_wants_a_decision(
    wired: CommandedDesk, dovecot: Dovecot, decision: str, outcome: str
) -> None:
    await dovecot.append("support", OLD_MAIL)
    if decision:
        wired.change("    imap:", f"    {decision}\n    imap:")
    ended = await wired.process("check")
    assert lines(ended.out)["mailbox support old mail"] == outcome
    if not decision:
        assert "set existing_mail: file" in ended.out
    assert len(await dovecot.folder("support")) == 1


async def test_what_two_mailboxes_lack_alike_is_told_of_each(wired: CommandedDesk, dovecot: Dovecot) -> None:
    """Each fault is told once, and these are two: who mends the first has not mended the second."""
    server = (
        f"host: 127.0.0.1, port: {dovecot.imap_port}, security: none, username: support, password: secret"
    )
    box = f"name: sales, address: sales@acme.example, folder: Sales, imap: {{{server}}}"
    wired.change("smtp: {host", f"  - {{{box}}}\nsmtp: {{host")
    await dovecot.create("support", "Sales")
    for folder in ("INBOX", "Sales"):
        await dovecot.append("support", OLD_MAIL, folder)
    told = lines((await wired.process("check")).out)
    assert [name for name, outcome in told.items() if outcome == "FAIL"] == [
        "mailbox support old mail",
        "mailbox sales old mail",
    ]


@pytest.mark.parametrize("database", ["older", "gone"])
async def test_a_database_that_cannot_tell_makes_no_other_finding(
    wired: CommandedDesk, dovecot: Dovecot, database: str
) -> None:
    """Its own check says what to do; whether the mail there is from before the first start is not known."""
    await dovecot.append("support", OLD_MAIL)
    if database == "older":
        with sqlite3.connect(wired.folder / "desk.db") as opened:
            opened.executescript((Path(__file__).parents[1] / "store/fixtures/0001.sql").read_text())
    else:
        wired.run("db", "upgrade")
        (wired.folder / "desk.db").unlink()
    ended = await wired.process("check")
    told = lines(ended.out)
    assert [name for name, outcome in told.items() if outcome == "FAIL"] == ["database"], ended.out


# --- subaddresses ---------------------------------------------------------------------------------


@contextlib.asynccontextmanager
async def forwarding(relay: SmtpServer, dovecot: Dovecot) -> AsyncIterator[None]:
    """The relay's mail reaches the mailbox, as on a mail server that takes subaddresses."""

    async def forward() -> None:
        await relay.wait_for(1)
        await dovecot.deliver("support", relay.mails[0].raw)

    task = asyncio.create_task(forward())
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def proof(desk: CommandedDesk, *, subaddress: bool = True) -> tuple[CheckOutcome, str]:
    settings = load(desk.config)
    environ = {"IMAP_PASSWORD": "secret"}
    [check] = [
        each
        for each in checks(settings, environ, NOW, subaddress=subaddress)
        if each.name.endswith("subaddress")
    ]
    [finding] = [finding async for finding in check.findings()]
    return finding.outcome, str(finding)


async def test_subaddresses_are_proven_by_a_mail_that_comes_back_and_is_put_away(
    wired: CommandedDesk, dovecot: Dovecot, relay: SmtpServer
) -> None:
    wired.change("    imap:", '    subaddress: "+"\n    imap:')
    async with asyncio.timeout(120), forwarding(relay, dovecot):
        outcome, said = await proof(wired)
    assert outcome is CheckOutcome.OK, said
    assert relay.mails[0].recipients[0].startswith("support+")
    assert relay.mails[0].letter["Auto-Submitted"] == "auto-generated"
    assert await dovecot.folder("support") == []
    assert len(await dovecot.folder("support", CHECKS)) == 1


async def test_a_desk_that_proved_its_subaddresses_starts_as_one_that_did_not(
    wired: CommandedDesk, dovecot: Dovecot, relay: SmtpServer
) -> None:
    """Neither another desk's mail nor a database that is gone is found, and nothing was missed."""
    wired.change("    imap:", '    subaddress: "+"\n    imap:')
    async with asyncio.timeout(120), forwarding(relay, dovecot):
        assert (await proof(wired))[0] is CheckOutcome.OK
    assert lines((await wired.process("check", "--quick")).out)["database"] == "ok"
    ended = await wired.process("run", "--once")
    assert (ended.code, "another desk" in ended.out + ended.err) == (0, False)
    assert (await wired.process("verify")).code == 0


async def test_a_relay_that_refuses_subaddresses_is_told(wired: CommandedDesk, relay: SmtpServer) -> None:
    wired.change("    imap:", '    subaddress: "-"\n    imap:')
    relay.refuse_sender(550, "5.7.1 no")
    outcome, said = await proof(wired)
    assert outcome is CheckOutcome.FAIL
    assert "set subaddress: none" in said
    assert not list(wired.folder.glob("*.lock"))


async def test_unless_asked_no_proof_is_sent(wired: CommandedDesk, relay: SmtpServer) -> None:
    wired.change("    imap:", '    subaddress: "+"\n    imap:')
    assert (await proof(wired, subaddress=False))[0] is CheckOutcome.WARN
    assert relay.mails == []


async def test_beside_a_running_daemon_no_proof_is_sent(wired: CommandedDesk, relay: SmtpServer) -> None:
    wired.change("    imap:", '    subaddress: "+"\n    imap:')
    with DaemonLock.acquire(place(f"sqlite:///{wired.folder}/desk.db")):
        outcome, said = await proof(wired)
    assert outcome is CheckOutcome.FAIL
    assert "works on" in said
    assert relay.mails == []


def test_an_outcome_may_have_a_letter_of_its_own_and_that_is_tried(desk: CommandedDesk) -> None:
    real(desk)
    desk.change("trust:", "templates: templates\ntrust:")
    own = desk.folder / "templates/en/outcome-no-answer.txt"
    own.parent.mkdir(parents=True)
    own.write_text("Subject: Re: {{ tag }} {{ subject }}\n\nYou were silent.")
    assert "no letter is made" not in desk.try_("check", "--quick").stdout
    own.write_text("Subject: Re: {{ tag }} {{ subject }}\n\nYou were {{ silence }}.")
    result = desk.try_("check", "--quick")
    assert "templates/en/outcome-no-answer.txt:3" in result.stdout + result.stderr
