"""The first response: the earliest answer to the requester that did not end failed or dropped (design §7)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, select

from maildesk.desk.case.case import Case
from maildesk.desk.case.letter_order import ANSWERING
from maildesk.desk.case.verdicts import WROTE_FIRST
from maildesk.store.outbox import LetterState
from maildesk.store.schema import mails, outbox

_LOST = (LetterState.FAILED, LetterState.DROPPED)


def first_response(connection: Connection, case: Case, since: datetime | None = None) -> datetime | None:
    """Find when the desk first answered the requester: as the outbox has it, or by writing first.

    `since` asks for the first answer from then on: a case that was opened again owes another one.
    """
    c = outbox.c
    answers = select(c.recipient, c.created_at).where(
        c.case_ref == case.ref, c.kind.in_(ANSWERING), c.state.not_in(_LOST)
    )
    sent = [at for recipient, at in connection.execute(answers) if case.is_requester(recipient)]
    m = mails.c
    first = select(m.at).where(m.case_ref == case.ref, m.reason == WROTE_FIRST)
    found = (*sent, *connection.execute(first).scalars())
    return min((at for at in found if since is None or at >= since), default=None)
