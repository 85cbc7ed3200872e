"""The changes of one transaction to cases, written down with one statement per table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Insert, bindparam, delete, func, insert, select, update

from maildesk.desk.case.case import Case
from maildesk.desk.case.events import Event
from maildesk.desk.letters.case_mail import CaseMail, is_looked_for
from maildesk.desk.promises.deadlines import deadlines_of
from maildesk.store import schema
from maildesk.store.case_rows import (
    Filing,
    case_row,
    deadline_row,
    event_row,
    filing_row,
    mail_row,
    met_text,
    party_row,
)
from maildesk.store.database import insert_ignoring
from maildesk.store.search import await_reading

Changed = tuple[Case, Case]
"""A case as the database has it, and as it is now."""


def write_cases(conn: Connection, stored: Mapping[str, Case], cases: Mapping[str, Case]) -> None:
    """Cases that are not `stored` yet, and those that differ from what is; with parties and deadlines."""
    new = [case for ref, case in cases.items() if ref not in stored]
    changed = [(stored[ref], case) for ref, case in cases.items() if ref in stored and case != stored[ref]]
    _insert(conn, _NEW_CASE, [case_row(case) for case in new])
    if changed:
        rows = [case_row(case) for _, case in changed]
        for row in rows:
            row["b_ref"] = row.pop("ref")
        conn.execute(_CHANGED_CASE, rows)
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
    _insert(conn, _NEW_PARTY, joined)
    if turned:
        conn.execute(_TURNED_PARTY, turned)


def _write_deadlines(conn: Connection, new: Sequence[Case], changed: Sequence[Changed]) -> None:
    """Deadlines follow from the case: the table is only their index by time."""
    gone: list[dict[str, str]] = []
    added = [(case.ref, deadline) for case in new for deadline in deadlines_of(case)]
    for was, case in changed:
        before, after = set(deadlines_of(was)), set(deadlines_of(case))
        gone.extend({"b_ref": case.ref, "b_kind": str(deadline.kind)} for deadline in before - after)
        added.extend((case.ref, deadline) for deadline in after - before)
    if gone:  # one by one: SQLite reads the whole table for a list of pairs
        conn.execute(_GONE_DEADLINE, gone)
    _insert(conn, _NEW_DEADLINE, [deadline_row(ref, deadline) for ref, deadline in added])


def write_mails(conn: Connection, mails: Sequence[CaseMail]) -> None:
    """New mails of cases, which are there already. What people said in them is to be found by its words."""
    rows = [mail_row(mail) for mail in mails]
    if not rows:
        return
    ids = _inserted(conn, rows)
    await_reading(conn, [each for each, mail in zip(ids, mails, strict=True) if is_looked_for(mail)])


def _inserted(conn: Connection, rows: Sequence[dict[str, Any]]) -> list[int]:
    """Insert mails; their numbers in this order."""
    if conn.dialect.name != "sqlite":
        return list(conn.execute(_NEW_MAIL_NUMBERED, rows).scalars())
    last = conn.execute(_LAST_MAIL).scalar() or 0  # we are its only writer now
    conn.execute(_NEW_MAIL, [{**row, "id": last + n} for n, row in enumerate(rows, start=1)])
    return list(range(last + 1, last + 1 + len(rows)))


def write_events(conn: Connection, events: Sequence[tuple[str, Event]]) -> None:
    """Write what happened, by the reference of the case that it happened to."""
    _insert(conn, _NEW_EVENT, [event_row(ref, event) for ref, event in events])


def write_filings(conn: Connection, filings: Sequence[Filing]) -> None:
    """The verdicts on ledger rows."""
    if filings:
        conn.execute(_FILED, list(map(filing_row, filings)))


def write_proven(conn: Connection, proven: Mapping[str, datetime]) -> None:
    """Addresses (folded) that returned a token of ours, and when; the first time is what counts."""
    if not proven:
        return
    rows = [{"address": address, "proven_at": at} for address, at in proven.items()]
    conn.execute(insert_ignoring(schema.addresses, conn.dialect.name), rows)
    conn.execute(_PROVEN_LATER, [{"b_address": row["address"], "b_at": row["proven_at"]} for row in rows])


def _insert(conn: Connection, new: Insert, rows: list[dict[str, Any]]) -> None:
    if rows:
        conn.execute(new, rows)


# --- statements -------------------------------------------------------------------------------------


_NEW_CASE = insert(schema.cases)
_CHANGED_CASE = (
    update(schema.cases)
    .where(schema.cases.c.ref == bindparam("b_ref"))
    .values({each.name: bindparam(each.name) for each in schema.cases.c if each.name != "ref"})
)
"""Never the reference itself: a database then looks for whoever refers to it, in all of their tables."""

_p = schema.parties.c
_NEW_PARTY = insert(schema.parties)
_TURNED_PARTY = (
    update(schema.parties)
    .where(_p.case_ref == bindparam("b_ref"), _p.number == bindparam("b_number"))
    .values({name: bindparam(f"b_{name}") for name in ("role", "written", "met")})
)
_d = schema.deadlines.c
_NEW_DEADLINE = insert(schema.deadlines)
_GONE_DEADLINE = delete(schema.deadlines).where(
    _d.case_ref == bindparam("b_ref"), _d.kind == bindparam("b_kind")
)
_m = schema.mails.c
_NEW_MAIL = insert(schema.mails)
_NEW_MAIL_NUMBERED = _NEW_MAIL.returning(_m.id, sort_by_parameter_order=True)
_LAST_MAIL = select(func.max(_m.id))
_NEW_EVENT = insert(schema.events)
_FILED = (
    update(schema.ledger)
    .where(schema.ledger.c.id == bindparam("ledger_id"))
    .values({field.name: bindparam(field.name) for field in fields(Filing) if field.name != "ledger_id"})
)
_PROVEN_LATER = (
    update(schema.addresses)
    .where(schema.addresses.c.address == bindparam("b_address"), schema.addresses.c.proven_at.is_(None))
    .values(proven_at=bindparam("b_at"))
)
