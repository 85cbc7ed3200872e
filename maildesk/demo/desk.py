"""The real desk of the demo: its configuration in a temporary folder, daemon and commands as children."""

from __future__ import annotations

import io
import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any, Self

import yaml

from maildesk.cli.main import cli
from maildesk.demo.story import ANA, DESK, LEA
from maildesk.errors import MaildeskError
from maildesk.mail.identity.keys import SECRET_BYTES, KeyRing

PATIENCE = 30.0
"""Seconds for anything to happen; usual is under one."""


class DemoFailed(MaildeskError):
    """Something that belongs to the story did not happen."""


class RealDesk:
    """The daemon runs between `with` and its end."""

    def __init__(
        self, folder: Path, host: str, imap_port: int, smtp_port: int, password: str, border: str
    ) -> None:
        self.config = folder / "config.yaml"
        self._log = folder / "daemon.log"
        self._ready = folder / "ready"
        self._daemon: subprocess.Popen[bytes] | None = None
        key = folder / "secret.key"
        key.touch(0o600)
        key.write_text(KeyRing.generate(os.urandom(SECRET_BYTES)).render())
        (folder / "policy.yaml").write_text(yaml.safe_dump(_POLICY, sort_keys=False))
        self.config.touch(0o600)
        self.config.write_text(
            yaml.safe_dump(_config(host, imap_port, smtp_port, password, border), sort_keys=False)
        )

    def __enter__(self) -> Self:
        """Start the daemon; return when it says that it is ready (sd_notify(3))."""
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening, self._log.open("ab") as log:
            listening.bind(str(self._ready))
            listening.settimeout(0.2)
            self._daemon = subprocess.Popen(  # noqa: S603 - our own program
                _maildesk("run", "-c", str(self.config)),
                env=_environment() | {"NOTIFY_SOCKET": str(self._ready)},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
            try:
                self._until_ready(listening)
            except BaseException:
                self.__exit__()
                raise
        return self

    def __exit__(self, *_: object) -> None:
        if self._daemon is None:
            return
        self._daemon.terminate()
        try:
            self._daemon.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self._daemon.kill()
            self._daemon.wait()

    def run(self, *words: str) -> str:
        """Return what `maildesk` with these words prints; DemoFailed with its own sentence if it fails."""
        command = _maildesk(*words, "-c", str(self.config))
        done = subprocess.run(  # noqa: S603 - our own program
            command, env=_environment(), capture_output=True, text=True, timeout=PATIENCE, check=False
        )
        if done.returncode:
            raise _failed(words, done.stderr or done.stdout)
        return done.stdout

    def json(self, *words: str) -> Any:
        """The same for a command that only looks, and prints JSON.

        It runs in this process, which has loaded it by the second time: of a process of its own nearly all
        is the start.
        """
        command = [*words, "--json", "-c", str(self.config)]
        with (
            _no_other_desk(),
            redirect_stdout(io.StringIO()) as said,
            redirect_stderr(io.StringIO()) as trouble,
        ):
            code = cli.main(command, "maildesk", standalone_mode=False)
        if code:
            raise _failed(words, trouble.getvalue())
        return json.loads(said.getvalue())

    def require_alive(self) -> None:
        if self._daemon is not None and self._daemon.poll() is not None:
            last = self._log.read_text(errors="replace").strip().splitlines()[-3:]
            raise DemoFailed(f"the daemon ended: {' | '.join(last) or 'without a word'}")

    def _until_ready(self, listening: socket.socket) -> None:
        for _ in range(int(PATIENCE / 0.2)):
            self.require_alive()
            try:
                if b"READY=1" in listening.recv(4096):
                    return
            except TimeoutError:
                continue
        raise DemoFailed("the daemon does not get ready")


def _failed(words: Sequence[str], said: str) -> DemoFailed:
    return DemoFailed(f"maildesk {words[0]} {words[1]} failed: {said.strip()}")


def _maildesk(*words: str) -> Sequence[str]:
    return [sys.executable, "-m", "maildesk", *words]


def _environment() -> dict[str, str]:
    """Ours, without what would lead the demo's programs to a desk of this machine."""
    return {name: value for name, value in os.environ.items() if not name.startswith("MAILDESK_")}


@contextmanager
def _no_other_desk() -> Iterator[None]:
    """Have this process see that environment for a while."""
    left_out = {name: os.environ.pop(name) for name in os.environ.keys() - _environment().keys()}
    try:
        yield
    finally:
        os.environ |= left_out


_POLICY: dict[str, Any] = {
    "name": "Acme Support",
    "calendar": {"hours": {"mon-fri": "09:00-18:00"}},
    "priorities": {"Urgent": "Nobody can work.", "Normal": "All else."},
    "default_priority": "Normal",
    "promises": [
        {"priority": "Urgent", "first_response": "1h"},
        {"priority": "Normal", "first_response": "8h"},
    ],
    "escalation": {
        "approval": "required",
        "approved": {"priority": "Urgent"},
        "path": [{"level": "owner", "within": "4h"}, {"level": "leadership"}],
        "updates": "1bd",
    },
    "statuses": {
        "New": {"phase": "new"},
        "Open": {"phase": "open"},
        "Waiting": {"phase": "waiting"},
        "Solved": {"phase": "resolved", "ask": "solved"},
        "Closed": {"phase": "closed", "ask": "survey"},
    },
}
"""The promises of this desk: an escalation is approved first, and a solved case is closed by its customer."""


def _config(host: str, imap_port: int, smtp_port: int, password: str, border: str) -> dict[str, Any]:
    """Write what the operator of this desk would have written."""
    login = {"username": DESK.address, "password": password}
    return {
        "desk": {
            "name": DESK.name,
            "address": DESK.address,
            "tag": "Acme",
            "timezone": "Europe/Lisbon",
            "secret": {"file": "secret.key"},
            "morning_sheet": False,
        },
        "policy": "policy.yaml",
        "store": {"url": "sqlite:///desk.db"},
        "mailboxes": [
            {
                "name": "support",
                "address": DESK.address,
                "subaddress": "+",
                "existing_mail": "file",
                "imap": {"host": host, "port": imap_port, "security": "none", **login},
            }
        ],
        "smtp": {"host": host, "port": smtp_port, "security": "none"},
        "people": {
            "agents": [{"name": ANA.name, "address": ANA.address}],
            "leadership": [{"name": LEA.name, "address": LEA.address}],
        },
        "trust": {"authserv_id": border},
        "limits": {"free_space": "1MiB"},
    }
