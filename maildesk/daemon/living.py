"""The sign of life of a daemon, asked from outside: by its own page where it has one, else by its lock."""

from __future__ import annotations

import http.client
import socket
from collections.abc import Mapping
from pathlib import Path

from maildesk.config.settings import Settings
from maildesk.daemon.desk_store import existing_store
from maildesk.daemon.findings import Finding, fail, ok
from maildesk.errors import MaildeskError
from maildesk.store.locking import is_held

PATIENCE = 10.0
"""Seconds that the page may take."""
_START = "start it: systemctl start maildesk, or maildesk run"
_STUCK = "start it again; its log says what it did last"


class SocketConnection(http.client.HTTPConnection):
    """HTTP over a socket of this machine."""

    def __init__(self, path: Path) -> None:
        super().__init__("localhost", timeout=PATIENCE)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_CLOEXEC)
        self.sock.settimeout(PATIENCE)
        self.sock.connect(str(self._path))


def living(settings: Settings, environ: Mapping[str, str]) -> Finding:
    """Say whether the daemon lives. A mailbox or a relay that is out of reach is no death."""
    page = _page(settings)
    if page is None:
        return _holds_its_lock(settings, environ)
    try:
        page.request("GET", "/livez")
        answer = page.getresponse()
        answer.read()
    except (OSError, http.client.HTTPException) as problem:
        said = getattr(problem, "strerror", None) or type(problem).__name__
        return fail("daemon", f"its page does not answer: {said}", _START)
    finally:
        page.close()
    if answer.status != http.HTTPStatus.OK:
        return fail("daemon", "it is there and has not turned for minutes", _STUCK)
    return ok("daemon", "it lives")


def _page(settings: Settings) -> http.client.HTTPConnection | None:
    section = settings.monitor
    if section and section.socket:
        return SocketConnection(settings.at(section.socket))
    if section and section.port:
        return http.client.HTTPConnection(section.host, section.port, timeout=PATIENCE)
    return None


def _holds_its_lock(settings: Settings, environ: Mapping[str, str]) -> Finding:
    try:
        store = existing_store(settings, environ, read_only=True)
    except MaildeskError as problem:
        return fail("daemon", problem.message, problem.remedy or _START)
    try:
        held = is_held(store.place)
    except MaildeskError as problem:
        return fail("daemon", problem.message, problem.remedy)
    finally:
        store.close_now()
    return ok("daemon", "it runs") if held else fail("daemon", "none runs", _START)
