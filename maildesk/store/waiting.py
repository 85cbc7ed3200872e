"""The work that waits: mail that is not filed yet, letters that are not sent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, select

from maildesk.store.outbox import TRIED, LetterState
from maildesk.store.schema import ledger, outbox

LATELY = timedelta(days=1)
"""The time in which a letter that failed is news."""


@dataclass(frozen=True, slots=True)
class WaitingMail:
    """The mails that wait for their verdict, and since when the oldest does."""

    number: int
    oldest: datetime | None


@dataclass(frozen=True, slots=True)
class WaitingLetters:
    """The letters still to be sent, since when the oldest is owed, and since when one could have been tried.

    `held` ones wait for a person; `failed` lately.
    """

    number: int
    oldest: datetime | None
    due: datetime | None
    held: int
    failed: int


def waiting_mail(connection: Connection) -> WaitingMail:
    """Count the mails that are not filed yet."""
    query = select(func.count(), func.min(ledger.c.received_at)).where(ledger.c.verdict.is_(None))
    return WaitingMail(*connection.execute(query).one())


def waiting_letters(connection: Connection, now: datetime) -> WaitingLetters:
    """Count the letters that wait, are held, or failed lately."""
    c = outbox.c
    waiting = select(func.count(), func.min(c.created_at), func.min(c.due_at)).where(c.state.in_(TRIED))
    held = select(func.count()).where(c.state == LetterState.HELD)
    failed = select(func.count()).where(c.state == LetterState.FAILED, c.ended_at > now - LATELY)
    number, oldest, due = connection.execute(waiting).one()
    return WaitingLetters(
        number,
        oldest,
        due,
        held=connection.execute(held).scalar_one(),
        failed=connection.execute(failed).scalar_one(),
    )
