"""The changes of one transaction to cases, written down with one statement per table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Table, bindparam, delete, func, insert, select, update

from maildesk.desk.case.case import Case
from maildesk.desk.case.events import Event
from maildesk.desk.letters.case_mail import CaseMail, is_looked_for
from maildesk.desk.promises.deadlines import deadlines_of
from maildesk.store import schema
from maildesk.store.case_rows import Filing, case_row, deadline_row, event_row, mail_row, met_text, party_row
from maildesk.store.database import insert_ignoring
from maildesk.store.search import await_reading

Changed = tuple[Case, Case]
"""A case as the database has it, and as it is now."""


def write_cases(conn: Connection, stored: Mapping[str, Case], cases: Mapping[str, Case]) -> None:
    """Cases that are not `stored` yet, and those that differ from what is; with parties and deadlines."""
    new = [case for ref, case in cases.items() if ref not in stored]
    changed = [(stored[ref], case) for ref, case in cases.items() if ref in stored and case != stored[ref]]
    _insert(conn, schema.cases, [case_row(case) for case in new])
    if changed:
        # Never the reference itself: a database then looks for whoever refers to it, in all of their tables.
        rows = [{**case_row(case), "b_ref": case.ref} for _, case in changed]
        for row in rows:
            del row["ref"]
        columns: dict[str, Any] = {name: bindparam(name) for name in rows[0] if name != "b_ref"}
        query = update(schema.cases).where(schema.cases.c.ref == bindparam("b_ref")).values(columns)
        conn.execute(query, rows)
    _write_parties(conn, new, changed)
    _write_deadlines(conn, new, changed)


def _write_parties(conn: Connection, new: Sequence[Case], changed: Sequence[Changed]) -> None:
    """Parties are added at the end and never taken out; one may get another role, write, or meet others."""
    joined = [party_row(case.ref, party) for case in new for party in case.parties]
    turned: list[dict[str, Any]] = []
    for before, case in changed:
        joined += [party_row(case.ref, party) for party in case.parties[len(before.parties) :]]
        turned += [
            {
                "b_ref": case.ref,
                "b_number": party.number,
                "b_role": party.role.value,
                "b_written": party.written,
                "b_met": met_text(party),
            }
            for party, was in zip(case.parties, before.parties, strict=False)
            if party != was
        ]
    _insert(conn, schema.parties, joined)
    if turned:
        p = schema.parties.c
        query = update(schema.parties).where(
            p.case_ref == bindparam("b_ref"), p.number == bindparam("b_number")
        )
        values: dict[str, Any] = {name: bindparam(f"b_{name}") for name in ("role", "written", "met")}
        conn.execute(query.values(values), turned)


def _write_deadlines(conn: Connection, new: Sequence[Case], changed: Sequence[Changed]) -> None:
    """Deadlines follow from the case: the table is only their index by time."""
    gone: list[dict[str, str]] = []
    added = [(case.ref, deadline) for case in new for deadline in deadlines_of(case)]
    for was, case in changed:
        before, after = set(deadlines_of(was)), set(deadlines_of(case))
        gone.extend({"b_ref": case.ref, "b_kind": str(deadline.kind)} for deadline in before - after)
        added.extend((case.ref, deadline) for deadline in after - before)
    c = schema.deadlines.c
    if gone:  # one by one: SQLite reads the whole table for a list of pairs
        one = delete(schema.deadlines).where(c.case_ref == bindparam("b_ref"), c.kind == bindparam("b_kind"))
        conn.execute(one, gone)
    _insert(conn, schema.deadlines, [deadline_row(ref, deadline) for ref, deadline in added])


def write_mails(conn: Connection, mails: Sequence[CaseMail]) -> None:
    """New mails of cases, which are there already. What people said in them is to be found by its words."""
    rows = [mail_row(mail) for mail in mails]
    if not rows:
        return
    ids = _inserted(conn, rows)
    await_reading(conn, [each for each, mail in zip(ids, mails, strict=True) if is_looked_for(mail)])


def _inserted(conn: Connection, rows: Sequence[dict[str, Any]]) -> list[int]:
    """Insert mails; their numbers in this order."""
    m = schema.mails
    if conn.dialect.name != "sqlite":
        return list(conn.execute(insert(m).returning(m.c.id, sort_by_parameter_order=True), rows).scalars())
    last = conn.execute(select(func.max(m.c.id))).scalar() or 0  # we are its only writer now
    conn.execute(insert(m), [{**row, "id": last + n} for n, row in enumerate(rows, start=1)])
    return list(range(last + 1, last + 1 + len(rows)))


def write_events(conn: Connection, events: Sequence[tuple[str, Event]]) -> None:
    """Write what happened, by the reference of the case that it happened to."""
    _insert(conn, schema.events, [event_row(ref, event) for ref, event in events])


def write_filings(conn: Connection, filings: Sequence[Filing]) -> None:
    """The verdicts on ledger rows."""
    if not filings:
        return
    names = [name for name in Filing.__slots__ if name != "ledger_id"]
    query = (
        update(schema.ledger)
        .where(schema.ledger.c.id == bindparam("b_id"))
        .values({name: bindparam(name) for name in names})
    )
    rows = [{"b_id": f.ledger_id, **{name: getattr(f, name) for name in names}} for f in filings]
    conn.execute(query, rows)


def write_proven(conn: Connection, proven: Mapping[str, datetime]) -> None:
    """Addresses (folded) that returned a token of ours, and when; the first time is what counts."""
    if not proven:
        return
    rows = [{"address": address, "proven_at": at} for address, at in proven.items()]
    conn.execute(insert_ignoring(schema.addresses, conn.dialect.name), rows)
    c = schema.addresses.c
    known = update(schema.addresses).where(c.address == bindparam("b_address"), c.proven_at.is_(None))
    known = known.values(proven_at=bindparam("b_at"))
    conn.execute(known, [{"b_address": row["address"], "b_at": row["proven_at"]} for row in rows])


def _insert(conn: Connection, table: Table, rows: list[dict[str, Any]]) -> None:
    if rows:
        conn.execute(insert(table), rows)
