"""Carrying out a change: the case, its events, its letters and their limits, all in one transaction."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from maildesk.desk.case import Case
from maildesk.desk.change import Change
from maildesk.desk.deadlines import DESK
from maildesk.desk.desk import Desk
from maildesk.desk.events import Event, EventKind
from maildesk.desk.letters import Letter, LetterWriter, Occasion, Spoken
from maildesk.desk.limits import FREE, Admission, LetterCounts, LetterLimits, admit
from maildesk.desk.notices import FORMS, Addressee, LetterOrder, addressees
from maildesk.desk.people import domain_of, folded
from maildesk.desk.verdicts import Verdict
from maildesk.errors import BadInput
from maildesk.mail.addr_spec import deliverable
from maildesk.store import outbox
from maildesk.store.case_rows import StoredMail
from maildesk.store.cases import CaseBook
from maildesk.store.database import Connection
from maildesk.store.limits import limited_counts
from maildesk.store.outbox import LetterState, NewLetter

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Cause:
    """What led to a change. `ident` names it for good (a Message-ID, a deadline, a random word).

    `said` is the mail behind it as letters show it; `follows` is its thread, nearest first.
    """

    ident: str
    said: Spoken | None = None
    follows: tuple[str, ...] = ()


class Carrier:
    """Carries out changes on one book of cases and collects the letters they owe.

    `counts` is what went out already; it goes on counting here, so that a batch keeps the limits too.
    """

    def __init__(
        self, book: CaseBook, desk: Desk, writer: LetterWriter, counts: LetterCounts, limits: LetterLimits
    ) -> None:
        self._book = book
        self.desk = desk
        self.writer = writer
        self._counts = counts
        self._limits = limits
        self.letters: list[NewLetter] = []
        self.held = 0

    def carry_out(self, change: Change, cause: Cause, now: datetime) -> Case:
        """Write the change into the book and its letters into `letters`; gives the case as it then is."""
        case = change.case
        self._book.record(case, change.events)
        for order in change.letters:
            case = self._owe(order, case, cause, now)
        return case

    def write(self, conn: Connection, more: Sequence[NewLetter] = ()) -> None:
        """Write the book and all letters, with `more` of no case.

        A letter that is there already is owed once; a mail that no new letter carries is not shown either.
        """
        ours = {letter.message_id for letter in self.letters}
        there = outbox.known(conn, ours)
        new = [letter for letter in self.letters if (letter.message_id, letter.recipient) not in there]
        if len(new) < len(self.letters):
            _log.warning("letters were there already letters=%d", len(self.letters) - len(new))
            self._book.forget_mails(ours - {letter.message_id for letter in new})
        self._book.flush()
        outbox.add(conn, [*new, *more])

    def _owe(self, order: LetterOrder, case: Case, cause: Cause, now: datetime) -> Case:
        to = addressees(order, case, self.desk.people)
        for one in to:
            if one.role is not None:
                case = case.joined(one.address, one.name, one.role)
        admissions = {one.address: self._admission(order, case, one) for one in to}
        events = [event for one in to if (event := _told(order, one, admissions[one.address], now))]
        self._book.record(case, events)
        written = [one for one in to if admissions[one.address].allowed or admissions[one.address].held]
        if written:
            letters = self.writer.write(order, self._occasion(order, case, cause, now), written)
            self._book.add_mail(self._kept(order, case, letters, cause, now))
            self.letters.extend(
                self._row(order, case, letter, admissions[one.address], now)
                for one, letter in zip(written, letters, strict=True)
            )
        return case

    def _admission(self, order: LetterOrder, case: Case, to: Addressee) -> Admission:
        try:
            deliverable(to.address)
        except BadInput as problem:
            return Admission(allowed=False, why=problem.message)
        if not FORMS[order.kind].limited:
            return FREE
        proven = self._book.is_proven(folded(to.address))
        admission = admit(
            order.kind, to.address, case.ref, proven=proven, counts=self._counts, limits=self._limits
        )
        if admission.allowed:
            self._counts.add(to.address, case.ref)
        self.held += admission.held
        return admission

    def _occasion(self, order: LetterOrder, case: Case, cause: Cause, now: datetime) -> Occasion:
        thread: list[Spoken] = []
        if FORMS[order.kind].shows_thread:
            thread = [_spoken(mail) for mail in self._book.thread(case.ref) if not _from_desk_itself(mail)]
        return Occasion(case, now, cause.ident, cause.said, cause.follows, thread)

    def _kept(
        self, order: LetterOrder, case: Case, letters: Sequence[Letter], cause: Cause, now: datetime
    ) -> StoredMail:
        """The letter as the case's history shows it; a notice to colleagues is internal."""
        first = letters[0]
        return StoredMail(
            case_ref=case.ref,
            direction="out",
            at=now,
            sender=self.desk.mailbox(case.mailbox).address,
            recipients=[letter.recipient for letter in letters],
            subject=first.subject,
            text=first.text,
            new_text=order.text or first.text,
            verdict=order.kind,
            message_id=first.message_id,
            internal=not FORMS[order.kind].audience.of_customers,
            refs=cause.follows,
        )

    def _row(
        self, order: LetterOrder, case: Case, letter: Letter, admission: Admission, now: datetime
    ) -> NewLetter:
        form = FORMS[order.kind]
        return NewLetter(
            case_ref=case.ref,
            message_id=letter.message_id,
            kind=letter.kind,
            recipient=letter.recipient,
            domain=domain_of(letter.recipient),
            subject=letter.subject,
            envelope_from=letter.envelope_from,
            mailbox=case.mailbox,
            content=letter.content,
            personal=form.automatic is None,
            limited=form.limited,
            state=LetterState.HELD if admission.held else LetterState.QUEUED,
            created_at=now,
            due_at=now,
            expires_at=now + form.patience,
            reason=admission.why or None,
        )


