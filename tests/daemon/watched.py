"""The daemon's own loops inside a test, where pauses are short and deadlines on the wire can be set."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import cast

from maildesk.daemon.clock import SystemClock, since_boot
from maildesk.daemon.notify import Notifier
from maildesk.daemon.service import Service, build
from maildesk.daemon.watching import DaemonLoops
from maildesk.transport.imap import ImapServer
from maildesk.transport.imap_values import ImapTiming
from tests.daemon.conftest import Desk
from tests.world.forking import ForkedReader


class ShortPauses(SystemClock):
    """The machine's clock, but no pause is long. `pauses` keeps what they would have been."""

    def __init__(self) -> None:
        super().__init__()
        self.pauses: list[float] = []

    async def pause(self, seconds: float, *, until: asyncio.Event) -> None:
        self.pauses.append(seconds)
        await super().pause(min(seconds, 0.05), until=until)


class SetClock(ShortPauses):
    """The machine's clock, until somebody sets it."""

    by = timedelta(0)

    def now(self) -> datetime:
        return super().now() + self.by


@asynccontextmanager
async def watched(
    desk: Desk, clock: SystemClock, timing: ImapTiming | None = None, silent: timedelta | None = None
) -> AsyncIterator[Service]:
    """The desk at work in this process, with these patiences on the wire."""
    service = build(desk.world.settings, {}, clock, ForkedReader)
    for receiver in service.receivers:
        server = cast(ImapServer, receiver.box.server)
        receiver.box = replace(receiver.box, server=replace(server, timing=timing or ImapTiming()))
    steady = (lambda: 0.0) if silent else since_boot  # a slow machine accuses no mailbox that was heard
    async with working(service, lambda stop: DaemonLoops(service, stop, Notifier({}), silent, steady)):
        yield service


@asynccontextmanager
async def working(service: Service, loops: Callable[[asyncio.Event], DaemonLoops]) -> AsyncIterator[None]:
    """The service at work by these loops; at the end it stops, and nothing went wrong in it."""
    stop = asyncio.Event()
    running = asyncio.create_task(loops(stop).run())
    try:
        yield
        assert not running.done(), running.exception()
    finally:
        stop.set()
        async with asyncio.timeout(120):
            await running
        await service.close()
