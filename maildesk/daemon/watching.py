"""The loops of the daemon: each part in a task of its own, woken by the one before it, ended by one event."""

from __future__ import annotations

import asyncio
import logging
import random
from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine
from datetime import timedelta
from typing import Any

from maildesk.casework.alarms import place_of
from maildesk.casework.filed_counts import FiledCount
from maildesk.casework.hearing import HearingBook
from maildesk.casework.login_alarms import LoginBook
from maildesk.daemon.backoff import OURS, FailureStreak, is_told_at_once, pace_after
from maildesk.daemon.clock import since_boot
from maildesk.daemon.clock_duty import ClockDuty
from maildesk.daemon.hearing_duty import HearingDuty
from maildesk.daemon.intake import Intake
from maildesk.daemon.login_duty import LoginDuty
from maildesk.daemon.notify import Notifier
from maildesk.daemon.reading_words import read_some
from maildesk.daemon.receiving import Receiver
from maildesk.daemon.relay_backoff import RestingRelays, UnreachableRelay
from maildesk.daemon.service import Service
from maildesk.daemon.ticking import SETTLED, TICK, Ticker, Wakes
from maildesk.errors import (
    AlreadyRunning,
    MaildeskError,
    ReaderNotReady,
    SessionEnded,
    StoreFull,
    StoreReplaced,
)
from maildesk.store import outbox
from maildesk.store.disk import named_os

_log = logging.getLogger(__name__)

GRACE = 5.0
"""Seconds the loops have to finish when asked to stop; a server that is silent is not waited for."""
HURRIED = 1.0
"""Seconds they then have to say that the database kept them: it is waited for no longer."""
SHORTEST_SESSION = 10.0
"""Seconds that a session with a token lasts at least, where its end is no trouble."""
LAST_DOT = 20.0
"""Seconds the letters under way have: a final dot is worth waiting for."""
SENDING, TICKING = "sending", "ticking"