def _told(order: LetterOrder, to: Addressee, admission: Admission, now: datetime) -> Event | None:
    """The event about a letter that does not go at once."""
    if admission.allowed:
        return None
    kind = EventKind.LETTER_HELD if admission.held else EventKind.LETTER_WITHHELD
    return Event(now, kind, DESK, {"letter": order.kind, "to": to.address, "why": admission.why})


def _from_desk_itself(mail: StoredMail) -> bool:
    """Notices are about the story, not part of it."""
    return mail.direction == "out" and mail.internal and mail.verdict != Verdict.NOTE


def _spoken(mail: StoredMail) -> Spoken:
    files = tuple(str(file.get("name", "")) for file in mail.attachments)
    return Spoken(mail.at, mail.sender, mail.new_text, files, mail.internal)


_CUSTOMERS_OWN = frozenset({Verdict.OPENED, Verdict.APPENDED, Verdict.REOPENED})
"""Verdicts on customers' mails: what a stranger or a machine sent is on the case, not in its thread."""


def cause_of_thread(book: CaseBook, case: Case, ident: str) -> Cause:
    """The cause of an act that no mail led to: its letters follow the last mail of the customers' thread."""
    thread = [mail for mail in book.thread(case.ref) if not mail.internal and mail.message_id]
    told = [mail for mail in thread if mail.direction == "out"]
    last = next((mail for mail in thread if mail.verdict in _CUSTOMERS_OWN), told[0] if told else None)
    if last is None:
        return Cause(ident)
    return Cause(ident, follows=tuple(dict.fromkeys(each for each in (last.message_id, *last.refs) if each)))


def letter_counts(
    conn: Connection, now: datetime, addresses: Collection[str], refs: Collection[str]
) -> LetterCounts:
    """What the limits have to go by for these addresses (folded) and cases."""
    domains = {domain_of(address) for address in addresses}
    counts = limited_counts(conn, now, addresses, domains, refs)
    return LetterCounts(
        address=Counter(counts.by_address),
        case=Counter(counts.by_case),
        domain=Counter(counts.by_domain),
        overall=counts.overall,
    )
