"""What the command line says of a letter whose bytes are no longer kept."""

from __future__ import annotations

from datetime import UTC, datetime

from maildesk.store.letter_bodies import drop_ended
from maildesk.store.outbox import LetterOutcome, LetterState, settle
from tests.cli.conftest import NOW, CommandedDesk


def test_show_and_retry_say_so(desk: CommandedDesk) -> None:
    ref = desk.new()
    ids = [row["id"] for row in desk.json("outbox", "list")]
    number = str(ids[0])
    assert "It does not print" in desk.run("outbox", "show", number)
    store = desk.open_store()
    settled = [LetterOutcome(each, LetterState.SENT, None, ended_at=NOW) for each in ids]
    store.write_now(lambda conn: settle(conn, settled))
    store.write_now(lambda conn: drop_ended(conn, datetime(2027, 3, 1, tzinfo=UTC), 0))
    store.close_now()

    shown = desk.run("outbox", "show", number)
    assert "Kind" in shown
    assert "no longer kept (retention.letters)" in shown
    assert f"maildesk case show {ref}" in shown
    assert desk.json("outbox", "show", number)["state"] == "sent"
    raw = desk.try_("outbox", "show", number, "--raw")
    assert raw.exit_code == 1
    assert "no longer kept" in raw.stderr
    assert desk.try_("outbox", "retry", number).exit_code == 1
    assert "It does not print" in desk.run("case", "show", ref)
