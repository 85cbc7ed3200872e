"""Deadlines that came due, carried out: what time alone makes happen to cases."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from maildesk.casework.office import Office
from maildesk.casework.unit_of_work import UnitOfWork
from maildesk.desk.decisions.timing import happened, opens_at, silent_at
from maildesk.desk.letters.cause import Cause
from maildesk.desk.letters.letter_kinds import FORMS
from maildesk.desk.promises.deadlines import DeadlineKind, deadline_of
from maildesk.store import restoring
from maildesk.store.database import Connection
from maildesk.store.deadlines import forget_deadline, put_off_deadline
from maildesk.store.restoring import Restoration

DueDeadline = tuple[str, DeadlineKind, datetime]
"""The reference of its case, which of its deadlines, and when it was to be looked at."""


def come_due(
    office: Office, conn: Connection, due: Sequence[DueDeadline], now: datetime, filed_until: datetime
) -> None:
    """Do what these deadlines make happen, all in this transaction.

    Of the mail that reached the mailboxes, what came `filed_until` then is filed.
    """
    if not due:
        return
    restoration = restoring.newest(conn)
    with office.session(conn, now) as work:
        work.load({ref for ref, _, _ in due})
        for one in due:
            _happen(work, one, restoration, filed_until)


def _happen(
    work: UnitOfWork, one: DueDeadline, restoration: Restoration | None, filed_until: datetime
) -> None:
    ref, kind, look_at = one
    case, desk = work.book.case(ref), work.office.desk
    deadline = deadline_of(case, kind) if case else None
    if case and deadline and deadline.due_at <= work.now:
        at = max(
            opens_at(deadline, desk, work.now),
            silent_at(deadline, desk, work.now, look_at=look_at, filed_until=filed_until),
        )
        if at > work.now:
            put_off_deadline(work.conn, ref, kind, at)
            return
    change = happened(case, deadline, desk, work.now) if case and deadline else None
    if case is None or deadline is None or change is None or deadline.due_at > work.now:
        forget_deadline(work.conn, ref, kind, work.now)  # the case moved on in a way its row did not follow
        return
    ident = f"deadline {ref} {kind} {deadline.began.isoformat()} {deadline.due_at.isoformat()}"
    customers_hear = any(FORMS[order.kind].audience.of_customers for order in change.letters)
    cause = work.cause_of_thread(case, ident) if customers_hear else Cause(ident)
    if restoration and deadline.due_at < restoration.restored_at:
        cause = replace(cause, held=restoration.why)  # it lapsed while another desk may have told of it
    work.carry_out(change, cause)
