"""The outbox: every letter we owe someone, its bytes fixed, with what became of it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from enum import StrEnum
from operator import attrgetter
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, RowMapping, bindparam, func, select, update

from maildesk.desk.case.letter_order import LetterKind
from maildesk.desk.letters.letter_kinds import FORMS
from maildesk.mail.message import LetterBytes
from maildesk.store import letter_bodies
from maildesk.store.chunks import chunks
from maildesk.store.database import insert_ignoring
from maildesk.store.schema import letter_bodies as bodies_
from maildesk.store.schema import outbox


class LetterState(StrEnum):
    """The fate of a letter; `queued` and `deferred` are still tried, `held` waits for a person."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    DEFERRED = "deferred"
    FAILED = "failed"
    UNCERTAIN = "uncertain"
    HELD = "held"
    DROPPED = "dropped"


CLAIM_BYTES = 32 * 2**20
"""Bytes of letters that are held in memory at once, while they are offered one after the other."""
RESTORED = "restored from a backup"
"""The beginning of the reason of every letter that is held because it may have been sent since."""
TWICE = "may have arrived twice"
"""In the reason of every letter that is sent again although a relay may have it."""
DOUBTS = (TWICE, RESTORED)
"""Reasons that stay with a letter that was sent: somebody may have it twice."""

OPERATORS = "operators"
"""The mailbox of alarms: no address, so that a relay of theirs takes them where there is one."""

TRIED = (LetterState.QUEUED, LetterState.DEFERRED)


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxLetter(LetterBytes):
    """A letter of the outbox, stored in the commit that decided it. Until then its `id` is 0.

    Its bytes were fixed when it was queued; they are read only where it is to be sent. `limited` ones count
    against the limits. `to_desk`: it goes to the desk's own people. Who they are is asked when it is queued,
    not when it matters: a crash may come with another configuration. `marked_at` is the attempt's mark,
    committed just before its DATA.
    """

    id: int = 0
    case_ref: str | None
    message_id: str
    kind: LetterKind
    recipient: str
    domain: str
    subject: str
    envelope_from: str
    mailbox: str
    personal: bool
    limited: bool
    to_desk: bool = False
    state: LetterState = LetterState.QUEUED
    attempts: int = 0
    created_at: datetime
    due_at: datetime
    expires_at: datetime
    marked_at: datetime | None = None
    told_at: datetime | None = None
    ended_at: datetime | None = None
    reason: str | None = None

    @property
    def repeated(self) -> bool:
        """Tell whether it goes again where nobody knows if it arrived: twice is better than never.

        So with a person's words, and with what the desk's own people are to hear. A customer is never
        written to twice by a machine.
        """
        return self.personal or self.to_desk


@dataclass(frozen=True, slots=True)
class LetterOutcome:
    """The result of an attempt. `due_at` is the next attempt's time, `ended_at` the end of all attempts.

    `attempts` and `told_at` are left as they are where None. With `was` it holds only for a letter that is
    still in that state: what a person did to it meanwhile wins.
    """

    id: int
    state: LetterState
    reason: str | None
    due_at: datetime | None = None
    ended_at: datetime | None = None
    attempts: int | None = None
    told_at: datetime | None = None
    was: LetterState | None = None


_STORED = tuple(field.name for field in fields(OutboxLetter) if field.name not in ("id", "body"))
_stored_of = attrgetter(*_STORED)
_READ = tuple(outbox.c[field.name] for field in fields(OutboxLetter) if field.name not in ("head", "body"))

# --- deciding -------------------------------------------------------------------------------------


def add(connection: Connection, letters: Sequence[OutboxLetter]) -> list[int]:
    """Store letters; one that is there already (Message-ID, recipient) is left alone. The new ones' ids.

    A body is stored once, however many of them share it.
    """
    if not letters:
        return []
    bodies = letter_bodies.store(connection, {letter.body for letter in letters})
    insert = insert_ignoring(outbox, connection.dialect.name).returning(outbox.c.id)
    rows = [dict(zip(_STORED, _stored_of(one), strict=True), body_id=bodies[one.body]) for one in letters]
    ids = sorted(connection.execute(insert, rows).scalars())
    if len(ids) < len(letters):
        letter_bodies.drop_unused(connection, bodies.values())
    return ids


