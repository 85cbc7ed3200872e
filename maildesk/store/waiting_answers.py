"""Answers that still wait to be sent (`limits.answer_delay`), and that their authors may take back."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection, select, update

from maildesk.desk.case.case import Case
from maildesk.desk.case.clocks import ClockKind
from maildesk.desk.case.letter_order import LetterKind
from maildesk.desk.screening.command_context import WaitingAnswer
from maildesk.mail.addr_spec import same_address
from maildesk.store.first_responses import first_response
from maildesk.store.outbox import LetterState
from maildesk.store.schema import mails, outbox

_TOO_LATE: Final = timedelta(seconds=2)
"""The time before an answer is due in which a mail that takes it back may come too late."""


def waiting_answer(conn: Connection, case: Case, author: str, now: datetime) -> WaitingAnswer | None:
    """The newest answer of this author on the case of which no copy was tried yet."""
    o, m = outbox.c, mails.c
    query = (
        select(o.id, o.message_id, o.recipient, o.due_at, m.new_text, m.spoken_by)
        .join(mails, (m.message_id == o.message_id) & (m.case_ref == o.case_ref))
        .where(
            o.case_ref == case.ref,
            o.kind == LetterKind.ANSWER.value,
            o.state == LetterState.QUEUED.value,
            o.attempts == 0,
        )
        .order_by(o.id.desc())
    )
    rows = [row for row in conn.execute(query) if same_address(row.spoken_by, author)]
    newest = [row for row in rows if row.message_id == rows[0].message_id and row.due_at > now + _TOO_LATE]
    if not newest:
        return None
    message_id, clock = newest[0].message_id, case.clock(ClockKind.FIRST_RESPONSE)
    return WaitingAnswer(
        ids=tuple(row.id for row in newest),
        recipients=tuple(row.recipient for row in newest),
        text=newest[0].new_text,
        first=first_response(conn, case, but=message_id),
        met=first_response(conn, case, clock.began, but=message_id) if clock else None,
    )


def take_back(conn: Connection, ids: Collection[int], now: datetime) -> None:
    """Never send these letters, as far as none was tried meanwhile."""
    waits = outbox.c.id.in_(ids) & (outbox.c.state == LetterState.QUEUED.value)
    conn.execute(update(outbox).where(waits).values(state=LetterState.DROPPED, ended_at=now))
