"""A used database of each released schema is upgraded to today's: every row stays, and the desk goes on."""

from __future__ import annotations

import hashlib
import re
import zlib
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import timedelta
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from maildesk.daemon.verifying import Verifier
from maildesk.desk.promises.deadlines import deadlines_of
from maildesk.store import ledger, outbox
from maildesk.store.case_views import case_list, case_show
from maildesk.store.cases import CaseBook
from maildesk.store.column_types import moment_text
from maildesk.store.database import Connection, Database
from maildesk.store.inbox_views import inbox_rows
from maildesk.store.migrations import upgrade
from maildesk.store.outbox_views import outbox_rows
from tests.store.released import MIGRATIONS, REVISIONS, restore, rows_of
from tests.unit.desk.matters import POLICY
from tests.world.desk import MONDAY, TRUSTING, DeskWorld

CHANGELOG = Path(__file__).parents[2] / "CHANGELOG.md"
LATER = MONDAY + timedelta(hours=8)
"""When the daemon starts on it: the story of the fixtures is told on that Monday."""


@pytest.fixture(params=REVISIONS)
def revision(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def upgraded(revision: str, empty_database_url: str, tmp_path: Path) -> str:
    """The URL of a database that was used with that schema and was brought to today's."""
    restore(revision, empty_database_url, tmp_path)
    database = Database.open(empty_database_url)
    upgrade(database, MIGRATIONS)
    database.close_now()
    return empty_database_url


def test_every_row_survives_with_what_it_says(revision: str, upgraded: str) -> None:
    before = rows_of(revision)
    database = Database.open(upgraded)
    for table, old in before.items():
        if table == "alembic_version" or not old:
            continue
        now = database.read_now(partial(_all, table=table))
        names = sorted((old[0].keys() & now[0].keys()) - _MOVED.get(table, set()))
        gone = Counter(_said(old, names)) - Counter(_said(now, names))
        assert not gone, table
        assert len(now) == len(old) or table in _GROWN
    database.close_now()


_MOVED = {"cases": {"response_due", "resolution_due"}, "deadlines": {"kind"}}
"""Columns that say what is still owed, and under today's names: the test below looks at these."""

_GROWN = {"events"}
"""A case that is older than its whole history has an event that records how it stood."""


def test_the_moments_of_a_case_are_its_clocks(revision: str, upgraded: str) -> None:
    before = {row["ref"]: row for row in rows_of(revision)["cases"]}
    due = {(row["case_ref"], row["due_at"]) for row in rows_of(revision)["deadlines"]}
    database = Database.open(upgraded)

    def look(conn: Connection) -> None:
        book = CaseBook(conn)
        book.load_cases(before)
        for case in book.cases.values():
            owed = {(case.ref, moment_text(each.due_at)) for each in deadlines_of(case)}
            assert owed == {each for each in due if each[0] == case.ref}
            assert case.promised_from == (case.opened_at if before[case.ref]["response_due"] else None)

    database.read_now(look)
    kinds = {row["kind"] for row in database.read_now(partial(_all, table="deadlines"))}
    assert kinds <= {"first_response", "first_response-near", "wait"}
    database.close_now()


def test_its_cases_mails_and_letters_are_read_by_todays_program(revision: str, upgraded: str) -> None:
    before = rows_of(revision)
    database = Database.open(upgraded)
    listed = database.read_now(lambda c: case_list(c, POLICY))
    assert len(listed) == len(before["cases"])
    for case in before["cases"]:
        shown = database.read_now(partial(case_show, ref=case["ref"], policy=POLICY))
        mails = [mail for mail in before["mails"] if mail["case_ref"] == case["ref"]]
        assert (shown["phase"], len(shown["mails"])) == (case["phase"], len(mails))
    rows = database.read_now(lambda c: inbox_rows(c))
    verdicts = {row["id"]: row["verdict"] for row in before["ledger"]}
    assert {row["id"]: row["verdict"] for row in rows} == verdicts
    states = {row["id"]: row["state"] for row in before["outbox"]}
    assert {row["id"]: row["state"] for row in database.read_now(lambda c: outbox_rows(c))} == states
    for raw in before["raw_mails"]:
        kept = database.read_now(partial(ledger.raw_of, key=raw["sha256"]))
        assert (kept, hashlib.sha256(kept).hexdigest()) == (zlib.decompress(raw["packed"]), raw["sha256"])
    for row in before["outbox"] if "content" in before["outbox"][0] else []:
        assert database.read_now(partial(outbox.content, letter_id=row["id"])) == row["content"]
    database.close_now()


async def test_the_guarantee_holds_on_it(upgraded: str) -> None:
    database = Database.open(upgraded)

    async def at_once() -> None:
        """Nobody is at work."""

    found = await Verifier(database, [], lambda: LATER).verify(at_once)
    assert {breach.kind for breach in found.breaches} == {"not-filed-yet"}  # the story ends with such a mail
    await database.close()


@pytest.mark.dovecot
async def test_the_daemon_goes_on_where_the_old_one_was(revision: str, upgraded: str) -> None:
    before = rows_of(revision)
    async with await DeskWorld.start(
        at=LATER, store=upgraded, trust=TRUSTING, mailbox={"subaddress": "+", "existing_mail": "leave"}
    ) as world:
        await world.works_as_it_can()
        rows = {row["subject"]: row for row in await world.inbox()}
        assert rows["Not filed yet"]["verdict"] == "opened"
        bo = world.person("bo@client.example", "Bo Lund")
        await bo.replies(
            _receipt(before, "Resolved"), "It is not.", message_id="<x1@client.example>", border="dmarc=pass"
        )
        assert (await world.verdicts())[-1] == "reopened"
        again = next(row for row in before["ledger"] if row["subject"] == "Again")
        raw = next(row for row in before["raw_mails"] if row["sha256"] == again["raw_sha256"])
        # Nobody vouches for this copy, so it is at most as well known as the one that was filed.
        copy = zlib.decompress(raw["packed"]).partition(b"X-Trace: ")[2].partition(b"\r\n")[2]
        await world.arrives(b"X-Trace: 3\r\n" + copy)
        assert (await world.verdicts())[-1] == "duplicate"
        await world.person("new@client.example").writes("After the upgrade", "Help.", border="dmarc=pass")
        world.person("new@client.example").hears("After the upgrade")
        assert "sending" not in {row["state"] for row in await world.outbox()}


def _receipt(before: Any, subject: str) -> EmailMessage:
    """The letter that told the customer of their case."""
    case = next(row for row in before["cases"] if row["subject"] == subject)
    letter = next(
        row
        for row in before["outbox"]
        if row["case_ref"] == case["ref"] and row["kind"].startswith("acknowledgement")
    )
    return BytesParser(policy=policy.SMTP).parsebytes(letter["content"])


def _all(connection: Connection, table: str) -> list[Mapping[str, Any]]:
    return [dict(row._mapping) for row in connection.execute(text(f"SELECT * FROM {table}"))]


def _said(rows: Sequence[Mapping[str, Any]], names: Sequence[str]) -> list[str]:
    """Rows as text: booleans are numbers in SQLite, bytes come in two types."""
    return [repr([_plain(row[name]) for name in names]) for row in rows]


def _plain(value: Any) -> Any:
    if isinstance(value, bool):
        return int(value)
    return bytes(value).hex() if isinstance(value, (bytes, memoryview)) else value


# --- one for each release ---------------------------------------------------------------------------


def test_each_fixture_is_of_a_schema_that_there_is() -> None:
    known = {path.name[:4] for path in (MIGRATIONS / "versions").glob("[0-9]*.py")}
    assert REVISIONS
    assert set(REVISIONS) <= known


def test_the_schema_of_a_release_has_a_fixture() -> None:
    """What no release holds yet may still change: the changelog then has lines that no release has."""
    newest = max(path.name[:4] for path in (MIGRATIONS / "versions").glob("[0-9]*.py"))
    head = re.search(r"^## \[Unreleased\]\n(.*?)(?=^## |\Z)", CHANGELOG.read_text(), re.MULTILINE | re.DOTALL)
    released = head is None or not head[1].strip()
    assert not released or newest in REVISIONS, "python -m tests.store.fixtures.make"
