"""A running daemon takes up a changed configuration: its loops end in good order and begin again with it."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from maildesk import __version__
from maildesk.config.loading import load
from maildesk.config.settings import Settings
from maildesk.daemon.notify import Notifier
from maildesk.daemon.reader_frames import Setup
from maildesk.daemon.reading import MailReader
from maildesk.daemon.service import Plan, Service, assembled, planned
from maildesk.daemon.watching import DaemonLoops
from maildesk.errors import MaildeskError

_log = logging.getLogger(__name__)


class DaemonRounds:
    """Runs a daemon until `stop`; when a reload is `asked` for, a round ends and the next has the new files.

    The database, its lock and the clock stay. Files that are wrong change nothing.
    """

    def __init__(
        self,
        plan: Plan,
        service: Service,
        stop: asyncio.Event,
        asked: asyncio.Event,
        notifier: Notifier,
        reads_with: Callable[[Setup], MailReader] = MailReader,
        read: Callable[[Path], Settings] = load,
    ) -> None:
        self._plan = plan
        self._next: Plan | None = None
        self.service = service
        self._stop = stop
        self._asked = asked
        self._notifier = notifier
        self._reads_with = reads_with
        self._read_file = read

    async def run(self) -> None:
        """Run round after round. Closing the service that is left is the caller's."""
        where = self.service.store.place.shown.removeprefix("the database ")
        _log.info("started version=%s config=%s database=%s", __version__, self._plan.settings.file, where)
        done: Counter[str] = Counter()
        while True:
            halt = asyncio.Event()
            loops = DaemonLoops(self.service, halt, self._notifier)
            watching = asyncio.create_task(self._watch(halt), name="reloading")
            try:
                await loops.run()
            finally:
                watching.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await watching
            done += loops.done
            if self._next is None or self._stop.is_set():
                counts = (done["stored"], done["filed"], done["tried"])
                _log.info("stopped stored=%d filed=%d tried=%d", *counts)
                return
            await self._begin_again(self._next)

    async def _watch(self, halt: asyncio.Event) -> None:
        """End the round when the daemon is to stop, or to go on with files that are right."""
        waiting = {asyncio.create_task(each.wait()) for each in (self._stop, self._asked)}
        try:
            while not halt.is_set():
                await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
                if self._stop.is_set():
                    self._notifier.stopping()
                    halt.set()
                    return
                self._asked.clear()
                waiting = {each for each in waiting if not each.done()} | {
                    asyncio.create_task(self._asked.wait())
                }
                self._notifier.reloading()
                self._next = await asyncio.to_thread(self._read)
                if self._next is None:
                    self._notifier.ready("the changed configuration is wrong, the old one stays: see the log")
                else:
                    halt.set()
        finally:
            halt.set()  # whatever ended us, nobody is left who would hear of a stop
            for each in waiting:
                each.cancel()

    def _read(self) -> Plan | None:
        """Read all files anew and try every letter; None where anything is wrong, which the log then has."""
        before = self._plan
        try:
            now = self._read_file(before.settings.file)
            settings = held_until_a_restart(before.settings, now)
            plan = planned(settings, before.environ, before.clock, tried=True, tokens_before=before.tokens)
        except MaildeskError as problem:
            for line in str(problem).splitlines():
                _log.error("configuration not taken up, the old one stays: %s", line)
            return None
        except Exception as problem:  # noqa: BLE001 - a mistake of ours in reading ends no desk that works
            _log.error("configuration not taken up, the old one stays", exc_info=problem)
            return None
        if plan.office.keys.root.secret != before.office.keys.root.secret:
            _log.error(
                "configuration not taken up, the old one stays: the first secret key of %s became another, "
                "and references would change",
                settings.file,
            )
            return None
        for key in wanting_a_restart(before.settings, now):
            _log.warning("only a restart changes it key=%s", key)
        return plan

    async def _begin_again(self, plan: Plan) -> None:
        old, self._plan, self._next = self.service, plan, None
        await old.part()
        self._notifier.alive()  # the end of a round takes its time
        old.store.take_time()
        self.service = await asyncio.to_thread(assembled, plan, old.store, old.lock, self._reads_with)
        _log.info("configuration taken up file=%s mailboxes=%d", plan.settings.file, len(plan.boxes))


def held_until_a_restart(before: Settings, now: Settings) -> Settings:
    """The new settings, but what a daemon reads only at its start is as it was: its tokens lie beside the
    database that it has open."""
    return now.model_copy(update={key: getattr(before, key) for key in ("store", "testing", "log")})


def wanting_a_restart(before: Settings, now: Settings) -> list[str]:
    """Name the keys that differ and that a daemon reads only at its start."""
    told = {
        "store.url": (before.store.url, now.store.url),
        "testing": (before.testing, now.testing),
        "log": (before.log, now.log),
    }
    return [key for key, (old, new) in told.items() if old != new]
