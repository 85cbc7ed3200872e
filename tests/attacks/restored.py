"""A mail server put back from a copy, file by file: same UIDVALIDITY, UIDs given out a second time."""

from __future__ import annotations

import os
import shutil
from datetime import datetime
from pathlib import Path

from tests.world.dovecot import Dovecot


class Copy:
    """One user's mail as it was at one moment."""

    def __init__(self, dovecot: Dovecot, user: str) -> None:
        self._dovecot = dovecot
        self._mail = dovecot.folder_on_disk / "mail" / user
        self._kept = dovecot.folder_on_disk / f"copy-of-{user}"

    @classmethod
    async def of(cls, dovecot: Dovecot, user: str = "support") -> Copy:
        copy = cls(dovecot, user)
        await dovecot.folder(user)  # so that there is something to copy
        await dovecot.crash()
        copy_tree(copy._mail, copy._kept)
        await dovecot.restart()
        return copy

    async def put_back(self, *, dated: datetime | None = None) -> None:
        """What came since the copy is gone. `dated`: every mail bears this date from now on."""
        await self._dovecot.crash()
        shutil.rmtree(self._mail)
        copy_tree(self._kept, self._mail)
        if dated is not None:
            for file in (*self._mail.glob("cur/*"), *self._mail.glob("new/*")):
                os.utime(file, (dated.timestamp(), dated.timestamp()))
            for index in self._mail.glob("dovecot.index*"):
                index.unlink()
        await self._dovecot.restart()


def copy_tree(source: Path, target: Path) -> None:
    """With the owners and times that the server wants to see."""
    shutil.copytree(source, target)
    for path in (source, *source.rglob("*")):
        there = target / path.relative_to(source)
        about = path.stat()
        os.chown(there, about.st_uid, about.st_gid)
        os.utime(there, ns=(about.st_atime_ns, about.st_mtime_ns))
