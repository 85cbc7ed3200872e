"""One unit of work: loads cases, carries changes out, and writes it all in one transaction."""

from __future__ import annotations

import logging
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime
from types import TracebackType
from typing import TYPE_CHECKING, NoReturn

from maildesk.casework.alarms import held_letters
from maildesk.casework.customer_cards import cards_of
from maildesk.casework.known import known_of
from maildesk.casework.outbox_letters import owed
from maildesk.desk.case.case import Case
from maildesk.desk.case.change import Change
from maildesk.desk.case.letter_order import LetterOrder
from maildesk.desk.case.verdicts import Verdict
from maildesk.desk.decisions.digesting import AT_ONCE, HOUR, parted, readers
from maildesk.desk.decisions.settling import (
    Known,
    SettledNotice,
    Terms,
    admit_apart,
    apart_ref,
    kept_back,
    settle,
    words_shown,
)
from maildesk.desk.letters.audiences import Addressee
from maildesk.desk.letters.case_history import SHORT, SHOWN
from maildesk.desk.letters.case_mail import CUSTOMERS_OWN, CaseMail, followed, story_of
from maildesk.desk.letters.cause import Cause
from maildesk.desk.letters.digest import DigestEntry
from maildesk.desk.letters.form_letters import FORM_LETTERS, sent_by
from maildesk.desk.letters.letter_context import LetterContext, QuotedMail
from maildesk.desk.letters.letter_kinds import FORMS
from maildesk.desk.letters.letter_limits import FREE, Admission
from maildesk.desk.letters.letter_writer import WrittenLetter
from maildesk.errors import BadInput, NotAllowed, NotFound
from maildesk.mail.addr_spec import deliverable, domain_of
from maildesk.store import digests, outbox
from maildesk.store.budgets import NOTICE_FILES, Budget
from maildesk.store.cases import CaseBook
from maildesk.store.database import Connection
from maildesk.store.limits import letter_counts
from maildesk.store.outbox import LetterState, OutboxLetter
from maildesk.store.waiting_answers import behind_waiting

if TYPE_CHECKING:
    from maildesk.casework.office import Office

_log = logging.getLogger(__name__)


