"""What the relay's answer means to the case: failed, late and uncertain letters become events and notices."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from maildesk.daemon.carrying_out import Carrier, Cause, letter_counts
from maildesk.daemon.sending import Consequences
from maildesk.daemon.sending_outcomes import Consequence
from maildesk.desk.case import Case, apply
from maildesk.desk.deadlines import DESK
from maildesk.desk.decision import Change
from maildesk.desk.desk import Desk
from maildesk.desk.events import Event, EventKind
from maildesk.desk.letters import LetterWriter
from maildesk.desk.limits import LetterLimits
from maildesk.desk.notices import FORMS, LetterKind, LetterOrder
from maildesk.store import outbox
from maildesk.store.cases import CaseBook
from maildesk.store.database import Connection
from maildesk.store.outbox import Letter

_TOLD = (EventKind.LETTER_FAILED, EventKind.LETTER_DELAYED)
"""What the owner is told of; an uncertain letter stands in the history only."""


class OutcomeRecorder:
    """Settles letters and tells their cases, in the transaction it is given."""

    def __init__(self, desk: Desk, writer: LetterWriter, limits: LetterLimits) -> None:
        self._desk = desk
        self._writer = writer
        self._limits = limits

    def __call__(self, conn: Connection, consequences: Consequences) -> None:
        outbox.settle(conn, [consequence.settled for _, consequence in consequences])
        eventful = [(one, after) for one, after in consequences if after.event and one.case_ref]
        if eventful:
            self._tell_cases(conn, eventful)

    def drop_expired_held(self, conn: Connection, now: datetime, letters: Collection[Letter]) -> None:
        """Acknowledgements held too long to be of use: dropped, and their cases say so."""
        settled = [
            outbox.Settled(one.id, outbox.LetterState.DROPPED, "held for 24 hours", ended_at=now)
            for one in letters
        ]
        self(
            conn,
            [
                (one, Consequence(each, EventKind.LETTER_DROPPED))
                for one, each in zip(letters, settled, strict=True)
            ],
        )

    def _tell_cases(self, conn: Connection, consequences: Consequences) -> None:
        book = CaseBook(conn)
        book.load_cases({letter.case_ref for letter, _ in consequences if letter.case_ref})
        now = max(_when(consequence, letter) for letter, consequence in consequences)
        counts = letter_counts(conn, now, (), ())
        carrier = Carrier(book, self._desk, self._writer, counts, self._limits)
        for letter, consequence in consequences:
            case = book.case(letter.case_ref or "")
            if case and consequence.event:
                change = _change(case, letter, consequence, consequence.event, now)
                cause = Cause(f"outbox {letter.message_id} {letter.recipient} {consequence.event}")
                carrier.carry_out(change, cause, now)
        book.flush()
        outbox.add(conn, carrier.letters)


def _change(case: Case, letter: Letter, consequence: Consequence, kind: EventKind, now: datetime) -> Change:
    reason = consequence.settled.reason or ""
    data = {
        "letter": letter.kind,
        "to": letter.recipient,
        "why": reason,
        "first_response": (kind is EventKind.LETTER_FAILED and _was_first_response(case, letter)) or None,
    }
    event = Event(now, kind, DESK, data)
    # A notice that failed is not told by another notice: that could go on for ever.
    of_customers = FORMS[LetterKind(letter.kind)].audience.of_customers
    told = kind in _TOLD and of_customers
    order = LetterOrder(LetterKind.UNDELIVERED, extra={"recipients": letter.recipient, "reason": reason})
    return Change(apply(case, event), (event,), (order,) if told else ())


def _was_first_response(case: Case, letter: Letter) -> bool:
    """Whether this answer is what stopped the response clock: it did so in the commit that queued it."""
    to_requester = letter.recipient.lower() == case.requester.lower()
    return letter.personal and to_requester and case.first_response_at == letter.created_at


def _when(consequence: Consequence, letter: Letter) -> datetime:
    settled = consequence.settled
    return settled.ended_at or letter.marked_at or letter.due_at
