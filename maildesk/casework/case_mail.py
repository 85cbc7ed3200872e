"""The story of a case: which of its mails somebody said something in, and what letters show of them."""

from __future__ import annotations

from collections.abc import Iterable

from maildesk.desk.case.case import Case
from maildesk.desk.case.verdicts import Verdict
from maildesk.desk.letters.letter_context import Spoken
from maildesk.desk.letters.notices import FORMS
from maildesk.mail.message import IncomingMail
from maildesk.store.case_rows import StoredMail

_MACHINES_OWN = frozenset(kind.value for kind, form in FORMS.items() if form.automatic)
"""Verdicts on letters in which nobody says anything: receipts, and that a case is closed."""

CUSTOMERS_OWN = frozenset({Verdict.OPENED, Verdict.APPENDED, Verdict.REOPENED})
"""Verdicts on customers' mails: what a stranger or a machine sent is on the case, not in its thread."""

SIGNATURE_LINES = 12
"""A notice shows so much of what stands below a name: lawyers' words begin further down."""


def story_of(thread: Iterable[StoredMail]) -> list[Spoken]:
    """What people said on a case, in the order of its mails."""
    return [spoken(mail) for mail in thread if not _from_desk_itself(mail)]


def spoken(mail: StoredMail) -> Spoken:
    """A mail of a case as letters show it."""
    files = tuple(str(file.get("name", "")) for file in mail.attachments)
    return Spoken(mail.at, mail.sender, mail.new_text, files, mail.internal, _doubt(mail))


def _doubt(mail: StoredMail) -> str:
    """Why a mail may not be from whom it names."""
    if mail.unconfirmed:
        return "not confirmed: it may not be theirs"
    return "not verified: it may not be theirs" if mail.verdict == Verdict.UNVERIFIED else ""


def told_to_the_team(mail: IncomingMail, verdict: Verdict) -> str:
    """What a notice says of a customer's mail.

    Below the new words stands what was taken for the signature: a number to call, or a last request; of a
    reply not what its author's program marked as such. What the mail passes on is news to us, and so is,
    where a case begins, an exchange that we took no part in: "see below" alone tells an agent nothing.
    """
    if mail.forwarded or (mail.quotes and verdict is Verdict.OPENED):
        return mail.text
    marked = mail.signature.startswith("--") and verdict is not Verdict.OPENED  # RFC 3676 §4.3
    lines = [] if marked else mail.signature.splitlines()
    signature = "\n".join([*lines[:SIGNATURE_LINES], "[…]"] if len(lines) > SIGNATURE_LINES else lines)
    return f"{mail.new_text}\n\n{signature}".strip()


def by_customer(mail: StoredMail, case: Case) -> bool:
    """Whether a customer of the case wrote it; of somebody let in later their first mail too."""
    if mail.verdict == Verdict.THIRD_PARTY:
        party = case.party(mail.sender)
        return party is not None and party.role.of_the_customer
    return mail.verdict in CUSTOMERS_OWN


def _from_desk_itself(mail: StoredMail) -> bool:
    """Machines' letters and commands are about the story, not part of it; an answer went out as a letter."""
    if mail.direction == "in":
        return mail.verdict == Verdict.COMMAND
    return mail.verdict in _MACHINES_OWN or (mail.internal and mail.verdict != Verdict.NOTE)