class UnitOfWork:
    """Work on cases in one transaction. It is written when its `with` ends, unless by an error.

    `letters` are those owed so far; `held` of them wait since a limit is reached, and `kept_back` since they
    may have been sent before a restoration.
    """

    def __init__(self, office: Office, conn: Connection, now: datetime) -> None:
        self.office = office
        self.conn = conn
        self.now = now
        self.book = CaseBook(conn)
        self.letters: list[OutboxLetter] = []
        self.held = self.kept_back = 0
        self._notices: list[SettledNotice] = []
        self._alarms: list[str] = []

    def __enter__(self) -> UnitOfWork:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        if problem is None:
            self._write()

    # --- loading ----------------------------------------------------------------------------------

    def load(self, refs: Collection[str]) -> None:
        """These cases, and what the limits have to go by for those who take part in them."""
        self.book.load_cases(refs)
        parties = (party for case in self.book.cases.values() for party in case.parties)
        self.load_limits([party.address for party in parties])

    def load_limits(self, addresses: Collection[str]) -> None:
        """Load what went out to these addresses and about the cases at hand."""
        self.book.load_proven(addresses)
        unproven = {domain_of(each) for each in addresses if each not in self.book.proven}
        limits, refs = self.office.limits, self.book.cases.keys()
        self.book.counts = letter_counts(self.conn, self.now, addresses, refs, limits, unproven)

    @property
    def told(self) -> tuple[str, ...]:
        """The recipients of the letters that go now; notices are among them once all is written."""
        return tuple(each.recipient for each in self.letters if each.state is not LetterState.HELD)

    @property
    def waiting(self) -> tuple[str, ...]:
        """The recipients of the letters that wait for a person."""
        return tuple(each.recipient for each in self.letters if each.state is LetterState.HELD)

    def living(self, ref: str) -> Case:
        """The case, or the one that it became a part of; NotFound where there is none."""
        return self.book.living(ref) or self._missed(ref)

    def as_it_was(self, ref: str) -> Case:
        """The case itself, whatever became of it; NotFound where there is none."""
        return self.book.case(ref) or self._missed(ref)

    def _missed(self, ref: str) -> NoReturn:
        if self.book.is_erased(ref):
            raise NotAllowed(f"case {ref} was erased", remedy="open another one with `maildesk case new`")
        raise NotFound(f"there is no case {ref}", remedy="see `maildesk case list`")

    # --- carrying out -----------------------------------------------------------------------------

    def carry_out(self, change: Change, cause: Cause) -> Case:
        """Settle a change and take it into the book, its letters into `letters`; the case as it then is."""
        return self._carry_out(change, cause, known_of(change, self.book, self.office.desk))

    def _carry_out(self, change: Change, cause: Cause, known: Known) -> Case:
        book = self.book
        settled = settle(change, cause, known, Terms(self.office.desk, self.office.limits, self.now))
        book.record(settled.case, settled.events)
        for taken in settled.takes:
            book.take(taken, settled.case)
        for cited in settled.cites:
            book.cite(cited, settled.case)
        book.create(settled.creates)
        if settled.turn:
            book.take_turn(*settled.turn)
        book.counts.take(settled.counts)
        self.held += settled.held
        self.kept_back += settled.kept_back
        for letter in settled.letters:
            context = self._context(letter.order, settled.case, cause)
            if FORMS[letter.order.kind].shows_history:
                histories = book.newest_events({settled.case.ref}, SHOWN, SHORT)
                context = replace(context, history=histories.get(settled.case.ref, ()))
            self._add(letter.order, context, cause, letter.to, letter.admissions)
        self._notices.extend(settled.notices)
        return settled.case

    def carry_out_apart(self, change: Change, cause: Cause) -> Case:
        """The same for another case than the one that led to it: its letters follow the thread of its own."""
        known = known_of(change, self.book, self.office.desk)
        self.book.record(change.case)
        for taken in change.takes:
            self.book.take(taken, change.case)
        theirs = self.cause_of_thread(change.case, cause.ident)
        cause = replace(theirs, files=cause.files, signature=cause.signature, held=cause.held)
        return self._carry_out(replace(change, takes=()), cause, known)

    def cause_of_thread(self, case: Case, ident: str) -> Cause:
        """The cause of what no mail led to: its letters follow the last mail of the customers' thread."""
        return Cause(ident, follows=followed(self.book.thread(case.ref), case))

    def owe_apart(self, order: LetterOrder, cause: Cause) -> None:
        """A letter about no case, to somebody of the desk or with a form."""
        office, counts = self.office, self.book.counts
        for letter in office.writer.apart(order, cause, self.now):
            admission = self._admitted_apart(order, letter.recipient, cause)
            if admission.allowed and FORMS[order.kind].limited:
                counts.add(letter.recipient, apart_ref(order, letter.recipient), sure=order.sure)
            self.kept_back += bool(cause.held)
            self.held += admission.held and not cause.held
            mailbox = sent_by(order, office.desk).address if order.kind in FORM_LETTERS else ""
            self.letters.append(
                owed(letter, self.now, office.desk, mailbox=mailbox, admission=admission, sure=order.sure)
            )

    def why_not_apart(self, order: LetterOrder, cause: Cause) -> str:
        """Say why a form cannot be sent back now; empty where it can, or waits for a person anyway."""
        try:
            recipient = deliverable(order.to[0])
        except BadInput as problem:
            return problem.message
        admission = self._admitted_apart(order, recipient, cause)
        return "" if admission.allowed or cause.held else admission.why

    def _admitted_apart(self, order: LetterOrder, recipient: str, cause: Cause) -> Admission:
        terms = Terms(self.office.desk, self.office.limits, self.now)
        proven = FORMS[order.kind].to_author or recipient in self.book.proven
        return admit_apart(order, recipient, cause, self.book.counts, terms, proven=proven)

    def alarm(self, kind: str) -> None:
        """Tell the operators of something that wants a person, once a day."""
        self._alarms.append(kind)

    # --- writing ----------------------------------------------------------------------------------

    def _write(self) -> None:
        """Write the book and all letters.

        A letter that is there already is owed once; a mail that no new letter carries is not shown either.
        """
        entries = self._write_notices()
        letters = [self._following(letter) for letter in self.letters]
        ours = {letter.message_id for letter in letters}
        there = outbox.known(self.conn, ours)
        new = [letter for letter in letters if (letter.message_id, letter.recipient) not in there]
        if len(new) < len(letters):
            _log.warning("letters were there already letters=%d", len(letters) - len(new))
            self.book.forget_mails(ours - {letter.message_id for letter in new})
        self.book.flush()
        kinds: dict[str, str] = {"held": held_letters(new, self.office.desk)} if self.held else {}
        for kind in self._alarms:
            kinds.setdefault(kind, "")
        writer = self.office.alarms
        alarms = [
            each for kind, said in kinds.items() for each in writer.raised(self.conn, kind, self.now, said)
        ]
        alarms += writer.of_templates(self.conn, self.now)
        waits = self.office.desk.answer_delay
        outbox.add(self.conn, [*(behind_waiting(self.conn, new, self.now) if waits else new), *alarms])
        digests.add_entries(self.conn, entries)

    def _following(self, letter: OutboxLetter) -> OutboxLetter:
        """A letter of a case that was merged in this very batch goes along, as those sent before did."""
        case = self.book.living(letter.case_ref) if letter.case_ref else None
        moved = case is not None and case.ref != letter.case_ref
        return replace(letter, case_ref=case.ref) if case and moved else letter

    def _write_notices(self) -> list[DigestEntry]:
        """Every notice that was owed becomes a letter, or an entry of its reader's next digest."""
        owed_now = [one for one in self._notices if not one.cause.held and one.notice.to]
        writer, limits = self.office.writer, self.office.limits
        lately = digests.heard(self.conn, readers(owed_now), self.now - AT_ONCE, self.now - HOUR)
        letters, entries = parted(owed_now, lately, limits, writer.message_id)
        kept = [(one, one.notice.to) for one in self._notices if one.cause.held and one.notice.to]
        written = [*kept, *((one, to) for one, to in zip(owed_now, letters, strict=True) if to)]
        histories = self.book.newest_events({one.case.ref for one, _ in written}, SHOWN, SHORT)
        cards = cards_of(self.conn, self.book, (one.case for one, _ in written), self.office.desk)
        budget = Budget(self.conn, NOTICE_FILES, limits.notice_files_hour)
        for one, to in written:
            said, files = words_shown(one, None if one.shows_cause else self._newest_mail(one.case.ref))
            size = sum(len(one.cause.files[each].content) for each in files)
            fits = not size or budget.spend(size * len(to), one.now)
            order = replace(one.notice.order, enclosed=files if fits else ())  # else they are named
            context = replace(
                self._context(order, one.case, one.cause),
                said=said,
                history=histories.get(one.case.ref, ()),
                also=one.notice.also,
                card=cards.get(one.case.ref),
            )
            admission = kept_back(one.cause) or FREE
            self._add(order, context, one.cause, to, [admission] * len(to))
        self._notices.clear()
        return entries

    def _newest_mail(self, ref: str) -> CaseMail | None:
        """Find what the customers of a case said last, or the machine that opened it."""
        return self.book.newest_mail(ref, CUSTOMERS_OWN) or self.book.newest_mail(ref, {Verdict.AUTOMATIC})

    def _context(self, order: LetterOrder, case: Case, cause: Cause) -> LetterContext:
        thread: list[QuotedMail] = []
        if FORMS[order.kind].shows_thread:
            mails = self.book.thread(case.ref, words=self.office.writer.thread_size + 1)
            thread = story_of(mails, self.office.desk)
        return LetterContext(
            case, self.now, cause.ident, cause.said, cause.follows, thread, cause.files, cause.signature
        )

    def _add(
        self,
        order: LetterOrder,
        context: LetterContext,
        cause: Cause,
        to: Sequence[Addressee],
        admissions: Sequence[Admission],
    ) -> None:
        """Letters that are owed, and the mail by which the case shows them."""
        letters = self.office.writer.write(order, context, to)
        self.book.add_mail(self._shown(order, context.case, letters, cause))
        desk = self.office.desk
        self.letters.extend(
            owed(letter, self.now, desk, context.case, admission=admission, sure=order.sure)
            for letter, admission in zip(letters, admissions, strict=True)
        )

    def _shown(
        self, order: LetterOrder, case: Case, letters: Sequence[WrittenLetter], cause: Cause
    ) -> CaseMail:
        """The letter as the case's history shows it; a notice to agents is internal."""
        first, shown_on = letters[0], self.book.living(case.ref) or case
        return CaseMail(
            case_ref=shown_on.ref,
            direction="out",
            at=self.now,
            sender=first.sender,
            recipients=[letter.recipient for letter in letters],
            subject=first.subject,
            text=first.text,
            new_text=order.text or first.text,
            verdict=order.kind,
            message_id=first.message_id,
            internal=not FORMS[order.kind].audience.of_customers,
            refs=cause.follows,
            attachments=_enclosed(order, cause),
            about=cause.ledger_id,
            spoken_by=order.author if order.author and _speaks(order) else None,
        )


def _speaks(order: LetterOrder) -> bool:
    """Tell whether a letter is its author's: to customers, or a question to colleagues."""
    return FORMS[order.kind].audience.of_customers or FORMS[order.kind].personal


def _enclosed(order: LetterOrder, cause: Cause) -> list[dict[str, object]]:
    """The files that go along, as the case shows them."""
    return [
        {"name": file.name, "type": file.content_type, "size": len(file.content), "sha256": key.sha256}
        for key in order.enclosed
        if (file := cause.files.get(key))
    ]
