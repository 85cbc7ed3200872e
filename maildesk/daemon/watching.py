"""The loops of the daemon: each part in a task of its own, woken by the one before it, ended by one event."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable, Coroutine
from datetime import timedelta
from typing import Any

from maildesk.daemon.backoff import pace_after
from maildesk.daemon.notify import Notifier
from maildesk.daemon.once import UNDECIDED
from maildesk.daemon.receiving import Receiver
from maildesk.daemon.resting import RestingRelays
from maildesk.daemon.service import Service
from maildesk.errors import AlreadyRunning, MaildeskError, PermanentError, StoreFull
from maildesk.store import outbox
from maildesk.store.cases import next_deadline

_log = logging.getLogger(__name__)

TICK = 1.0
"""Seconds between looks at what the command line changed and what came due."""
ROUND = timedelta(minutes=5)
"""How often time is kept where no deadline asks for it: letters that were held too long have none."""
GRACE = 5.0
"""Seconds the loops have to finish when asked to stop; a server that is silent is not waited for."""
LAST_DOT = 20.0
"""Seconds the letters under way have: a final dot is worth waiting for."""
SENDING = "sending"
SILENT = 600.0
"""Seconds a mailbox may fail before the operators are told, unless a person must act anyway."""


class Watch:
    """Runs a service until `stop` is set."""

    def __init__(self, service: Service, stop: asyncio.Event, notifier: Notifier) -> None:
        self._service = service
        self._stop = stop
        self._notifier = notifier
        self._arrived = asyncio.Event()
        self._outgoing = asyncio.Event()
        self._due = asyncio.Event()
        self._resting = RestingRelays(random.random)
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
        failures, failing_since, pace = 0, 0.0, None
        loop = asyncio.get_running_loop()
        while not self._stop.is_set():
            try:
                await self._look_and_wait(receiver)
                failures = 0
            except MaildeskError as problem:
                receiver.abort()
                self._arrived.set()  # what was stored before the trouble is to be filed
                failing_since = failing_since if failures else loop.time()
                before, pace = pace, pace_after(problem)
                failures = failures + 1 if pace == before else 1  # trouble of another kind has its own pace
                pause = pace.pause(failures, random.random)
                _log.warning(
                    "mailbox failed mailbox=%s problem=%r retry_in=%.0fs",
                    receiver.box.name,
                    str(problem),
                    pause,
                )
                if isinstance(problem, StoreFull):
                    await self._alarm("disk")
                elif isinstance(problem, PermanentError) or loop.time() - failing_since > SILENT:
                    await self._alarm(f"mailbox:{receiver.box.name}", f"{receiver.box.name}: {problem}")
                await self._pause(pause)

    async def _look_and_wait(self, receiver: Receiver) -> None:
        filed = self._filed[receiver.box.identity]
        intake = await receiver.look(self._stop)
        if intake.undecided:
            _log.warning("mailbox left alone mailbox=%s: %s", receiver.box.name, UNDECIDED)
        if intake.too_large:
            await self._alarm("too-large")
        if intake.stored:
            _log.info("received mailbox=%s mails=%d", receiver.box.name, intake.stored)
            self._arrived.set()
        while not self._stop.is_set():
            if filed.is_set():
                filed.clear()
                await receiver.clear()
            pushed = await receiver.wait(filed)
            if pushed or not filed.is_set():
                return

    # --- the other loops --------------------------------------------------------------------------

    async def _repeat(self, name: str, event: asyncio.Event, work: Callable[[], Awaitable[None]]) -> None:
        """Do the work whenever it is woken; a database that is busy, full or away is waited for."""
        failures = 0
        while True:
            await event.wait()
            if self._stop.is_set():
                return
            event.clear()
            try:
                await work()
                failures = 0
            except MaildeskError as problem:
                failures += 1
                pause = min(60.0, pace_after(problem).pause(failures, random.random))
                _log.warning("%s failed problem=%r retry_in=%.0fs", name, str(problem), pause)
                event.set()
                await self._pause(pause)

    async def _file(self) -> None:
        filed = await self._service.filer.drain(self._stop)
        if filed.filed:
            _log.info("filed mails=%d quarantined=%d", filed.filed, filed.quarantined)
            self._outgoing.set()
            for identity in filed.mailboxes & self._filed.keys():
                self._filed[identity].set()

    async def _send(self) -> None:
        loop = asyncio.get_running_loop()
        sent = await self._service.sender.drain(self._stop, self._resting.at(loop.time()))
        if sent.tried:
            _log.info("sending tried=%d", sent.tried)
        for relay, problem, pause in self._resting.after(sent.unreachable, loop.time()):
            where = relay.account.where
            _log.warning("relay failed relay=%s problem=%r retry_in=%.0fs", where, str(problem), pause)

    async def _keep_time(self) -> None:
        if await self._service.timekeeper.drain():
            self._outgoing.set()

    async def _tick(self) -> None:
        """Notice what the command line wrote, and wake whoever has something due."""
        store, clock = self._service.store, self._service.clock
        round_at = clock.now() + ROUND
        while not self._stop.is_set():
            try:
                await asyncio.to_thread(self._service.lock.confirm)
                if await store.changed_elsewhere():
                    self._arrived.set()
                letter, deadline = await store.read(lambda conn: (outbox.next_due(conn), next_deadline(conn)))
            except AlreadyRunning:
                raise  # a restarted server forgot our lock, and another daemon took it
            except MaildeskError as problem:
                _log.warning("database not readable problem=%r", str(problem))
            else:
                now = clock.now()
                if letter and letter <= now:
                    self._outgoing.set()
                if (deadline and deadline <= now) or round_at <= now:
                    self._due.set()
                    round_at = now + ROUND
            await self._pause(TICK)

    async def _live(self, interval: float) -> None:
        """Tell systemd that we turn. By itself: a database that is waited for is no reason to restart us."""
        while not self._stop.is_set():
            self._notifier.alive()
            await self._pause(interval)

    # --- small pieces -----------------------------------------------------------------------------

    async def _pause(self, seconds: float) -> None:
        await self._service.clock.pause(seconds, until=self._stop)

    async def _alarm(self, kind: str, detail: str = "") -> None:
        now, alarms = self._service.clock.now(), self._service.alarms
        try:
            await self._service.store.write(
                lambda conn: outbox.add(conn, alarms.raised(conn, kind, now, detail))
            )
        except MaildeskError as problem:
            _log.error("alarm not raised kind=%s problem=%r", kind, str(problem))
        self._outgoing.set()
