"""A server whose package is unpacked and not installed, in a view of the machine's folders that only it has.

`packaging/tools/test_servers.sh` unpacks. Servers exclude each other as packages, and have paths built in; in
mount and PID namespaces of its own each finds its files, and all of it ends with its first process.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from tests.world.processes import Throwaway

PROJECT = Path(__file__).parents[2]
PLACE = PROJECT / "build" / "servers"
TREE = PLACE / "tree"
FRAME = Path(__file__).with_name("frame.sh")
NAMESPACES = ("unshare", "--mount", "--propagation=private", "--pid", "--fork", "--mount-proc")


class Framed(Throwaway):
    """A throw-away process in a frame of its own, which only root may make."""

    as_root = False
    """Whether the server itself runs as root, and gives that up for most of its processes by itself."""

    @classmethod
    def make(cls, name: str, *, as_root: bool = False) -> Framed:
        place = super().make(name)
        assert isinstance(place, cls)
        if as_root:
            place.as_root, place.user, place.group = True, "root", "root"
            place.own(place.root)
        for folder in ("etc", "run", "own"):
            place.folder(folder)
        return place

    def folder(self, name: str) -> Path:
        """A folder of the server's own, made with those it lies in."""
        made = self.root
        for part in Path(name).parts:
            made /= part
            if not made.exists():
                made.mkdir()
                self.own(made)
        return made

    def command(self, words: Sequence[str], *, dies_with_us: str | None = None) -> list[str]:
        """The words to run something in the frame; when we die, the kernel ends all that is in it."""
        frame = [*NAMESPACES, "--kill-child", str(FRAME), str(self.root), str(TREE)]
        if dies_with_us is None:
            return [*frame, *self._by_user(words)]
        # Giving root up makes the kernel forget whose end a process is to follow, so it is said again.
        return ["setpriv", "--pdeathsig", "KILL", *frame, *self._by_user(words, "KILL")]

    def _by_user(self, words: Sequence[str], dies_with_us: str | None = None) -> Sequence[str]:
        return words if self.as_root else super().command(words, dies_with_us=dies_with_us)


def missing(programs: Mapping[str, str]) -> list[str]:
    """The packages whose programs are neither unpacked nor installed."""
    return [
        package
        for package, program in programs.items()
        if not any((place / program).exists() for place in (TREE, Path("/")))
    ]


@cache
def frames_work() -> bool:
    """Whether this machine lets us give a process folders of its own."""
    if os.geteuid() != 0 or shutil.which("unshare") is None or not TREE.exists():
        return False
    with tempfile.TemporaryDirectory() as folder:
        for name in ("etc", "run"):
            (Path(folder) / name).mkdir()
        words = [*NAMESPACES, str(FRAME), folder, str(TREE), "true"]
        return subprocess.run(words, capture_output=True, check=False).returncode == 0
