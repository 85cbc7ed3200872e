"""The source of the newest letters about a case: its last events, and what its customer said last."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, Final

from sqlalchemy import Connection, Integer, Row, Select, bindparam, func, select

from maildesk.desk.case.events import Event, EventKind
from maildesk.desk.letters.case_mail import CaseMail
from maildesk.store.case_rows import mail_of_row
from maildesk.store.chunks import chunks
from maildesk.store.schema import events, mails


def newest_events(
    conn: Connection, refs: Collection[str], kinds: Collection[EventKind], most: int
) -> dict[str, list[Event]]:
    """The newest events of these kinds of each case, the oldest of them first."""
    found: dict[str, list[Event]] = {}
    wanted = {"kinds": sorted(kind.value for kind in kinds), "most": most}
    for chunk in chunks(refs):
        for row in conn.execute(_NEWEST, {"refs": list(chunk), **wanted}):
            found.setdefault(row.case_ref, []).append(event_of(row))
    return found


def _newest() -> Select[Any]:
    c = events.c
    place = func.row_number().over(partition_by=c.case_ref, order_by=c.id.desc()).label("place")
    of_cases = c.case_ref.in_(bindparam("refs", expanding=True))
    of_kinds = c.kind.in_(bindparam("kinds", expanding=True))
    placed = select(c.id, c.case_ref, c.at, c.kind, c.actor, c.data, place).where(of_cases, of_kinds)
    newest = placed.subquery()
    return select(newest).where(newest.c.place <= bindparam("most", type_=Integer)).order_by(newest.c.id)


_NEWEST: Final = _newest()


def histories(conn: Connection, refs: Sequence[str]) -> dict[str, list[Event]]:
    """All events of each of these cases, of which there are few, the oldest first."""
    found: dict[str, list[Event]] = {ref: [] for ref in refs}
    query = select(events).where(events.c.case_ref.in_(refs)).order_by(events.c.id)
    for row in conn.execute(query):
        found[row.case_ref].append(event_of(row))
    return found


def event_of(row: Row[Any]) -> Event:
    return Event(row.at, EventKind(row.kind), row.actor, row.data)


def incoming_mail(conn: Connection, ref: str, ledger_id: int | None) -> CaseMail | None:
    """The mail of this ledger row on the case; of none, the newest that came in another way."""
    c = mails.c
    query = select(mails).where(
        c.case_ref == ref, c.direction == "in", c.ledger_id.is_not_distinct_from(ledger_id)
    )
    row = conn.execute(query.order_by(c.at.desc(), c.id.desc()).limit(1)).one_or_none()
    return mail_of_row(row) if row else None


def newest_mail(conn: Connection, ref: str, verdicts: Collection[str]) -> CaseMail | None:
    """The newest mail that came in with one of these verdicts."""
    c = mails.c
    query = select(mails).where(c.case_ref == ref, c.direction == "in", c.verdict.in_(list(verdicts)))
    row = conn.execute(query.order_by(c.at.desc(), c.id.desc()).limit(1)).one_or_none()
    return mail_of_row(row) if row else None
