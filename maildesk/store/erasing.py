"""Erasing: what the tables keep of a case once nothing of what was said on it may stay."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Text, bindparam, cast, delete, func, or_, select, update

from maildesk.desk.case.case import Case, Phase
from maildesk.desk.case.events import Event
from maildesk.store import erased_mails
from maildesk.store.case_history import event_of
from maildesk.store.case_writing import write_events
from maildesk.store.chunks import chunks
from maildesk.store.letter_bodies import drop_unused
from maildesk.store.outbox import LetterState
from maildesk.store.refolding import write_case
from maildesk.store.schema import (
    cases,
    confirmations,
    deadlines,
    digest_entries,
    events,
    ledger,
    mailboxes,
    mails,
    outbox,
    parties,
    thread_ids,
)
from maildesk.store.search import forget

NOBODY = "erased:"
"""Before the number of a letter, where its recipient stood."""

_WAITING = (LetterState.QUEUED, LetterState.DEFERRED, LetterState.HELD)


@dataclass(frozen=True, slots=True)
class OnServer:
    """A mail that lies on the mail server still: in which mailbox, and how it is found there."""

    mailbox: str
    received_at: datetime
    message_id: str | None
    subject: str | None


# --- what is there --------------------------------------------------------------------------------


def with_merged(conn: Connection, refs: Collection[str]) -> list[str]:
    """These cases, and those that became a part of one of them: what they were about is the same matter."""
    found = list(dict.fromkeys(refs))
    for some in _spreading(conn, found):
        found += some
    return found


def _spreading(conn: Connection, known: Sequence[str]) -> Iterator[list[str]]:
    seen, wanted = set(known), list(known)
    while wanted:
        new: list[str] = []
        for chunk in chunks(wanted):
            query = select(cases.c.ref).where(cases.c.merged_into.in_(chunk)).order_by(cases.c.ref)
            new += [ref for ref in conn.execute(query).scalars() if ref not in seen]
        seen.update(new)
        wanted = new
        yield new


def state_of(conn: Connection, ref: str) -> tuple[datetime | None, str | None]:
    """The moment at which a case was erased, and the case that it became a part of."""
    row = conn.execute(select(cases.c.erased_at, cases.c.merged_into).where(cases.c.ref == ref)).one()
    return row.erased_at, row.merged_into


def living(conn: Connection, refs: Collection[str]) -> list[str]:
    """Find those of these cases that were not erased yet, in their order."""
    found: set[str] = set()
    for chunk in chunks(refs):
        query = select(cases.c.ref).where(cases.c.ref.in_(chunk), cases.c.erased_at.is_(None))
        found.update(conn.execute(query).scalars())
    return [ref for ref in refs if ref in found]


def being_sent(conn: Connection, where: ColumnElement[bool]) -> list[int]:
    """The letters of these that a relay may be taking at this moment."""
    query = select(outbox.c.id).where(where, outbox.c.state == LetterState.SENDING)
    return list(conn.execute(query.order_by(outbox.c.id)).scalars())


def of_cases(refs: Collection[str]) -> ColumnElement[bool]:
    """The condition that a letter is about one of these cases."""
    return outbox.c.case_ref.in_(refs)


def mails_of_cases(conn: Connection, refs: Collection[str]) -> list[int]:
    """The rows of the ledger of these cases, that were not erased yet."""
    found: list[int] = []
    for chunk in chunks(refs):
        query = select(ledger.c.id).where(
            ledger.c.case_ref.in_(chunk), func.coalesce(ledger.c.verdict, "") != erased_mails.ERASED
        )
        found += conn.execute(query.order_by(ledger.c.id)).scalars()
    return found


def on_server(conn: Connection, ids: Collection[int]) -> list[OnServer]:
    """Name these mails as they lie on the server; those that a mail server handed in do not."""
    c = ledger.c
    columns = (mailboxes.c.name, c.received_at, c.message_id, c.subject)
    query = select(*columns).join(mailboxes, mailboxes.c.identity == c.mailbox).where(c.uidvalidity != 0)
    found: list[OnServer] = []
    for chunk in chunks(ids):
        rows = conn.execute(query.where(c.id.in_(chunk)).order_by(c.id))
        found += [OnServer(row.name, row.received_at, row.message_id, row.subject) for row in rows]
    return found


def over_before(
    conn: Connection, closed: datetime | None, resolved: datetime | None, limit: int
) -> list[str]:
    """The next cases that ended before these moments and were not erased, the longest ended first.

    `resolved` is about those that were never closed: what was said on one since then keeps it.
    """
    c = cases.c
    query = select(c.ref).where(c.erased_at.is_(None), c.merged_into.is_(None))  # a part goes with its whole
    refs: list[str] = []
    if closed is not None:
        ended = query.where(c.closed_at < closed, c.closed_at.is_not(None))
        refs += conn.execute(ended.order_by(c.closed_at, c.ref).limit(limit)).scalars()
    if resolved is not None:
        still = (c.phase == Phase.RESOLVED.value, c.resolved_at < resolved, c.updated_at < resolved)
        rest = query.where(*still, c.closed_at.is_(None)).order_by(c.resolved_at, c.ref)
        refs += conn.execute(rest.limit(limit)).scalars()
    return refs[:limit]


# --- taking it out --------------------------------------------------------------------------------


def erase_case(conn: Connection, case: Case, changed: Sequence[Event], added: Sequence[Event]) -> None:
    """Write a case whose history says no words any more: `changed` are its events, in their order, as they
    may stay; `added` those that follow; `case` is what all of them make."""
    rewrite_events(conn, dict(zip(_event_ids(conn, case.ref), changed, strict=True)))
    write_events(conn, [(case.ref, each) for each in added])
    ref = case.ref
    rows = select(ledger.c.id).where(ledger.c.case_ref == ref)
    of_it = or_(confirmations.c.case_ref == ref, confirmations.c.ledger_id.in_(rows))
    conn.execute(delete(confirmations).where(of_it))
    for table in (parties, thread_ids, deadlines, digest_entries):
        conn.execute(delete(table).where(table.c.case_ref == ref))
    erase_shown(conn, mails.c.case_ref == ref)
    erase_letters(conn, outbox.c.case_ref == ref, case.updated_at)
    erased_mails.erase(conn, mails_of_cases(conn, [ref]))
    write_case(conn, case)


def waiting_letters(conn: Connection, ref: str) -> int:
    """The number of letters about a case that wait to be sent."""
    query = select(func.count()).where(outbox.c.case_ref == ref, outbox.c.state.in_(_WAITING))
    return conn.execute(query).scalar_one()


def erase_shown(conn: Connection, which: ColumnElement[bool]) -> None:
    """Take names, words and files out of mails that cases show. That there was one, and when, stays."""
    forget(conn, which)
    conn.execute(update(mails).where(which).values(_UNSAID))


_UNSAID: Mapping[str, Any] = {
    "message_id": None,
    "sender": "",
    "recipients": [],
    "subject": "",
    "text": "",
    "new_text": "",
    "in_context": "",
    "attachments": [],
    "refs": [],
}


def erase_letters(conn: Connection, which: ColumnElement[bool], now: datetime) -> None:
    """Take addresses and bytes out of letters; those that waited to be sent are dropped."""
    c = outbox.c
    bodies = set(conn.execute(select(c.body_id).where(which, c.body_id.is_not(None))).scalars())
    ids = list(conn.execute(select(c.id).where(which)).scalars())
    waits = update(outbox).where(c.id.in_(bindparam("ids", expanding=True)), c.state.in_(_WAITING))
    for chunk in chunks(ids):
        conn.execute(waits.values(state=LetterState.DROPPED, ended_at=now), {"ids": chunk})
    if ids:
        change = update(outbox).where(c.id == bindparam("b_id")).values(_UNSENT)
        numbered = [{"b_id": each, "b_nobody": f"{NOBODY}{each}"} for each in ids]
        conn.execute(change.values(recipient=bindparam("b_nobody")), numbered)
    drop_unused(conn, bodies)


_UNSENT: Mapping[str, Any] = {"domain": "", "subject": "", "head": None, "body_id": None, "reason": None}


def rewrite_events(conn: Connection, events_by_id: Mapping[int, Event]) -> None:
    """Write events anew, whose kinds and moments stay."""
    rows = [
        {"b_id": number, "b_actor": each.actor, "b_data": dict(each.data)}
        for number, each in events_by_id.items()
    ]
    if rows:
        change = update(events).where(events.c.id == bindparam("b_id"))
        conn.execute(change.values(actor=bindparam("b_actor"), data=bindparam("b_data")), rows)


def _event_ids(conn: Connection, ref: str) -> list[int]:
    query = select(events.c.id).where(events.c.case_ref == ref).order_by(events.c.id)
    return list(conn.execute(query).scalars())


# --- what others say of it ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Naming:
    """An event of the case `ref` that names another by its subject."""

    id: int
    ref: str
    event: Event


def naming_others(conn: Connection) -> list[Naming]:
    """All events that name another case than their own by its subject."""
    said = cast(events.c.data, Text)
    query = select(events).where(said.contains('"of":', autoescape=True)).order_by(events.c.id)
    return [Naming(row.id, row.case_ref, event_of(row)) for row in conn.execute(query)]


def change_events(
    conn: Connection, found: Sequence[tuple[int, Event]], changed: Callable[[Event], Event]
) -> None:
    """Write those of these events anew that are others once they are `changed`."""
    new = {number: after for number, event in found if (after := changed(event)) is not event}
    rewrite_events(conn, new)
