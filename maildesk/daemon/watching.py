"""The loops of the daemon: each part in a task of its own, woken by the one before it, ended by one event."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable, Coroutine
from datetime import timedelta
from typing import Any

from maildesk.casework.alarms import place_of
from maildesk.daemon.backoff import OURS, pace_after
from maildesk.daemon.clock import since_boot
from maildesk.daemon.clock_duty import ClockDuty
from maildesk.daemon.notify import Notifier
from maildesk.daemon.receiving import Receiver
from maildesk.daemon.relay_backoff import RestingRelays
from maildesk.daemon.service import Service
from maildesk.errors import (
    AlreadyRunning,
    MaildeskError,
    PermanentError,
    StoreFull,
    StoreReadOnly,
    StoreReplaced,
    TooManyFiles,
)
from maildesk.store import outbox
from maildesk.store.deadlines import next_deadline
from maildesk.store.digests import next_digest
from maildesk.store.disk import named_os

_log = logging.getLogger(__name__)

TICK = 1.0
"""Seconds between looks at what the command line changed and what came due."""
SETTLED = timedelta(minutes=1)
"""How long the first notice of a digest waits for more: they come with several commits."""
ROUND = timedelta(minutes=5)
"""How often time is kept where nothing due asks for it: letters that were held too long do not."""
GRACE = 5.0
"""Seconds the loops have to finish when asked to stop; a server that is silent is not waited for."""
LAST_DOT = 20.0
"""Seconds the letters under way have: a final dot is worth waiting for."""
SENDING = "sending"
SILENT = 600.0
"""Seconds a mailbox or relay may fail before the operators are told, unless a person must act anyway."""


class Watch:
    """Runs a service until `stop` is set; servers that fail for `silent` seconds are told to operators."""

    def __init__(
        self,
        service: Service,
        stop: asyncio.Event,
        notifier: Notifier,
        silent: float = SILENT,
        steady: Callable[[], float] = since_boot,
    ) -> None:
        """`steady` gives seconds that really passed, by which the clock is watched."""
        self._service = service
        self._stop = stop
        self._notifier = notifier
        self._silent = silent
        self._arrived = asyncio.Event()
        self._outgoing = asyncio.Event()
        self._due = asyncio.Event()
        self._resting = RestingRelays(random.random)
        self._left_alone: set[Receiver] = set()
        self._clock_duty = ClockDuty(service.store, self._alarm, steady)
        self._filed = {receiver.box.identity: asyncio.Event() for receiver in service.receivers}

    async def run(self) -> None:
        """Start every loop, say that we are ready; end them all when `stop` is set or one of them breaks."""
        await self._service.reader.start()
        tasks = self._tasks()
        self._notifier.ready(f"watching {len(self._service.receivers)} mailboxes")
        _log.info("ready mailboxes=%d", len(self._service.receivers))
        stopping = asyncio.create_task(self._stop.wait(), name="stop")
        await asyncio.wait({stopping, *tasks}, return_when=asyncio.FIRST_COMPLETED)
        self._notifier.stopping()
        self._stop.set()
        self._wake_all()
        await self._end(tasks)
        for task in tasks:
            if not task.cancelled() and (problem := task.exception()):
                raise problem

    def _tasks(self) -> list[asyncio.Task[None]]:
        loops: list[tuple[str, Coroutine[Any, Any, None]]] = [
            *((f"mailbox-{each.box.name}", self._watch_mailbox(each)) for each in self._service.receivers),
            ("filing", self._repeat("filing", self._arrived, self._file)),
            (SENDING, self._repeat(SENDING, self._outgoing, self._send)),
            ("timekeeping", self._repeat("timekeeping", self._due, self._keep_time)),
            ("ticking", self._tick()),
            *([("living", self._live(self._notifier.interval))] if self._notifier.interval else []),
        ]
        for event in (self._arrived, self._outgoing, self._due):
            event.set()
        return [asyncio.create_task(loop, name=name) for name, loop in loops]

    async def _end(self, tasks: list[asyncio.Task[None]]) -> None:
        sending = {task for task in tasks if task.get_name() == SENDING}
        for some, grace in ((set(tasks) - sending, GRACE), (sending, LAST_DOT - GRACE)):
            _, late = await asyncio.wait(some, timeout=grace)
            for task in late:
                task.cancel()
            if late:
                await asyncio.wait(late)
            self._service.store.hurry()  # a relay is waited for longer, a locked database is not

    def _wake_all(self) -> None:
        for event in (self._arrived, self._outgoing, self._due, *self._filed.values()):
            event.set()

    # --- mailboxes --------------------------------------------------------------------------------

    async def _watch_mailbox(self, receiver: Receiver) -> None:
        """One mailbox for ever: look, wait, and after trouble wait longer; other mailboxes never notice."""
        failures, failing_since, waited, pace = 0, 0.0, 0.0, None
        loop = asyncio.get_running_loop()
        while not self._stop.is_set():
            try:
                await self._look_and_wait(receiver)
                failures = 0
            except Exception as trouble:  # noqa: BLE001 - a loop that ends in silence is worse than any of them
                problem = _named(trouble)
                receiver.abort()
                self._arrived.set()  # what was stored before the trouble is to be filed
                failing_since, waited = (failing_since, waited) if failures else (loop.time(), 0.0)
                before, pace = pace, pace_after(problem)
                failures = failures + 1 if pace == before else 1  # trouble of another kind has its own pace
                lasting = loop.time() - failing_since
                pause = pace.pause(failures, random.random, lasting=max(lasting, waited))
                waited += pause
                await self._mailbox_failed(receiver.box.name, problem, lasting, pause)
                await self._pause(pause)

    async def _mailbox_failed(self, name: str, problem: Exception, silent: float, pause: float) -> None:
        """Say so in the log; tell the operators what waits for a person or has lasted."""
        if not isinstance(problem, MaildeskError):
            await self._broke(f"mailbox-{name}", problem, pause)
            return
        _log.warning("mailbox failed mailbox=%s problem=%r retry_in=%.0fs", name, str(problem), pause)
        if isinstance(problem, StoreFull):
            await self._alarm("disk", str(problem))
        elif isinstance(problem, OURS):
            if isinstance(problem, StoreReadOnly | TooManyFiles) or self._is_worth_an_alarm(problem, silent):
                await self._alarm("intake", str(problem))
        elif self._is_worth_an_alarm(problem, silent):
            await self._alarm(f"mailbox:{name}", f"{name}: {problem}")

    async def _look_and_wait(self, receiver: Receiver) -> None:
        filed = self._filed[receiver.box.identity]
        intake = await receiver.look(self._stop, self._arrived)
        if intake.undecided and receiver not in self._left_alone:
            self._left_alone.add(receiver)  # only another configuration changes that: said once
            _log.warning("mailbox left alone mailbox=%s: %s", receiver.box.name, intake.undecided)
        for kind, detail in sorted(intake.alarms.items()):
            await self._alarm(kind, detail)
        if intake.stored:
            _log.info("received mailbox=%s mails=%d", receiver.box.name, intake.stored)
        if intake.problem:
            raise intake.problem
        while not self._stop.is_set():
            if filed.is_set():
                filed.clear()
                await receiver.try_to_clear()
            pushed = await receiver.wait(filed)
            if pushed or not filed.is_set():
                return

    # --- the other loops --------------------------------------------------------------------------

    async def _repeat(self, name: str, event: asyncio.Event, work: Callable[[], Awaitable[None]]) -> None:
        """Do the work whenever it is woken; after trouble of any kind wait, and do it again."""
        failures = 0
        while True:
            await event.wait()
            if self._stop.is_set():
                return
            event.clear()
            try:
                await work()
            except Exception as trouble:  # noqa: BLE001 - a loop that ends in silence is worse than any of them
                problem = _named(trouble)
                failures += 1
                pause = min(60.0, pace_after(problem).pause(failures, random.random))
                if isinstance(problem, MaildeskError):
                    _log.warning("%s failed problem=%r retry_in=%.0fs", name, str(problem), pause)
                else:
                    await self._broke(name, problem, pause)
            else:
                failures = 0
                continue
            event.set()
            await self._pause(pause)

    async def _file(self) -> None:
        filed = await self._service.filer.drain(self._stop, self._outgoing)
        if filed.filed:
            _log.info("filed mails=%d quarantined=%d", filed.filed, filed.quarantined)
            for identity in filed.mailboxes & self._filed.keys():
                self._filed[identity].set()

    async def _send(self) -> None:
        loop = asyncio.get_running_loop()
        sent = await self._service.sender.drain(self._stop, self._resting.at(loop.time()))
        if sent.tried:
            _log.info("sending tried=%d", sent.tried)
        for each in self._resting.after(sent.unreachable, loop.time()):
            where, problem = each.relay.where, str(each.problem)
            _log.warning("relay failed relay=%s problem=%r retry_in=%.0fs", where, problem, each.pause)
            if self._is_worth_an_alarm(each.problem, each.silent):
                await self._alarm(f"relay:{where}", f"{where}: {problem}")

    async def _keep_time(self) -> None:
        if self._clock_duty.doubted:
            return
        if await self._service.timekeeper.drain(settled=SETTLED):
            self._outgoing.set()

    async def _tick(self) -> None:
        """Notice what the command line wrote, and wake whoever has something due."""
        store, clock = self._service.store, self._service.clock
        round_at = clock.now() + ROUND
        failures = 0
        while not self._stop.is_set():
            pause = TICK
            try:
                await asyncio.to_thread(self._service.lock.confirm)
                await self._clock_duty.look(clock.now())
                if await store.changed_elsewhere():
                    self._arrived.set()
                letter, deadline, digest = await store.read(
                    lambda conn: (outbox.next_due(conn), next_deadline(conn), next_digest(conn))
                )
            except (AlreadyRunning, StoreReplaced):
                raise  # another daemon took the lock a server forgot, or another file is there
            except MaildeskError as problem:
                failures += 1
                pause = pace_after(problem).pause(failures, random.random)
                _log.warning("database not readable problem=%r retry_in=%.0fs", str(problem), pause)
            except Exception as problem:  # noqa: BLE001 - as in every loop
                await self._broke("ticking", problem, TICK)
            else:
                failures = 0
                now = clock.now()
                if letter and letter.at <= now:
                    self._outgoing.set()
                expired = letter and letter.until <= now  # it would wake us until the timekeeper ends it
                due = (deadline and deadline <= now) or (digest and digest + SETTLED <= now)
                if expired or due or round_at <= now:
                    self._due.set()
                    round_at = now + ROUND
                round_at = min(round_at, now + ROUND)  # a clock that was set back
            await self._pause(pause)

    async def _live(self, interval: float) -> None:
        """Tell systemd that we turn. By itself: a database that is waited for is no reason to restart us."""
        while not self._stop.is_set():
            self._notifier.alive()
            await self._pause(interval)

    # --- small pieces -----------------------------------------------------------------------------

    async def _pause(self, seconds: float) -> None:
        await self._service.clock.pause(seconds, until=self._stop)

    def _is_worth_an_alarm(self, problem: MaildeskError, silent: float) -> bool:
        """What a person must mend is told at once, anything else when it does not pass by itself."""
        return isinstance(problem, PermanentError) or silent > self._silent

    async def _broke(self, name: str, problem: Exception, pause: float) -> None:
        """An error that nobody foresaw: in the log with its place, and told to the operators."""
        _log.error("%s broke retry_in=%.0fs", name, pause, exc_info=problem)
        await self._alarm(f"broken:{name}", f"{name}: {place_of(problem)}")

    async def _alarm(self, kind: str, detail: str = "") -> None:
        now, alarms = self._service.clock.now(), self._service.alarms
        try:
            await self._service.store.write(
                lambda conn: outbox.add(conn, alarms.raised(conn, kind, now, detail))
            )
        except MaildeskError as problem:
            _log.error("alarm not raised kind=%s problem=%r", kind, str(problem))
        self._outgoing.set()


def _named(problem: Exception) -> Exception:
    """What the machine has run out of has a sentence of its own; anything else is as it is."""
    return (named_os(problem) or problem) if isinstance(problem, OSError) else problem
