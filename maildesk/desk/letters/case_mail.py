"""The mails of a case: which of them count, which are the customers', and what its story is."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from maildesk.desk.case.case import Case
from maildesk.desk.case.told import Phrase
from maildesk.desk.case.verdicts import BY_HAND, ENTERED, WROTE_FIRST, Verdict
from maildesk.desk.letters.letter_context import QuotedMail
from maildesk.desk.letters.letter_kinds import FORMS
from maildesk.desk.policy.desk import Desk
from maildesk.mail.message import FileKey, IncomingMail
from maildesk.mail.seals import Seal, seal_of


@dataclass(frozen=True, slots=True)
class CaseMail:
    """One mail of a case; `refs`: Message-IDs it follows, nearest first; `internal`: for agents only.

    `about` is the ledger row of the mail that led to a letter; `unconfirmed`: in a desk person's name, who
    has not answered for it. `in_context` are its new words with the lines they answer, where they do.
    `spoken_by`: the agent by whom a letter to customers was sent, or a question to colleagues.
    """

    case_ref: str
    direction: str
    at: datetime
    sender: str
    recipients: Sequence[str]
    subject: str
    text: str
    new_text: str
    verdict: str
    message_id: str | None = None
    ledger_id: int | None = None
    attachments: Sequence[Mapping[str, Any]] = ()
    reason: str | None = None
    internal: bool = False
    refs: Sequence[str] = ()
    about: int | None = None
    unconfirmed: bool = False
    in_context: str = ""
    spoken_by: str | None = None

    @property
    def told(self) -> str:
        """The new words as people read them: an answer below its question."""
        return self.in_context or self.new_text


_MACHINES_OWN = frozenset(kind.value for kind, form in FORMS.items() if form.automatic)
"""Verdicts on letters in which nobody says anything: receipts, and that a case is closed."""

CUSTOMERS_OWN = frozenset({Verdict.OPENED, Verdict.APPENDED, Verdict.REOPENED})
"""Verdicts on customers' mails: what a stranger or a machine sent is on the case, not in its thread."""

CITED = "cited"
"""The reason of words that another case repeats (`CitedMail`): the mail itself is not there."""

HELD_ANSWER = "answered-meanwhile"
"""The reason of an agent's answer that is held, or was given up, since somebody else had answered."""

SIGNATURE_LINES = 12
"""A notice shows so much of what stands below a name: lawyers' words begin further down."""


def story_of(thread: Sequence[CaseMail], desk: Desk) -> list[QuotedMail]:
    """Return what people said on a case, in the order of its mails (newest first), our people by name.

    A machine's mail is part of it where it opened the case, or where people were told of it: an absence note
    or a bounce is neither.
    """
    first = next((mail for mail in reversed(thread) if mail.direction == "in"), None)
    noticed = {mail.about for mail in thread if mail.direction == "out"}
    return [
        replace(spoken(mail), author=_speaker(mail, desk))
        for mail in thread
        if not _from_desk_itself(mail) and (mail is first or not _unheard(mail, noticed))
    ]


def _unheard(mail: CaseMail, noticed: Collection[int | None]) -> bool:
    if mail.verdict == Verdict.BOUNCE:
        return True
    return mail.verdict == Verdict.AUTOMATIC and mail.ledger_id not in noticed


def _speaker(mail: CaseMail, desk: Desk) -> str:
    """Name who said it: of the desk by the name, and where nobody is known the desk."""
    outside = mail.direction == "out" and not mail.internal
    address = (mail.spoken_by or "") if outside else mail.sender
    person = desk.people.person(address) if address else None
    return person.name if person else address or desk.name


def spoken(mail: CaseMail) -> QuotedMail:
    """A mail of a case as letters show it."""
    files = tuple(str(file.get("name", "")) for file in mail.attachments)
    seal = seal_of(mail.told, [Seal(str(file.get("seal", ""))) for file in mail.attachments])
    entered = mail.direction == "in" and mail.reason in (ENTERED, BY_HAND)
    return QuotedMail(
        mail.at, mail.sender, mail.told, files, mail.internal, _doubt(mail), seal, entered=entered
    )


