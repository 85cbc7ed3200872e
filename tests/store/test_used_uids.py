"""A UID that the server gave to another mail: the old row keeps its mail, the new one has the UID."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text

from maildesk.errors import NotAllowed
from maildesk.store import ledger as book
from maildesk.store import used_uids
from maildesk.store.database import Database
from maildesk.store.inbox_views import inbox_rows, requeue
from maildesk.store.ledger import EXISTING, TOO_LARGE, UNFETCHABLE, VANISHED, Delivery
from maildesk.store.mailboxes import mailbox, note_listing, note_reach
from maildesk.store.migrations import downgrade, upgrade
from maildesk.store.used_uids import UidRow
from tests.store.conftest import NOW, SUPPORT
from tests.store.test_ledger import LATER, VALIDITY, at, delivery, file_as, received
from tests.world.tables import MIGRATIONS

RAW = b"From: bo@client.example\r\nMessage-ID: <1@client.example>\r\n\r\nHello.\r\n"


def known(database: Database, *uids: int) -> dict[int, UidRow]:
    found = database.read_now(lambda c: used_uids.known(c, SUPPORT, at(*uids)))
    return {row.key[1]: row for row in found.values()}


def owed(database: Database) -> list[tuple[int, int]]:
    rows = database.read_now(lambda c: used_uids.uncleared(c, SUPPORT, VALIDITY, 10))
    return [(row.id, row.key[1]) for row in rows]


def test_the_old_row_keeps_its_mail_and_loses_its_uid(database: Database) -> None:
    (old,) = received(database, [delivery(5, RAW)])
    file_as(database, [old], "opened")
    assert owed(database) == [(old, 5)]
    (new,) = received(database, [replace(delivery(5, b"another"), instead_of=known(database, 5)[5])])
    assert known(database, 5)[5].id == new
    assert owed(database) == [], "a move that is owed to the old mail would move the new one"
    rows = database.read_now(inbox_rows)
    assert [(row["id"], row["uid"], row["verdict"]) for row in rows] == [(old, 5, "opened"), (new, 5, None)]
    assert database.read_now(lambda c: book.raw_of(c, old)) == RAW
    assert database.read_now(lambda c: book.unknown(c, SUPPORT, at(5))) == []


def test_a_uid_may_be_given_out_as_often_as_the_server_likes(database: Database) -> None:
    received(database, [delivery(5, b"0")])
    for n in range(1, 4):
        received(database, [replace(delivery(5, b"%d" % n), instead_of=known(database, 5)[5])])
    assert [row["uid"] for row in database.read_now(inbox_rows)] == [5] * 4


def test_a_mail_that_is_known_is_not_stored_for_another_row_than_the_one_seen(database: Database) -> None:
    """Two looks at once, or a commit whose outcome was not known and that is done again."""
    received(database, [delivery(5, RAW)])
    other = replace(delivery(5, b"another"), instead_of=known(database, 5)[5])
    assert len(received(database, [other])) == 1
    assert received(database, [other]) == []


def test_a_mail_that_was_not_filed_yet_is_filed_all_the_same(database: Database) -> None:
    received(database, [delivery(5, RAW)])
    received(database, [replace(delivery(5, b"another"), instead_of=known(database, 5)[5])])
    mails = database.read_now(lambda c: book.unfiled(c, after=0, limit=9, max_bytes=10**6))
    assert [mail.raw for mail in mails] == [RAW, b"another"]


@pytest.mark.parametrize("reason", [TOO_LARGE, UNFETCHABLE])
def test_a_mail_whose_uid_is_anothers_now_cannot_be_fetched_again_and_keeps_its_row(
    database: Database, reason: str
) -> None:
    (row,) = received(database, [Delivery((VALIDITY, 5), NOW, 100, None, "quarantined", reason, "held")])
    received(database, [replace(delivery(5, RAW), instead_of=known(database, 5)[5])])
    with pytest.raises(NotAllowed, match="another mail has its UID 5 now"):
        database.write_now(lambda c: requeue(c, row))
    assert len(database.read_now(inbox_rows)) == 2


def test_a_mail_that_vanished_and_came_after_all_has_one_row(database: Database) -> None:
    received(database, [Delivery((VALIDITY, 5), NOW, 0, None, "left", VANISHED, "it was gone")])
    assert owed(database) == []
    before = known(database, 5)[5]
    assert before.never_came
    received(database, [replace(delivery(5, RAW), instead_of=before)])
    assert [(row["uid"], row["reason"]) for row in database.read_now(inbox_rows)] == [(5, None)]


@pytest.mark.parametrize("filed", [True, False], ids=["as it was read", "out of the bytes"])
def test_the_message_id_of_a_row_is_known_before_and_after_it_is_filed(
    database: Database, filed: bool
) -> None:
    (row,) = received(database, [delivery(5, RAW)])
    if filed:
        file_as(database, [row], "opened", message_id="1@client.example")
    assert database.read_now(lambda c: used_uids.message_ids(c, [row])) == {row: "1@client.example"}


def test_what_was_left_alone_is_known_again_by_its_message_id(database: Database) -> None:
    (row,) = received(
        database, [Delivery((VALIDITY, 5), NOW, 9, None, "left", EXISTING, message_id="1@client.example")]
    )
    assert database.read_now(lambda c: used_uids.message_ids(c, [row])) == {row: "1@client.example"}
    assert database.read_now(lambda c: used_uids.known_ids(c, ["1@client.example", "2@x"])) == {
        "1@client.example"
    }
    assert not known(database, 5)[5].whole


def test_a_mail_without_a_message_id_has_none(database: Database) -> None:
    (row,) = received(database, [delivery(5, b"From: bo@client.example\r\n\r\nMessage-ID: <1@x>\r\n")])
    assert database.read_now(lambda c: used_uids.message_ids(c, [row])) == {row: None}


def test_how_far_two_folders_have_come_is_remembered(database: Database) -> None:
    record = database.read_now(lambda c: mailbox(c, SUPPORT))
    assert record is not None
    assert (record.reach, record.processed_reach) == ((None, None), (None, None))
    database.write_now(lambda c: note_listing(c, SUPPORT, (7, 12), LATER))
    database.write_now(lambda c: note_reach(c, [SUPPORT], (3, 4)))
    record = database.read_now(lambda c: mailbox(c, SUPPORT))
    assert record is not None
    assert (record.reach, record.processed_reach) == ((7, 12), (3, 4))


def test_a_used_desk_is_upgraded_with_all_it_has(database: Database) -> None:
    received(database, [delivery(1, RAW), delivery(2, b"another")])
    downgrade(database, MIGRATIONS, "0001")
    columns = "identity, name, first_started_at, uidvalidity, last_listed_at"
    before = database.read_now(lambda c: c.execute(text(f"SELECT {columns} FROM mailboxes")).all())
    upgrade(database, MIGRATIONS)
    assert database.read_now(lambda c: c.execute(text(f"SELECT {columns} FROM mailboxes")).all()) == before
    assert set(known(database, 1, 2)) == {1, 2}
    record = database.read_now(lambda c: mailbox(c, SUPPORT))
    assert record is not None
    assert record.processed_reach == (None, None)


def test_dates_are_compared_to_the_second_the_server_tells(database: Database) -> None:
    at = NOW + timedelta(seconds=1)
    received(database, [replace(delivery(5, RAW), internal_date=at)])
    assert known(database, 5)[5].internal_date == at
