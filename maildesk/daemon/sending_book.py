"""The attempts in writing: a mark before each, what came of it after, and one commit for many of both."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass

from maildesk.casework.consequences import Consequence, Recorder
from maildesk.daemon.clock import Clock
from maildesk.daemon.crashing import CrashPoints
from maildesk.daemon.group_commit import GroupCommit
from maildesk.daemon.sending_outcomes import after_silence
from maildesk.store import outbox
from maildesk.store.database import Connection, Database
from maildesk.store.outbox import LetterState, OutboxLetter

_log = logging.getLogger(__name__)

MARKS_TOGETHER = 0.003
"""Seconds a mark waits for those of the other connections at work: one commit serves them all."""
OUTCOMES_TOGETHER = 0.01
"""Seconds an outcome waits for the next mark, which writes it too. In doubt is one letter of a connection."""


@dataclass(frozen=True, slots=True)
class _Mark:
    letter: OutboxLetter


@dataclass(frozen=True, slots=True)
class _Outcome:
    letter: OutboxLetter
    consequence: Consequence


class AttemptBook:
    """Marks and outcomes of one sender. `workers` is how many connections may be about to mark a letter.

    `in_doubt`: marks without an answer may stand in the outbox; `recover` settles them.
    """

    def __init__(self, store: Database, record: Recorder, clock: Clock, crash: CrashPoints) -> None:
        self._store = store
        self._record = record
        self._clock = clock
        self._crash = crash
        self._commits: GroupCommit[_Mark | _Outcome, set[int]] = GroupCommit(self._commit)
        self._marks_waiting = 0
        self._owed: dict[int, _Outcome] = {}  # the relay answered and the database would not take it
        self.workers = 0
        self.in_doubt = True  # from before we started
        self.sent = {"personal": 0, "automatic": 0}  # letters that relays took, by whose words they are

    async def recover(self) -> int:
        """Settle what nobody answered, and first what was answered but could not be written; how many."""
        await self._commits.finish()  # no letter of ours is under way
        owed = list(self._owed.values())
        found = await self._store.write(lambda conn: self._recover(conn, owed))
        self._owed.clear()
        self.in_doubt = False
        if found:
            _log.warning("letters were under way when the desk or its database stopped letters=%d", found)
        return found + len(owed)

    def mark(self, letter: OutboxLetter) -> asyncio.Future[set[int]]:
        """The attempt's mark, in one commit with all connections that are about to be ready."""
        self._marks_waiting += 1
        complete = self._marks_waiting >= self.workers
        return self._commits.add(_Mark(letter), within=0 if complete else MARKS_TOGETHER)

    def settle(self, letter: OutboxLetter, consequence: Consequence) -> None:
        """Recorded with the next commit; the connection goes on meanwhile. `finish` waits for all of them."""
        outcome = _Outcome(letter, consequence)
        self._commits.add(outcome, within=OUTCOMES_TOGETHER).add_done_callback(_raise_nothing)

    async def finish(self) -> None:
        """Wait until everything is written."""
        await self._commits.finish()

    async def _commit(self, wishes: Sequence[_Mark | _Outcome]) -> set[int]:
        marks = [wish.letter.id for wish in wishes if isinstance(wish, _Mark)]
        outcomes = [wish for wish in wishes if isinstance(wish, _Outcome)]
        self._marks_waiting -= len(marks)
        now = self._clock.now()

        def work(conn: Connection) -> set[int]:
            self._record(conn, _pairs(outcomes))
            return outbox.mark(conn, marks, now)

        try:
            marked = await self._store.write(work)
        except BaseException:
            self._owed.update({each.letter.id: each for each in outcomes})
            self.in_doubt = True
            raise
        for each in outcomes:
            letter, state = each.letter, each.consequence.settled.state
            if state is LetterState.SENT:
                self.sent["personal" if letter.personal else "automatic"] += 1
            _log.info(
                "letter tried letter=%d case=%s kind=%s state=%s",
                *(letter.id, letter.case_ref or "none", letter.kind, state),
            )
        if outcomes:
            self._crash.here("settled")
        return marked

    def _recover(self, conn: Connection, owed: Sequence[_Outcome]) -> int:
        now = self._clock.now()
        self._record(conn, _pairs(owed))
        letters = outbox.unsettled(conn)
        what = "the desk or its database stopped during the attempt"
        self._record(conn, [(letter, after_silence(letter, what, now, due_at=now)) for letter in letters])
        return len(letters)


def _pairs(outcomes: Sequence[_Outcome]) -> list[tuple[OutboxLetter, Consequence]]:
    return [(each.letter, each.consequence) for each in outcomes]


def _raise_nothing(done: asyncio.Future[set[int]]) -> None:
    """An outcome that could not be written is owed: written before anything else is sent."""
    if not done.cancelled() and (problem := done.exception()):
        _log.warning("outcome not recorded: %s", problem)
