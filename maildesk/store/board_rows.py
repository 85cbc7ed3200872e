"""The open cases as a board shows them, read in one statement."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from itertools import starmap

from sqlalchemy import Connection, func, select

from maildesk.desk.case.case import Phase
from maildesk.store.schema import cases, mails

OPEN = (Phase.NEW, Phase.OPEN, Phase.WAITING)


@dataclass(frozen=True, slots=True)
class BoardRow:
    """One open case. `asked_at`: since when its customer waits; `said_at`: when we last wrote.

    Its values are in the order of the columns that are asked for.
    """

    ref: str
    subject: str
    requester: str
    priority: str
    owner: str | None
    team: str | None
    escalation_level: int | None
    opened_at: datetime
    response_due: datetime | None
    resolution_due: datetime | None
    first_response_at: datetime | None
    asked_at: datetime | None
    said_at: datetime | None


def board_rows(conn: Connection) -> list[BoardRow]:
    """All open cases; a page puts them in order."""
    c = cases.c
    said = (
        select(func.max(mails.c.at))
        .where(mails.c.case_ref == c.ref, mails.c.spoken_by.is_not(None))
        .scalar_subquery()
    )
    columns = (
        c.ref, c.subject, c.requester, c.priority, c.owner, c.team, c.escalation_level, c.opened_at,
        c.response_due, c.resolution_due, c.first_response_at, c.asked_at, said.label("said_at"),
    )  # fmt: skip
    query = select(*columns).where(c.phase.in_([phase.value for phase in OPEN]))
    return list(starmap(BoardRow, conn.execute(query).all()))
