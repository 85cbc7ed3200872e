"""The answers of customers, listed from the events of their cases."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Connection, insert

from maildesk.store.answers import answer_list
from maildesk.store.database import Database
from maildesk.store.schema import cases, events
from tests.attacks.query_plans import watched
from tests.store.conftest import NOW

REF = "7K2Q-9F3M"
CASE = {
    "ref": REF, "subject": "Printer", "phase": "open", "requester": "bo@client.example", "mailbox": "support",
    "opened_at": NOW, "updated_at": NOW, "priority": "high",
}  # fmt: skip
EVENTS: list[tuple[str, dict[str, Any]]] = [
    ("opened", {"question": "survey", "answer": "no event of an answer"}),
    ("question-answered", {"question": "survey", "answer": "4", "score": 4}),
    ("question-answered", {"question": "is it \"that\", or 'this'?", "answer": "yes"}),
    ("question-answered", {"question": None, "answer": None, "late": "the desk no longer asks that"}),
    ("question-answered", {"question": "survey", "answer": "5", "score": 5}),
]


@pytest.fixture
async def answered(database: Database) -> Database:
    """A case with four answers in its history."""
    rows = [{"case_ref": REF, "at": NOW, "kind": kind, "actor": "bo", "data": data} for kind, data in EVENTS]

    def write(conn: Connection) -> None:
        conn.execute(insert(cases).values(CASE))
        conn.execute(insert(events), rows)

    await database.write(write)
    return database


@pytest.mark.parametrize(
    ("question", "limit", "listed"),
    [
        (None, None, ["4", "yes", None, "5"]),
        (None, 2, [None, "5"]),
        ("survey", None, ["4", "5"]),
        ("survey", 1, ["5"]),
        ("is it \"that\", or 'this'?", None, ["yes"]),
        ("solved", None, []),
    ],
)
async def test_the_newest_answers_are_listed_oldest_first(
    answered: Database, question: str | None, limit: int | None, listed: list[str | None]
) -> None:
    found = await answered.read(lambda conn: answer_list(conn, question, limit))
    assert [each["answer"] for each in found] == listed


async def test_only_answers_are_read_however_long_the_history_is(answered: Database) -> None:
    with watched() as seen:
        await answered.read(lambda conn: answer_list(conn, "survey", 1))
    ((statement, (_, values)),) = seen.items()

    def plan(conn: Connection) -> str:
        if conn.dialect.name == "sqlite":
            rows = conn.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values).all()
        else:
            conn.exec_driver_sql("SET LOCAL enable_seqscan = off")  # the table is small now
            rows = conn.exec_driver_sql(f"EXPLAIN {statement}", values).all()
        return "\n".join(str(row[-1]) for row in rows)

    assert "ix_events_answers" in await answered.read(plan)
