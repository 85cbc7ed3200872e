"""A server process that lives in a folder of its own and ends with its test, however the test ends."""

from __future__ import annotations

import errno
import grp
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

PATIENCE = 60.0  # seconds until a server that does not come up is given up; usual is well under one

# A thread for the whole run: to the kernel, a server's parent is the thread that started it, and a test's own
# may end before the server should.
LAUNCHER = ThreadPoolExecutor(1, thread_name_prefix="launcher")


@dataclass(eq=False)
class Throwaway:
    """One folder and at most one running server in it, owned by `user`, who is never root.

    All its processes can be stopped and ended together, and the kernel ends the server when the test run
    dies without saying so (`setpriv --pdeathsig`).
    """

    root: Path
    user: str
    group: str
    running: subprocess.Popen[bytes] | None = None

    @classmethod
    def make(cls, name: str) -> Throwaway:
        root = Path(tempfile.mkdtemp(prefix=f"maildesk-{name}-", dir=_open_to_all()))
        who = pwd.getpwnam("nobody") if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())
        place = cls(root, who.pw_name, grp.getgrgid(who.pw_gid).gr_name)
        place.own(root)
        return place

    def own(self, path: Path) -> None:
        """Hand a file to the user who runs the server."""
        if os.geteuid() == 0:
            shutil.chown(path, self.user, self.group)

    def write(self, name: str, text: str) -> Path:
        path = self.root / name
        path.write_text(text)
        path.chmod(0o600)
        self.own(path)
        return path

    def command(self, words: Sequence[str], *, dies_with_us: str | None = None) -> list[str]:
        """The words to run something as the server's user."""
        prefix = ["setpriv"]
        if os.geteuid() == 0:
            prefix += [f"--reuid={self.user}", f"--regid={self.group}", "--clear-groups"]
        if dies_with_us is not None:
            prefix += ["--pdeathsig", dies_with_us]
        return [*prefix, *words] if len(prefix) > 1 else list(words)

    def run(self, words: Sequence[str], *, given: str = "") -> subprocess.CompletedProcess[str]:
        """Run a command of the server's to its end, as its user, in its folder."""
        return subprocess.run(
            self.command(words),
            cwd=self.root,
            env=self.environment(),
            input=given,
            capture_output=True,
            text=True,
            timeout=PATIENCE * 3,
            check=False,
        )

    def must(self, words: Sequence[str], *, given: str = "") -> str:
        """Like `run`, but a failure is an error that shows what the command said."""
        done = self.run(words, given=given)
        if done.returncode != 0:
            raise RuntimeError(f"{' '.join(words)}: exit {done.returncode}\n{done.stdout}{done.stderr}")
        return done.stdout

    def environment(self) -> Mapping[str, str]:
        """A plain environment: no locale, time zone or PG* variable of the machine changes a test."""
        path = f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"  # where Debian keeps dovecot
        return {"PATH": path, "HOME": str(self.root), "LC_ALL": "C.UTF-8"}

    def launch(self, words: Sequence[str], *, farewell: str) -> None:
        """Start the server. `farewell` is the signal it gets when the test run dies."""
        with (self.root / "output.log").open("ab") as output:
            self.running = LAUNCHER.submit(
                subprocess.Popen[bytes],
                self.command(words, dies_with_us=farewell),
                cwd=self.root,
                env=self.environment(),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            ).result()

    def processes(self) -> list[int]:
        """Every live process that the server's first one led to, itself first."""
        if self.running is None:
            return []
        parents = _parents()
        family = [self.running.pid]
        for pid in family:  # grows while we walk it: children, then theirs
            family += [child for child, parent in parents.items() if parent == pid]
        return family

    def soon_idle(self, name: str) -> bool:
        """Whether each child of that name says in its title that nobody is there (a moment later)."""
        assert self.running
        children = Path(f"/proc/{self.running.pid}/task/{self.running.pid}/children")
        for _ in range(300):
            with suppress(OSError):  # one ends while we look
                titles = [Path(f"/proc/{pid}/cmdline").read_text() for pid in children.read_text().split()]
                if all("[idling]" in title for title in titles if title.startswith(f"dovecot/{name} ")):
                    return True
            time.sleep(0.003)
        return False

    def pause(self) -> None:
        """Every process stands still; its connections stay open and silent, as on a dead network."""
        if self.running is not None:
            _send(signal.SIGSTOP, [self.running.pid])  # first, so that it starts nothing new while we count
            _send(signal.SIGSTOP, self.processes())

    def resume(self) -> None:
        _send(signal.SIGCONT, self.processes())

    def end(self) -> None:
        """End the server the hard way, as a power cut does, and wait until nothing of it is left."""
        if self.running is None:
            return
        self.pause()
        family = self.processes()
        _send(signal.SIGKILL, family)
        self.running.wait(PATIENCE)
        self.running = None
        until_gone(family)

    def ask_to_end(self, signal_number: signal.Signals) -> None:
        """Ask the server's first process to end, and wait until all of it has."""
        if self.running is None:
            return
        family = self.processes()
        _send(signal_number, [self.running.pid])
        self.running.wait(PATIENCE)
        self.running = None
        until_gone(family)

    def remove(self) -> None:
        """End the server and take its folder away."""
        self.end()
        shutil.rmtree(self.root, ignore_errors=True)

    def last_words(self, *logs: str) -> str:
        """What the server wrote last: the reason, when it does not come up."""
        texts = [(self.root / name) for name in ("output.log", *logs)]
        return "\n".join(path.read_text(errors="replace")[-2000:] for path in texts if path.exists()).strip()


