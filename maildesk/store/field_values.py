"""Cases of which a field of the policy came to have a value within some time."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection, select

from maildesk.desk.case.events import EventKind
from maildesk.desk.case.folding import opened_with
from maildesk.store.chunks import chunks
from maildesk.store.column_types import value_in
from maildesk.store.schema import cases, events


def first_given(conn: Connection, field: str, since: datetime, until: datetime) -> list[str]:
    """The references of the cases whose field got its first value after `since`, and `until` then at most.

    Of a case that became part of another the other one tells.
    """
    touched = select(cases.c.ref).where(
        cases.c.fields.is_not(None),
        cases.c.updated_at > since,
        cases.c.merged_into.is_(None),
        value_in(cases.c.fields, field, conn.dialect.name).is_not(None),
    )
    given = _first_values(conn, field, conn.execute(touched).scalars().all())
    return sorted(ref for ref, at in given.items() if since < at <= until)


def _first_values(conn: Connection, field: str, refs: Iterable[str]) -> dict[str, datetime]:
    found: dict[str, datetime] = {}
    for chunk in chunks(sorted(refs)):
        query = select(events.c.case_ref, events.c.at, events.c.data).where(
            events.c.case_ref.in_(chunk), events.c.kind.in_(_SETTING)
        )
        for row in conn.execute(query.order_by(events.c.id)):
            if row.data.get("field") == field or opened_with(row.data, field):
                found.setdefault(row.case_ref, row.at)
    return found


_SETTING = [each.value for each in (EventKind.OPENED, EventKind.STATE_RECORDED, EventKind.FIELD_SET)]
