"""The checks of what is to be looked at: board, pictures of the report, and who can ask a monitor's page."""

from __future__ import annotations

import os
import stat
from collections.abc import AsyncIterator, Iterator
from functools import partial
from pathlib import Path

from maildesk.casework.pictures import can_draw
from maildesk.config.glances import MonitorSection
from maildesk.config.settings import Settings
from maildesk.daemon.findings import Check, Finding, fail, ok, warn


def glance_checks(settings: Settings) -> Iterator[Check]:
    """List the checks of what the configuration asks for."""
    if settings.board:
        yield Check("board", partial(_board, settings.at(settings.board.file)))
    if settings.report:
        yield Check("report", _pictures)
    monitor = settings.monitor
    if monitor and monitor.port is not None:
        yield Check("monitor", partial(_port, monitor))
    for file in (monitor.socket, monitor.textfile) if monitor else ():
        if file:
            yield Check("monitor", partial(_folder, "monitor", settings.at(file)))


async def _pictures() -> AsyncIterator[Finding]:
    if can_draw():
        yield ok("report", "the weekly letter has pictures")
    else:
        remedy = 'install resvg_py beside maildesk: pip install "maildesk-helpdesk[report]"'
        yield warn("report", "the weekly letter goes without pictures: resvg_py is missing", remedy)


async def _board(file: Path) -> AsyncIterator[Finding]:
    async for each in _folder("board", file):
        yield each
    if _open_to_all(file):
        message = f"everybody on this machine can read {file}, and subjects of customers stand in it"
        yield warn("board", message, "the daemon's next page is for its group alone; see who changes it")


def _open_to_all(file: Path) -> bool:
    return file.exists() and bool(file.stat().st_mode & stat.S_IROTH)


async def _folder(name: str, file: Path) -> AsyncIterator[Finding]:
    folder = file.parent
    if not folder.is_dir():
        yield fail(name, f"there is no folder {folder}", "make it, for the daemon's user to write into")
    elif not os.access(folder, os.W_OK | os.X_OK):
        yield fail(
            name, f"{folder} cannot be written", "run this as the daemon's user, or give it the folder"
        )
    else:
        yield ok(name, f"{file} can be written")


async def _port(monitor: MonitorSection) -> AsyncIterator[Finding]:
    where = f"{monitor.host}:{monitor.port}"
    if monitor.is_private:
        yield ok("monitor", f"on {where}, for this machine alone")
    else:
        remedy = "leave host out, and let what asks from elsewhere come through a server with a login"
        yield fail("monitor", f"whoever reaches {where} reads the names and numbers of the desk", remedy)