def known(connection: Connection, message_ids: Collection[str]) -> set[tuple[str, str]]:
    """Find which letters with these Message-IDs are there already, by Message-ID and recipient."""
    found: set[tuple[str, str]] = set()
    for chunk in chunks(message_ids):
        rows = connection.execute(_KNOWN, {"ids": chunk})
        found.update((row.message_id, row.recipient) for row in rows)
    return found


# --- sending --------------------------------------------------------------------------------------


def due(
    connection: Connection,
    now: datetime,
    limit: int,
    passed_over: Collection[str] = (),
    *,
    seen: Collection[int] = (),
    max_bytes: int = CLAIM_BYTES,
) -> list[OutboxLetter]:
    """Letters to try now, except of mailboxes `passed_over`: people's words first, then the longest due.

    Of the first `limit` those not `seen` yet, as many as hold `max_bytes` together, but always at least one.
    """
    chosen = _DUE.where(outbox.c.mailbox.not_in(passed_over)) if passed_over else _DUE
    ids = connection.execute(chosen, {"now": now, "most": limit}).scalars()
    wanted = [number for number in ids if number not in seen]
    return _with_bytes(connection, wanted, max_bytes) if wanted else []


def _with_bytes(connection: Connection, ids: Sequence[int], max_bytes: int) -> list[OutboxLetter]:
    found = connection.execute(_WITH_HEAD, {"ids": list(ids)})
    by_id = {row.id: row._mapping for row in found.all()}
    rows = [by_id[each] for each in ids]
    sizes = {row["body_id"]: row["body_size"] for row in rows}
    bodies = letter_bodies.load(connection, sizes, max_bytes)
    return [_letter(row, row["head"], bodies[row["body_id"]]) for row in rows if row["body_id"] in bodies]


def first_answers_to_fail(connection: Connection) -> dict[str, datetime]:
    """The moments at which the first of people's own words is given up that still waits, of each mailbox."""
    c = outbox.c
    soonest = select(c.mailbox, func.min(c.expires_at).label("until")).where(c.state.in_(TRIED), c.personal)
    found = connection.execute(soonest.group_by(c.mailbox))
    return {row.mailbox: row.until for row in found}


def mark(connection: Connection, ids: Collection[int], now: datetime) -> set[int]:
    """Put the attempt's mark on letters that are still to be tried; only those returned may be sent."""
    return set(connection.execute(_MARK, {"ids": list(ids), "now": now}).scalars()) if ids else set()


def settle(connection: Connection, settled: Sequence[LetterOutcome]) -> None:
    """Record what became of letters; repeating it changes nothing."""
    if not settled:
        return
    connection.execute(
        _SETTLE,
        [
            {
                "letter": one.id,
                "new_state": one.state,
                "new_reason": one.reason,
                "new_due_at": one.due_at,
                "new_ended_at": one.ended_at,
                "new_attempts": one.attempts,
                "new_told_at": one.told_at,
                "was": one.was,
            }
            for one in settled
        ],
    )


def _given_or_kept(name: str, column: Column[Any]) -> ColumnElement[Any]:
    return func.coalesce(bindparam(name, type_=column.type), column)


