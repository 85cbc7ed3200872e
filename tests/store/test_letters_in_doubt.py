"""Letters of an older database: those that can only have gone to the desk's own people are known as such."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from maildesk.store import outbox
from maildesk.store.database import Database
from maildesk.store.migrations import downgrade, upgrade
from tests.store.conftest import NOW
from tests.store.test_outbox import LETTER

_ADD = text(
    "INSERT INTO outbox (message_id, kind, recipient, domain, subject, envelope_from, mailbox, content,"
    " personal, limited, state, created_at, due_at, expires_at) VALUES (:ident, :kind, 'x@acme.example',"
    " 'acme.example', 's', 'd@acme.example', '', :content, :no, :no, 'sending', :at, :at, :at)"
)
KINDS = {
    "acknowledgement": False,
    "closed": False,
    "answer": False,
    "ask": False,
    "escalated-leadership": True,
    "escalated-team": True,
    "overdue": True,
    "confirm": True,
    "digest": True,
    "alarm": True,
}


def test_the_upgrade_tells_by_the_kind_who_a_letter_went_to(database: Database, migrations: Path) -> None:
    downgrade(database, migrations, "0001")
    rows = [
        {"ident": kind, "kind": kind, "content": b"", "no": False, "at": "2026-11-22T08:30:00Z"}
        for kind in KINDS
    ]
    database.write_now(lambda connection: connection.execute(_ADD, rows))
    upgrade(database, migrations)

    def found(connection: Connection) -> dict[str, bool]:
        return {
            kind: bool(ours) for kind, ours in connection.execute(text("SELECT kind, to_desk FROM outbox"))
        }

    assert database.read_now(found) == KINDS


@pytest.mark.parametrize("hours", [6, 24 * 3652])
def test_a_letter_put_off_by_a_clock_that_stood_ahead_is_due_now(database: Database, hours: int) -> None:
    def work(connection: Connection) -> tuple[int, list[int]]:
        (ident,) = outbox.add(connection, [LETTER])
        later = outbox.LetterOutcome(
            ident, outbox.LetterState.DEFERRED, "451 later", due_at=NOW + timedelta(hours=hours)
        )
        outbox.settle(connection, [later])
        moved = outbox.bring_forward(connection, NOW, NOW + timedelta(hours=5))
        return moved, [one.id - ident for one in outbox.due(connection, NOW, 10)]

    assert database.write_now(work) == (1, [0])