def _doubt(mail: CaseMail) -> str:
    """Say why a mail may not be from whom it names."""
    if mail.reason == HELD_ANSWER:
        return Phrase("not sent: a colleague had answered")
    if mail.unconfirmed:
        return Phrase("not confirmed: it may not be theirs")
    return Phrase("not verified: it may not be theirs") if mail.verdict == Verdict.UNVERIFIED else ""


def cited_on(case: Case, mail: CaseMail) -> CaseMail:
    """The words of a mail as another case repeats them: no thread leads there, and its files stay with it."""
    return replace(
        mail, case_ref=case.ref, message_id=None, ledger_id=None, reason=CITED, refs=(), attachments=()
    )


def told_to_the_team(mail: IncomingMail, verdict: Verdict) -> str:
    """Write what a notice says of a customer's mail.

    Below the new words stands what was taken for the signature: a number to call, or a last request; of a
    reply not what its author's program marked as such. What the mail passes on is news to us, and so is,
    where a case begins, an exchange that we took no part in: "see below" alone tells an agent nothing.
    """
    body = mail.body
    if body.forwarded or (body.quotes and verdict is Verdict.OPENED):
        return body.text
    marked = body.signature.startswith("--") and verdict is not Verdict.OPENED  # RFC 3676 §4.3
    lines = [] if marked else body.signature.splitlines()
    signature = "\n".join([*lines[:SIGNATURE_LINES], "[…]"] if len(lines) > SIGNATURE_LINES else lines)
    return f"{body.told}\n\n{signature}".strip()


def by_customer(mail: CaseMail, case: Case) -> bool:
    """Tell whether a customer of the case wrote it; of somebody let in later their first mail too."""
    if mail.reason == WROTE_FIRST:
        return False
    if mail.verdict == Verdict.THIRD_PARTY:
        party = case.party(mail.sender)
        return party is not None and party.role.of_the_customer
    return mail.verdict in CUSTOMERS_OWN


def _from_desk_itself(mail: CaseMail) -> bool:
    """Machines' letters and commands are about the story, not part of it; an answer went out as a letter."""
    if mail.direction == "in":
        return mail.verdict == Verdict.COMMAND
    return mail.verdict in _MACHINES_OWN or (mail.internal and mail.verdict != Verdict.NOTE)


def is_looked_for(mail: CaseMail) -> bool:
    """Tell whether people look for its words: somebody said them here, and no other mail has them."""
    return not _from_desk_itself(mail)


def counts(mail: CaseMail) -> bool:
    """Tell whether people count it as a mail of the case: notices and the commands of agents are about it."""
    if mail.direction == "out":
        return not mail.internal or mail.verdict == Verdict.NOTE
    return mail.verdict != Verdict.COMMAND


def customers_files(mails: Iterable[CaseMail]) -> frozenset[FileKey]:
    """The files that came in with the mails of a case; not those that stayed inside."""
    theirs = (each for each in mails if each.direction == "in" and not each.internal)
    return frozenset(
        FileKey(str(file["sha256"]), str(file.get("name", "")))
        for each in theirs
        for file in each.attachments
    )


def followed(mails: Iterable[CaseMail], case: Case) -> tuple[str, ...]:
    """The Message-IDs that a letter to customers follows where no mail led to it, nearest first: the last
    mail of theirs, else of ours, else whatever came. `mails` are newest first."""
    thread = [mail for mail in mails if not mail.internal and mail.message_id]
    told = [mail for mail in thread if mail.direction == "out" or mail.reason == WROTE_FIRST]
    # A case that a list's mail opened has nothing else to follow.
    last = next((mail for mail in thread if by_customer(mail, case)), next(iter(told or thread), None))
    return tuple(dict.fromkeys(each for each in (last.message_id, *last.refs) if each)) if last else ()


def answered(mails: Iterable[CaseMail], thread_ids: Sequence[str]) -> int | None:
    """The ledger row of the mail that the notice was about which these ids answer."""
    told = {one.message_id: one.about for one in mails if one.direction == "out" and one.message_id}
    return next((about for each in thread_ids if (about := told.get(each)) is not None), None)