def _open_to_all() -> str:
    """A folder for what others run: pytest's are closed to them, and a path of a socket ends at 108 bytes."""
    usual = tempfile.gettempdir()
    return usual if len(usual) < 20 and Path(usual).stat().st_mode & 0o001 else "/tmp"


def _send(signal_number: signal.Signals, pids: Sequence[int]) -> None:
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, signal_number)


def _parents() -> dict[int, int]:
    """The parent of every live process (proc(5), stat: both follow the name, which may hold spaces)."""
    found = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with suppress(OSError):
                state, parent = (entry / "stat").read_text().rpartition(")")[2].split()[:2]
                if state != "Z":
                    found[int(entry.name)] = int(parent)
    return found


def until_gone(pids: Sequence[int]) -> None:
    """Return once none of these processes lives; raise where one takes too long to end."""
    give_up = time.monotonic() + PATIENCE
    while set(pids) & _parents().keys():
        if time.monotonic() > give_up:
            raise RuntimeError(f"processes {list(pids)} do not end")
        time.sleep(0.003)


def free_ports(count: int) -> list[int]:
    """Ports of 127.0.0.1 that nobody listens on; all held until the last is known, so that they differ.

    None is of those that the kernel gives to whoever asks for any: a connection could take it before the
    server begins, or while it is away.
    """
    held: list[socket.socket] = []
    while len(held) < count:
        try:
            held.append(socket.create_server(("127.0.0.1", secrets.choice(ports_nobody_is_given()))))
        except OSError as problem:
            if problem.errno != errno.EADDRINUSE:
                raise
    ports = [listener.getsockname()[1] for listener in held]
    for listener in held:
        listener.close()
    return ports


def ports_nobody_is_given() -> range:
    """The ports beside those that the kernel gives out (ip(7), ip_local_port_range), on the side with more.

    Where it gives out all of them, all.
    """
    lowest, highest = map(int, Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split())
    return max(range(1024, lowest), range(highest + 1, 65_536), key=len) or range(1024, 65_536)


def listening(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def until_listening(place: Throwaway, ports: Sequence[int], *logs: str) -> None:
    """Return once every port accepts; raise with the server's own words when it ended or takes too long."""
    give_up = time.monotonic() + PATIENCE
    for port in ports:
        while not listening(port):
            if place.running is None or place.running.poll() is not None:
                raise RuntimeError(f"the server ended at once:\n{place.last_words(*logs)}")
            if time.monotonic() > give_up:
                raise RuntimeError(f"the server does not answer:\n{place.last_words(*logs)}")
            time.sleep(0.003)
