"""A packaged file copied beside the configuration to be edited: never over another, read by the daemon."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from maildesk.errors import BadInput


def copy_to_edit(source: Path, target: Path) -> Path:
    """Copy a text to a new file, in a folder that is made if need be; its place."""
    try:
        _make(target.parent)
        with target.open("x", encoding="utf-8") as opened:
            opened.write(source.read_text(encoding="utf-8"))
        _let_the_same_read(target)
    except FileExistsError:
        raise BadInput(f"{target} is there already", remedy="edit it, or move it away first") from None
    except OSError as error:
        raise unwritable(target, error) from error
    return target


def unwritable(path: Path, error: OSError) -> BadInput:
    """The error a person reads where a file cannot be made."""
    remedy = "type it as root: sudo, and the same words" if isinstance(error, PermissionError) else ""
    return BadInput(f"{path} cannot be written: {(error.strerror or 'error').lower()}", remedy=remedy)


def _make(folder: Path) -> None:
    if not folder.is_dir():
        _make(folder.parent)
        folder.mkdir()
        _let_the_same_read(folder)


def _let_the_same_read(path: Path) -> None:
    """Let whoever reads the folder read what root made in it, whatever umask root has: it is no secret."""
    if os.geteuid() == 0:
        folder = path.parent.stat()
        most = 0o755 if path.is_dir() else 0o644
        os.chown(path, -1, folder.st_gid)
        path.chmod(stat.S_IMODE(folder.st_mode) & most | 0o600)
