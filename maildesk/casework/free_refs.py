"""A mail's own reference, where no case has it already."""

from __future__ import annotations

from maildesk.casework.filed_mail import cause_of
from maildesk.casework.read_mail import ReadMail
from maildesk.mail.identity.keys import KeyRing
from maildesk.mail.identity.references import SYMBOLS, case_reference
from maildesk.mail.message import IncomingMail
from maildesk.store.cases import CaseBook


def free_ref(book: CaseBook, keys: KeyRing, one: ReadMail, mail: IncomingMail) -> str:
    """The mail's own reference; one more symbol for each that is taken (design §3)."""
    ref, symbols = one.ref, SYMBOLS
    while book.taken(ref):
        symbols += 1
        cause = cause_of(one.row, mail)
        ref = case_reference(keys, cause=cause, digest=mail.digests.content, symbols=symbols)
    return ref
