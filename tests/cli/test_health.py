"""`maildesk health`: each line, and the exit code that follows."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from typing import Any

import pytest

from maildesk.config.loading import load
from maildesk.store import hearing, mailboxes
from maildesk.store.column_types import moment_text
from maildesk.store.locking import DaemonLock
from tests.cli.conftest import NOW, CommandedDesk
from tests.world.processes import free_ports

MINUTE = timedelta(minutes=1)


def support(desk: CommandedDesk) -> str:
    box = load(desk.config).mailboxes[0]
    return mailboxes.identity_of(*box.account, box.folder)


@contextmanager
def daemon(desk: CommandedDesk, minutes_ago: float = 1) -> Iterator[None]:
    """A daemon holds the lock, and heard the mailbox so many minutes ago."""
    at, identity = NOW - minutes_ago * MINUTE, support(desk)
    store = desk.open_store()
    try:
        with DaemonLock.acquire(store.place):
            store.write_now(lambda conn: hearing.listen(conn, [identity], at - 90 * MINUTE))
            store.write_now(lambda conn: hearing.heard(conn, identity, at, timedelta(days=9)))
            yield
    finally:
        store.close_now()


def said(desk: CommandedDesk, code: int = 0) -> dict[str, str]:
    """What each line says, by its name."""
    result = desk.try_("health")
    assert result.exit_code == code, result.output
    lines = (line.partition(": ") for line in result.stdout.splitlines())
    return {head.split(maxsplit=1)[1]: f"{head.split()[0]} {rest}" for head, _, rest in lines}


def report(desk: CommandedDesk) -> dict[str, dict[str, Any]]:
    checks = json.loads(desk.try_("health", "--json").stdout)["checks"]
    return {each["name"]: each for each in checks}


def stored(desk: CommandedDesk, statement: str, **moments: float) -> None:
    """Write a row; each moment is so many minutes ago."""
    at = {name: moment_text(NOW - minutes * MINUTE) for name, minutes in moments.items()}
    with closing(sqlite3.connect(desk.folder / "desk.db")) as conn:
        conn.execute("PRAGMA foreign_keys = OFF")
        conn.execute(statement, at)
        conn.commit()


MAIL = (
    "INSERT INTO ledger (mailbox, uidvalidity, uid, internal_date, received_at, size)"
    " VALUES ('m', 1, 1, :at, :at, 1)"
)
LETTER = (
    "INSERT INTO outbox (message_id, kind, recipient, domain, subject, envelope_from, mailbox, personal,"
    " limited, state, created_at, due_at, expires_at, ended_at) VALUES (:made, 'answer', 'bo@client.example',"
    " 'client.example', 'Re', '', '', 1, 0, '{state}', :made, :due, :made, :made)"
)


def test_a_healthy_desk_says_so_line_by_line(desk: CommandedDesk) -> None:
    with daemon(desk):
        lines = said(desk)
    assert lines["daemon"] == "ok it runs"
    assert lines["mailbox support"] == "ok heard 1 minute ago"
    assert lines["inbox"] == "ok no mail waits to be filed"
    assert lines["letters"] == "ok 0 letters wait to be sent; 0 held; 0 failed within a day"
    assert lines["disk"].startswith("ok ")
    assert lines["schema"].startswith("ok 00")
    assert lines["availability"].startswith("ok support was heard in 100% of the time since 2026-11-23")


def test_without_a_daemon_it_is_not_healthy(desk: CommandedDesk) -> None:
    with daemon(desk):
        pass
    assert said(desk, 1)["daemon"] == "FAIL none runs (start it: systemctl start maildesk, or maildesk run)"


@pytest.mark.parametrize(
    ("minutes", "limit", "healthy"),
    [(9.5, "10m", True), (10, "10m", False), (10, "30m", True), (30, "30m", False)],
)
def test_one_number_says_when_a_mailbox_is_silent(
    desk: CommandedDesk, minutes: float, limit: str, healthy: bool
) -> None:
    desk.change("testing: true", f"limits: {{silent_mailbox: {limit}}}\ntesting: true")
    with daemon(desk, minutes):
        lines = said(desk, 0 if healthy else 1)
        facts = report(desk)["mailbox support"]
    share = lines["availability"]
    said_of_it = "ok heard" if healthy else "FAIL not heard since 2026-11-23 09:"
    assert lines["mailbox support"].startswith(said_of_it)
    assert facts["silent"] is not healthy
    assert share.startswith("ok " if healthy else "warn ")
    assert ("it is not heard now" in share) is not healthy
    assert facts["heard_at"] == moment_text(NOW - minutes * MINUTE)


def test_a_mailbox_that_nobody_has_listened_to_yet_is_worth_a_look(desk: CommandedDesk) -> None:
    desk.open_store().close_now()
    assert said(desk, 1)["mailbox support"].startswith("warn no daemon has listened to it yet")


def test_mail_that_waits_to_be_filed_for_long_is_an_illness(desk: CommandedDesk) -> None:
    with daemon(desk):
        stored(desk, MAIL, at=2)
        assert said(desk)["inbox"] == "ok 1 mail waits to be filed, the oldest since 2026-11-23 09:28 UTC"
        stored(desk, MAIL.replace("1, 1, ", "1, 2, "), at=11)
        line = said(desk, 1)["inbox"]
        assert line.startswith("FAIL 2 mails wait to be filed, the oldest since 2026-11-23 09:19 UTC")
        assert report(desk)["inbox"]["oldest"] == "2026-11-23T09:19:00.000000Z"


def test_letters_that_could_have_gone_are_an_illness_and_held_ones_worth_a_look(desk: CommandedDesk) -> None:
    with daemon(desk):
        stored(desk, LETTER.format(state="queued"), made=300, due=-5)
        assert said(desk)["letters"].startswith(
            "ok 1 letter waits to be sent, the oldest since 2026-11-23 04:30"
        )
        stored(desk, LETTER.format(state="held"), made=20, due=20)
        stored(desk, LETTER.format(state="failed"), made=21, due=21)
        stored(desk, LETTER.format(state="failed"), made=3000, due=3000)
        assert "1 held; 1 failed within a day (" in said(desk)["letters"]
        assert said(desk)["letters"].startswith("warn")
        stored(desk, LETTER.format(state="deferred"), made=10, due=10)
        assert said(desk, 1)["letters"].startswith("FAIL 2 letters wait to be sent")


def test_a_disk_without_room_is_an_illness(desk: CommandedDesk) -> None:
    desk.change("testing: true", "limits: {free_space: 100000GiB}\ntesting: true")
    with daemon(desk):
        assert "100000.0 are wanted (make room" in said(desk, 1)["disk"]


def test_a_database_of_another_program_is_an_illness(desk: CommandedDesk) -> None:
    with daemon(desk):
        stored(desk, "UPDATE alembic_version SET version_num = '9999'")
        lines = said(desk, 1)
    assert "install the newer maildesk" in lines["schema"]
    assert lines.keys() == {"daemon", "schema"}


def test_a_database_that_is_gone_is_an_illness_and_is_not_made(desk: CommandedDesk) -> None:
    desk.open_store().close_now()
    (desk.folder / "desk.db").unlink()
    assert said(desk, 1)["database"].startswith("FAIL the database")
    assert not (desk.folder / "desk.db").exists()


@pytest.mark.usefixtures("never_ran")
def test_a_desk_that_never_ran_is_told_so_and_gets_no_database(desk: CommandedDesk) -> None:
    assert said(desk, 1)["database"].startswith("FAIL there is no database")
    assert not (desk.folder / "desk.db").exists()


def test_a_policy_that_cannot_be_read_is_worth_a_look(desk: CommandedDesk) -> None:
    """The daemon has read it before, and goes on."""
    desk.write(desk.config.read_text(encoding="utf-8") + "policy: own.yaml\n")
    (desk.folder / "own.yaml").write_text("nonsense: 1\n", encoding="utf-8")
    with daemon(desk):
        lines = said(desk)
    assert lines["policy"].startswith("warn ")
    assert "own.yaml:1" in lines["policy"]
    assert lines["mailbox support"] == "ok heard 1 minute ago"


def test_a_mailbox_that_is_a_pipe_is_not_listened_to(desk: CommandedDesk) -> None:
    desk.change(
        'imap: {host: 127.0.0.1, port: 1, security: none, username: support, password: "${IMAP_PASSWORD}"}',
        "source: pipe",
    )
    with daemon(desk):
        assert "mailbox support" not in said(desk)


def test_a_daemon_lives_while_it_holds_its_lock_whatever_is_out_of_reach(desk: CommandedDesk) -> None:
    with daemon(desk, minutes_ago=600):
        assert said(desk, code=1)["mailbox support"].startswith("FAIL")
        assert desk.run("health", "--live") == "ok   daemon: it runs\n"
    result = desk.try_("health", "--live")
    assert result.exit_code == 1
    assert result.stdout.startswith("FAIL daemon: none runs (start it")


def test_with_a_page_of_its_own_it_must_answer_there(desk: CommandedDesk) -> None:
    (port,) = free_ports(1)
    desk.change("testing: true", f"monitor: {{port: {port}}}\ntesting: true")
    with daemon(desk):
        result = desk.try_("health", "--live", "--json")
    assert result.exit_code == 1
    (check,) = json.loads(result.stdout)["checks"]
    assert check["message"] == "its page does not answer: Connection refused"
    assert check["remedy"]
