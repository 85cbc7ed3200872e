"""Timekeeping: what time alone makes happen, through the same decide, commit and outbox."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial

from maildesk.casework.alarms import place_of
from maildesk.casework.deadlines import DueDeadline, come_due
from maildesk.casework.digests import write_digest
from maildesk.casework.held_answers import lapse
from maildesk.casework.office import Office
from maildesk.casework.outbox_letters import HELD_FOR
from maildesk.casework.recording import OutcomeRecorder
from maildesk.casework.weekly import ReportWish
from maildesk.daemon.clock import Clock
from maildesk.daemon.morning_duty import MorningDuty
from maildesk.daemon.report_duty import ReportDuty
from maildesk.daemon.retaining import RetentionDuty
from maildesk.daemon.sending_outcomes import after_expiry
from maildesk.daemon.summarising import SummaryDuty
from maildesk.desk.case.told import Joined, Phrase
from maildesk.errors import StoreUnusable, TemporaryError
from maildesk.store import held_answers, outbox
from maildesk.store.database import Connection, Database
from maildesk.store.deadlines import due_deadlines, put_off_deadline
from maildesk.store.due_now import due_now
from maildesk.store.savepoints import apart

_log = logging.getLogger(__name__)

BATCH = 100
NONE = timedelta(0)
PUT_OFF = timedelta(hours=1)
"""The time until a deadline that could not be kept is tried again: somebody may have mended a template."""


class Timekeeper:
    """Turns due deadlines into events and letters, and ends letters that waited or were held too long."""

    def __init__(
        self,
        store: Database,
        office: Office,
        recorder: OutcomeRecorder,
        clock: Clock,
        retention: RetentionDuty,
        boxes: Sequence[str] = (),
        report: ReportWish | None = None,
    ) -> None:
        """`boxes` are the watched mailboxes: what waits there is filed before an answer is given up."""
        self._store = store
        self._office = office
        self._recorder = recorder
        self._clock = clock
        self._retention = retention
        self._boxes = boxes
        self.summaries = SummaryDuty(store, office)
        self.reports = ReportDuty(store, office, report)
        self.mornings = MorningDuty(store, office)

    async def drain(self, settled: timedelta = NONE) -> int:
        """Everything that is due now; how many deadlines, letters and notices that were.

        A digest is written when its first notice waited for `settled`: more of the same may be on its way.
        """
        now = self._clock.now()
        due = await self._store.read(lambda conn: self._anything_due(conn, now - settled, now))
        done = await self._keep(now - settled, now) if due else 0
        done += await self.summaries.drain(now)
        done += await self.reports.drain(now)
        done += await self.mornings.drain(now)
        await self._retention.drain(now)
        return done

    def _anything_due(self, conn: Connection, digests_by: datetime, now: datetime) -> bool:
        """Tell whether anything waits for a transaction that writes; mostly nothing does."""
        return (
            due_now(conn, self._boxes, now, digests_by).by_time
            or bool(outbox.expired(conn, now, 1))
            or bool(outbox.expired_held(conn, now - HELD_FOR))
        )

    async def _keep(self, digests_by: datetime, now: datetime) -> int:
        done = 0
        while found := await self._batch(now):
            done += found
        while ended := await self._store.write(lambda conn: self._end_expired(conn, now)):
            done += ended
        await self._store.write(lambda conn: self._drop_held(conn, now))
        while lapsed := await self._store.write(lambda conn: self._lapse(conn, now)):
            done += lapsed
        while told := await self._store.write(lambda conn: write_digest(conn, self._office, digests_by, now)):
            done += told
        return done

    async def _batch(self, now: datetime) -> int:
        """Do what is due, in one commit; if one case makes us fail, case by case, and that one is put off."""
        due = await self._store.read(lambda conn: due_deadlines(conn, now, BATCH))
        if not due:
            return 0
        try:
            await self._store.write(lambda conn: self._come_due(conn, due, now))
        except (TemporaryError, StoreUnusable):
            raise  # about the database, not about a case
        except Exception:  # noqa: BLE001 - whatever it is, one case must not stop the others
            for one in due:
                await self._store.write(partial(self._one_by_itself, one=one, now=now))
        for ref, kind, _ in due:
            _log.info("came due case=%s kind=%s", ref, kind)
        return len(due)

    def _come_due(self, conn: Connection, due: Sequence[DueDeadline], now: datetime) -> None:
        come_due(self._office, conn, due, now, held_answers.filed_until(conn, self._boxes, now))

    def _one_by_itself(self, conn: Connection, one: DueDeadline, now: datetime) -> None:
        problem = apart(conn, lambda: self._come_due(conn, [one], now))
        if problem is None:
            return
        ref, kind, _ = one
        put_off_deadline(conn, ref, kind, now + PUT_OFF)
        _log.error("a deadline could not be kept case=%s kind=%s", ref, kind, exc_info=problem)
        self._alarm(conn, Phrase("A deadline of case {case} could not be kept", case=ref), problem, now)

    def _alarm(self, conn: Connection, what: Phrase, problem: Exception, now: datetime) -> None:
        detail = Joined(": ", (what, place_of(problem)))
        outbox.add(conn, self._office.alarms.raised(conn, "broken:timekeeping", now, detail))

    def _end_expired(self, conn: Connection, now: datetime) -> int:
        """Letters whose relay was out of reach until their time was up: failed, and their cases told."""
        letters = outbox.expired(conn, now, BATCH)
        self._recorder(conn, [(letter, after_expiry(letter, now)) for letter in letters])
        return len(letters)

    def _lapse(self, conn: Connection, now: datetime) -> int:
        """Answers that are held and that nobody wants sent: told of, one by one if one makes us fail."""
        held = held_answers.lapsed(conn, held_answers.heard_until(conn, self._boxes, now), BATCH)
        if apart(conn, lambda: lapse(self._office, conn, held, now)) is None:
            return len(held)
        for one in held:
            problem = apart(conn, partial(lapse, self._office, conn, [one], now))
            if problem is None:
                continue
            held_answers.put_off(conn, one, now + PUT_OFF)
            _log.error("an answer could not be given up case=%s", one.case_ref, exc_info=problem)
            what = Phrase("An answer of case {case} could not be given up", case=one.case_ref)
            self._alarm(conn, what, problem, now)
        return len(held)

    def _drop_held(self, conn: Connection, now: datetime) -> None:
        letters = outbox.expired_held(conn, now - HELD_FOR)
        if letters:
            self._recorder.drop_expired_held(conn, now, letters)
