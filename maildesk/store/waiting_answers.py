"""Answers that still wait to be sent (`limits.answer_delay`), and that their authors may take back."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection, func, select, update

from maildesk.desk.case.case import Case
from maildesk.desk.case.clocks import ClockKind
from maildesk.desk.case.letter_order import LetterKind
from maildesk.desk.screening.command_context import WaitingAnswer
from maildesk.mail.addr_spec import folded, same_address
from maildesk.store.chunks import chunks
from maildesk.store.first_responses import first_response
from maildesk.store.outbox import DOUBTS, LetterState, OutboxLetter
from maildesk.store.schema import mails, outbox
from maildesk.store.shown import AnyRow

_TOO_LATE: Final = timedelta(seconds=2)
"""The time before an answer is due in which a mail that takes it back may come too late."""


_STOPPED: Final = (LetterState.QUEUED, LetterState.DEFERRED, LetterState.HELD)


def waiting_answer(conn: Connection, case: Case, author: str, now: datetime) -> WaitingAnswer | None:
    """The newest answer of this author on the case of which a copy waits that was not tried yet."""
    o, m = outbox.c, mails.c
    query = (
        select(
            o.id, o.message_id, o.recipient, o.state, o.attempts, o.reason, o.due_at, m.new_text, m.spoken_by
        )
        .join(mails, (m.message_id == o.message_id) & (m.case_ref == o.case_ref))
        .where(o.case_ref == case.ref, o.kind == LetterKind.ANSWER.value)
        .order_by(o.id.desc())
    )
    rows = [row for row in conn.execute(query) if same_address(row.spoken_by, author)]
    waits = next((row for row in rows if _is_untried(row)), None)
    copies = [row for row in rows if waits and row.message_id == waits.message_id]
    if not any(_is_untried(row) and row.due_at > now + _TOO_LATE for row in copies):
        return None
    message_id, clock = copies[0].message_id, case.clock(ClockKind.FIRST_RESPONSE)
    stopped = [row for row in copies if row.state in _STOPPED]
    return WaitingAnswer(
        ids=tuple(row.id for row in stopped),
        recipients=tuple(row.recipient for row in stopped),
        text=copies[0].new_text,
        gone=tuple(row.recipient for row in copies if row.state == LetterState.SENT),
        unsure=tuple(row.recipient for row in copies if _may_have_gone(row)),
        first=first_response(conn, case, but=message_id),
        met=first_response(conn, case, clock.began, but=message_id) if clock else None,
    )


def _is_untried(row: AnyRow) -> bool:
    return bool(row.state == LetterState.QUEUED and row.attempts == 0)


def _may_have_gone(row: AnyRow) -> bool:
    """Tell whether nobody knows if the relay has this copy."""
    if row.state in (LetterState.SENDING, LetterState.UNCERTAIN):
        return True
    return row.state != LetterState.SENT and any(each in (row.reason or "") for each in DOUBTS)


def take_back(conn: Connection, ids: Collection[int], now: datetime) -> None:
    """Never send these letters, as far as they still wait."""
    waits = outbox.c.id.in_(ids) & outbox.c.state.in_(_STOPPED)
    conn.execute(update(outbox).where(waits).values(state=LetterState.DROPPED, ended_at=now))


_AFTER: Final = timedelta(seconds=1)
"""The time after an answer at which what follows it goes: letters that are due together go side by side."""


def behind_waiting(
    conn: Connection, letters: Sequence[OutboxLetter], now: datetime
) -> Sequence[OutboxLetter]:
    """Put letters about a case behind the answer that its customer waits for: they hear in its order."""
    refs = {each.case_ref for each in letters if each.case_ref and _follows(each)}
    o, latest = outbox.c, func.max(outbox.c.due_at)
    waits: dict[tuple[str, str], datetime] = {}
    for some in chunks(refs):
        query = select(o.case_ref, o.recipient, latest.label("due_at")).where(
            o.case_ref.in_(some),
            o.kind == LetterKind.ANSWER.value,
            o.state == LetterState.QUEUED,
            o.due_at > now,
        )
        rows = conn.execute(query.group_by(o.case_ref, o.recipient))
        waits.update({(row.case_ref, folded(row.recipient)): row.due_at + _AFTER for row in rows})
    return [_due_with(each, waits) if waits and _follows(each) else each for each in letters]


def _follows(letter: OutboxLetter) -> bool:
    return letter.state is LetterState.QUEUED and letter.kind is not LetterKind.ANSWER and not letter.to_desk


def _due_with(letter: OutboxLetter, waits: Mapping[tuple[str, str], datetime]) -> OutboxLetter:
    at = waits.get((letter.case_ref or "", folded(letter.recipient)), letter.due_at)
    later = max(at - letter.due_at, timedelta(0))
    return replace(letter, due_at=letter.due_at + later, expires_at=letter.expires_at + later)
