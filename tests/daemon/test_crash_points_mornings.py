"""Killed between writing the letters of a morning and sending them: each goes once after the next start."""

from __future__ import annotations

from datetime import datetime, timedelta
from email.policy import SMTP
from typing import Any

import pytest

from maildesk.daemon.crashing import CRASH_POINTS
from tests.daemon.conftest import BO, Desk, MakeDesk
from tests.world.desk import TRUSTING
from tests.world.people import border_lines

pytestmark = pytest.mark.dovecot

ANA = "agent@acme.example"
WRITTEN = ["away-suggested", "morning-sheet"]
SENDING = CRASH_POINTS[CRASH_POINTS.index("before-mark") :]


@pytest.fixture
async def desk(make_desk: MakeDesk, database_url: str) -> Desk:
    """On either database, letters one after the other; it takes its border's word, and writes sheets."""
    desk = await make_desk(store=database_url, trust=TRUSTING, mailbox={"subaddress": "+"})
    smtp: dict[str, Any] = {"host": "127.0.0.1", "port": desk.world.relay.port, "security": "none"}
    sheets = {**SHEETS, "secret": {"file": "secret.key"}}
    desk.world.configure(smtp=smtp | {"connections": 1}, desk=sheets)
    return desk


SHEETS: dict[str, Any] = {
    "name": "Acme Support",
    "address": "support@acme.example",
    "tag": "Acme",
    "timezone": "Europe/Lisbon",
    "morning_sheet": True,
}


async def a_morning(desk: Desk) -> str:
    """A customer waits, and Ana's program says that she is away: the moment at which the desk opens next."""
    note = desk.world.person(ANA).composes(
        "Automatic reply: Printer", "I am out of the office.", headers={"Auto-Submitted": "auto-replied"}
    )
    await desk.lies(
        border_lines("dmarc=pass", BO) + desk.mail(),
        border_lines("dmarc=pass", ANA) + note.as_bytes(policy=SMTP),
    )
    await desk.works()
    calendar = desk.world.office.desk.policy.calendar
    return calendar.next_opening(desk.world.clock.now()).isoformat()


def later(opening: str, minutes: int) -> str:
    return (datetime.fromisoformat(opening) + timedelta(minutes=minutes)).isoformat()


async def of_the_morning(desk: Desk) -> list[dict[str, Any]]:
    rows = [row for row in await desk.outbox(ANA) if row["kind"] in WRITTEN]
    return sorted(rows, key=lambda row: str(row["kind"]))


def arrived(desk: Desk, subject: str) -> int:
    return sum(subject in str(copy.letter["Subject"]) for copy in desk.copies(ANA))


@pytest.mark.parametrize("point", SENDING)
async def test_a_letter_of_the_morning_goes_once_whatever_crashes(desk: Desk, point: str) -> None:
    opening = await a_morning(desk)
    assert await of_the_morning(desk) == []
    await desk.dies(point, MAILDESK_NOW=opening)
    rows = await of_the_morning(desk)
    assert [row["kind"] for row in rows] == WRITTEN, "they were written before it was killed"
    if point == "before-mark":
        assert {row["state"] for row in rows} <= {"queued", "sending"}
        assert desk.copies(ANA)[1:] == [], "none of them had gone"
    for minutes in (5, 10):
        await desk.once(MAILDESK_NOW=later(opening, minutes))
    rows = await of_the_morning(desk)
    assert [(row["kind"], row["state"]) for row in rows] == [(each, "sent") for each in WRITTEN]
    copies = arrived(desk, "1 nobody's"), arrived(desk, "Say so to the desk")
    # Killed after its last byte, the one that was under way may have arrived: it goes again as it was.
    assert sorted(copies) in ([[1, 1], [1, 2]] if point == "transmitted" else [[1, 1]])
