"""Attachments cut from the stored mails of a case and saved as files."""

from __future__ import annotations

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
            # The digest makes the name unique; the name is safe already (mail/attachment_names.py).
            path = folder / f"{attachment.sha256[:12]}-{attachment.name}"
            _write(path, data)
            saved.append(path)
    return list(dict.fromkeys(saved))


def _write(path: Path, data: bytes) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("xb") as opened:
            opened.write(data)
    except FileExistsError:
        return  # the same digest: the same bytes
    except OSError as error:
        raise BadInput(f"{path} cannot be written: {(error.strerror or 'error').lower()}") from error
