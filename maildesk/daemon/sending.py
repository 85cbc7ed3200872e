"""Sending: due letters out over a few reused connections, each attempt marked before it is made."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random
from collections import deque
from collections.abc import Callable, Collection, Coroutine, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from maildesk.daemon.clock import Clock
from maildesk.daemon.crashing import CrashPoints
from maildesk.daemon.group_commit import GroupCommit
from maildesk.daemon.sending_outcomes import Consequence, after_attempt, after_silence, after_trouble
from maildesk.errors import MaildeskError
from maildesk.store import outbox
from maildesk.store.database import Connection, Database
from maildesk.store.outbox import Letter
from maildesk.transport.smtp import Refused, SmtpAccount, SmtpConnection

_log = logging.getLogger(__name__)

T = TypeVar("T")

CLAIM = 200
IDLE_CONNECTION = 20.0
"""Seconds an unused connection is kept: relays end silent ones, and a mail on a dead one costs a retry."""

MARKS_TOGETHER = 0.003
"""Seconds a mark waits for those of the other connections at work: one commit serves them all."""
OUTCOMES_TOGETHER = 0.02
"""Seconds an outcome waits for the next mark, as nobody waits for it."""
LAST_COMMIT = 3.0
"""Seconds the last outcomes have to be written at the end, should another process hold the database."""

Consequences = Sequence[tuple[Letter, Consequence]]
Recorder = Callable[[Connection, Consequences], None]
"""Writes consequences down: the letter's state and what its case hears of it, in one transaction."""


@dataclass(frozen=True, slots=True)
class Relay:
    """Where a mailbox's letters go, and over how many connections at most."""

    account: SmtpAccount
    connections: int


@dataclass(frozen=True, slots=True)
class Sent:
    """What a drain came to: letters tried, and the relays that could not be reached, with the reason."""

    tried: int
    unreachable: Mapping[Relay, MaildeskError]


@dataclass(frozen=True, slots=True)
class _Mark:
    letter: Letter


@dataclass(frozen=True, slots=True)
class _Outcome:
    letter: Letter
    consequence: Consequence


