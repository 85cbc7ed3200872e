"""A desk that was in use is upgraded: its letters keep every byte, and a body is there once from then on."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text

from maildesk.casework.outbox_choices import retry
from maildesk.store import outbox as box
from maildesk.store.column_types import moment_text
from maildesk.store.database import Database
from maildesk.store.migrations import downgrade, upgrade
from maildesk.store.outbox import LetterState
from maildesk.store.outbox_views import outbox_rows
from tests.store.conftest import NOW

HEAD = b"Date: Sun, 22 Nov 2026 08:30:00 +0000\r\nTo: %s\r\nMIME-Version: 1.0\r\n"
BODY = b"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 7bit\r\n\r\n%s\r\n"


def letter(to: bytes, words: bytes) -> bytes:
    return HEAD % to + BODY % words


FILES = bytes(range(256)) * 20_000
LETTERS: list[tuple[str, str, bytes, str]] = [
    ("one", "ana@acme.example", letter(b"Ana <ana@acme.example>", b"A new case"), "queued"),
    ("one", "ben@acme.example", letter(b"ben@acme.example", b"A new case"), "sent"),
    ("one", "late@acme.example", letter(b"late@acme.example", b"A new case, told later"), "sent"),
    ("two", "kim@client.example", letter(b"kim@client.example", b"A new case"), "deferred"),
    ("three", "ana@acme.example", letter(b"ana@acme.example", FILES), "held"),
    ("three", "ben@acme.example", letter(b"ben@acme.example", FILES), "failed"),
    ("three", "cid@acme.example", letter(b"cid@acme.example", FILES), "uncertain"),
    ("odd", "kim@client.example", b"no letter of ours \0\xff", "sent"),
    ("odder", "kim@client.example", b"Content-Type: at the very beginning", "sent"),
    ("empty", "kim@client.example", b"", "dropped"),
    ("twice", "kim@client.example", letter(b"x", b"\r\nContent-Type: in the words\r\n"), "sent"),
]
"""Message-ID, recipient, bytes, state."""


def old_letters(database: Database) -> None:
    insert = text(
        "INSERT INTO outbox (message_id, kind, recipient, domain, subject, envelope_from, mailbox, content,"
        " personal, limited, state, created_at, due_at, expires_at) VALUES (:ident, 'answer', :to, 'd', 's',"
        " 'e', 'support', :content, :yes, :no, :state, :at, :at, :at)"
    )
    at = moment_text(NOW)
    rows = [
        {"ident": ident, "to": to, "content": content, "state": state, "at": at, "yes": True, "no": False}
        for ident, to, content, state in LETTERS
    ]
    database.write_now(lambda c: c.execute(insert, rows))


@pytest.fixture
def used(database: Database, migrations: Path) -> Database:
    """A database as the release before this schema left it."""
    downgrade(database, migrations, "0001")
    old_letters(database)
    return database


def contents(database: Database) -> list[bytes]:
    query = text(
        "SELECT o.head, b.content FROM outbox o JOIN letter_bodies b ON b.id = o.body_id ORDER BY o.id"
    )
    return database.read_now(lambda c: [bytes(row[0]) + bytes(row[1]) for row in c.execute(query)])


def test_every_letter_keeps_its_bytes_and_its_state(used: Database, migrations: Path) -> None:
    upgrade(used, migrations)
    rows = used.read_now(outbox_rows)
    ids = [row["id"] for row in rows]
    found = used.read_now(lambda c: [box.content(c, number) for number in ids])
    assert found == [each[2] for each in LETTERS]
    assert [row["state"] for row in rows] == [each[3] for each in LETTERS]


def test_letters_of_one_event_share_their_body_from_then_on(used: Database, migrations: Path) -> None:
    upgrade(used, migrations)
    query = text("SELECT message_id, count(DISTINCT body_id) FROM outbox GROUP BY message_id")
    found = used.read_now(lambda c: {row[0]: row[1] for row in c.execute(query)})
    assert found == {"one": 2, "two": 1, "three": 1, "odd": 1, "odder": 1, "empty": 1, "twice": 1}
    heads = text("SELECT max(length(head)) FROM outbox")
    assert used.read_now(lambda c: c.execute(heads).scalar_one()) < 200


def test_a_letter_queued_before_goes_out_and_a_new_one_is_stored_beside_it(
    used: Database, migrations: Path
) -> None:
    upgrade(used, migrations)
    later = NOW.replace(year=2027)
    (held,) = (row["id"] for row in used.read_now(outbox_rows) if row["state"] == LetterState.HELD)
    used.write_now(lambda c: retry(c, [held], later))
    (due,) = used.read_now(lambda c: box.due(c, later, 10))
    assert due.content == letter(b"ana@acme.example", FILES)
    (new,) = used.write_now(lambda c: box.add(c, [_new(due)]))
    assert used.read_now(lambda c: box.content(c, new)) == b"To: new\r\n\r\nnew words"


def _new(like: box.OutboxLetter) -> box.OutboxLetter:
    return replace(like, message_id="new", head=b"To: new\r\n", body=b"\r\nnew words")


def test_the_way_back_keeps_the_bytes_too(used: Database, migrations: Path) -> None:
    upgrade(used, migrations)
    downgrade(used, migrations, "0001")
    whole = text("SELECT content FROM outbox ORDER BY id")
    found = used.read_now(lambda c: [bytes(each) for each in c.execute(whole).scalars()])
    assert found == [each[2] for each in LETTERS]
    upgrade(used, migrations)
    assert contents(used) == [each[2] for each in LETTERS]
