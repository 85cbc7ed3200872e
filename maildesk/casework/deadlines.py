"""Deadlines that came due, carried out: what time alone makes happen to cases."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from maildesk.casework.office import Office
from maildesk.casework.unit_of_work import UnitOfWork
from maildesk.desk.case.case import Case
from maildesk.desk.letters.cause import Cause
from maildesk.desk.letters.letter_kinds import FORMS
from maildesk.desk.promises.deadlines import DeadlineKind, deadlines_of
from maildesk.desk.promises.deadlines import come_due as changed_by
from maildesk.store import restoring
from maildesk.store.database import Connection
from maildesk.store.deadlines import forget_deadline
from maildesk.store.restoring import Restoration

DueDeadline = tuple[str, DeadlineKind]
"""The reference of its case, and which of its deadlines."""


def come_due(office: Office, conn: Connection, due: Sequence[DueDeadline], now: datetime) -> None:
    """Do what these deadlines make happen, all in this transaction."""
    if not due:
        return
    restoration = restoring.newest(conn)
    with office.session(conn, now) as work:
        work.load({ref for ref, _ in due})
        for ref, kind in due:
            _happen(work, ref, kind, restoration)


def _happen(work: UnitOfWork, ref: str, kind: DeadlineKind, restoration: Restoration | None) -> None:
    case = work.book.case(ref)
    change = changed_by(case, kind, work.now) if case else None
    if case is None or change is None:
        forget_deadline(work.conn, ref, kind, work.now)  # the case moved on in a way its row did not follow
        return
    due = case.wait_until if kind is DeadlineKind.WAIT else case.response_due
    ident = f"deadline {ref} {kind} {due.isoformat() if due else ''}"
    customers_hear = any(FORMS[order.kind].audience.of_customers for order in change.letters)
    cause = work.cause_of_thread(case, ident) if customers_hear else Cause(ident)
    if restoration and _moment(case, kind, work.now) < restoration.restored_at:
        cause = replace(cause, held=restoration.why)  # it lapsed while another desk may have told of it
    work.carry_out(change, cause)


def _moment(case: Case, kind: DeadlineKind, now: datetime) -> datetime:
    """Find when this deadline of a case came due."""
    return next((one.due_at for one in deadlines_of(case) if one.kind is kind), now)
