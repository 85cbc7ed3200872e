"""The files of a customer's mail that an agent asks for: cut by the child, before anything is decided."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from maildesk.casework.read_mail import AskedFiles
from maildesk.daemon.reader_frames import FilesOf
from maildesk.daemon.reading import MailReader
from maildesk.errors import NotFound
from maildesk.store import ledger
from maildesk.store.asked_files import mail_with_files
from maildesk.store.database import Connection, Database


async def asked_files(
    store: Database, reader: MailReader, thread: Sequence[str], refs: Collection[str]
) -> AskedFiles | None:
    """The files that a mail of this thread asks for, about these cases; None where none has any."""

    def look(conn: Connection) -> tuple[int, frozenset[str], bytes] | None:
        found = mail_with_files(conn, thread, sorted(refs))
        return (*found, ledger.raw_of(conn, found[0])) if found else None

    try:
        found = await store.read(look)
    except NotFound:
        return None  # its bytes are not with us: it was too large, or is gone
    if found is None:
        return None
    ledger_id, wanted, raw = found
    (files,) = await reader.files([FilesOf(raw, wanted)])
    return AskedFiles(ledger_id, files)
