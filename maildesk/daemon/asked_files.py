"""The files of a customer's mail that a colleague asks for: cut by the child, before anything is decided."""

from __future__ import annotations

from maildesk.casework.asked_files import AskedFiles
from maildesk.daemon.reader_frames import FilesOf
from maildesk.daemon.reading import MailReader
from maildesk.desk.screening.command_lines import Said
from maildesk.desk.screening.finding import Signals
from maildesk.errors import NotFound
from maildesk.mail.message import IncomingMail
from maildesk.store import ledger
from maildesk.store.asked_files import mail_with_files
from maildesk.store.database import Connection, Database


def asks_for_files(said: Said) -> bool:
    """Whether somebody of the desk seems to have written #files; who may act is decided later."""
    return any(line.command and line.command.word == "files" for line in said.lines)


async def asked_files(
    store: Database, reader: MailReader, mail: IncomingMail, signals: Signals
) -> AskedFiles | None:
    """The files that this mail asks for; None where no mail that has any is meant."""

    def look(conn: Connection) -> tuple[int, frozenset[str], bytes] | None:
        found = mail_with_files(conn, mail.thread_ids, sorted(signals.refs))
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
