"""Refolding: the columns of every case and the table of deadlines, made again from the events."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from maildesk.desk.case.case import Case
from maildesk.desk.case.folding import folded
from maildesk.desk.promises.deadlines import deadlines_of
from maildesk.store.case_history import histories
from maildesk.store.case_rows import FROM_CLOCKS, case_of_row, case_row, deadline_row
from maildesk.store.schema import cases, deadlines

_AT_ONCE = 200
"""Cases whose events are in memory together."""


@dataclass(frozen=True, slots=True)
class Refolded:
    """A case whose rows said something else than its events: the columns, and `deadlines`."""

    ref: str
    columns: tuple[str, ...]


def refold(conn: Connection, *, write: bool = True) -> list[Refolded]:
    """Make every case what its events say, and the deadlines what the case says; what that changes."""
    return [changed for refs in _refs(conn) for changed in _refolded(conn, refs, write=write)]


def _refs(conn: Connection) -> Iterator[Sequence[str]]:
    last = ""
    query = select(cases.c.ref).order_by(cases.c.ref).limit(_AT_ONCE)
    while refs := conn.execute(query.where(cases.c.ref > last)).scalars().all():
        yield refs
        last = refs[-1]


def _refolded(conn: Connection, refs: Sequence[str], *, write: bool) -> Iterator[Refolded]:
    happened = histories(conn, refs)
    stored = {row.ref: row for row in conn.execute(select(cases).where(cases.c.ref.in_(refs)))}
    owed: dict[str, dict[str, Any]] = {ref: {} for ref in refs}
    for row in conn.execute(select(deadlines).where(deadlines.c.case_ref.in_(refs))):
        owed[row.case_ref][row.kind] = row.due_at
    for ref in refs:
        case = folded(ref, happened[ref])
        columns = [*_other_columns(stored[ref], case), *_other_deadlines(owed[ref], case)]
        if columns:
            yield Refolded(ref, tuple(columns))
        if columns and write:
            write_case(conn, case)


def _other_columns(stored: Row[Any], case: Case) -> list[str]:
    was, now = case_row(case_of_row(stored, ())), case_row(case)
    was |= {name: getattr(stored, name) for name in FROM_CLOCKS}
    return [name for name in now if now[name] != was[name]]


def _other_deadlines(owed: dict[str, Any], case: Case) -> list[str]:
    return ["deadlines"] if {str(each.kind): each.due_at for each in deadlines_of(case)} != owed else []


def write_case(conn: Connection, case: Case) -> None:
    """Write what a case is, and what is due for it; it is there already."""
    row = case_row(case)
    del row["ref"]  # a database looks for whoever refers to it where that is written
    conn.execute(update(cases).where(cases.c.ref == case.ref).values(row))
    conn.execute(delete(deadlines).where(deadlines.c.case_ref == case.ref))
    if rows := [deadline_row(case.ref, each) for each in deadlines_of(case)]:
        conn.execute(insert(deadlines), rows)
