"""The first response: the earliest answer to the requester that did not end failed or dropped (design §7)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, select

from maildesk.desk.case.case import Case
from maildesk.desk.case.letter_order import LetterKind
from maildesk.store.outbox import LetterState
from maildesk.store.schema import outbox

_LOST = (LetterState.FAILED, LetterState.DROPPED)


def first_response(connection: Connection, case: Case) -> datetime | None:
    """Find when the desk first answered the requester, as the outbox now has it."""
    c = outbox.c
    answers = select(c.recipient, c.created_at).where(
        c.case_ref == case.ref, c.kind == LetterKind.ANSWER.value, c.state.not_in(_LOST)
    )
    return min(
        (at for recipient, at in connection.execute(answers) if case.is_requester(recipient)), default=None
    )
