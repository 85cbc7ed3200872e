"""What a command costs: wall time, CPU and peak memory of it and of every process it starts."""

from __future__ import annotations

import contextlib
import os
import subprocess
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.world.processes import Throwaway


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds on the wall and of CPU, and the peak resident memory of all processes added up."""

    wall: float
    cpu: float
    peak_kib: int

    def without(self, start_up: Cost) -> Cost:
        return Cost(self.wall - start_up.wall, self.cpu - start_up.cpu, self.peak_kib)


@dataclass(slots=True)
class _Peaks:
    """The high-water mark of each process of a tree, looked up ten times a second while it lives."""

    root: Throwaway
    seen: dict[int, int] = field(default_factory=dict)
    over: threading.Event = field(default_factory=threading.Event)

    def watch(self) -> None:
        while not self.over.wait(0.1):
            for pid in self.root.processes():
                with contextlib.suppress(OSError, IndexError):  # it ended meanwhile
                    status = Path(f"/proc/{pid}/status").read_text()
                    self.seen[pid] = int(status.partition("VmHWM:")[2].split()[0])


def cost_of(words: Sequence[str], folder: Path) -> Cost:
    """Run a command to its end; raises with its own words if it fails."""
    log = folder / "output.log"
    start = time.monotonic()
    with log.open("ab") as output:
        process = subprocess.Popen(words, stdout=output, stderr=output)  # noqa: S603 - our own command
    peaks = _Peaks(Throwaway(folder, "", "", process))
    watching = threading.Thread(target=peaks.watch)
    watching.start()
    # wait4 counts the children that the command itself has waited for: the one that reads mails is one.
    _, status, used = os.wait4(process.pid, 0)
    wall = time.monotonic() - start
    peaks.over.set()
    watching.join()
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{' '.join(words)}: exit {process.returncode}\n{log.read_text()[-3000:]}")
    return Cost(wall, used.ru_utime + used.ru_stime, sum(peaks.seen.values()))
