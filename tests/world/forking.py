"""Children that read mails, and `maildesk` as a process of its own, forked: none has to import what it needs.

Most of what a small story costs is the start of these. One process, started once, has everything loaded and
forks whenever somebody asks: what it forks is a process as any, with streams, folder and environment of its
own, that is killed as any. The child that reads mails for a forked `maildesk` is forked by its keeper, which
tells how it ended. That a start from nothing works, whoever types `maildesk` in a shell sees
(tests/cli/test_pipe.py, tests/cli/test_terminal.py, tests/demo), and tests/daemon/test_reading.py.
"""

from __future__ import annotations

import asyncio
import atexit
import gc
import importlib
import os
import pickle
import resource
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import NoReturn, cast

from maildesk.daemon import reader_child
from maildesk.daemon.reader_frames import PIPE
from maildesk.daemon.reading import MailReader
from tests.world import letter_code, same_desks, statements, usual_desk

ROOT = Path(__file__).parents[2]

READER = b"reader"
LOADED = (
    "maildesk.cli.running maildesk.cli.case_group maildesk.cli.checked maildesk.config.loading "
    "maildesk.daemon.service maildesk.daemon.once maildesk.daemon.watching maildesk.daemon.checking "
    "maildesk.daemon.notify maildesk.transport.imap maildesk.transport.smtp maildesk.store.migrations "
    "alembic.command alembic.context "
    "maildesk.cli.pipe maildesk.cli.main maildesk.cli.erasing_told maildesk.cli.importing maildesk.cli.login "
    "maildesk.daemon.log_lines maildesk.daemon.reloading multiprocessing.queues encodings.idna "
    "sqlalchemy.dialects.sqlite sqlalchemy.dialects.postgresql.psycopg psycopg babel.dates babel.lists "
    "markdown_it"
)
"""What a program of a small story has imported in the end."""
STARTING = ("PYTHON", "LC_", "LANG", "TZ")
"""Variables that a process heeds as it starts begin so."""


class ForkedReader(MailReader):
    """The daemon's reader in all but how its child begins."""

    async def _begun(self) -> asyncio.subprocess.Process:
        return cast(asyncio.subprocess.Process, await Forked.start())  # as much of it as a reader uses


class Forked:
    """A child and both ends of what is said to it."""

    def __init__(
        self, pid: int, way: socket.socket, stdout: asyncio.StreamReader, stdin: asyncio.StreamWriter
    ) -> None:
        self.pid, self.way, self.stdout, self.stdin = pid, way, stdout, stdin
        self.killed = False

    @classmethod
    async def start(cls) -> Forked:
        ours, theirs = socket.socketpair()
        with theirs:
            pid = _fork(READER, theirs.fileno())
        return await cls.reached(pid, ours)

    @classmethod
    async def reached(cls, pid: int, way: socket.socket) -> Forked:
        """The child at the other end of this way."""
        return cls(pid, way, *await asyncio.open_connection(sock=way, limit=PIPE))

    @property
    def returncode(self) -> int | None:
        return -signal.SIGKILL if self.killed or self.stdout.at_eof() else None

    def kill(self) -> None:
        self.killed = True
        os.kill(self.pid, signal.SIGKILL)

    async def wait(self) -> int:
        await self.hang_up()
        return -signal.SIGKILL

    async def hang_up(self) -> None:
        self.stdin.close()
        with suppress(ConnectionError):
            await self.stdin.wait_closed()


STDERR = "stderr"
"""The value of JOURNAL_STREAM by which journald seems to read what a program says."""
FILES = "RLIMIT_NOFILE"
"""The variable that says how many files a forked program may have open at once."""


async def maildesk(words: Sequence[str], cwd: Path, environ: Mapping[str, str]) -> asyncio.subprocess.Process:
    """`maildesk WORDS` in this folder, in our environment and these variables, its streams in pipes."""
    if any(name.startswith(STARTING) for name in environ):
        return await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "maildesk", *words),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            cwd=cwd,
            env={**os.environ, "PYTHONPATH": str(ROOT), **environ},
        )
    program = await Program.start(words, cwd, {**os.environ, **environ})
    return cast(asyncio.subprocess.Process, program)  # as much of one as the tests use


class Program:
    """A forked `maildesk`, and our ends of its streams."""

    def __init__(self, *streams: asyncio.StreamReader, stdin: asyncio.StreamWriter) -> None:
        self.stdin = stdin
        self.stdout, self.stderr, self._news = streams
        self.pid = 0
        self.returncode: int | None = None
        self._end: asyncio.Task[int]

    @classmethod
    async def start(cls, words: Sequence[str], cwd: Path, environ: Mapping[str, str]) -> Program:
        stdin, given = socket.socketpair()
        pipes = [os.pipe() for _ in range(3)]
        if environ.get("JOURNAL_STREAM") == STDERR:
            stderr = os.fstat(pipes[1][1])
            environ = {**environ, "JOURNAL_STREAM": f"{stderr.st_dev}:{stderr.st_ino}"}
        with given:
            asked = pickle.dumps((list(words), str(cwd), dict(environ)))
            _fork(asked, given.fileno(), *(written for _, written in pipes))
        for _, written in pipes:
            os.close(written)
        streams = [await _heard(read) for read, _ in pipes]
        program = cls(*streams, stdin=(await asyncio.open_connection(sock=stdin))[1])
        program.pid = int(await program._news.readline())
        program._end = asyncio.create_task(program._ends(), name="program")
        return program

    async def _ends(self) -> int:
        self.returncode = os.waitstatus_to_exitcode(int(await self._news.readline()))
        self.stdin.close()
        return self.returncode

    async def wait(self) -> int:
        return await asyncio.shield(self._end)

    async def communicate(self, given: bytes | None = None) -> tuple[bytes, bytes]:
        with suppress(ConnectionError):  # it need not listen
            self.stdin.write(given or b"")
            self.stdin.write_eof()
        out, err, _ = await asyncio.gather(self.stdout.read(), self.stderr.read(), self.wait())
        return out, err

    def send_signal(self, number: int) -> None:
        if self.returncode is not None:
            raise ProcessLookupError
        os.kill(self.pid, number)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


