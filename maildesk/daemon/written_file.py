"""A file for others to read, written in one step: a reader sees it whole."""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from maildesk.errors import PageUnwritten

MODE = 0o640
"""The usual mode: the owner writes it, its group reads it, others do not."""
_ENDING = ".new"
_BY_FOLDER = "leave the group out, and give the folder that group and its set-group bit: chgrp, chmod g+s"
_ABANDONED = 3600.0
"""Seconds after which what a killed process left half written is taken away."""


@dataclass(frozen=True, slots=True)
class WrittenFile:
    """One such file. `group`: whose members may read it, else the folder's."""

    path: Path
    group: str | None = None
    mode: int = MODE

    def write(self, text: str) -> None:
        """Put the text in its place at once; a link there is replaced, not followed. Raises PageUnwritten."""
        new = self.path.with_name(f".{self.path.name}.{secrets.token_hex(8)}{_ENDING}")
        try:
            self._fill(new, text.encode())
            os.replace(new, self.path)
        except BaseException as problem:
            with contextlib.suppress(OSError):
                new.unlink(missing_ok=True)
            if not isinstance(problem, OSError):
                raise
            reason = problem.strerror or type(problem).__name__
            remedy = f"who runs this must be able to write into {self.path.parent}"
            raise PageUnwritten(f"{self.path} is not written: {reason}", remedy=remedy) from None

    def _fill(self, new: Path, data: bytes) -> None:
        opened = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        with open(opened, "wb") as file:
            if self.group is not None:
                self._give(opened, self.group)
            os.fchmod(opened, self.mode)
            file.write(data)

    def _give(self, opened: int, group: str) -> None:
        try:
            os.fchown(opened, -1, _number(group))
        except (OSError, KeyError) as problem:
            missing = isinstance(problem, KeyError)
            reason = "there is no such group" if missing else "whoever runs this is no member of it"
            message = f"{self.path} cannot be given to group {group}: {reason}"
            raise PageUnwritten(message, remedy=_BY_FOLDER) from None

    def tidy(self, now: float) -> None:
        """Take away what a process that was killed left half written; `now` is in seconds since 1970."""
        for left in self._left():
            with contextlib.suppress(OSError):
                if now - left.lstat().st_mtime > _ABANDONED:
                    left.unlink()

    def _left(self) -> Iterator[Path]:
        before = f".{self.path.name}."
        with contextlib.suppress(OSError):
            for each in self.path.parent.iterdir():
                if each.name.startswith(before) and each.name.endswith(_ENDING):
                    yield each


def _number(group: str) -> int:
    from grp import getgrnam

    return int(group) if group.isdecimal() else getgrnam(group).gr_gid
