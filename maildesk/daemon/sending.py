"""Sending: due letters out over a few reused connections, each attempt marked before it is made."""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections import deque
from collections.abc import Collection, Coroutine, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from maildesk.casework.consequences import Recorder
from maildesk.daemon.clock import Clock
from maildesk.daemon.crashing import CrashPoints
from maildesk.daemon.sending_book import AttemptBook
from maildesk.daemon.sending_outcomes import after_attempt, after_trouble
from maildesk.errors import HungUp, MaildeskError
from maildesk.store import outbox
from maildesk.store.database import Database
from maildesk.store.outbox import OPERATORS, LetterState, OutboxLetter
from maildesk.transport.relay import Accepted, Refused, Relay, RelayConnection

T = TypeVar("T")

CLAIM = 200
IDLE_CONNECTION = 20.0
"""Seconds an unused connection is kept: relays end silent ones, and a mail on a dead one costs a retry."""

LAST_COMMIT = 3.0
"""Seconds the last outcomes have to be written at the end, should another process hold the database."""


@dataclass(frozen=True, slots=True)
class SendingCount:
    """The result of a drain: letters tried, and the relays that could not be reached, with the reason."""

    tried: int
    unreachable: Mapping[Relay, MaildeskError]


class Sender:
    """Sends what is due. `relays` maps mailbox names to relays; the empty name is the desk's own, `operators`
    that of alarms, if they have one.

    A claim is held in memory only, since it proves nothing: a letter without a mark is simply sent
    again after a crash. A marked letter without an answer is uncertain.
    """

    def __init__(
        self,
        store: Database,
        relays: Mapping[str, Relay],
        record: Recorder,
        clock: Clock,
        crash: CrashPoints,
    ) -> None:
        self._store = store
        self._relays = relays
        self._clock = clock
        self._crash = crash
        self._book = AttemptBook(store, record, clock, crash)
        self._idle: dict[Relay, list[RelayConnection]] = {}
        self._stale: asyncio.TimerHandle | None = None
        self._closing: asyncio.Task[None] | None = None

    @property
    def sent(self) -> Mapping[str, int]:
        """The letters that relays took, by whose words they are; it goes on counting."""
        return self._book.sent

    async def recover(self) -> int:
        """Settle what a crash, or a database that failed us, left marked; how many letters that were."""
        return await self._book.recover()

    async def drain(self, stop: asyncio.Event, resting: Collection[Relay] = ()) -> SendingCount:
        """Try all that is due, each letter once, but for `resting` relays; at `stop` finish what began."""
        tried = 0
        unreachable: dict[Relay, MaildeskError] = {}
        passed_over: set[str] = set()  # mailboxes whose relay is out of reach: their letters stay due
        seen: set[int] = set()  # whatever became of a letter, it is not offered again before the next drain
        try:
            while not stop.is_set():
                if self._book.in_doubt:
                    await self._book.recover()
                letters = await self._due(passed_over, seen)
                if not letters:
                    break
                seen.update(each.id for each in letters)
                queues = self._queues(letters, resting, passed_over)
                waiting = sum(len(queue) for _, queue in queues)
                problems = await _all(self._send(relay, queue, stop) for relay, queue in queues)
                tried += waiting - sum(len(queue) for _, queue in queues)
                for (relay, queue), problem in zip(queues, problems, strict=True):
                    if problem:
                        unreachable[relay] = problem
                        passed_over.update(letter.mailbox for letter in queue)
        except BaseException:
            self._book.in_doubt = True  # whatever ended us may have ended attempts under way
            raise
        return SendingCount(tried, unreachable)

    async def close(self) -> None:
        """Finish the commits under way and hang up."""
        # An outcome that cannot be written leaves its letter marked: in doubt at the next start, and told.
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(LAST_COMMIT):
                await self._book.finish()
        await self._close_idle()

    # --- claiming ---------------------------------------------------------------------------------

    async def _due(self, passed_over: Collection[str], seen: Collection[int]) -> list[OutboxLetter]:
        now = self._clock.now()
        return await self._store.read(lambda conn: outbox.due(conn, now, CLAIM, passed_over, seen=seen))

    def _queues(
        self, letters: Iterable[OutboxLetter], resting: Collection[Relay], passed_over: set[str]
    ) -> list[tuple[Relay, deque[OutboxLetter]]]:
        """The letters of each relay to be tried; mailboxes of the others are `passed_over` from now on."""
        queues: dict[Relay, deque[OutboxLetter]] = {}
        for letter in letters:
            relay = self._relay(letter, resting)
            if relay in resting:
                passed_over.add(letter.mailbox)
            else:
                queues.setdefault(relay, deque()).append(letter)
        return list(queues.items())

    def _relay(self, letter: OutboxLetter, resting: Collection[Relay]) -> Relay:
        """The relay of its mailbox. An alarm goes the desk's own way while that of alarms is out of reach."""
        relay = self._relays.get(letter.mailbox)
        if relay is None or (letter.mailbox == OPERATORS and relay in resting):
            return self._relays[""]
        return relay

    # --- one relay --------------------------------------------------------------------------------

    async def _send(
        self, relay: Relay, letters: deque[OutboxLetter], stop: asyncio.Event
    ) -> MaildeskError | None:
        """Send a queue of letters over as many connections as are worth it; why the relay is out of reach."""
        workers = min(relay.connections, len(letters))
        problems = await _all(self._work(relay, letters, stop) for _ in range(workers))
        await self._book.finish()
        self._keep_for_a_while()
        return next((problem for problem in problems if problem), None) if letters else None

    async def _work(
        self, relay: Relay, letters: deque[OutboxLetter], stop: asyncio.Event
    ) -> MaildeskError | None:
        """One connection's work until the queue is empty or the relay cannot be reached."""
        conn: RelayConnection | None = None
        self._book.workers += 1
        try:
            while letters and not stop.is_set():
                if conn is None or not conn.usable:
                    try:
                        conn = await self._connection(relay, conn)
                    except MaildeskError as problem:
                        return problem
                    if not letters:
                        break  # while this relay was slow to greet, the other connections sent the rest
                letter = letters.popleft()
                try:
                    await self._attempt(conn, letter)
                except HungUp:
                    # Some relays take one mail a connection and say no goodbye. Each of ours carried one
                    # before it came to this, so asking again at once never turns in a circle.
                    letters.appendleft(letter)
                    conn = None
        except BaseException:
            if conn:
                conn.abort()
            raise
        finally:
            self._book.workers -= 1
        if conn:
            self._idle.setdefault(relay, []).append(conn)
        return None

    async def _connection(self, relay: Relay, instead_of: RelayConnection | None) -> RelayConnection:
        """A connection for the next mail. One that takes none any more may still be open: it ends."""
        if instead_of:
            await _goodbye(instead_of)
        idle = self._idle.get(relay, [])
        while idle:
            conn = idle.pop()
            if conn.usable:
                return conn
            await _goodbye(conn)
        return await relay.connect()

    async def _attempt(self, conn: RelayConnection, letter: OutboxLetter) -> None:
        """One letter: offered, begun, marked, transmitted, settled. The relay's every answer is written down.

        The mark comes when the relay waits for the message and before a byte of it goes: a letter is in doubt
        while its connection is inside DATA, and no other is.
        """
        now, message = self._clock.now, letter.content  # put together once: letters may be large
        try:
            reply = await self._asked(conn, letter, message)
        except HungUp:
            raise  # it was never offered: nothing is known of it that could be written down
        except MaildeskError as problem:
            self._book.settle(letter, after_trouble(letter, problem, now(), random.random))
            return
        if isinstance(reply, Refused):
            self._book.settle(letter, after_attempt(letter, reply, now(), random.random))
            return
        self._crash.here("before-mark")
        marked = await self._book.mark(letter)
        self._crash.here("marked")
        if letter.id not in marked:
            conn.abort()  # a person dropped it; a relay that waits for a message takes no other word
            return
        letter = replace(letter, state=LetterState.SENDING)
        try:
            answer = await conn.transmit(message)
        except MaildeskError as problem:
            consequence = after_trouble(letter, problem, now(), random.random)
        else:
            self._crash.here("transmitted")
            consequence = after_attempt(letter, answer, now(), random.random)
        self._book.settle(letter, consequence)

    async def _asked(self, conn: RelayConnection, letter: OutboxLetter, message: bytes) -> Accepted | Refused:
        """Ask whether the relay takes this letter; after a yes it waits for the message."""
        reply = await conn.offer(letter.envelope_from, letter.recipient, size=len(message))
        if isinstance(reply, Refused):
            return reply
        return await conn.begin(message) or reply

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


async def _goodbye(conn: RelayConnection) -> None:
    with contextlib.suppress(MaildeskError):  # a courtesy: every answer is settled already
        await conn.close()


async def _all(works: Iterable[Coroutine[Any, Any, T]]) -> list[T]:
    """Every result, once all have ended; one that fails ends no other, but is the error then raised."""
    tasks = [asyncio.ensure_future(work) for work in works]
    await asyncio.gather(*tasks, return_exceptions=True)
    return [task.result() for task in tasks]
