"""The forms that a mail's author filled in before and that were sent back, read once more."""

from __future__ import annotations

from maildesk.casework.read_mail import files_wanted
from maildesk.casework.returned_forms import ReturnedForm, is_answered, sent_back_to
from maildesk.daemon.reader_frames import FilesOf
from maildesk.daemon.reading import MailReader
from maildesk.desk.policy.desk import Desk
from maildesk.desk.screening.heard import HeardMail
from maildesk.mail.identity.references import KeyRing
from maildesk.mail.message import IncomingMail
from maildesk.store.database import Database


async def returned_forms(
    store: Database, reader: MailReader, mail: IncomingMail, desk: Desk, keys: KeyRing
) -> tuple[ReturnedForm, ...]:
    """The forms with files that were sent back to this mail's author, by letters that it answers."""
    rows = await store.read(lambda conn: sent_back_to(conn, mail))
    readings = await reader.read([row.raw for row in rows])
    known = [
        (row, each)
        for row, each in zip(rows, readings, strict=True)
        if isinstance(each, HeardMail) and is_answered(row, each.mail, mail.ids.thread, keys)
    ]
    files = await reader.files([FilesOf(row.raw, files_wanted(each, desk)) for row, each in known])
    return tuple(ReturnedForm(row, each.mail, found) for (row, each), found in zip(known, files, strict=True))
