"""The first response: the earliest answer to the requester that did not fail or come back (design §7)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from sqlalchemy import Connection, select

from maildesk.desk.case.case import Case
from maildesk.desk.case.events import CAME_BACK, EventKind
from maildesk.desk.case.letter_order import ANSWERING
from maildesk.desk.case.verdicts import WROTE_FIRST
from maildesk.store.outbox import LetterState
from maildesk.store.schema import events, mails, outbox

_LOST = (LetterState.FAILED, LetterState.DROPPED)


def first_response(
    connection: Connection, case: Case, since: datetime | None = None, *, but: str = ""
) -> datetime | None:
    """Find when the desk first answered the requester: as the outbox has it, or by writing first.

    `since` asks for the first answer from then on: a case that was opened again owes another one. An answer
    that came back later is none, nor is the one with the Message-ID `but`.
    """
    c = outbox.c
    answers = select(c.message_id, c.recipient, c.created_at).where(
        c.case_ref == case.ref, c.kind.in_(ANSWERING), c.state.not_in(_LOST)
    )
    back = {but, *_came_back(connection, case.ref)}
    sent = [
        row.created_at
        for row in connection.execute(answers)
        if case.is_requester(row.recipient) and row.message_id not in back
    ]
    m = mails.c
    first = select(m.at).where(m.case_ref == case.ref, m.reason == WROTE_FIRST)
    found = (*sent, *connection.execute(first).scalars())
    return min((at for at in found if since is None or at >= since), default=None)


def answer_among(connection: Connection, case: Case, message_ids: Sequence[str]) -> str:
    """Name the letter of ours that these Message-IDs, the nearest first, are about.

    The empty string if it is no answer to the requester; what it follows may be one, and is not meant.
    """
    c = outbox.c
    ours = select(c.message_id, c.recipient, c.kind).where(
        c.case_ref == case.ref, c.message_id.in_(message_ids)
    )
    letters = connection.execute(ours).all()
    nearest = next((each for each in message_ids if any(row.message_id == each for row in letters)), "")
    is_answer = any(
        row.message_id == nearest and row.kind in ANSWERING and case.is_requester(row.recipient)
        for row in letters
    )
    return nearest if is_answer else ""


def _came_back(connection: Connection, ref: str) -> Iterator[str]:
    """The Message-IDs of the answers that a report has undone."""
    c = events.c
    reports = select(c.data).where(c.case_ref == ref, c.kind == EventKind.BOUNCED)
    for data in connection.execute(reports).scalars():
        if data.get(CAME_BACK):
            yield str(data[CAME_BACK])
