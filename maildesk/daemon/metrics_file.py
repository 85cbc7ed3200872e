"""The metrics as a file, for a collector that reads folders: written anew every fifteen seconds."""

from __future__ import annotations

import asyncio
import logging

from maildesk.daemon.clock import Clock
from maildesk.daemon.monitor_pages import KEPT, MonitorPages
from maildesk.daemon.written_file import WrittenFile
from maildesk.errors import MaildeskError

_log = logging.getLogger(__name__)


class MetricsFile:
    """Writes the file until it is called off. An old file says that the daemon, or its database, is away."""

    def __init__(self, file: WrittenFile, clock: Clock, pages: MonitorPages) -> None:
        self._file = file
        self._clock = clock
        self._pages = pages
        self._problem = ""

    async def serve(self, stop: asyncio.Event) -> None:
        """Write again and again until `stop`."""
        await asyncio.to_thread(self._file.tidy, self._clock.now().timestamp())
        while not stop.is_set():
            await self.write()
            await self._clock.pause(KEPT, until=stop)

    async def write(self) -> None:
        """Write it now; say once in the log why that is not possible."""
        try:
            text = await self._pages.classic()
            await asyncio.to_thread(self._file.write, text)
            self._problem = ""
        except MaildeskError as problem:
            if str(problem) != self._problem:
                self._problem = str(problem)
                _log.error("no metrics in %s problem=%r", self._file.path, self._problem)
