"""The outbox as a person sees it, and what a person may do with it: have letters tried again, or dropped."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, func, select, update

from maildesk.desk.case.letter_order import LetterKind
from maildesk.desk.letters.letter_kinds import FORMS
from maildesk.errors import NotAllowed, NotFound
from maildesk.store.column_types import moment_text
from maildesk.store.outbox import LetterState
from maildesk.store.schema import outbox
from maildesk.store.shown import AnyRow


@dataclass(frozen=True, slots=True)
class OutboxFilter:
    """A filter of letters; an empty field asks nothing."""

    states: Collection[LetterState] = ()
    case: str | None = None
    limit: int | None = None


_LISTED = (
    outbox.c.id,
    outbox.c.case_ref,
    outbox.c.recipient,
    outbox.c.subject,
    outbox.c.kind,
    outbox.c.state,
    outbox.c.attempts,
    outbox.c.due_at,
    outbox.c.reason,
)


def outbox_rows(connection: Connection, wanted: OutboxFilter | None = None) -> list[dict[str, Any]]:
    """Return what `outbox list --json` prints: the newest `limit` letters, oldest first."""
    wanted = wanted or OutboxFilter()
    query = select(*_LISTED).order_by(outbox.c.id.desc()).limit(wanted.limit)
    if wanted.states:
        query = query.where(outbox.c.state.in_(wanted.states))
    if wanted.case is not None:
        query = query.where(outbox.c.case_ref == wanted.case)
    return [_listed(row) for row in reversed(connection.execute(query).all())]


def outbox_row(connection: Connection, letter_id: int) -> dict[str, Any]:
    """The row of the list for one letter."""
    row = connection.execute(select(*_LISTED).where(outbox.c.id == letter_id)).one_or_none()
    if row is None:
        raise _absent([letter_id])
    return _listed(row)


def counts(connection: Connection) -> dict[LetterState, int]:
    """Count the letters in each state."""
    found = connection.execute(select(outbox.c.state, func.count()).group_by(outbox.c.state))
    return {**dict.fromkeys(LetterState, 0), **{LetterState(state): number for state, number in found}}


# --- a person's decisions -------------------------------------------------------------------------

_NO_RETRY = {
    LetterState.SENT: "was sent already",
    LetterState.SENDING: "is being sent at this moment",
    LetterState.QUEUED: "is waiting to be sent anyway",
    LetterState.DROPPED: "was dropped; write a new one",
}
_NO_DROP = {
    LetterState.SENT: "was sent; nothing can call it back",
    LetterState.SENDING: "is being sent at this moment",
    LetterState.DROPPED: "was dropped already",
}


def held_ids(connection: Connection) -> list[int]:
    """The letters that wait for a person."""
    query = select(outbox.c.id).where(outbox.c.state == LetterState.HELD).order_by(outbox.c.id)
    return list(connection.execute(query).scalars())


def retry(connection: Connection, ids: Sequence[int], now: datetime) -> Sequence[AnyRow]:
    """Have letters tried again from now, as long as they had at first; all of them, or none and an error."""
    rows = _chosen(connection, ids, _NO_RETRY)
    change = (
        update(outbox)
        .where(outbox.c.id == bindparam("letter"))
        .values(
            state=LetterState.QUEUED,
            attempts=0,
            due_at=now,
            told_at=None,
            ended_at=None,
            expires_at=bindparam("until"),
        )
    )
    if rows:
        given = [{"letter": row.id, "until": now + FORMS[LetterKind(row.kind)].patience} for row in rows]
        connection.execute(change, given)
    return rows


def drop(connection: Connection, ids: Sequence[int], now: datetime) -> Sequence[AnyRow]:
    """Never send these letters; all of them, or none and an error."""
    rows = _chosen(connection, ids, _NO_DROP)
    change = update(outbox).where(outbox.c.id.in_([row.id for row in rows]))
    connection.execute(change.values(state=LetterState.DROPPED, ended_at=now))
    return rows


def _chosen(connection: Connection, ids: Sequence[int], refusals: dict[LetterState, str]) -> Sequence[AnyRow]:
    c = outbox.c
    query = select(c.id, c.state, c.case_ref, c.kind, c.recipient, c.body_id, c.message_id, c.told_at)
    query = query.order_by(c.id)
    rows = connection.execute(query.where(outbox.c.id.in_(ids))).all()
    missing = set(ids) - {row.id for row in rows}
    if missing:
        raise _absent(sorted(missing))
    for row in rows:
        refusal = refusals.get(LetterState(row.state))
        if refusal:
            raise NotAllowed(f"letter {row.id} {refusal}", remedy="nothing was changed")
        if row.body_id is None and refusals is _NO_RETRY:
            raise no_longer_kept(row.id, row.case_ref)
    return rows


def no_longer_kept(letter_id: int, ref: str | None) -> NotAllowed:
    """Say that the bytes asked for of a letter were dropped after `retention.letters`."""
    return NotAllowed(
        f"the bytes of letter {letter_id} are no longer kept (retention.letters)",
        remedy=f"its words stand on the case: maildesk case show {ref}" if ref else "it was about no case",
    )


def _absent(ids: Sequence[int]) -> NotFound:
    numbers = ", ".join(map(str, ids))
    return NotFound(f"there is no letter with the number {numbers}", remedy="see `maildesk outbox list`")


def _listed(row: AnyRow) -> dict[str, Any]:
    return {
        "id": row.id,
        "case": row.case_ref,
        "to": row.recipient,
        "subject": row.subject,
        "kind": row.kind,
        "state": row.state,
        "attempts": row.attempts,
        "due_at": moment_text(row.due_at),
        "reason": row.reason,
    }


def taken_back(conn: Connection, ref: str) -> frozenset[str]:
    """The Message-IDs of the answers on this case that nobody got: every copy was dropped."""
    o = outbox.c
    answers = select(o.message_id, o.state).where(o.case_ref == ref, o.kind == LetterKind.ANSWER.value)
    rows = conn.execute(answers).all()
    return frozenset(row.message_id for row in rows) - {
        row.message_id for row in rows if row.state != LetterState.DROPPED
    }
