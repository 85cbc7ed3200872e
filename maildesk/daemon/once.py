"""The loops of the daemon until nothing is due: in rounds, of which the last finds nothing to do."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import timedelta

from maildesk.daemon.intake import Intake
from maildesk.daemon.notify import Notifier
from maildesk.daemon.receiving import Receiver
from maildesk.daemon.relay_backoff import UnreachableRelay
from maildesk.daemon.service import Service
from maildesk.daemon.ticking import TICK
from maildesk.daemon.watching import DaemonLoops
from maildesk.errors import MaildeskError, TemporaryError


@dataclass(slots=True)
class OnceResult:
    """The work of a run to quiet, and a line for each thing that kept it from its end."""

    stored: int = 0
    filed: int = 0
    tried: int = 0
    problems: list[str] = field(default_factory=list)


async def run_once(service: Service, stop: asyncio.Event) -> OnceResult:
    """Receive, file, move, send and keep time until a round changes nothing, or until `stop`."""
    watch = UntilQuiet(service, stop)
    if not await watch.work():
        raise TemporaryError("told to stop while a server did not answer", remedy="the next run goes on")
    done, problems = watch.done, [line for _, line in sorted(watch.problems.items())]
    return OnceResult(done["stored"], done["filed"], done["tried"], problems)


class UntilQuiet(DaemonLoops):
    """Knows which loops rest: when all do, nothing more can happen, and the next round begins, or the end.

    A round does what the servers and time do for a daemon: it has the mailboxes looked at and time kept.
    Whatever follows from that has to wake whom it concerns, as in the daemon. Trouble is noted, not sat out.
    """

    settled = timedelta(0)

    def __init__(self, service: Service, stop: asyncio.Event) -> None:
        super().__init__(service, stop, Notifier({}))
        self._resting: list[asyncio.Event] = []
        self._round = self._before = 0
        self._time_was_kept = False
        self.problems: dict[str, str] = {}

    async def _rest(self, event: asyncio.Event) -> None:
        self._resting.append(event)
        if self._all_rest():
            self._go_on()
        await event.wait()
        self._resting.remove(event)

    def _all_rest(self, *, but: int = 0) -> bool:
        """Tell whether all loops, `but` for so many, wait for something that has not happened."""
        resting = len(self._resting) + but >= len(self._tasks)
        return resting and not any(event.is_set() for event in self._resting)

    def _go_on(self) -> None:
        """Have time kept; after that begin another round if this one changed anything."""
        if not self._time_was_kept:
            self._wakes.due.set()
        elif self.done.total() == self._before:
            self._stop.set()
        else:
            self._round += 1
            self._before, self._time_was_kept = self.done.total(), False
            for event in (*self._wakes.filed.values(), self._wakes.due):  # there may be no mailbox to look at
                event.set()

    async def _keep_time(self) -> None:
        """Keep time when the others rest: what came before a deadline is filed before it is kept."""
        if self._all_rest(but=1):
            self._time_was_kept = True
            if self._round and await self._service.store.changed_elsewhere():
                self._wakes.written_elsewhere()
                self._wakes.outgoing.set()
            await super()._keep_time()

    async def _tick(self) -> None:
        """Look, and again in a while; nobody waits for that."""
        await self._ticker.look()
        asyncio.get_running_loop().call_later(TICK, self._wakes.tick.set)

    async def _is_to_be_looked_at(self, receiver: Receiver, filed: asyncio.Event) -> bool:
        seen = self._round
        await self._rest(filed)
        return self._round > seen and receiver not in self._left_alone

    def _listed_in_part(self, receiver: Receiver, intake: Intake) -> None:
        self._left_alone.add(receiver)
        self._note(receiver, intake.undecided or intake.problem)

    def _cleared(self, receiver: Receiver, problem: MaildeskError | None) -> None:
        if problem:
            self._note(receiver, problem)

    async def _mailbox_failed(self, receiver: Receiver, problem: Exception) -> None:
        if not isinstance(problem, MaildeskError):
            raise problem
        self._note(receiver, problem)
        await self._hearing.noted(receiver, problem)
        await self._rest(self._stop)

    def _note(self, receiver: Receiver, problem: object) -> None:
        what = f"mailbox {receiver.box.name}"
        self.problems.setdefault(what, f"{what}: {problem}")

    async def _relay_failed(self, each: UnreachableRelay) -> None:
        self.problems[f"smtp {each.relay.where}"] = f"smtp: {each.problem}"

    async def _failed(self, name: str, what: str, problem: Exception, pause: float) -> None:
        raise problem
