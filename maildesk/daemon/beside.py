"""Duties beside the walk of a mail: the board that is kept written, the pages for monitors."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Protocol

from maildesk.casework.promise_counts import PromiseCounts
from maildesk.config.settings import Settings
from maildesk.daemon.board_duty import BoardDuty, board_place
from maildesk.daemon.clock import Clock
from maildesk.daemon.health import Signs, from_inside
from maildesk.daemon.metrics import MetricsDesk, MetricsReader
from maildesk.daemon.metrics_file import MetricsFile
from maildesk.daemon.monitor import Monitor, PortPlace, SocketPlace
from maildesk.daemon.monitor_pages import MonitorPages, Pulse
from maildesk.daemon.written_file import WrittenFile
from maildesk.desk.policy.desk import Desk
from maildesk.store.database import Database

TO_ALL = 0o644
"""The mode of a file of metrics: numbers alone, which the collector reads as a user of its own."""


class Beside(Protocol):
    """Something that goes on until it is told to stop, and whose trouble is never the desk's."""

    async def serve(self, stop: asyncio.Event) -> None: ...


def beside(
    settings: Settings, store: Database, desk: Desk, clock: Clock, pulse: Pulse, sent: Mapping[str, int]
) -> dict[str, Beside]:
    """All that the configuration asks for, by name. `sent` counts the letters that relays took."""
    found: dict[str, Beside] = {}
    if place := board_place(settings):
        found["board"] = BoardDuty(place, store, desk, clock)
    section = settings.monitor
    if section is None:
        return found

    async def signs() -> Signs:
        return await from_inside(settings, store, desk.policy.availability, clock.now())

    about = MetricsDesk(desk.policy.name, store.dialect, sent)
    promises = PromiseCounts(store, desk.policy)
    pages = MonitorPages(pulse, signs, MetricsReader(store, about, promises, clock.now))
    if section.port is not None:
        found["monitor"] = Monitor(PortPlace(section.host, section.port), clock, pages)
    if section.socket is not None:
        found["monitor-socket"] = Monitor(SocketPlace(settings.at(section.socket)), clock, pages)
    if section.textfile is not None:
        file = WrittenFile(settings.at(section.textfile), mode=TO_ALL)
        found["metrics"] = MetricsFile(file, clock, pages)
    return found
