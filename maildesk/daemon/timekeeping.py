"""Timekeeping: what time alone makes happen, through the same decide, commit and outbox."""

from __future__ import annotations

from datetime import datetime, timedelta

from maildesk.daemon.carrying_out import Carrier, cause_of_thread, letter_counts
from maildesk.daemon.clock import Clock
from maildesk.daemon.recording import OutcomeRecorder
from maildesk.desk.deadlines import DeadlineKind, come_due
from maildesk.desk.desk import Desk
from maildesk.desk.letters import LetterWriter
from maildesk.desk.limits import LetterLimits
from maildesk.store import outbox
from maildesk.store.cases import CaseBook, due_deadlines, forget_deadline
from maildesk.store.database import Connection, Database

BATCH = 100
HELD_FOR = timedelta(hours=24)
"""A held acknowledgement is of no use to anybody after this long (design §7)."""


class Timekeeper:
    """Turns due deadlines into events and letters, and drops acknowledgements that were held too long."""

    def __init__(
        self,
        store: Database,
        desk: Desk,
        writer: LetterWriter,
        limits: LetterLimits,
        recorder: OutcomeRecorder,
        clock: Clock,
    ) -> None:
        self._store = store
        self._desk = desk
        self._writer = writer
        self._limits = limits
        self._recorder = recorder
        self._clock = clock

    async def drain(self) -> int:
        """Everything that is due now; how many deadlines that were."""
        done = 0
        now = self._clock.now()
        while found := await self._store.write(lambda conn: self._batch(conn, now)):
            done += found
        await self._store.write(lambda conn: self._drop_held(conn, now))
        return done

    def _batch(self, conn: Connection, now: datetime) -> int:
        due = due_deadlines(conn, now, BATCH)
        if not due:
            return 0
        book = CaseBook(conn)
        book.load_cases({ref for ref, _ in due})
        counts = letter_counts(conn, now, (), ())
        carrier = Carrier(book, self._desk, self._writer, counts, self._limits)
        for ref, kind in due:
            self._happen(conn, book, carrier, ref, kind, now)
        book.flush()
        outbox.add(conn, carrier.letters)
        return len(due)

    def _happen(
        self, conn: Connection, book: CaseBook, carrier: Carrier, ref: str, kind: DeadlineKind, now: datetime
    ) -> None:
        case = book.case(ref)
        change = come_due(case, kind, now) if case else None
        if case is None or change is None:
            forget_deadline(conn, ref, kind)  # the case moved on in a way its row did not follow
            return
        ident = f"deadline {ref} {kind} {case.response_due.isoformat() if case.response_due else ''}"
        cause = cause_of_thread(book, case, ident)
        carrier.carry_out(change, cause, now)

    def _drop_held(self, conn: Connection, now: datetime) -> None:
        letters = outbox.expired_held(conn, now - HELD_FOR)
        if letters:
            self._recorder.drop_expired_held(conn, now, letters)
