"""Letters of the operator's own: who had which before, and what requesters' mails showed."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Connection, insert

from maildesk.store.database import Database
from maildesk.store.own_letters import had_letter, shows_google
from maildesk.store.schema import cases, events, outbox
from tests.attacks.query_plans import scans, watched
from tests.store.conftest import NOW

REF, OTHER = "7K2Q-9F3M", "2J5R-7H8M"
CASES = [
    {
        "ref": ref, "subject": "Printer", "phase": "closed", "requester": "Bo@client.example",
        "mailbox": "support", "opened_at": NOW, "updated_at": NOW, "priority": "high",
    }
    for ref in (REF, OTHER)
]  # fmt: skip
EVENTS: list[tuple[str, str, dict[str, Any]]] = [
    (REF, "opened", {"google": True}),
    (OTHER, "opened", {"rules": "google"}),
    (REF, "own-letter", {"letter": "testimonial", "to": "bo@client.example", "as": "testimonial-google"}),
    (OTHER, "own-letter", {"letter": "gift", "to": "cy@client.example"}),
]
LETTER: dict[str, Any] = {
    "message_id": "1@acme.example", "kind": "own", "domain": "client.example", "subject": "Hello",
    "envelope_from": "support@acme.example", "mailbox": "", "personal": False, "limited": True,
    "created_at": NOW, "due_at": NOW, "expires_at": NOW, "attempts": 0, "to_desk": False,
}  # fmt: skip


@pytest.fixture
async def sent(database: Database) -> Database:
    """Bo had a testimonial; Cy's gift was dropped."""

    def write(conn: Connection) -> None:
        conn.execute(insert(cases), CASES)
        rows = [
            {"case_ref": ref, "at": NOW, "kind": kind, "actor": "desk", "data": data}
            for ref, kind, data in EVENTS
        ]
        conn.execute(insert(events), rows)
        bo = LETTER | {"case_ref": REF, "recipient": "Bo@client.example", "state": "sent"}
        cy = LETTER | {"case_ref": OTHER, "recipient": "cy@client.example", "state": "dropped"}
        conn.execute(insert(outbox), [bo, cy])

    await database.write(write)
    return database


@pytest.mark.parametrize(
    ("name", "address", "had"),
    [
        ("testimonial", "bo@client.example", True),
        ("testimonial-google", "bo@client.example", False),
        ("testimonial", "cy@client.example", False),
        ("gift", "cy@client.example", False),
    ],
)
async def test_who_had_a_letter_is_known_by_the_address(
    sent: Database, name: str, address: str, had: bool
) -> None:
    assert await sent.read(lambda conn: had_letter(conn, name, address)) is had


async def test_what_a_mail_showed_stays_with_its_case(sent: Database) -> None:
    assert await sent.read(lambda conn: shows_google(conn, [REF]))
    assert not await sent.read(lambda conn: shows_google(conn, [OTHER]))


async def test_neither_reads_a_table_that_grows(sent: Database) -> None:
    with watched() as seen:
        await sent.read(lambda conn: had_letter(conn, "gift", "nobody@client.example"))
        await sent.read(lambda conn: shows_google(conn, [OTHER]))
    assert len(seen) == 3

    def found(conn: Connection) -> list[str]:
        return [each for one, (_, values) in seen.items() for each in scans(conn, one, values)]

    assert await sent.read(found) == []