async def _heard(pipe: int) -> asyncio.StreamReader:
    """What is written into a pipe from now on."""
    reader = asyncio.StreamReader()
    file = os.fdopen(pipe, "rb", buffering=0)
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), file)
    return reader


_keepers: list[socket.socket] = []
"""The way from a forked program to its keeper."""


@cache
def _forker() -> tuple[socket.socket, subprocess.Popen[bytes]]:
    """The way to the process that forks, and that process, which ends with this one."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with theirs:
        words = [sys.executable, "-m", "tests.world.forking", str(theirs.fileno())]
        null = subprocess.DEVNULL
        process = subprocess.Popen(words, cwd=ROOT, stdin=null, stdout=null, pass_fds=[theirs.fileno()])
    return ours, process


def _fork(asked: bytes, *files: int) -> int:
    way = _keepers[0] if _keepers else _forker()[0]
    socket.send_fds(way, [asked], files)
    return int(way.recv(32))


def load() -> None:
    """What every program would do for itself: import what it needs, and make ready what most desks have."""
    for name in LOADED.split():
        importlib.import_module(name)
    letter_code.remember()
    statements.remember()
    same_desks.remember()
    usual_desk.make_ready()


def main(way: socket.socket) -> None:
    """Fork whatever is asked for, until whoever asks is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody asks us how a child ended
    _serve(way)


def _serve(way: socket.socket, *ours: int) -> None:
    """The same; none of it gets these files."""
    while True:
        asked, files, _, _ = socket.recv_fds(way, 1 << 17, 4)
        if not asked:
            return
        pid = os.fork()
        if pid == 0:
            way.close()
            for file in ours:
                os.close(file)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            if asked == READER:
                _read(*files)
            _keep(asked, files)
        for file in files:
            os.close(file)
        way.send(str(pid).encode())


def _read(file: int) -> NoReturn:
    _becomes(file, file)
    reader_child.main()
    os._exit(0)


def _keep(asked: bytes, files: Sequence[int]) -> NoReturn:
    """Fork a program, say which process it is, and once it is over, how it ended."""
    *streams, news = files
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    pid = os.fork()
    if pid == 0:
        ours.close()
        os.close(news)
        _keepers.append(theirs)
        _run(asked, streams)
    theirs.close()
    for file in streams:
        os.close(file)
    with suppress(BrokenPipeError):  # the test is over
        os.write(news, b"%d\n" % pid)
        _serve(ours, news)
        os.write(news, b"%d\n" % os.waitpid(pid, 0)[1])
    os._exit(0)


def _run(asked: bytes, streams: Sequence[int]) -> NoReturn:
    """Be the program, up to the interpreter's own end."""
    words, cwd, environ = pickle.loads(asked)
    _becomes(*streams)
    sys.stdin = os.fdopen(0, closefd=False)
    sys.stdout = os.fdopen(1, "w", closefd=False)
    sys.stderr = os.fdopen(2, "w", buffering=1, errors="backslashreplace", closefd=False)
    os.chdir(cwd)
    os.environ.clear()
    os.environ.update(environ)
    if limit := os.environ.pop(FILES, None):
        resource.setrlimit(resource.RLIMIT_NOFILE, (int(limit), int(limit)))
    signal.signal(signal.SIGINT, signal.default_int_handler)
    MailReader._begun = ForkedReader._begun  # type: ignore[method-assign,assignment]
    sys.argv = ["maildesk", *words]
    from maildesk.cli.pipe import main as way_in

    try:
        way_in()
    except SystemExit as end:
        if isinstance(end.code, int):
            _end(end.code)
        raise
    _end(0)


def _end(code: int) -> NoReturn:
    """The interpreter's own end but for its last step: taking all modules apart would copy the forker."""
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    gc.collect()  # who goes now is told of what they left open
    with suppress(OSError, ValueError):
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        os._exit(code)
    sys.exit(code)


def _becomes(*streams: int) -> None:
    """The standard streams are these from now on."""
    for number, file in enumerate(streams):
        os.dup2(file, number)
    for file in {*streams}:
        os.close(file)


if __name__ == "__main__":
    load()
    gc.collect()
    gc.freeze()
    main(socket.socket(fileno=int(sys.argv[1])))
