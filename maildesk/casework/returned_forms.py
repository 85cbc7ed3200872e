"""A form that was sent back joins the case, with its files, when its author names the case afterwards."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from maildesk.casework.filed_mail import comparable, decided, plain_cause, shown
from maildesk.desk.case.change import Change
from maildesk.desk.case.events import EventKind
from maildesk.desk.case.verdicts import Verdict
from maildesk.desk.decisions.decision import Decision
from maildesk.desk.letters.cause import Cause
from maildesk.desk.letters.form_letters import FORM_LETTERS
from maildesk.desk.screening.duplicates import trusted_author
from maildesk.mail.identity.form_tokens import sends_back
from maildesk.mail.identity.references import KeyRing, nonce_of
from maildesk.mail.message import EnclosedFile, FileKey, IncomingMail
from maildesk.store.cases import CaseBook
from maildesk.store.database import Connection
from maildesk.store.ledger import WaitingMail
from maildesk.store.returned_forms import returned_forms, still_returned

JOINED: Final = Decision(
    Verdict.APPENDED, "returned-form", "a form that was sent back, until its author named the case"
)
"""The decision on it then: it is shown, and does nothing more."""


@dataclass(frozen=True, slots=True)
class ReturnedForm:
    """A form that was sent back, and those of its files that notices may enclose."""

    row: WaitingMail
    mail: IncomingMail
    files: Mapping[FileKey, EnclosedFile]


def sent_back_to(conn: Connection, mail: IncomingMail) -> list[WaitingMail]:
    """The forms that this mail names and that were sent back to its author, whoever else names them."""
    author = trusted_author(mail)
    return returned_forms(conn, mail.ids.thread, author) if author else []


def is_answered(row: WaitingMail, returned: IncomingMail, thread: Iterable[str], keys: KeyRing) -> bool:
    """Tell whether this thread holds the token of the letter that sent this very mail, with files, back."""
    if not returned.attachments:
        return False
    ident = plain_cause(row, returned).ident
    nonces = [nonce_of(keys, ident, kind) for kind in FORM_LETTERS]
    return any(sends_back(keys, each, nonce) for each in thread for nonce in nonces)


class JoiningForms:
    """The forms of one batch that join; each does so once."""

    def __init__(self, conn: Connection, book: CaseBook) -> None:
        self._conn = conn
        self._book = book
        self._joined: set[int] = set()

    def join(self, change: Change, returned: Sequence[ReturnedForm], now: datetime) -> list[ReturnedForm]:
        """Show on its case what was sent back before, where this mail was heard as the form; gives those."""
        if not returned or not any(each.kind in _HEARD for each in change.events):
            return []
        free = still_returned(self._conn, {each.row.id for each in returned}) - self._joined
        self._joined |= free
        joined = [each for each in returned if each.row.id in free]
        for each in joined:
            self._book.add_mail(shown(each.row, each.mail, JOINED, change.case.ref))
            filing = decided(each.row, each.mail, JOINED, change.case.ref, None, now)
            self._book.file(filing, comparable(each.row, filing))
        return joined


def with_files(cause: Cause, joined: Sequence[ReturnedForm], most: int) -> Cause:
    """The cause with their files, which notices name, and enclose up to so many bytes."""
    if not joined or cause.said is None:
        return cause
    names = [each.name for one in joined for each in one.mail.attachments]
    files = {**{key: file for one in joined for key, file in one.files.items()}, **cause.files}
    fits = sum(len(each.content) for each in files.values()) <= most
    said = replace(cause.said, files=(*cause.said.files, *names))
    return replace(cause, said=said, files=files if fits else cause.files)


_HEARD: Final = frozenset({EventKind.FORM_ASKED, EventKind.FORM_FILLED})
