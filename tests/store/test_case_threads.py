"""What is read of a case's mails while others wait for the database: no more words than are shown."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import Connection, insert

from maildesk.desk.case.change import TakenMails
from maildesk.store.cases import CaseBook
from maildesk.store.database import Database
from maildesk.store.schema import cases, mails
from tests.store.conftest import NOW
from tests.store.test_case_views import HOUR, MAIL, PLAIN
from tests.store.test_ledger import statements

REF = PLAIN["ref"]
LONG = "🔥" * 5000


@pytest.fixture
def held(database: Database) -> Database:
    """One case with a short mail and, an hour later, a long one."""

    def work(conn: Connection) -> None:
        conn.execute(insert(cases), [PLAIN])
        rows = [(NOW, "short", "Help!"), (NOW + HOUR, "long", LONG)]
        conn.execute(
            insert(mails),
            [
                MAIL | {"at": at, "message_id": f"{name}@client.example", "text": said, "new_text": said}
                for at, name, said in rows
            ],
        )

    database.write_now(work)
    return database


@pytest.mark.parametrize(
    ("words", "said"),
    [(0, ["", ""]), (3, ["🔥🔥🔥", "Hel"]), (10_000, [LONG, "Help!"])],
    ids=["none", "few", "all"],
)
def test_a_thread_is_read_with_as_many_words_as_are_asked_for(
    held: Database, words: int, said: list[str]
) -> None:
    thread = held.read_now(lambda conn: CaseBook(conn).thread(REF, words))
    assert [(one.message_id, one.refs, len(one.attachments)) for one in thread] == [
        ("long@client.example", [], 1),
        ("short@client.example", [], 1),
    ]
    assert [one.new_text for one in thread] == said
    assert [one.text for one in thread] == ["", ""]


def test_a_thread_is_read_once_however_often_it_is_asked_for(held: Database) -> None:
    def work(conn: Connection) -> list[int]:
        book = CaseBook(conn)
        return [len(book.thread(REF)) for _ in range(3)]

    with statements(held) as seen:
        assert held.read_now(work) == [2, 2, 2]
    assert seen.count("SELECT") == 1


def test_a_thread_that_was_read_has_what_is_written_and_moved_since(held: Database) -> None:
    def work(conn: Connection) -> None:
        book = CaseBook(conn)
        book.load_cases([REF])
        case = book.case(REF)
        assert case
        other = replace(case, ref="AAAA-AAAA")
        book.add_mail(replace(book.thread(REF)[0], message_id="third@client.example"))
        assert len(book.thread(REF)) == 3
        book.flush()
        assert len(book.thread(REF)) == 3
        book.take(TakenMails(REF), other)
        assert (len(book.thread(REF)), len(book.thread(other.ref))) == (0, 3)

    held.write_now(work)