_c = outbox.c
_KNOWN = select(_c.message_id, _c.recipient).where(_c.message_id.in_(bindparam("ids", expanding=True)))
_DUE = (
    select(_c.id)
    .where(_c.state.in_(TRIED), _c.due_at <= bindparam("now"), _c.expires_at > bindparam("now"))
    .order_by(_c.personal.desc(), _c.due_at, _c.id)
    .limit(bindparam("most"))
)
_BODY_SIZE = select(bodies_.c.size).where(bodies_.c.id == _c.body_id).scalar_subquery().label("body_size")
_WITH_HEAD = select(*_READ, _c.head, _c.body_id, _BODY_SIZE).where(
    _c.id.in_(bindparam("ids", expanding=True))
)
_OVER = select(_c.id).where(_c.state.in_(TRIED), _c.expires_at <= bindparam("now"))
_EXPIRED = select(*_READ).where(_c.id.in_(_OVER.order_by(_c.id).limit(bindparam("most")))).order_by(_c.id)
_EXPIRED_HELD = (
    select(*_READ)
    .where(
        _c.state == LetterState.HELD,
        _c.limited.is_(True),
        _c.kind.not_in([kind for kind, form in FORMS.items() if form.lasts]),
        _c.created_at < bindparam("before"),
        ~func.coalesce(_c.reason, "").startswith(RESTORED) | (_c.due_at < bindparam("before")),
    )
    .order_by(_c.id)
)
_MARK = (
    update(outbox)
    # By their numbers: with a bare state the planner of SQLite reads every letter that is due from four on.
    .where(outbox.c.id.in_(bindparam("ids", expanding=True)), func.trim(outbox.c.state).in_(TRIED))
    .values(state=LetterState.SENDING, marked_at=bindparam("now"), attempts=outbox.c.attempts + 1)
    .returning(outbox.c.id)
)
_SETTLE = (
    update(outbox)
    .where(outbox.c.id == bindparam("letter"), outbox.c.state == _given_or_kept("was", outbox.c.state))
    .values(
        state=bindparam("new_state"),
        reason=bindparam("new_reason"),
        due_at=_given_or_kept("new_due_at", outbox.c.due_at),
        ended_at=bindparam("new_ended_at"),
        attempts=_given_or_kept("new_attempts", outbox.c.attempts),
        told_at=_given_or_kept("new_told_at", outbox.c.told_at),
    )
)


def bring_forward(connection: Connection, now: datetime, latest: datetime) -> int:
    """Letters put off beyond `latest`, by a clock that stood ahead, are due `now`; how many they were."""
    change = update(outbox).where(outbox.c.state.in_(TRIED), outbox.c.due_at > latest)
    return connection.execute(change.values(due_at=now)).rowcount


def states(connection: Connection, ids: Collection[int]) -> dict[int, LetterState]:
    """The state of each of these letters now."""
    found = connection.execute(select(outbox.c.id, outbox.c.state).where(outbox.c.id.in_(ids)))
    return {number: LetterState(state) for number, state in found}


def unsettled(connection: Connection) -> list[OutboxLetter]:
    """Letters whose attempt was marked and never answered: asked at start, after a crash."""
    return _letters(connection, outbox.c.state == LetterState.SENDING, outbox.c.id)


def expired(connection: Connection, now: datetime, limit: int) -> list[OutboxLetter]:
    """Letters whose time is up and that are still waiting to be tried: their relay was out of reach."""
    return [_letter(row._mapping) for row in connection.execute(_EXPIRED, {"now": now, "most": limit})]


def expired_held(connection: Connection, before: datetime) -> list[OutboxLetter]:
    """Letters held since before `before` that are too late to be of use to anyone, as acknowledgements are.

    Most are held when they are decided; those of a backup when the desk went on from it, which is `due_at`.
    """
    return [_letter(row._mapping) for row in connection.execute(_EXPIRED_HELD, {"before": before})]


def letter(connection: Connection, letter_id: int) -> OutboxLetter | None:
    """One letter."""
    return next(iter(_letters(connection, outbox.c.id == letter_id, outbox.c.id)), None)


def content(connection: Connection, letter_id: int) -> bytes | None:
    """A letter's bytes as they go over the wire; None when they are no longer kept, or there is none."""
    query = select(outbox.c.head, bodies_.c.content).join(bodies_)
    row = connection.execute(query.where(outbox.c.id == letter_id)).one_or_none()
    return LetterBytes(row.head, row.content).content if row else None


def _letters(
    connection: Connection, where: ColumnElement[bool], *order: ColumnElement[Any]
) -> list[OutboxLetter]:
    rows = connection.execute(select(*_READ).where(where).order_by(*order))
    return [_letter(row._mapping) for row in rows]


def _letter(row: RowMapping, head: bytes = b"", body: bytes = b"") -> OutboxLetter:
    values = {column.name: row[column.name] for column in _READ}
    values |= {"kind": LetterKind(row["kind"]), "state": LetterState(row["state"])}
    return OutboxLetter(**values, head=head, body=body)
