"""Letters of the operator's own that were sent: who had which, and what their mails showed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from sqlalchemy import BindParameter, Connection, bindparam, func, select

from maildesk.desk.case.events import GOOGLE, EventKind
from maildesk.desk.case.letter_order import LetterKind
from maildesk.store.column_types import value_in
from maildesk.store.outbox import LetterState
from maildesk.store.schema import events, outbox

_NOT_SENT: Final = (LetterState.HELD.value, LetterState.DROPPED.value)


def had_letter(connection: Connection, name: str, to: str) -> bool:
    """Tell whether whoever has this folded address was sent a letter of that name, on whatever case."""
    o, dialect = outbox.c, connection.dialect.name
    # Spelled as in the indexes (schema): as literals, only so do databases see that those hold what is asked.
    gone: BindParameter[Any] = bindparam("gone", _NOT_SENT, expanding=True, literal_execute=True)
    as_counted = (func.lower(o.recipient) == to, o.limited.is_(True), o.state.not_in(gone))
    as_sent = (o.recipient == to, o.state != LetterState.DROPPED.value)
    for theirs in (as_sent, as_counted):
        refs = select(o.case_ref).where(*theirs, o.kind == LetterKind.OWN.value)
        found = select(events.c.id).where(
            events.c.case_ref.in_(refs),
            events.c.kind == EventKind.OWN_LETTER.value,
            value_in(events.c.data, "letter", dialect) == name,
            value_in(events.c.data, "to", dialect) == to,
        )
        if connection.execute(found.limit(1)).first():
            return True
    return False


def shows_google(connection: Connection, refs: Iterable[str]) -> bool:
    """Tell whether a mail of the requester of one of these cases showed that they use Google Workspace."""
    shows = value_in(events.c.data, GOOGLE, connection.dialect.name).is_not(None)
    found = select(events.c.id).where(events.c.case_ref.in_(list(refs)), shows)
    return connection.execute(found.limit(1)).first() is not None
