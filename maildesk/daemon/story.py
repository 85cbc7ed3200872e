"""The story of a case: which of its mails somebody said something in, and as what letters show them."""

from __future__ import annotations

from collections.abc import Iterable

from maildesk.desk.case import Case
from maildesk.desk.notices import FORMS
from maildesk.desk.occasion import Spoken
from maildesk.desk.verdicts import Verdict
from maildesk.store.case_rows import StoredMail

_MACHINES_OWN = frozenset(kind.value for kind, form in FORMS.items() if form.automatic)
"""Verdicts on letters in which nobody says anything: receipts, and that a case is closed."""

CUSTOMERS_OWN = frozenset({Verdict.OPENED, Verdict.APPENDED, Verdict.REOPENED})
"""Verdicts on customers' mails: what a stranger or a machine sent is on the case, not in its thread."""


def story_of(thread: Iterable[StoredMail]) -> list[Spoken]:
    """What people said on a case, in the order of its mails."""
    return [spoken(mail) for mail in thread if not _from_desk_itself(mail)]


def spoken(mail: StoredMail) -> Spoken:
    """A mail of a case as letters show it."""
    files = tuple(str(file.get("name", "")) for file in mail.attachments)
    return Spoken(mail.at, mail.sender, mail.new_text, files, mail.internal)


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
