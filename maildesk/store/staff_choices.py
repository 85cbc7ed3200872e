"""The choices of the desk's own people by mail."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from maildesk.desk.policy.absences import AwayChosen, Chosen, StaffChoice
from maildesk.store.schema import staff_choices
from maildesk.store.staff_absences import settle_absence


def staff_choices_made(conn: Connection) -> tuple[StaffChoice, ...]:
    """All choices, each person's."""
    rows = conn.execute(_ALL)
    return tuple(
        StaffChoice(
            row.address,
            row.away,
            date.fromisoformat(row.away_until) if row.away_until else None,
            row.deputy,
            row.no_sheet,
        )
        for row in rows
    )


def choose(conn: Connection, chosen: Chosen, now: datetime) -> None:
    """Keep what somebody chose, in the place of what they chose before; the rest stays.

    Who says themselves whether they are away is not asked about what their mailbox says.
    """
    if isinstance(chosen, AwayChosen):
        settle_absence(conn, chosen.address, now)
        until = chosen.until.isoformat() if chosen.until else None
        values: dict[str, Any] = {"away": chosen.away, "away_until": until, "deputy": chosen.deputy}
    else:
        values = {"no_sheet": not chosen.wanted}
    known = update(staff_choices).where(staff_choices.c.address == chosen.address)
    if not conn.execute(known.values(values)).rowcount:
        conn.execute(insert(staff_choices).values(address=chosen.address, **values))


_ALL = select(staff_choices).order_by(staff_choices.c.address)
