"""What is read of a case's mails while others wait for the database: no more words than are shown."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection, insert

from maildesk.store.cases import CaseBook
from maildesk.store.database import Database
from maildesk.store.schema import cases, mails
from tests.store.conftest import NOW
from tests.store.test_case_views import HOUR, MAIL, PLAIN

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