class Sender:
    """Sends what is due. `relays` maps mailbox names to relays; the empty name is the desk's own.

    A claim is held in memory only, since it proves nothing: a letter without a mark is simply sent
    again after a crash. A marked letter without an answer is uncertain.
    """

    def __init__(
        self, store: Database, relays: Mapping[str, Relay], record: Recorder, clock: Clock, crash: CrashPoints
    ) -> None:
        self._store = store
        self._relays = relays
        self._record = record
        self._clock = clock
        self._crash = crash
        self._idle: dict[Relay, list[SmtpConnection]] = {}
        self._commits: GroupCommit[_Mark | _Outcome, set[int]] = GroupCommit(self._commit)
        self._workers = 0
        self._marks_waiting = 0
        self._in_doubt = True  # marks without an answer may stand in the outbox, from before we started
        self._stale: asyncio.TimerHandle | None = None
        self._closing: asyncio.Task[None] | None = None

    async def recover(self) -> int:
        """Settle what a crash, or a database that failed us, left marked; how many letters that were."""
        await self._commits.finish()  # no letter of ours is under way
        found = await self._store.write(self._recover)
        self._in_doubt = False
        if found:
            _log.warning("letters were under way when the desk or its database stopped letters=%d", found)
        return found

    def _recover(self, conn: Connection) -> int:
        now = self._clock.now()
        letters = outbox.unsettled(conn)
        what = "the desk or its database stopped during the attempt"
        self._record(conn, [(letter, after_silence(letter, what, now, due_at=now)) for letter in letters])
        return len(letters)

    async def drain(self, stop: asyncio.Event, resting: Collection[Relay] = ()) -> Sent:
        """Try everything that is due now, once, but for `resting` relays; at `stop` finish what began."""
        if self._in_doubt:
            await self.recover()
        tried = 0
        unreachable: dict[Relay, MaildeskError] = {}
        passed_over: set[str] = set()  # mailboxes whose relay is out of reach: their letters stay due
        while not stop.is_set() and (letters := await self._due(passed_over)):
            by_relay: dict[Relay, deque[Letter]] = {}
            for letter in letters:
                relay = self._relay(letter)
                if relay in resting:
                    passed_over.add(letter.mailbox)
                else:
                    by_relay.setdefault(relay, deque()).append(letter)
            queues = list(by_relay.items())
            waiting = sum(len(queue) for _, queue in queues)
            problems = await _all(self._send(relay, queue, stop) for relay, queue in queues)
            tried += waiting - sum(len(queue) for _, queue in queues)
            for (relay, queue), problem in zip(queues, problems, strict=True):
                if problem:
                    unreachable[relay] = problem
                    passed_over.update(letter.mailbox for letter in queue)
        return Sent(tried, unreachable)

    async def close(self) -> None:
        """Finish the commits under way and hang up."""
        # An outcome that cannot be written leaves its letter marked: in doubt at the next start, and told.
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(LAST_COMMIT):
                await self._commits.finish()
        await self._close_idle()

    # --- claiming ---------------------------------------------------------------------------------

    async def _due(self, passed_over: Collection[str]) -> list[Letter]:
        now = self._clock.now()
        return await self._store.read(lambda conn: outbox.due(conn, now, CLAIM, passed_over))

    def _relay(self, letter: Letter) -> Relay:
        return self._relays.get(letter.mailbox) or self._relays[""]

    # --- one relay --------------------------------------------------------------------------------

    async def _send(self, relay: Relay, letters: deque[Letter], stop: asyncio.Event) -> MaildeskError | None:
        """Send a queue of letters over as many connections as are worth it; why the relay is out of reach."""
        workers = min(relay.connections, len(letters))
        problems = await _all(self._work(relay, letters, stop) for _ in range(workers))
        await self._commits.finish()
        self._keep_for_a_while()
        return next((problem for problem in problems if problem), None) if letters else None

    async def _work(self, relay: Relay, letters: deque[Letter], stop: asyncio.Event) -> MaildeskError | None:
        """One connection's work until the queue is empty or the relay cannot be reached."""
        conn: SmtpConnection | None = None
        self._workers += 1
        try:
            while letters and not stop.is_set():
                if conn is None or not conn.usable:
                    try:
                        conn = await self._connection(relay)
                    except MaildeskError as problem:
                        return problem
                await self._attempt(conn, letters.popleft())
        except BaseException:
            if conn:
                conn.abort()
            raise
        finally:
            self._workers -= 1
        if conn and conn.usable:
            self._idle.setdefault(relay, []).append(conn)
        return None

    async def _connection(self, relay: Relay) -> SmtpConnection:
        idle = self._idle.get(relay, [])
        while idle:
            conn = idle.pop()
            if conn.usable:
                return conn
        return await SmtpConnection.open(relay.account)

    async def _attempt(self, conn: SmtpConnection, letter: Letter) -> None:
        """One letter: offered, marked, transmitted, settled. The relay's every answer is written down."""
        now = self._clock.now
        try:
            reply = await conn.offer(letter.envelope_from, letter.recipient, size=len(letter.content))
        except MaildeskError as problem:
            self._settle(letter, after_trouble(letter, str(problem), now(), random.random))
            return
        if isinstance(reply, Refused):
            self._settle(letter, after_attempt(letter, reply, now(), random.random))
            return
        self._crash.here("before-mark")
        marked = await self._mark(letter)
        self._crash.here("marked")
        if letter.id not in marked:
            await conn.reset()  # dropped by a person meanwhile
            return
        try:
            answer = await conn.transmit(letter.content)
        except MaildeskError as problem:
            consequence = after_trouble(letter, str(problem), now(), random.random)
        else:
            self._crash.here("transmitted")
            consequence = after_attempt(letter, answer, now(), random.random)
        self._settle(letter, consequence)

    def _mark(self, letter: Letter) -> asyncio.Future[set[int]]:
        """The attempt's mark, in one commit with all connections that are about to be ready."""
        self._marks_waiting += 1
        complete = self._marks_waiting >= self._workers
        return self._commits.add(_Mark(letter), within=0 if complete else MARKS_TOGETHER)

    def _settle(self, letter: Letter, consequence: Consequence) -> None:
        """Recorded with the next commit; the connection goes on meanwhile. `drain` waits for all of them."""
        outcome = _Outcome(letter, consequence)
        self._commits.add(outcome, within=OUTCOMES_TOGETHER).add_done_callback(_raise_nothing)

    # --- commits ----------------------------------------------------------------------------------

    async def _commit(self, wishes: Sequence[_Mark | _Outcome]) -> set[int]:
        marks = [wish.letter.id for wish in wishes if isinstance(wish, _Mark)]
        outcomes = [(wish.letter, wish.consequence) for wish in wishes if isinstance(wish, _Outcome)]
        self._marks_waiting -= len(marks)
        now = self._clock.now()

        def work(conn: Connection) -> set[int]:
            self._record(conn, outcomes)
            return outbox.mark(conn, marks, now)

        try:
            marked = await self._store.write(work)
        except BaseException:
            self._in_doubt = True
            raise
        if outcomes:
            self._crash.here("settled")
        return marked

    # --- idle connections -------------------------------------------------------------------------

    def _keep_for_a_while(self) -> None:
        if self._stale:
            self._stale.cancel()
        loop = asyncio.get_running_loop()
        self._stale = loop.call_later(IDLE_CONNECTION, self._start_closing)

    def _start_closing(self) -> None:
        self._closing = asyncio.create_task(self._close_idle(), name="close-idle")

    async def _close_idle(self) -> None:
        if self._stale:
            self._stale.cancel()
        idle, self._idle = self._idle, {}
        await asyncio.gather(*(_goodbye(conn) for conns in idle.values() for conn in conns))


async def _goodbye(conn: SmtpConnection) -> None:
    with contextlib.suppress(MaildeskError):  # a courtesy: every answer is settled already
        await conn.close()


async def _all(works: Iterable[Coroutine[Any, Any, T]]) -> list[T]:
    """Every result; when one fails the others are ended, and its own error is raised, not a group."""
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(work) for work in works]
    except BaseExceptionGroup as problems:
        raise problems.exceptions[0] from None
    return [task.result() for task in tasks]


def _raise_nothing(done: asyncio.Future[set[int]]) -> None:
    """An outcome that could not be written leaves its letter marked: uncertain, never forgotten."""
    if not done.cancelled() and (problem := done.exception()):
        _log.warning("outcome not recorded: %s", problem)
