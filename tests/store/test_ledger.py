"""The ledger keeps every mail once, byte for byte, and knows what is still to be done with it."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, event, func, select, update

from maildesk.errors import NotAllowed, NotFound
from maildesk.store import ledger as book
from maildesk.store.column_types import moment_text
from maildesk.store.database import Database
from maildesk.store.inbox_views import InboxFilter, inbox_row, inbox_rows, requeue
from maildesk.store.ledger import TOO_LARGE, UNFETCHABLE, Delivery, WaitingMail, pack
from maildesk.store.mailboxes import mailbox, note_listing, start_mailbox
from maildesk.store.schema import ledger, raw_mails
from maildesk.store.used_uids import MessageKey, uncleared
from tests.store.conftest import NOW, SUPPORT
from tests.world.tables import MIGRATIONS

LATER = NOW + timedelta(hours=1)
VALIDITY = 7


def raw_mail(number: int, size: int = 200) -> bytes:
    return f"Subject: {number}\r\n\r\n".encode() + os.urandom(size)


def delivery(uid: int, raw: bytes | None = None) -> Delivery:
    content = raw_mail(uid) if raw is None else raw
    return Delivery((VALIDITY, uid), NOW, len(content), pack(content))


def received(database: Database, deliveries: Sequence[Delivery]) -> list[int]:
    return database.write_now(lambda c: book.receive(c, SUPPORT, deliveries, NOW))


def at(*uids: int, validity: int = VALIDITY) -> list[MessageKey]:
    return [(validity, uid) for uid in uids]


def waiting(
    database: Database, after: int = 0, limit: int = 100, max_bytes: int = 10**9
) -> list[WaitingMail]:
    return database.read_now(lambda c: book.unfiled(c, after=after, limit=limit, max_bytes=max_bytes))


def file_as(database: Database, ids: Sequence[int], verdict: str, **more: Any) -> None:
    def work(connection: Connection) -> None:
        change = update(ledger).where(ledger.c.id.in_(ids))
        connection.execute(change.values(verdict=verdict, filed_at=NOW, **more))

    database.write_now(work)


def count(database: Database, table: Any) -> int:
    return database.read_now(lambda c: c.execute(select(func.count()).select_from(table)).scalar_one())


@contextmanager
def statements(database: Database) -> Iterator[list[str]]:
    """Each trip to the driver; an executemany is one."""
    seen: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
        seen.append(statement.split()[0])

    event.listen(Engine, "before_cursor_execute", note)
    yield seen
    event.remove(Engine, "before_cursor_execute", note)


# --- receiving ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"\0\r\n\n\r\xff\xfe", id="hostile bytes"),
        pytest.param(bytes(range(256)) * 40_000, id="10 MB"),
    ],
)
def test_the_bytes_come_back_exactly(database: Database, raw: bytes) -> None:
    (number,) = received(database, [delivery(1, raw)])
    (mail,) = waiting(database)
    assert (mail.raw, mail.raw_sha256, mail.size) == (raw, pack(raw).sha256, len(raw))
    assert database.read_now(lambda c: book.raw_of(c, number)) == raw
    assert database.read_now(lambda c: book.raw_of(c, pack(raw).sha256)) == raw


@pytest.mark.parametrize("year", [1, 900, 9999])
def test_times_of_every_year_come_back_and_sort(database: Database, year: int) -> None:
    at = datetime(year, 1, 2, 3, 4, 5, tzinfo=UTC)
    received(database, [replace(delivery(1, raw_mail(1)), internal_date=at)])
    assert waiting(database)[0].internal_date == at
    assert len(moment_text(at)) == len(moment_text(NOW))


def test_a_mail_that_could_not_be_fetched_is_fetched_when_it_is_tried_again(database: Database) -> None:
    aside = Delivery((VALIDITY, 5), NOW, 100, None, "quarantined", UNFETCHABLE, "held: it does not come")
    (mail,) = received(database, [aside])
    assert database.read_now(lambda c: uncleared(c, SUPPORT, VALIDITY, 10)) == []
    database.write_now(lambda c: requeue(c, mail))
    assert database.read_now(lambda c: book.unknown(c, SUPPORT, at(5))) == at(5)


def test_bytes_that_nobody_stored_are_not_found(database: Database) -> None:
    with pytest.raises(NotFound, match="no bytes are stored"):
        database.read_now(lambda c: book.raw_of(c, 17))
    with pytest.raises(NotFound, match="no bytes are stored"):
        database.read_now(lambda c: book.raw_of(c, "0" * 64))


def test_a_mail_is_received_once(database: Database) -> None:
    mails = [delivery(uid) for uid in (1, 2, 3)]
    assert received(database, mails) == [1, 2, 3]
    assert received(database, [delivery(2), *mails, delivery(4)]) == [4]
    assert [mail.uid for mail in waiting(database)] == [1, 2, 3, 4]
    assert count(database, raw_mails) == 4


def test_the_same_bytes_in_two_places_are_stored_once(database: Database) -> None:
    raw = raw_mail(1)
    received(database, [delivery(1, raw), delivery(2, raw)])
    received(database, [replace(delivery(1, raw), key=(8, 1))])
    assert (count(database, ledger), count(database, raw_mails)) == (3, 1)


def test_the_number_of_statements_does_not_grow_with_the_batch(database: Database) -> None:
    with statements(database) as few:
        received(database, [delivery(1)])
    with statements(database) as many:
        received(database, [delivery(uid) for uid in range(2, 52)])
    assert many == few
    assert few.count("INSERT") == 2


def test_a_mail_without_bytes_needs_a_verdict(database: Database) -> None:
    with pytest.raises(ValueError, match="needs a verdict"):
        received(database, [Delivery((VALIDITY, 1), NOW, 5, None)])
    assert count(database, ledger) == 0


RECEIVER = """
import sys
from datetime import UTC, datetime
from maildesk.store.database import Database
from maildesk.store.ledger import Delivery, pack, receive
database, now = Database.open(sys.argv[1]), datetime(2026, 11, 22, tzinfo=UTC)
print("ready", flush=True); sys.stdin.readline()
new = 0
for uid in range(1, 41):
    raw = b"mail %d" % uid
    one = [Delivery((7, uid), now, len(raw), pack(raw))]
    new += len(database.write_now(lambda c: receive(c, "5" * 64, one, now)))