class DaemonLoops:
    """Runs a service until `stop` is set; servers that are silent for too long are told to operators."""

    settled = SETTLED

    def __init__(
        self,
        service: Service,
        stop: asyncio.Event,
        notifier: Notifier,
        silent: timedelta | None = None,
        steady: Callable[[], float] = since_boot,
    ) -> None:
        """`steady` gives seconds that really passed, by which the clock is watched.

        `silent`: how long a server may be silent, if not as long as the configuration says.
        """
        self._service = service
        self._stop = stop
        self._notifier = notifier
        self._silent = silent or service.silent
        self._wakes = Wakes({receiver.box.identity: asyncio.Event() for receiver in service.receivers})
        book = HearingBook(service.alarms, self._silent)
        self._hearing = HearingDuty(
            service.store, book, service.receivers, service.clock, steady, self._wakes.outgoing
        )
        clock_duty = ClockDuty(service.store, self._alarm, steady)
        outgoing, logins = self._wakes.outgoing, LoginBook(service.alarms)
        usual = _usual_status(service)
        duty = LoginDuty(service.logins, service.store, logins, service.clock, notifier, outgoing, usual)
        self._ticker = Ticker(service, self._wakes, clock_duty, self._hearing, duty)
        self._relays = RestingRelays(random.random)
        self._failing: dict[Receiver, FailureStreak] = {}
        self._ended_at: dict[Receiver, float] = {}
        self._left_alone: set[Receiver] = set()
        self.done: Counter[str] = Counter()

    async def run(self) -> None:
        """Start every loop, say that we are ready; end them all when `stop` is set or one of them breaks."""
        await self._service.reader.start()
        more = ((name, each.serve(self._stop)) for name, each in self._service.beside.items())
        await self.work(("living", self._live()), *more)

    async def work(self, *more: tuple[str, Coroutine[Any, Any, None]]) -> bool:
        """Run the loops until `stop` is set, as one that breaks does; whether all then ended in time."""
        self._wakes.everybody()
        loops = (
            *more,
            (TICKING, self._repeat(TICKING, self._wakes.tick, self._tick)),
            *((f"mailbox-{each.box.name}", self._watch_mailbox(each)) for each in self._service.receivers),
            ("filing", self._repeat("filing", self._wakes.arrived, self._file)),
            (SENDING, self._repeat(SENDING, self._wakes.outgoing, self._send)),
            ("timekeeping", self._repeat("timekeeping", self._wakes.due, self._keep_time)),
            ("words", self._repeat("words", self._wakes.words, self._read_words)),
        )
        self._tasks = [asyncio.create_task(loop, name=name) for name, loop in loops]
        stopping = asyncio.create_task(self._stop.wait(), name="stop")
        await asyncio.wait({stopping, *self._tasks}, return_when=asyncio.FIRST_COMPLETED)
        self._stop.set()
        self._wakes.everybody()
        in_time = await self._end()
        for problem in [task.exception() for task in self._tasks if not task.cancelled()]:
            if problem:
                raise problem
        return in_time

    async def _end(self) -> bool:
        """Wait for each loop as long as it is worth, then call it off; whether none had to be."""
        sending = {task for task in self._tasks if task.get_name() == SENDING}
        others = set(self._tasks) - sending
        for some, grace in ((others, GRACE), (others, HURRIED), (sending, LAST_DOT - GRACE - HURRIED)):
            await asyncio.wait(some, timeout=grace)
            self._service.store.hurry()  # a relay is waited for longer, a locked database is not
        late = [task for task in self._tasks if not task.done()]
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)
        return not late

    # --- the loops --------------------------------------------------------------------------------

    async def _watch_mailbox(self, receiver: Receiver) -> None:
        """Look at one mailbox, wait, and look again; other mailboxes never notice its trouble."""
        while not self._stop.is_set():
            try:
                await self._look_and_wait(receiver)
                self._failing.pop(receiver, None)
            except SessionEnded as end:
                receiver.abort()
                self._wakes.arrived.set()
                await self._session_ended(receiver, end)
            except Exception as trouble:  # noqa: BLE001 - a loop that ends in silence is worse than any of them
                receiver.abort()
                self._wakes.arrived.set()  # what was stored before the trouble is to be filed
                await self._mailbox_failed(receiver, _named(trouble))

    async def _look_and_wait(self, receiver: Receiver) -> None:
        filed = self._wakes.filed[receiver.box.identity]
        filed.clear()  # what was filed by now is moved on at the end of the look
        intake = await receiver.look(self._stop, self._wakes.arrived)
        if not intake.problem:
            await self._hearing.noted(receiver, intake.undecided)
        for kind, detail in sorted(intake.alarms.items()):
            await self._alarm(kind, detail)
        if intake.stored:
            _log.info("received mailbox=%s mails=%d", receiver.box.name, intake.stored)
            self.done["stored"] += intake.stored
        if intake.undecided or intake.problem:
            self._listed_in_part(receiver, intake)
        self._cleared(receiver, intake.unmoved)
        while not self._stop.is_set():
            if filed.is_set():
                filed.clear()
                self._cleared(receiver, await receiver.try_to_clear())
            if await self._is_to_be_looked_at(receiver, filed):
                return

    async def _repeat(self, name: str, event: asyncio.Event, work: Callable[[], Awaitable[None]]) -> None:
        """Do the work whenever it is woken; after trouble of any kind wait, and do it again."""
        failures = 0
        while True:
            await self._rest(event)
            if self._stop.is_set():
                return
            event.clear()
            try:
                await work()
                failures = 0
            except Exception as trouble:  # noqa: BLE001 - a loop that ends in silence is worse than any of them
                problem = _named(trouble)
                failures += 1
                event.set()
                what = "database not readable" if name == TICKING else f"{name} failed"
                pause = min(60.0, pace_after(problem).pause(failures, random.random))
                if isinstance(problem, ReaderNotReady) and failures > 1:  # once may be chance
                    _log.error("mails cannot be read problem=%r", str(problem))
                    await self._alarm("broken:reading", f"reading: {problem}")
                await self._failed(name, what, problem, pause)

    async def _file(self) -> None:
        filed = await self._service.filer.drain(self._stop, self._filed)
        if filed.filed:
            _log.info("filed mails=%d quarantined=%d", filed.filed, filed.quarantined)

    def _filed(self, some: FiledCount) -> None:
        """Wake whoever goes on with the mails of one commit."""
        self.done["filed"] += some.filed
        self._wakes.outgoing.set()
        self._wakes.words.set()
        for identity in some.mailboxes & self._wakes.filed.keys():
            self._wakes.filed[identity].set()

    async def _read_words(self) -> None:
        """Read the words of some mails, so that they are found; while others wait, once more."""
        if await read_some(self._service.store):
            self._wakes.words.set()

    async def _send(self) -> None:
        loop = asyncio.get_running_loop()
        sent = await self._service.sender.drain(self._stop, self._relays.at(loop.time()))
        if sent.tried:
            _log.info("sending tried=%d", sent.tried)
            self.done["tried"] += sent.tried
        for each in self._relays.after(sent.unreachable, loop.time()):
            await self._relay_failed(each)

    async def _keep_time(self) -> None:
        if self._ticker.clock_duty.doubted:
            return
        if kept := await self._service.timekeeper.drain(settled=self.settled):
            self.done["kept"] += kept
            self._wakes.outgoing.set()

    async def _tick(self) -> None:
        self._service.pulse.beat()
        await self._ticker.look()
        self._wakes.tick.set()
        await self._pause(TICK)

    async def _live(self) -> None:
        """Tell systemd that we turn. By itself: a database that is waited for is no reason to restart us."""
        mailboxes, interval = len(self._service.receivers), self._notifier.interval
        self._notifier.ready(_usual_status(self._service))
        _log.info("ready mailboxes=%d", mailboxes)
        while interval and not self._stop.is_set():
            self._notifier.alive()
            await self._pause(interval)
        await self._stop.wait()

    # --- how to wait, and what follows trouble ----------------------------------------------------

    async def _rest(self, event: asyncio.Event) -> None:
        await event.wait()

    async def _pause(self, seconds: float) -> None:
        await self._service.clock.pause(seconds, until=self._stop)

    async def _is_to_be_looked_at(self, receiver: Receiver, filed: asyncio.Event) -> bool:
        """Wait for the server or its poll; `filed` mail ends the wait, but is no reason to look."""
        return await receiver.wait(filed) or not filed.is_set()

    def _listed_in_part(self, receiver: Receiver, intake: Intake) -> None:
        if intake.problem:
            raise intake.problem
        if receiver not in self._left_alone:
            self._left_alone.add(receiver)  # only another configuration changes that: said once
            _log.warning("mailbox left alone mailbox=%s: %s", receiver.box.name, intake.undecided)

    def _cleared(self, receiver: Receiver, problem: MaildeskError | None) -> None:
        """Hear what kept filed mail from being moved, of which the log has told."""

    async def _session_ended(self, receiver: Receiver, end: SessionEnded) -> None:
        """Go on at once with another session; one that ends within seconds is a failure like any other."""
        now = asyncio.get_running_loop().time()
        before, self._ended_at[receiver] = self._ended_at.get(receiver, -SHORTEST_SESSION), now
        if now - before < SHORTEST_SESSION:
            await self._mailbox_failed(receiver, end)
        else:
            _log.info("session ended mailbox=%s: %s; another begins", receiver.box.name, end)

    async def _mailbox_failed(self, receiver: Receiver, problem: Exception) -> None:
        """Tell the operators what waits for a person or has lasted, say so in the log, and wait."""
        name, now = receiver.box.name, asyncio.get_running_loop().time()
        failing = self._failing.setdefault(receiver, FailureStreak(now))
        pause, silent = failing.pause(problem, now, random.random), now - failing.since
        if isinstance(problem, OURS) and self._is_worth_an_alarm(problem, silent):
            await self._alarm("disk" if isinstance(problem, StoreFull) else "intake", str(problem))
        await self._hearing.noted(receiver, problem)
        await self._failed(f"mailbox-{name}", f"mailbox failed mailbox={name}", problem, pause)

    async def _relay_failed(self, each: UnreachableRelay) -> None:
        where, problem = each.relay.where, str(each.problem)
        _log.warning("relay failed relay=%s problem=%r retry_in=%.0fs", where, problem, each.pause)
        if self._is_worth_an_alarm(each.problem, each.silent):
            await self._alarm(f"relay:{where}", f"{where}: {problem}")

    async def _failed(self, name: str, what: str, problem: Exception, pause: float) -> None:
        """Say so in the log, to the operators too where nobody foresaw the error, and wait."""
        if isinstance(problem, AlreadyRunning | StoreReplaced):
            raise problem  # another daemon took the lock a server forgot, or another file is there
        if isinstance(problem, MaildeskError):
            _log.warning("%s problem=%r retry_in=%.0fs", what, str(problem), pause)
        else:
            _log.error("%s broke retry_in=%.0fs", name, pause, exc_info=problem)
            await self._alarm(f"broken:{name}", f"{name}: {place_of(problem)}")
        await self._pause(pause)

    def _is_worth_an_alarm(self, problem: MaildeskError, silent: float) -> bool:
        """Tell whether a person must mend this, which is told at once, or it does not pass by itself."""
        return is_told_at_once(problem) or silent > self._silent.total_seconds()

    async def _alarm(self, kind: str, detail: str = "") -> None:
        now, raised = self._service.clock.now(), self._service.alarms.raised
        try:
            await self._service.store.write(lambda conn: outbox.add(conn, raised(conn, kind, now, detail)))
        except MaildeskError as problem:
            _log.error("alarm not raised kind=%s problem=%r", kind, str(problem))
        self._wakes.outgoing.set()


def _usual_status(service: Service) -> str:
    """Say what systemd shows of a desk that is well."""
    return f"watching {len(service.receivers)} mailboxes"


def _named(problem: Exception) -> Exception:
    """Name what the machine has run out of in a sentence of its own; leave anything else as it is."""
    return (named_os(problem) or problem) if isinstance(problem, OSError) else problem
