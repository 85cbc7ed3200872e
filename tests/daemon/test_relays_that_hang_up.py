"""Relays that end the connection between two mails, with or without a word: nobody's letter pays for it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

import pytest

from maildesk.daemon.crashing import CrashPoints
from maildesk.daemon.sending import Sender
from maildesk.desk.case.letter_order import LetterKind
from maildesk.store.database import Database
from maildesk.store.outbox_views import outbox_rows
from maildesk.transport.security import Security
from maildesk.transport.smtp import SmtpRelay
from maildesk.transport.smtp_opening import SmtpAccount
from tests.casework.test_recording import RECORDER, stored
from tests.daemon.test_sending import HeldClock
from tests.transport.scripted_smtp import Peer
from tests.unit.desk.matters import NOW

LETTERS = 12


@dataclass
class Habits:
    """After how many mails a connection ends, and how."""

    mails: int = 1
    last_words: bytes = b""
    abruptly: bool = False
    hears_the_next: bool = False
    pipelining: bool = False
    greets: int = 10**6  # connections it takes before it takes none any more
    taken: list[int] = field(default_factory=list)  # by which connection each mail came
    connections: int = 0

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        number, mails = self.connections, 0
        if number > self.greets:
            return
        writer.write(b"220 relay.example ESMTP\r\n")
        while line := await reader.readline():
            verb = line[:4].upper()
            if verb == b"MAIL" and mails >= self.mails:
                writer.write(self.last_words)
                break
            if verb == b"DATA":
                writer.write(b"354 go ahead\r\n")
                while await reader.readline() not in (b".\r\n", b""):
                    pass
                mails += 1
                self.taken.append(number)
                writer.write(b"250 2.0.0 queued\r\n")
                if mails >= self.mails and not self.hears_the_next:
                    writer.write(self.last_words)
                    break
            elif verb == b"EHLO":
                writer.write(b"250-relay.example\r\n" + self._extension + b"250 8BITMIME\r\n")
            else:
                writer.write(b"250 2.0.0 ok\r\n")
        if self.abruptly:
            writer.transport.abort()

    @property
    def _extension(self) -> bytes:
        return b"250-PIPELINING\r\n" if self.pipelining else b""


async def drained(store: Database, habits: Habits, connections: int = 2) -> None:
    for number in range(LETTERS):
        store.write_now(
            lambda conn, number=number: stored(  # type: ignore[misc]  # a default binds each number
                conn,
                LetterKind.ANSWER,
                message_id=f"m{number}@acme.example",
                head=b"Subject: Re: Printer\r\n\r\n",
                body=b"Try water.\r\n",
            )
        )
    async with Peer(habits.talk) as peer, asyncio.timeout(120):
        relays = {"": SmtpRelay(SmtpAccount("127.0.0.1", peer.port, Security.NONE, None, None), connections)}
        sender = Sender(store, relays, RECORDER, HeldClock(NOW), CrashPoints(None))
        await sender.drain(asyncio.Event())
        await sender.close()


@pytest.mark.parametrize(
    "habits",
    [
        Habits(),
        Habits(pipelining=True),
        Habits(abruptly=True),
        Habits(hears_the_next=True),
        Habits(hears_the_next=True, pipelining=True, abruptly=True),
        Habits(mails=3),
        Habits(mails=3, hears_the_next=True, pipelining=True),
        Habits(hears_the_next=True, last_words=b"421 4.3.2 enough for one connection\r\n"),
        Habits(last_words=b"421 4.3.2 enough for one connection\r\n"),
        Habits(mails=5, hears_the_next=True, pipelining=True, last_words=b"421 4.4.2 bye\r\n"),
    ],
    ids=lambda habits: (
        f"{habits.mails} mails{' rst' * habits.abruptly}{' at the next MAIL' * habits.hears_the_next}"
        f"{' pipelined' * habits.pipelining}{' ' + habits.last_words[:3].decode()}"
    ),
)
@pytest.mark.parametrize("connections", [1, 2, 8])
async def test_every_letter_goes_at_its_first_attempt(
    store: Database, habits: Habits, connections: int
) -> None:
    habits = Habits(**{**vars(habits), "taken": [], "connections": 0})
    await drained(store, habits, connections)
    rows = [(row["state"], row["attempts"]) for row in store.read_now(outbox_rows)]
    assert rows == [("sent", 1)] * LETTERS
    assert len(habits.taken) == LETTERS
    # Asked again at once, and never without a letter that went before.
    assert habits.connections <= LETTERS / habits.mails + connections


async def test_letters_that_such_a_relay_never_saw_are_still_due_when_it_goes_away(store: Database) -> None:
    """It takes four connections of one mail each; the next ones end before a word is said."""
    habits = Habits(greets=4)
    await drained(store, habits, connections=1)
    rows = [(row["state"], row["attempts"]) for row in store.read_now(outbox_rows)]
    assert sorted(rows) == [("queued", 0)] * (LETTERS - 4) + [("sent", 1)] * 4


async def test_a_relay_that_never_takes_a_mail_is_not_asked_for_ever(store: Database) -> None:
    habits = Habits(mails=0, hears_the_next=True)
    await drained(store, habits, connections=1)
    assert habits.connections == LETTERS
