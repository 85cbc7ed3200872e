"""Carrying out a change: the case, its events, its letters and their limits, all in one transaction."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from maildesk.casework.case_mail import CUSTOMERS_OWN, spoken, story_of
from maildesk.casework.cause import Cause, cause_of_thread
from maildesk.casework.digesting import Owed, parted
from maildesk.casework.outbox_letters import owed
from maildesk.desk.case.case import Case
from maildesk.desk.case.change import Change
from maildesk.desk.case.events import Event, EventKind
from maildesk.desk.case.letter_order import LetterKind, LetterOrder
from maildesk.desk.case.verdicts import Verdict
from maildesk.desk.decisions.routing import counted, route, team_to_route, told_of_new_hands
from maildesk.desk.letters.case_history import SHORT, SHOWN
from maildesk.desk.letters.letter_context import Occasion, Spoken
from maildesk.desk.letters.letter_limits import FREE, Admission, LetterCounts, LetterLimits, admit
from maildesk.desk.letters.letter_writer import Letter, LetterWriter
from maildesk.desk.letters.notices import (
    FORMS,
    NOTICES,
    TELLING,
    TO_AUTHORS,
    Addressee,
    Notice,
    addressees,
    doers,
    notices_for,
)
from maildesk.desk.policy.desk import Desk
from maildesk.desk.promises.deadlines import DESK
from maildesk.errors import BadInput
from maildesk.mail.addr_spec import deliverable, folded
from maildesk.store import digests, outbox
from maildesk.store.budgets import NOTICE_FILES, Budget
from maildesk.store.case_rows import StoredMail
from maildesk.store.cases import CaseBook
from maildesk.store.database import Connection
from maildesk.store.digests import DigestEntry
from maildesk.store.outbox import NewLetter

_log = logging.getLogger(__name__)


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
        self._notices: list[tuple[Owed, Cause]] = []
        self.held = 0
        self.kept_back = 0  # by a cause that is from before a restoration, not by a limit

    def carry_out(self, change: Change, cause: Cause, now: datetime) -> Case:
        """Write the change into the book and its letters into `letters`; gives the case as it then is."""
        change = self._with_new_hands(self._routed(change))
        case = change.case
        self._book.record(case, change.events)
        for taken in change.takes:
            self._book.take(taken, case)
        for order in change.letters:
            if order.kind not in NOTICES:
                case = self._owe(order, case, cause, now)
        for notice in notices_for(change.letters, case, self.desk.people, doers(change.events)):
            case = self._notify(notice, case, cause, now)
        return case

    def carry_out_apart(self, change: Change, cause: Cause, now: datetime) -> Case:
        """The same for another case than the one that led to it: its letters follow the thread of its own."""
        self._book.record(change.case)
        for taken in change.takes:
            self._book.take(taken, change.case)
        theirs = cause_of_thread(self._book, change.case, cause.ident)
        said = theirs.said if change.takes else None
        cause = replace(cause, said=said, follows=theirs.follows, ledger_id=theirs.ledger_id)
        return self.carry_out(replace(change, takes=()), cause, now)

    def _routed(self, change: Change) -> Change:
        """With an owner, where the policy gives a team's cases to its agents; nothing is asked where not."""
        team = team_to_route(change, self.desk)
        if team is None:
            return change
        routed = route(change, self.desk, self._book.load_of(team, counted(team, self.desk)))
        if routed.turn:
            self._book.take_turn(team, routed.turn.address)
        return routed.change

    def _with_new_hands(self, change: Change) -> Change:
        """With the letter about who looks after a case now, where the policy promises one."""
        before = self._book.case(change.case.ref)
        told = told_of_new_hands(before, change.case, self.desk) if before else ()
        return replace(change, letters=(*change.letters, *told)) if told else change

    def write(self, conn: Connection, more: Sequence[NewLetter] = ()) -> None:
        """Write the book and all letters, with `more` of no case.

        A letter that is there already is owed once; a mail that no new letter carries is not shown either.
        """
        entries = self._write_notices(conn)
        self.letters = [self._following(letter) for letter in self.letters]
        ours = {letter.message_id for letter in self.letters}
        there = outbox.known(conn, ours)
        new = [letter for letter in self.letters if (letter.message_id, letter.recipient) not in there]
        if len(new) < len(self.letters):
            _log.warning("letters were there already letters=%d", len(self.letters) - len(new))
            self._book.forget_mails(ours - {letter.message_id for letter in new})
        self._book.flush()
        outbox.add(conn, [*new, *more])
        digests.add_entries(conn, entries)

    def _following(self, letter: NewLetter) -> NewLetter:
        """A letter of a case that was merged in this very batch goes along, as those sent before did."""
        case = self._book.living(letter.case_ref) if letter.case_ref else None
        moved = case is not None and case.ref != letter.case_ref
        return replace(letter, case_ref=case.ref) if case and moved else letter

    def _notify(self, notice: Notice, case: Case, cause: Cause, now: datetime) -> Case:
        """Remember a notice until the batch ends: by then it is known how many there are for whom."""
        reached = []
        for one in notice.to:
            admission = self._admission(notice.order, case, one, cause)
            if admission.allowed or admission.held:
                reached.append(one)
                case = case.joined(one.address, one.name, one.role) if one.role else case
            if event := _told(notice.order, one, admission, now):
                self._book.record(case, [event])
        self._book.record(case)
        self._notices.append((Owed(replace(notice, to=tuple(reached)), case, cause.ident, now), cause))
        return case

    def _write_notices(self, conn: Connection) -> list[DigestEntry]:
        """Every notice that was owed becomes a letter, or an entry of its reader's next digest."""
        kept = [(one, cause, one.notice.to) for one, cause in self._notices if cause.held and one.notice.to]
        owed = [each for each in self._notices if not each[1].held]
        self._notices = []
        letters, entries = parted(conn, [one for one, _ in owed], self.writer, self._limits)
        written = [*kept, *((*each, to) for each, to in zip(owed, letters, strict=True) if to)]
        histories = self._book.newest_events({one.case.ref for one, _, _ in written}, SHOWN, SHORT)
        budget = Budget(conn, NOTICE_FILES, self._limits.notice_files_hour)
        for one, cause, to in written:
            self._write_notice(one, to, cause, histories.get(one.case.ref, []), budget)
        return entries

    def _write_notice(
        self, owed: Owed, to: Sequence[Addressee], cause: Cause, history: Sequence[Event], budget: Budget
    ) -> None:
        order, case = owed.notice.order, owed.case
        occasion = self._occasion(order, case, cause, owed.now)
        said, files = self._customers_words(order, case, cause)
        size = sum(len(cause.files[each].content) for each in files)
        if size and not budget.spend(size * len(to), owed.now):
            files = ()  # the notice names them
        order = replace(order, enclosed=files)
        occasion = replace(occasion, said=said, history=history, also=owed.notice.also)
        admission = _kept_back(cause) or FREE
        self._add(order, case, self.writer.write(order, occasion, to), [admission] * len(to), cause, owed.now)

    def _customers_words(
        self, order: LetterOrder, case: Case, cause: Cause
    ) -> tuple[Spoken | None, tuple[str, ...]]:
        """What a notice says first, and the files that go along: of the mail behind it, where a customer
        wrote that; else what the customer said last, or the machine that opened the case: the files of those
        went along then."""
        if cause.said and not cause.said.internal and order.kind is not LetterKind.UNDELIVERED:
            return cause.said, tuple(cause.files)
        last = self._book.newest_mail(case.ref, CUSTOMERS_OWN)
        last = last or self._book.newest_mail(case.ref, {Verdict.AUTOMATIC})
        return (spoken(last) if last else None), ()

    def _owe(self, order: LetterOrder, case: Case, cause: Cause, now: datetime) -> Case:
        to = addressees(order, case, self.desk.people)
        for one in to:
            if one.role is not None:
                case = case.joined(one.address, one.name, one.role)
        admissions = {one.address: self._admission(order, case, one, cause) for one in to}
        events = [event for one in to if (event := _told(order, one, admissions[one.address], now))]
        self._book.record(case, events)
        written = [one for one in to if admissions[one.address].allowed or admissions[one.address].held]
        if written:
            occasion = self._occasion(order, case, cause, now)
            if order.kind in TELLING:
                histories = self._book.newest_events({case.ref}, SHOWN, SHORT)
                occasion = replace(occasion, history=histories.get(case.ref, ()))
            letters = self.writer.write(order, occasion, written)
            self._add(order, case, letters, [admissions[one.address] for one in written], cause, now)
        return case

    def _add(
        self,
        order: LetterOrder,
        case: Case,
        letters: Sequence[Letter],
        admissions: Sequence[Admission],
        cause: Cause,
        now: datetime,
    ) -> None:
        """Letters that are owed, and the mail by which the case shows them."""
        self._book.add_mail(self._kept(order, case, letters, cause, now))
        self.letters.extend(
            owed(letter, now, self.desk.people, case, admission, sure=order.sure)
            for letter, admission in zip(letters, admissions, strict=True)
        )

    def _admission(self, order: LetterOrder, case: Case, to: Addressee, cause: Cause) -> Admission:
        try:
            deliverable(to.address)
        except BadInput as problem:
            return Admission(allowed=False, why=problem.message)
        if kept_back := _kept_back(cause):
            self.kept_back += 1
            return kept_back
        if not FORMS[order.kind].limited:
            return FREE
        proven = self._book.is_proven(folded(to.address))
        admission = admit(
            order.kind,
            to.address,
            case.ref,
            proven=proven,
            counts=self._counts,
            limits=self._limits,
            sure=order.sure,
        )
        if admission.allowed:
            self._counts.add(to.address, "" if order.kind in TO_AUTHORS else case.ref, sure=order.sure)
        self.held += admission.held
        return admission

    def _occasion(self, order: LetterOrder, case: Case, cause: Cause, now: datetime) -> Occasion:
        thread: list[Spoken] = []
        if FORMS[order.kind].shows_thread:
            thread = story_of(self._book.thread(case.ref, words=self.writer.thread_size + 1))
        said, follows, files = cause.said, cause.follows, cause.files
        return Occasion(case, now, cause.ident, said, follows, thread, files, signature=cause.signature)

    def _kept(
        self, order: LetterOrder, case: Case, letters: Sequence[Letter], cause: Cause, now: datetime
    ) -> StoredMail:
        """The letter as the case's history shows it; a notice to colleagues is internal."""
        first, shown_on = letters[0], self._book.living(case.ref) or case
        return StoredMail(
            case_ref=shown_on.ref,
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
            attachments=_enclosed(order, cause),
            about=cause.ledger_id,
        )

    def owe_apart(self, order: LetterOrder, cause: Cause, now: datetime) -> None:
        """A letter about no case, to somebody of the desk; the limits on automatic mail hold for it too."""
        for letter in self.writer.apart(order, cause.said, cause.ident, now, next(iter(cause.follows), None)):
            admission = _kept_back(cause) or admit(
                order.kind,
                letter.recipient,
                "",
                proven=True,
                counts=self._counts,
                limits=self._limits,
                sure=order.sure,
            )
            self.kept_back += bool(cause.held)
            if admission.allowed:
                self._counts.add(letter.recipient, "", sure=order.sure)
            self.held += admission.held and not cause.held
            self.letters.append(owed(letter, now, self.desk.people, admission=admission, sure=order.sure))


def _kept_back(cause: Cause) -> Admission | None:
    """The letters of some causes wait for a person, all of them."""
    return Admission(allowed=False, held=True, why=cause.held) if cause.held else None


def _told(order: LetterOrder, to: Addressee, admission: Admission, now: datetime) -> Event | None:
    """The event about a letter that does not go at once."""
    if admission.allowed:
        return None
    kind = EventKind.LETTER_HELD if admission.held else EventKind.LETTER_WITHHELD
    return Event(now, kind, DESK, {"letter": order.kind, "to": to.address, "why": admission.why})


def _enclosed(order: LetterOrder, cause: Cause) -> list[dict[str, object]]:
    """The files that go along, as the case shows them."""
    return [
        {"name": file.name, "type": file.content_type, "size": len(file.content), "sha256": digest}
        for digest in order.enclosed
        if (file := cause.files.get(digest))
    ]