print(new, flush=True); database.close_now()
"""


async def test_two_processes_that_receive_the_same_mail_store_it_once(database: Database) -> None:
    words = (sys.executable, "-c", RECEIVER, database.place.url.render_as_string(hide_password=False))
    pipe, home = subprocess.PIPE, MIGRATIONS.parent
    both = [await asyncio.create_subprocess_exec(*words, stdin=pipe, stdout=pipe, cwd=home) for _ in range(2)]
    for process in both:
        assert process.stdout is not None
        assert await asyncio.wait_for(process.stdout.readline(), 60) == b"ready\n"
    answers = await asyncio.gather(*(process.communicate(b"\n") for process in both))
    assert sum(int(answer) for answer, _ in answers) == 40
    assert sorted(mail.uid for mail in waiting(database)) == list(range(1, 41))


# --- unknown --------------------------------------------------------------------------------------


def test_the_unknown_of_a_long_list_are_found_in_few_questions(database: Database) -> None:
    def fill(connection: Connection) -> None:
        rows = [{**book._row(left(uid), SUPPORT, NOW)} for uid in range(1, 50_001) if uid % 5]
        connection.execute(ledger.insert(), rows)

    def left(uid: int) -> Delivery:
        return Delivery((VALIDITY, uid), NOW, 1, None, "left")

    database.write_now(fill)
    with statements(database) as asked:
        found = database.read_now(lambda c: book.unknown(c, SUPPORT, at(*range(50_000, 0, -1))))
    assert found == at(*range(50_000, 0, -5))
    assert asked.count("SELECT") <= 50


def test_scattered_uids_do_not_read_what_lies_between(database: Database) -> None:
    received(database, [delivery(uid) for uid in (1, 500, 4_000_000_000)])
    asked = at(4_294_967_295, 4_000_000_000, 3, 1)
    found = database.read_now(lambda c: book.unknown(c, SUPPORT, asked))
    assert found == at(4_294_967_295, 3)


@pytest.mark.parametrize(("identity", "validity"), [("6" * 64, VALIDITY), (SUPPORT, VALIDITY + 1)])
def test_other_folders_and_other_numberings_are_other_mail(
    database: Database, identity: str, validity: int
) -> None:
    received(database, [delivery(1)])
    asked = at(1, validity=validity)
    assert database.read_now(lambda c: book.unknown(c, identity, asked)) == asked
    assert database.read_now(lambda c: book.unknown(c, identity, [])) == []


# --- filing ---------------------------------------------------------------------------------------


def test_mail_waits_in_order_until_it_is_filed(database: Database) -> None:
    first, second, third = received(database, [delivery(uid) for uid in (10, 20, 30)])
    file_as(database, [second], "opened")
    assert [mail.id for mail in waiting(database)] == [first, third]
    assert [mail.id for mail in waiting(database, after=first)] == [third]
    assert [mail.id for mail in waiting(database, limit=1)] == [first]
    mail = waiting(database)[0]
    assert (mail.mailbox, mail.mailbox_name, mail.uid, mail.uidvalidity) == (SUPPORT, "support", 10, VALIDITY)
    assert (mail.internal_date, mail.received_at) == (NOW, NOW)


@pytest.mark.parametrize(("max_bytes", "mails"), [(0, 1), (1000, 1), (2000, 2), (10**9, 3)])
def test_a_batch_is_bounded_by_its_bytes_but_never_empty(
    database: Database, max_bytes: int, mails: int
) -> None:
    received(database, [delivery(uid, b"x" * 1000) for uid in (1, 2, 3)])
    assert len(waiting(database, max_bytes=max_bytes)) == mails


def test_mail_delivered_by_hand_is_numbered_by_us_and_never_cleared(database: Database) -> None:
    def deliver(connection: Connection) -> int:
        return book.deliver_one(connection, SUPPORT, pack(b"by hand"), NOW)

    ids = [database.write_now(deliver) for _ in range(2)]
    assert [(mail.id, mail.uid, mail.uidvalidity) for mail in waiting(database)] == [
        (ids[0], 1, 0),
        (ids[1], 2, 0),
    ]
    file_as(database, ids, "opened")
    assert database.read_now(lambda c: uncleared(c, SUPPORT, 0, 10)) == []


# --- clearing -------------------------------------------------------------------------------------


def test_only_what_was_filed_and_may_be_moved_is_cleared(database: Database) -> None:
    ids = received(
        database,
        [
            delivery(1),
            delivery(2),
            delivery(3),
            Delivery((VALIDITY, 4), NOW, 9, None, "left", "before-first-start"),
            Delivery((VALIDITY, 5), NOW, 10**9, pack(b"Subject: huge\r\n\r\n"), "quarantined", TOO_LARGE),
        ],
    )
    file_as(database, ids[:1], "opened")
    file_as(database, ids[1:2], "quarantined", reason="unreadable")

    def owed(limit: int = 10, validity: int = VALIDITY) -> list[tuple[int, MessageKey]]:
        rows = database.read_now(lambda c: uncleared(c, SUPPORT, validity, limit))
        return [(row.id, row.key) for row in rows]

    first, second = at(1, 2)
    assert owed() == [(ids[0], first), (ids[1], second)]
    assert owed(limit=1) == [(ids[0], first)]
    assert owed(validity=8) == []
    database.write_now(lambda c: book.clear(c, ids[:1], LATER))
    assert owed() == [(ids[1], second)]


# --- quarantine and views -------------------------------------------------------------------------


def test_the_inbox_is_listed_as_the_contract_says(database: Database) -> None:
    (number,) = received(database, [delivery(9, b"0123456789")])
    file_as(database, [number], "opened", reason="new", sender="Kim", subject="Hi", case_ref="7K2Q-9F3M")
    assert database.read_now(inbox_rows) == [
        {
            "id": number,
            "mailbox": "support",
            "uid": 9,
            "received_at": "2026-11-22T08:30:00.000000Z",
            "from": "Kim",
            "subject": "Hi",
            "size": 10,
            "verdict": "opened",
            "reason": "new",
            "case": "7K2Q-9F3M",
        }
    ]


def test_the_inbox_is_filtered(database: Database) -> None:
    ids = received(database, [delivery(uid) for uid in range(1, 5)])
    file_as(database, ids[:2], "opened", case_ref="7K2Q-9F3M")
    file_as(database, ids[2:3], "quarantined")

    def shown(wanted: InboxFilter) -> list[int]:
        return [row["id"] for row in database.read_now(lambda c: inbox_rows(c, wanted))]

    assert shown(InboxFilter(verdict="quarantined")) == [ids[2]]
    assert shown(InboxFilter(case="7K2Q-9F3M")) == ids[:2]
    assert shown(InboxFilter(unfiled=True)) == [ids[3]]
    assert shown(InboxFilter(mailbox="sales")) == []
    assert shown(InboxFilter(mailbox="support", limit=2)) == ids[2:]


def test_a_mail_in_quarantine_can_be_filed_again(database: Database) -> None:
    (number,) = received(database, [delivery(1)])
    file_as(database, [number], "quarantined", reason="unreadable", note="too many parts")
    assert database.read_now(lambda c: inbox_row(c, number))["note"] == "too many parts"
    database.write_now(lambda c: requeue(c, number))
    assert [mail.id for mail in waiting(database)] == [number]
    row = database.read_now(lambda c: inbox_row(c, number))
    assert (row["verdict"], row["reason"], row["note"], row["filed_at"]) == (None, None, None, None)


@pytest.mark.parametrize(
    ("verdict", "reason", "words"),
    [
        pytest.param(None, None, "is not filed yet", id="not filed"),
        pytest.param("opened", None, "filed as opened on case 7K2Q-9F3M", id="filed"),
        pytest.param("quarantined", TOO_LARGE, "too large to store.*UID 1", id="too large"),
    ],
)
def test_what_cannot_be_filed_again_says_why(
    database: Database, verdict: str | None, reason: str | None, words: str
) -> None:
    (number,) = received(database, [delivery(1)])
    if verdict:
        file_as(database, [number], verdict, reason=reason, case_ref="7K2Q-9F3M")
    with pytest.raises(NotAllowed, match=words):
        database.write_now(lambda c: requeue(c, number))


def test_a_mail_that_is_not_there_is_not_found(database: Database) -> None:
    with pytest.raises(NotFound, match="number 4711"):
        database.write_now(lambda c: requeue(c, 4711))
    with pytest.raises(NotFound, match="number 4711"):
        database.write_now(lambda c: inbox_row(c, 4711))


# --- mailboxes ------------------------------------------------------------------------------------


def test_a_mailbox_keeps_its_first_start_under_a_new_name(database: Database) -> None:
    database.write_now(lambda c: start_mailbox(c, SUPPORT, "help", LATER))
    record = database.read_now(lambda c: mailbox(c, SUPPORT))
    assert record is not None
    assert (record.name, record.first_started_at) == ("help", NOW)
    assert database.read_now(lambda c: mailbox(c, "6" * 64)) is None


def test_a_mailbox_knows_when_it_was_last_listed_and_under_which_numbers(database: Database) -> None:
    def listed(uidvalidity: int, at: datetime) -> tuple[int | None, datetime | None]:
        database.write_now(lambda c: note_listing(c, SUPPORT, (uidvalidity, None), at))
        record = database.read_now(lambda c: mailbox(c, SUPPORT))
        assert record is not None
        return record.uidvalidity, record.last_listed_at

    assert listed(9, NOW) == (9, NOW)
    assert listed(10, LATER) == (10, LATER)
