"""A slow relay as the outbox sees it: it thinks for minutes, time-outs are the daily ones, clocks jump."""

from __future__ import annotations

import asyncio

import pytest

from maildesk.daemon.crashing import CrashPoints
from maildesk.daemon.sending import Sender
from maildesk.desk.case.letter_order import LetterKind
from maildesk.store.database import Database
from maildesk.store.outbox import TWICE
from maildesk.store.outbox_views import outbox_rows
from maildesk.transport.security import Security
from maildesk.transport.smtp import SmtpRelay
from maildesk.transport.smtp_opening import SmtpAccount
from tests.casework.test_recording import RECORDER, stored
from tests.daemon.test_sending import HeldClock
from tests.transport.scripted_smtp import slow_relay
from tests.unit.desk.matters import BO, NOW
from tests.world.virtual_time import in_virtual_time

ANSWER, ACK, NOTICE = LetterKind.ANSWER, LetterKind.ACKNOWLEDGEMENT, LetterKind.OPENED_TEAM
CONTENT = b"Subject: Re: Printer\r\n\r\nTry water.\r\n"


async def drains(store: Database, seconds: float) -> list[bytes]:
    """One drain by the daemon's own sender; what a relay has that says so after so many seconds."""
    async with slow_relay(seconds) as peer:
        relays = {"": SmtpRelay(SmtpAccount("127.0.0.1", peer.port, Security.NONE, None, None), 2)}
        sender = Sender(store, relays, RECORDER, HeldClock(NOW), CrashPoints(None))
        await sender.drain(asyncio.Event())
        await sender.close()
        return peer.messages


@pytest.mark.parametrize(
    ("kind", "seconds", "state"),
    [
        (ANSWER, 300, "sent"),
        (NOTICE, 300, "sent"),
        (ANSWER, 620, "deferred"),
        (NOTICE, 620, "deferred"),
        (ACK, 620, "uncertain"),
    ],
    ids=[
        "an answer is sent",
        "a notice is sent",
        "an answer goes again",
        "a notice to colleagues goes again",
        "a machine's word to a customer is uncertain",
    ],
)
def test_a_letter_to_a_relay_that_thinks_for_minutes(
    store: Database, kind: LetterKind, seconds: float, state: str
) -> None:
    store.write_now(lambda conn: stored(conn, kind, recipient=BO, body=CONTENT))
    messages = in_virtual_time(drains(store, seconds))
    assert messages[0] == CONTENT
    assert len(messages) == (2 if state == "uncertain" else 1)  # the operators hear of what nobody repeats
    (row,) = [row for row in store.read_now(outbox_rows) if row["kind"] == kind]
    assert (row["state"], row["attempts"]) == (state, 1)
    assert (TWICE in (row["reason"] or "")) == (state == "deferred")
