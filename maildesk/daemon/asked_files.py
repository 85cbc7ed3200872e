"""The files of a customer's mail that a colleague asks for: cut by the child, before anything is decided."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from maildesk.daemon.reader_frames import FilesOf
from maildesk.daemon.reading import MailReader
from maildesk.desk.at_hand import FileAtHand
from maildesk.desk.command_lines import Said
from maildesk.desk.finding import Signals
from maildesk.errors import NotFound
from maildesk.mail.message import EnclosedFile, IncomingMail
from maildesk.store import ledger
from maildesk.store.asked_files import mail_with_files
from maildesk.store.database import Connection, Database


@dataclass(frozen=True, slots=True)
class AskedFiles:
    """The files of the mail in that ledger row, by sha256."""

    ledger_id: int
    files: Mapping[str, EnclosedFile]

    @property
    def at_hand(self) -> tuple[FileAtHand, ...]:
        """What deciding has to know of them."""
        return tuple(FileAtHand(each.name, len(each.content), key) for key, each in self.files.items())


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
