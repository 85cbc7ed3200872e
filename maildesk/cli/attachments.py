"""Attachments cut from the stored mails of a case and saved as files."""

from __future__ import annotations

import os
import stat
from functools import partial
from pathlib import Path

from maildesk.errors import BadInput
from maildesk.mail.reading import attachments_of
from maildesk.store.database import Database
from maildesk.store.inbox_views import InboxFilter, inbox_rows
from maildesk.store.ledger import raw_of


def save_attachments(store: Database, ref: str, folder: Path) -> list[Path]:
    """Save every attachment of a case's mails; where each is. One that is there already is left alone."""
    rows = store.read_now(lambda conn: inbox_rows(conn, InboxFilter(case=ref)))
    saved: list[Path] = []
    for row in rows:
        raw = store.read_now(partial(raw_of, key=row["id"]))
        for attachment, data in attachments_of(raw):
            # The digest makes the name unique; the name is safe already (mail/mime/attachment_names.py).
            path = folder / f"{attachment.sha256[:12]}-{attachment.name}"
            _write(path, data)
            saved.append(path)
    return list(dict.fromkeys(saved))


def _write(path: Path, data: bytes) -> None:
    """A new file that only its owner reads. O_EXCL follows no link, a dangling one neither."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    except FileExistsError:
        if _holds(path, data):
            return
        raise BadInput(
            f"{path} is there already and is something else", remedy="name another folder"
        ) from None
    except OSError as error:
        raise _unwritable(path, error) from error
    try:
        with os.fdopen(file, "wb") as opened:
            opened.write(data)
    except OSError as error:
        path.unlink(missing_ok=True)  # half of it would stand in the way of the whole
        raise _unwritable(path, error) from error


def _holds(path: Path, data: bytes) -> bool:
    """Tell whether a file of these bytes is there: a file itself, no link to one and no pipe."""
    try:
        found = path.lstat()
        return stat.S_ISREG(found.st_mode) and found.st_size == len(data) and path.read_bytes() == data
    except OSError as error:
        raise _unwritable(path, error) from error


def _unwritable(path: Path, error: OSError) -> BadInput:
    return BadInput(f"{path} cannot be written: {(error.strerror or 'error').lower()}")
