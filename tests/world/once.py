"""What several workers of a run need alike: the first that asks makes it, the others wait and take it."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable
from pathlib import Path

import pytest


def folder_of_run(temporary: pytest.TempPathFactory) -> Path:
    """A folder that all workers of this run have, and no other run."""
    own = temporary.getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


def made_once(note: Path, make: Callable[[], Path]) -> Path:
    """What `make` made, in whichever worker; the note says where it is, and is locked meanwhile."""
    with note.open("a+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.seek(0)
        known = file.read()
        if not known:
            known = str(make())
            file.write(known)
    return Path(known)
