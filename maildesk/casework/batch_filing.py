"""One batch of mails filed in one transaction: decided on, answered, and given their verdicts."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial

from maildesk.casework import noted_absences
from maildesk.casework.acting import note_of
from maildesk.casework.answered_letters import consultation_of, letter_answered
from maildesk.casework.command_context import gathered
from maildesk.casework.confirmations import KeptMails, Tokens
from maildesk.casework.consequences import answer_undone, letter_lost
from maildesk.casework.earlier_mails import before
from maildesk.casework.echoes import apart_from_ours
from maildesk.casework.filed_counts import FiledCount, RefusedMail
from maildesk.casework.filed_forms import form_of
from maildesk.casework.filed_mail import (
    addresses_named,
    comparable,
    decided,
    is_old,
    plain_cause,
    shown,
    unread,
)
from maildesk.casework.free_refs import free_ref
from maildesk.casework.held_answers import notice_answered, other_answer
from maildesk.casework.looks import Looks, with_asked
from maildesk.casework.office import Office
from maildesk.casework.read_mail import ReadMail
from maildesk.casework.returned_forms import JoiningForms, with_files
from maildesk.desk.case.case import Case, PartyRole
from maildesk.desk.case.verdicts import Verdict
from maildesk.desk.decisions.deciding import decide
from maildesk.desk.decisions.decision import AuthorsWord, Decision
from maildesk.desk.decisions.enclosing import may_be_enclosed
from maildesk.desk.decisions.form_mail import kept_instead
from maildesk.desk.decisions.undelivered import told_to_others
from maildesk.desk.letters.case_mail import CaseMail, customers_files, told_to_the_team
from maildesk.desk.letters.cause import Cause
from maildesk.desk.screening.command_context import AtHand
from maildesk.desk.screening.desk_letters import answers_desk_letter
from maildesk.desk.screening.duplicates import NewMail
from maildesk.desk.screening.finding import find
from maildesk.desk.screening.heard import UnreadMail
from maildesk.desk.screening.origin import pointed
from maildesk.desk.screening.shown_tokens import id_token, proves_itself
from maildesk.desk.screening.signals import Signals, token_addresses
from maildesk.desk.screening.situation import (
    CaseMatch,
    Evidence,
    Inquiry,
    Link,
    Question,
    Repeat,
    Situation,
)
from maildesk.mail.addr_spec import NO_ADDRESSES, Addresses, deliverable
from maildesk.mail.message import IncomingMail
from maildesk.store import ledger, restoring
from maildesk.store.case_rows import Filing
from maildesk.store.database import Connection
from maildesk.store.ledger import UnfiledMail, WaitingMail
from maildesk.store.limits import unsure_counts
from maildesk.store.questions import ASKING, question_of
from maildesk.store.shown_tokens import ShownTokens
from maildesk.store.staff_choices import choose
from maildesk.store.waiting_answers import take_back

_log = logging.getLogger(__name__)


class BatchFiling:
    """One batch in one transaction. Repeatable: rows that are filed meanwhile are passed over."""

    def __init__(self, conn: Connection, office: Office, now: datetime) -> None:
        self._conn = conn
        self._now = now
        self._work = office.session(conn, now)
        self._office = office = self._work.office
        self._book = self._work.book
        self._shown = ShownTokens(conn)
        self._kept = KeptMails(conn, self._book, office.desk.people, self._now, self._shown)
        self._forms = JoiningForms(conn, self._book)
        self._quarantined = 0
        self._refused: list[RefusedMail] = []
        self._past: Mapping[int, UnfiledMail] = {}
        self._why_held = ""
        self._looks = Looks(conn, office, now)

    def file(self, batch: Sequence[ReadMail], stopped: Callable[[], bool] = lambda: False) -> FiledCount:
        """File the batch. Once `stopped`, what was decided is written; the rest waits for the next start."""
        self._past = ledger.still_unfiled(self._conn, [one.row.id for one in batch])
        batch = [one for one in batch if one.row.id in self._past]
        done: list[ReadMail] = []
        with self._work as work:
            self._load(batch)
            for one in batch:
                if stopped():
                    break
                done.append(one)
                one = apart_from_ours(self._conn, one)
                if isinstance(one.reading, UnreadMail):
                    self._quarantine(one.row, one.reading)
                else:
                    self._file_one(one, one.reading)
            if self._quarantined:
                work.alarm("quarantined")
        self._shown.flush()
        if work.kept_back:
            _log.warning(
                "letters of mails read again after a restoration are held letters=%d", work.kept_back
            )
        again = self._kept.write()
        boxes = frozenset(one.row.mailbox for one in done)
        return FiledCount(len(done), boxes, self._quarantined, again, tuple(self._refused))

    def _load(self, batch: Sequence[ReadMail]) -> None:
        """Everything the batch may touch, in a few queries."""
        if any(each.reread for each in self._past.values()):
            restoration = restoring.newest(self._conn)
            self._why_held = restoration.why if restoration else ""
        mails = [one.reading for one in batch if isinstance(one.reading, IncomingMail)]
        signals = [one.signals for one in batch if one.signals]
        own_ids = {mail.ids.message_id for mail in mails if mail.ids.message_id}
        self._book.load_earlier(own_ids, {one.row.raw_sha256 for one in batch})
        asked_about = [ledger_id for ledger_id, past in self._past.items() if past.asked_about]
        self._kept.load([each for one in signals for each in one.confirmations], asked_about)
        self._shown.load({token for one in signals for token in one.shown_tokens})
        refs = {ref for one in signals for ref in one.refs} | {one.ref for one in batch if one.ref}
        named = {each for one in signals for each in one.thread_ids}
        self._book.load_threads(named, own_ids, refs | self._book.earlier_refs())
        addresses = [each for mail in mails for each in addresses_named(mail)]
        requesters = (case.requester for case in self._book.cases.values() if case.requester)
        self._work.load_limits([*addresses, *requesters])
        people, most = self._office.desk.people, self._office.limits.notices_per_agent_hour
        authors = {person.address for mail in mails if (person := people.person(mail.author.addr_spec))}
        unsure = unsure_counts(self._conn, self._now, sorted(map(deliverable, authors)), most)
        self._book.counts.unsure = unsure
        self._looks.load(batch)

    def _file_one(self, one: ReadMail, mail: IncomingMail) -> None:
        situation = self._situation(one, mail)
        decision = self._sendable(decide(situation, self._office.desk), one, mail)
        self._remember_shown(one, mail)
        if decision.verdict is Verdict.OPENED and self._is_old(one.row):
            self._work.alarm("old-mail")
        if decision.proves:
            self._book.prove(situation.author, self._now)
        ref = decision.change.case.ref if decision.change else None
        if decision.change:
            joined = self._forms.join(decision.change, one.returned, self._now)
            # The case comes before its mail: the mail's row refers to it.
            self._book.add_mail(shown(one.row, mail, decision, decision.change.case.ref))
            if decision.entry.noted:
                self._book.add_mail(
                    note_of(decision.change.case, decision.entry.noted, situation.author, self._now)
                )
            cause = self._cause(one, mail, decision.change.case, decision.verdict)
            cause = with_files(cause, joined, self._office.desk.notice_files)
            self._work.carry_out(decision.change, cause)
            for change in decision.more:
                self._work.carry_out_apart(change, cause)
            if decision.learns and one.signals:
                self._book.learn(
                    decision.change.case.ref, one.signals.foreign_ids, decision.learns, self._now
                )
        for chosen in decision.chooses:
            choose(self._conn, chosen, self._now)
        if decision.absence:
            noted_absences.note(self._conn, self._office, decision.absence)
        if decision.takes_back:
            take_back(self._conn, decision.takes_back, self._now)
        for order in decision.apart:
            self._work.owe_apart(order, with_asked(self._plain_cause(one, mail), order, one))
        if decision.verdict is Verdict.LOOKED and decision.apart:
            self._looks.answered(situation.author, len(decision.apart))
        if decision.refused:
            self._refused.append(RefusedMail(one.row.id, situation.author, decision.reason, ref))
        done = self._kept.after(decision, situation, one.row.id, partial(self._tokens, one.row, mail))
        answered = situation.inquiry.confirmation if isinstance(decision.confirmation, AuthorsWord) else None
        if answered and self._past[one.row.id].reread:
            restoring.note_again(self._conn, answered.several or [answered.ledger_id])
        self._quarantined += decision.verdict is Verdict.QUARANTINED and not decision.awaits_author
        self._file(one.row, decided(one.row, mail, decision, ref, done, self._now))

    def _sendable(self, decision: Decision, one: ReadMail, mail: IncomingMail) -> Decision:
        """The decision, or quarantine for a form where the letter that sends it back cannot go."""
        if decision.verdict is not Verdict.FORM_RETURNED:
            return decision
        why = self._work.why_not_apart(decision.apart[0], self._plain_cause(one, mail))
        return kept_instead(why) if why else decision

    def _tokens(self, row: WaitingMail, mail: IncomingMail) -> Tokens:
        writer, ident = self._office.writer, plain_cause(row, mail).ident
        return Tokens(
            writer.confirmation(ident),
            writer.confirmation_of_several(ident),
            writer.confirmation_of_answer(ident),
        )

    def _situation(self, one: ReadMail, mail: IncomingMail) -> Situation:
        row, book = one.row, self._book
        people = self._office.desk.people
        repeat = self._repeat(one, mail)
        shown = self._shown.known
        found = find(mail, one.signals, people, book.cases, book.claims, shown) if one.signals else None
        letter_to = self._letter_to(mail, one.signals)
        repeat = repeat.beside(found)
        found = pointed(mail, found or repeat.found(mail), letter_to)
        found = self._kept.found(row.id, found)
        back = one.signals.echo if one.signals else None
        echo = back if back and people.is_own(mail.author.addr_spec) else None
        if echo and (case := book.living(echo)):
            found = CaseMatch(case, Link.THREAD)
        letter = self._letter_answered(one, mail, found)
        asked = [*addresses_named(mail), *([found.case.requester] if found else [])]
        situation = Situation(
            mail=mail,
            now=self._now,
            received=row.internal_date,
            mailbox=row.mailbox_name,
            ref=free_ref(self._book, self._office.keys, one, mail),
            heard=one.heard,
            found=found,
            repeat=repeat,
            evidence=Evidence(
                host_named=self._office.host_named,
                proven=book.proven & asked,
                letter_to=letter_to,
                address_shown=self._address_shown(mail, found, one.signals),
                desk_letter=self._answers_desk_letter(mail, one.signals),
                # A list may write its own name over ours; a person's mail under our id is theirs.
                ours=echo is not None or (back is not None and mail.by_machine),
                lost=letter_lost(self._conn, mail, found),
                undone=answer_undone(self._conn, mail, found, one.signals),
            ),
            inquiry=Inquiry(
                self._question(one, mail, found),
                consultation=consultation_of(letter, one.signals, mail.author.addr_spec)
                if one.signals and (letter or found)
                else None,
            ),
            at_hand=self._at_hand(one, mail, found, letter),
            promises=not (self._is_old(row) or self._past[row.id].reread),
            click=next(iter(one.signals.clicks), None) if one.signals else None,
            form=form_of(one, mail, found.case if found else None, book, self._office.desk),
        )
        tokens = one.signals.confirmations if one.signals else ()
        return self._kept.situated(situation, row.id, tokens) if one.by_desk else situation

    def _remember_shown(self, one: ReadMail, mail: IncomingMail) -> None:
        """Remember for the next mails only: what this one did, it did before anybody saw it."""
        if one.signals and one.shows:
            self._shown.show(one.signals.shown_tokens, one.row.id, self._now)

    def _repeat(self, one: ReadMail, mail: IncomingMail) -> Repeat:
        """Find what this mail may repeat. An agent's words act once, wherever they lie."""
        row = one.row
        new = NewMail(mail, row.mailbox, row.uidvalidity, row.internal_date)
        return before(self._book, new, spared=not one.by_desk)

    def _cause(self, one: ReadMail, mail: IncomingMail, case: Case, verdict: Verdict) -> Cause:
        """Make what letters about this mail go by. Customers see no ids of agents' mails and notices."""
        cause = self._plain_cause(one, mail)
        said = cause.said
        if not one.by_desk:
            said = replace(said, text=told_to_the_team(mail, verdict)) if said else None
            proven = mail.author.addr_spec in self._book.proven
            shown = may_be_enclosed(
                mail, self._office.desk, host_named=self._office.host_named, proven=proven
            )
            return replace(cause, said=said, files=one.files if shown else {})
        theirs = self._work.cause_of_thread(case, cause.ident)
        said = replace(said, internal=True) if said else None
        files = {**one.asked.files, **one.files} if one.asked else one.files
        signature = mail.body.own_signature
        return replace(cause, said=said, follows=theirs.follows, files=files, signature=signature)

    def _plain_cause(self, one: ReadMail, mail: IncomingMail) -> Cause:
        """The mail as a cause; one that is read again is answered when a person says so."""
        cause = plain_cause(one.row, mail)
        return replace(cause, held=self._why_held) if self._past[one.row.id].reread else cause

    def _is_old(self, row: WaitingMail) -> bool:
        return is_old(row, self._past[row.id].first_started_at)

    def _at_hand(
        self, one: ReadMail, mail: IncomingMail, found: CaseMatch | None, letter: CaseMail | None
    ) -> AtHand:
        """Gather what an agent's commands ask for."""
        if not one.by_desk:
            return AtHand()
        if not found:
            return self._looks.at_hand(one, mail.author.addr_spec)
        at_hand = gathered(self._conn, self._book, self._office, found.case, mail, one.heard.said, self._now)
        at_hand = replace(at_hand, looked=one.looked)
        if mail.attachments:
            sent = customers_files(self._book.thread(found.case.ref))
            at_hand = replace(at_hand, customers_files=sent)
        said = one.heard.said
        if said.words or any(line.value for line in said.lines):  # a closing may say something too
            meanwhile, until = other_answer(self._conn, self._book, found.case.ref, mail, one.row)
            notice = notice_answered(self._conn, self._book, found.case.ref, mail)
            answered = letter.verdict if letter else ""
            at_hand = replace(at_hand, meanwhile=meanwhile, known_until=until, notice=notice, letter=answered)
        if not one.asked:
            return at_hand
        # The notice that is answered may be about another case than the one its author may act on.
        refs = self._book.refs_of_mail(one.asked.ledger_id)
        return replace(at_hand, files=one.asked.at_hand if found.case.ref in refs else ())

    def _question(self, one: ReadMail, mail: IncomingMail, found: CaseMatch | None) -> Question | None:
        """Find what the notice asks that this mail answers; looked up for people of the desk only."""
        if not found or not mail.ids.thread or not one.by_desk:
            return None
        ref, answered = found.case.ref, mail.ids.thread[0]
        letters = (each for each in self._book.thread(ref) if each.message_id == answered)
        asks = any(each.direction == "out" and each.verdict in ASKING for each in letters)
        return question_of(self._conn, ref, answered) if asks else None

    def _letter_answered(self, one: ReadMail, mail: IncomingMail, found: CaseMatch | None) -> CaseMail | None:
        """Find the letter of the case that a person of the desk answers, or whom one of them asked."""
        author = mail.author.addr_spec
        party = found.case.party(author) if found else None
        consulted = party is not None and party.role is PartyRole.CONSULTED
        if not (found and one.signals and (consulted or one.by_desk)):
            return None
        thread = self._book.thread(found.case.ref)
        return letter_answered(thread, one.signals.thread_ids, author, asked=one.signals.asked)

    def _letter_to(self, mail: IncomingMail, signals: Signals | None) -> Addresses:
        """Find whom the nearest letter in the thread went to, of letters that nobody else was shown."""
        if signals is None or not signals.thread_ids:
            return NO_ADDRESSES
        shown = frozenset() if proves_itself(mail, self._office.desk.people) else self._shown.known
        ids = (each for each in signals.thread_ids if id_token(each) not in shown)
        sent_to = self._book.sent_to
        return next((sent_to[each] for each in ids if each in sent_to), NO_ADDRESSES)

    def _address_shown(self, mail: IncomingMail, found: CaseMatch | None, signals: Signals | None) -> bool:
        """Tell whether others know the reply address that a report came to; asked of reports alone."""
        if not mail.automation.bounce or not found or found.party is None or not signals or signals.returned:
            return False
        desk = self._office.desk
        tokens = token_addresses(mail.addressing.recipients, self._office.keys, desk.addressed)
        thread = self._book.thread(found.case.ref)
        came = (each.recipients for each in thread if each.direction == "in")
        return any(told_to_others(each, tokens, desk.people) for each in came)

    def _answers_desk_letter(self, mail: IncomingMail, signals: Signals | None) -> bool:
        """Tell whether a machine answers what we wrote to the desk's people; asked of machines alone."""
        if not mail.by_machine or signals is None:
            return False
        book, author, desk = self._book, mail.author.addr_spec, self._office.desk
        return answers_desk_letter(author, signals, desk, book.cases, book.sent_to, self._shown.known)

    def _quarantine(self, row: WaitingMail, failure: UnreadMail) -> None:
        self._quarantined += 1
        self._file(row, unread(row, failure, self._now))

    def _file(self, row: WaitingMail, filing: Filing) -> None:
        self._book.file(filing, comparable(row, filing))
