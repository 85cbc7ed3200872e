"""Children that read mails, forked: each desk has one of its own, and none has to import what it reads with.

Half of what a small story costs is the start of that child. One process, started once, has everything loaded
and forks whenever a desk asks for a reader; they then speak over a socket as they otherwise do over pipes.
"""

from __future__ import annotations

import asyncio
import os
import pickle
import signal
import socket
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import cast

from maildesk.daemon import reader_child
from maildesk.daemon.reader_frames import LENGTH, PIPE
from maildesk.daemon.reading import MailReader

ROOT = Path(__file__).parents[2]


class ForkedReader(MailReader):
    """The daemon's reader in all but how its child begins."""

    async def _ready(self) -> asyncio.subprocess.Process:
        if self._child is None or self._child.returncode is not None:
            child = await Forked.start()
            setup = pickle.dumps(self._setup)
            child.stdin.write(LENGTH.pack(len(setup)) + setup)
            self._child = cast(asyncio.subprocess.Process, child)  # as much of it as a reader uses
        return self._child


class Forked:
    """A child and both ends of what is said to it."""

    def __init__(self, pid: int, stdout: asyncio.StreamReader, stdin: asyncio.StreamWriter) -> None:
        self.pid, self.stdout, self.stdin = pid, stdout, stdin
        self.killed = False

    @classmethod
    async def start(cls) -> Forked:
        ours, theirs = socket.socketpair()
        with theirs:
            pid = _fork(theirs)
        return cls(pid, *await asyncio.open_connection(sock=ours, limit=PIPE))

    @property
    def returncode(self) -> int | None:
        return -signal.SIGKILL if self.killed or self.stdout.at_eof() else None

    def kill(self) -> None:
        self.killed = True
        os.kill(self.pid, signal.SIGKILL)

    async def wait(self) -> int:
        self.stdin.close()
        with suppress(ConnectionError):
            await self.stdin.wait_closed()
        return -signal.SIGKILL


@cache
def _forker() -> tuple[socket.socket, subprocess.Popen[bytes]]:
    """The way to the process that forks, and that process, which ends with this one."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with theirs:
        words = [sys.executable, "-m", "tests.world.forking", str(theirs.fileno())]
        process = subprocess.Popen(words, cwd=ROOT, stdin=subprocess.DEVNULL, pass_fds=[theirs.fileno()])
    return ours, process


def _fork(theirs: socket.socket) -> int:
    way, _ = _forker()
    socket.send_fds(way, [b"fork"], [theirs.fileno()])
    return int(way.recv(32))


def main(words: Sequence[str]) -> None:
    """Fork a reader for each socket that comes, until whoever sends them is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody asks how a child ended
    way = socket.socket(fileno=int(words[0]))
    while True:
        word, files, _, _ = socket.recv_fds(way, 32, 1)
        if not word:
            return
        pid = os.fork()
        if pid == 0:
            os.dup2(files[0], 0)
            os.dup2(files[0], 1)
            os.close(files[0])
            way.close()
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            reader_child.main()
            os._exit(0)
        os.close(files[0])
        way.send(str(pid).encode())


if __name__ == "__main__":
    main(sys.argv[1:])
