"""Erasing a person from what others have: their mails and letters go, and their name out of the rest."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Connection, delete, func, select, update

from maildesk.desk.case.case import PartyRole
from maildesk.desk.case.events import Event
from maildesk.store import erased_mails
from maildesk.store.case_history import event_of
from maildesk.store.chunks import chunks
from maildesk.store.erasing import erase_shown
from maildesk.store.persons import Traces, is_one_of
from maildesk.store.schema import (
    addresses,
    events,
    ledger,
    mails,
    outbox,
    parties,
    staff_absences,
    staff_choices,
    thread_ids,
)


def unerased(conn: Connection, ids: Collection[int]) -> list[int]:
    """Find those of these rows of the ledger that were not erased yet."""
    found: list[int] = []
    for chunk in chunks(ids):
        query = select(ledger.c.id).where(
            ledger.c.id.in_(chunk), func.coalesce(ledger.c.verdict, "") != erased_mails.ERASED
        )
        found += conn.execute(query.order_by(ledger.c.id)).scalars()
    return found


def events_of(conn: Connection, ref: str) -> list[tuple[int, Event]]:
    """The history of a case, with the numbers of its rows."""
    query = select(events).where(events.c.case_ref == ref).order_by(events.c.id)
    return [(row.id, event_of(row)) for row in conn.execute(query)]


def take_out(conn: Connection, ref: str, found: Traces) -> None:
    """Take a person's own words, and the person, off a case of somebody else's."""
    c = mails.c
    columns = (c.id, c.direction, c.sender, c.recipients)
    rows = conn.execute(select(*columns).where(c.case_ref == ref)).all()
    theirs = [row.id for row in rows if _is_theirs(row, found)]
    for chunk in chunks(theirs):
        erase_shown(conn, c.id.in_(chunk))
    here = (parties.c.case_ref == ref, is_one_of(parties.c.address, found.spellings))
    nobody = {"address": "", "name": "", "role": PartyRole.FORMER.value}
    conn.execute(update(parties).where(*here).values(nobody))
    sent = thread_ids.c.case_ref == ref, is_one_of(thread_ids.c.sent_to, found.spellings)
    conn.execute(delete(thread_ids).where(*sent))


def _is_theirs(row: Any, found: Traces) -> bool:
    """Tell whether a mail is from the person, or a letter to nobody else."""
    if row.direction == "in":
        return found.person.has(row.sender)
    return bool(row.recipients) and all(map(found.person.has, row.recipients))


def letters_to(found: Traces) -> Any:
    """The condition that a letter goes to this person."""
    return is_one_of(outbox.c.recipient, found.spellings)


def waiting_on(conn: Connection, found: Traces) -> Sequence[tuple[str, int]]:
    """The cases about which letters to this person wait to be sent, and how many."""
    from_there = select(outbox.c.case_ref, func.count()).where(
        letters_to(found),
        outbox.c.case_ref.is_not(None),
        outbox.c.state.in_(("queued", "deferred", "held")),
    )
    rows = conn.execute(from_there.group_by(outbox.c.case_ref).order_by(outbox.c.case_ref))
    return [(str(ref), int(number)) for ref, number in rows]


def forget(conn: Connection, found: Traces) -> None:
    """Forget that the address ever returned a token of ours, and what it was to the desk's own people."""
    for table in (addresses, staff_choices, staff_absences):
        conn.execute(delete(table).where(is_one_of(table.c.address, found.spellings)))
    deputy = staff_choices.c.deputy
    conn.execute(update(staff_choices).where(is_one_of(deputy, found.spellings)).values(deputy=""))
