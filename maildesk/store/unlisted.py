"""Erasures that the list of what was erased may not have yet: noted in the very commit that erases.

Between that commit and the line in the file the machine may stop. What was erased the tables know; of a
person only the code stays, here until the list has it.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, delete, select

from maildesk.store.desk_times import note_done
from maildesk.store.erased_keys import all_keys
from maildesk.store.erasure_list import ErasureNote
from maildesk.store.schema import cases, desk_times

_BEGINS: Final = "erased "
"""Among the times of the desk. Behind it stands a case that was erased, or a person's code."""
_PERSON: Final = "person "


@dataclass(frozen=True, slots=True)
class Unlisted:
    """One erasure: when, and of a person the code."""

    name: str
    at: datetime

    @property
    def person(self) -> str | None:
        """The code of the person."""
        what = self.name.removeprefix(_BEGINS)
        return what.removeprefix(_PERSON) if what.startswith(_PERSON) else None


def of_case(ref: str, at: datetime) -> Unlisted:
    """The erasure of a case, or of some of which it is the first."""
    return Unlisted(f"{_BEGINS}{ref}", at)


def of_mail(ledger_id: int, at: datetime) -> Unlisted:
    """The erasure of mails about no case, of which it is the first."""
    return Unlisted(f"{_BEGINS}mail {ledger_id}", at)


def of_person(code: str, at: datetime) -> Unlisted:
    """The erasure of a person."""
    return Unlisted(f"{_BEGINS}{_PERSON}{code}", at)


def note(conn: Connection, one: Unlisted) -> None:
    """The erasure of this commit is one that the list does not have yet."""
    note_done(conn, one.name, one.at)


def listed(conn: Connection, some: Collection[Unlisted]) -> None:
    """The list has these now."""
    t = desk_times.c
    for each in some:
        conn.execute(delete(desk_times).where(t.name == each.name, t.done_until == each.at))


def waiting(conn: Connection) -> list[Unlisted]:
    """The erasures that the list may not have."""
    return [Unlisted(row.name, row.done_until) for row in conn.execute(_WAITING)]


_WAITING: Final = (
    select(desk_times.c.name, desk_times.c.done_until)
    .where(desk_times.c.name.startswith(_BEGINS))
    .order_by(desk_times.c.done_until)
)


def everything_erased(conn: Connection, now: datetime) -> ErasureNote:
    """All that the tables know of as erased: cases, and the keys of mails."""
    c = cases.c
    refs = conn.execute(select(c.ref).where(c.erased_at.is_not(None)).order_by(c.erased_at, c.ref)).scalars()
    return ErasureNote(now, tuple(refs), tuple(all_keys(conn)))
