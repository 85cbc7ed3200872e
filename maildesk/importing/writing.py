"""Threads of another desk written down as cases, some in one transaction: their mails, events and dates."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from maildesk.casework.filed_mail import cause_of, comparable, decided, shown
from maildesk.desk.case.case import Case
from maildesk.desk.case.events import DESK, IMPORTED, Event, EventKind, Plain
from maildesk.desk.case.letter_order import LetterKind
from maildesk.desk.case.transitions import apply
from maildesk.desk.case.turns import asked_at_first
from maildesk.desk.case.verdicts import Verdict
from maildesk.desk.decisions.decision import Decision
from maildesk.desk.decisions.opening import new_case
from maildesk.desk.policy.desk import Desk
from maildesk.desk.policy.people import People
from maildesk.desk.screening.heard import WordsFound
from maildesk.desk.screening.joining import named_by
from maildesk.desk.screening.situation import Situation
from maildesk.importing.finding import FoundMail, last_word, stays_open
from maildesk.mail.addr_spec import Addresses
from maildesk.mail.identity.keys import KeyRing
from maildesk.mail.identity.references import SYMBOLS, case_reference
from maildesk.mail.message import IncomingMail
from maildesk.store.case_history import histories
from maildesk.store.cases import CaseBook
from maildesk.store.database import Connection
from maildesk.store.imported import erased_among, receive_imported
from maildesk.store.ledger import PackedMail, WaitingMail
from maildesk.store.mailboxes import start_mailbox
from maildesk.store.restoring import require_not_left

_REASON: Final = "imported"
_A_MOMENT: Final = timedelta(seconds=1)
"""After its last mail a case is closed: one that is closed as it opens is a newsletter's."""


@dataclass(frozen=True, slots=True)
class Place:
    """The place of imported mail: `identity` is the door, `mailbox` the name of the mailbox beside it.

    A thread whose last word is a customer's stays open if that came at `open_since` or later.
    """

    desk: Desk
    keys: KeyRing
    identity: str
    mailbox: str
    now: datetime
    open_since: datetime


@dataclass(frozen=True, slots=True)
class ImportedMail:
    """One mail as it was read and packed, outside of the transaction that writes it."""

    found: FoundMail
    packed: PackedMail
    mail: IncomingMail
    heard: WordsFound


Thread = Sequence[ImportedMail]


@dataclass(frozen=True, slots=True)
class Tally:
    """A count of what was written; `known` mails were here before."""

    opened: int = 0
    closed: int = 0
    continued: int = 0
    mails: int = 0
    known: int = 0

    def and_(self, other: Tally) -> Tally:
        return Tally(
            self.opened + other.opened,
            self.closed + other.closed,
            self.continued + other.continued,
            self.mails + other.mails,
            self.known + other.known,
        )


def write(conn: Connection, place: Place, threads: Sequence[Thread]) -> Tally:
    """Write these threads into this transaction; what is here already stays as it is, and is counted."""
    require_not_left(conn)
    start_mailbox(conn, place.identity, place.mailbox, place.now)
    return _Writing(conn, place, threads).all_written()


class _Writing:
    def __init__(self, conn: Connection, place: Place, threads: Sequence[Thread]) -> None:
        self._conn, self._place, self._threads = conn, place, threads
        self._book = CaseBook(conn)
        mails = [one for thread in threads for one in thread]
        ids = {one.mail.ids.message_id for one in mails if one.mail.ids.message_id}
        self._book.load_earlier(ids, {one.packed.sha256 for one in mails})
        self._book.load_cases({*self._book.earlier_refs(), *(self._reference(one, SYMBOLS) for one in mails)})
        self._rows: dict[int, WaitingMail] = {}

    def all_written(self) -> Tally:
        tally, todo = Tally(), list[tuple[Thread, list[ImportedMail], Case | None]]()
        for thread, here in zip(self._threads, self._here(), strict=True):
            living = (case for ref in here.values() if (case := self._book.living(ref)))
            case, new = next(living, None), [one for one in thread if id(one) not in here]
            if case is None and not any(one.found.by_customer for one in new):
                new = []  # what is left are answers to what was erased
            tally = tally.and_(Tally(known=len(thread) - len(new)))
            todo.append((thread, new, case))
        self._receive([one for _, new, _ in todo for one in new])
        lived = self._lived({case.ref for _, _, case in todo if case})
        for thread, new, case in todo:
            if new and case:
                self._continue(case, new, thread, lived=case.ref in lived)
                tally = tally.and_(Tally(continued=1, mails=len(new)))
            elif new:
                ended = self._open(new).phase.ended
                tally = tally.and_(Tally(opened=not ended, closed=ended, mails=len(new)))
        self._book.flush()
        return tally

    # --- what is here already ---------------------------------------------------------------------

    def _here(self) -> list[dict[int, str]]:
        """The cases on which mails of each thread are, by the mail; no case for one that was erased."""
        mails = [one for thread in self._threads for one in thread]
        keys = [(one.packed.sha256, one.found.at, one.mail.ids.message_id) for one in mails]
        erased = {id(mails[at]) for at in erased_among(self._conn, keys)}
        return [
            {id(one): ref for one in thread if (ref := self._case_of(one)) or id(one) in erased}
            for thread in self._threads
        ]

    def _case_of(self, one: ImportedMail) -> str:
        digests = one.mail.digests
        for earlier in self._book.earlier(one.mail.ids.message_id, one.packed.sha256):
            same = earlier.raw_sha256 == digests.raw or earlier.content_digest == digests.content
            if same and earlier.case_ref:
                return earlier.case_ref
        return ""

    def _lived(self, refs: Collection[str]) -> set[str]:
        """Name the cases to which something happened here since they were imported, or before."""
        happened = histories(self._conn, sorted(refs)) if refs else {}
        return {ref for ref, events in happened.items() if not all(map(_is_imported, events))}

    def _receive(self, mails: Sequence[ImportedMail]) -> None:
        place = self._place
        stored = receive_imported(
            self._conn, place.identity, [(one.packed, one.found.at) for one in mails], place.now
        )
        self._rows = {
            id(one): self._row(one, ledger_id) for one, ledger_id in zip(mails, stored, strict=True)
        }

    def _row(self, one: ImportedMail, ledger_id: int = 0) -> WaitingMail:
        boxes = self._place.desk.mailboxes.values()
        named = Addresses(one.mail.addressing.recipients)
        return WaitingMail(
            id=ledger_id,
            mailbox=self._place.identity,
            mailbox_name=next((b.name for b in boxes if named & Addresses(b.addresses)), self._place.mailbox),
            uidvalidity=0,
            uid=0,
            internal_date=one.found.at,
            received_at=self._place.now,
            size=one.packed.size,
            raw_sha256=one.packed.sha256,
            raw=b"",
        )

    # --- cases ------------------------------------------------------------------------------------

    def _open(self, mails: Sequence[ImportedMail]) -> Case:
        """A new case: the first mail of a customer's opens it, whatever the desk wrote before."""
        first = next(at for at, one in enumerate(mails) if one.found.by_customer)
        opening = mails[first]
        situation = self._situation(opening, self._free_reference(opening))
        new = new_case(situation, self._place.desk)
        arrived = {"arrived_at": opening.found.at.isoformat()}
        opened = replace(new.opened, data={**new.opened.data, **arrived, **_MARK})
        asked = asked_at_first(new.case.phase, opened, new.case.opened_at, answered=False)
        case = replace(new.case, asked_at=asked)
        self._book.record(case, [opened])
        for one in mails[:first]:
            self._keep(one, case, _verdict_of(one, case))
        self._keep(opening, case, Verdict.OPENED)
        case = self._gone_on(case, mails[first + 1 :])
        return self._ended(case, mails)

    def _continue(self, case: Case, mails: Sequence[ImportedMail], thread: Thread, *, lived: bool) -> None:
        """More mails of a case that is here. One that somebody went on with here only shows them."""
        if lived:
            for one in mails:
                self._keep(one, case, _verdict_of(one, case))
            return
        self._ended(self._gone_on(case, mails), thread)

    def _gone_on(self, case: Case, mails: Sequence[ImportedMail]) -> Case:
        for one in mails:
            verdict = _verdict_of(one, case)
            event = _event(one, case, self._place.desk.people)
            if event:
                case = apply(self._joined(case, one), event)
                self._book.record(case, [event])
            self._keep(one, case, verdict)
        return case

    def _joined(self, case: Case, one: ImportedMail) -> Case:
        """The case with those whom a customer's mail brings along; the desk's own mails bring nobody."""
        if not one.found.by_customer:
            return case
        situation = self._situation(one, case.ref)
        return (
            named_by(situation, self._place.desk, case, author=True).joined(case).heard_from(situation.author)
        )

    def _ended(self, case: Case, thread: Thread) -> Case:
        """The case closed where the desk had the last word, or a customer had it long ago."""
        last = last_word([one.found for one in thread])
        if case.phase.ended or stays_open(last, self._place.open_since):
            return case
        closed = Event(max(last.at, case.updated_at) + _A_MOMENT, EventKind.CLOSED, DESK, _MARK)
        case = apply(case, closed)
        self._book.record(case, [closed])
        return case

    # --- mails ------------------------------------------------------------------------------------

    def _keep(self, one: ImportedMail, case: Case, verdict: Verdict) -> None:
        row = self._rows[id(one)]
        kept = shown(row, one.mail, Decision(verdict, _REASON, ""), case.ref)
        if one.found.ours:
            author = self._place.desk.people.person(one.mail.author.addr_spec)
            answer = LetterKind.ANSWER.value
            spoken_by = author.address if author else None
            kept = replace(kept, direction="out", verdict=answer, spoken_by=spoken_by)
        self._book.add_mail(kept)
        decision = Decision(Verdict.IMPORTED, _REASON, one.found.mail.name)
        filing = decided(row, one.mail, decision, case.ref, None, self._place.now)
        self._book.file(filing, comparable(row, filing))

    def _situation(self, one: ImportedMail, ref: str) -> Situation:
        row = self._row(one)
        at = one.found.at
        return Situation(one.mail, at, at, row.mailbox_name, ref, one.heard, promises=False)

    def _free_reference(self, one: ImportedMail) -> str:
        symbols = SYMBOLS
        while self._book.taken(ref := self._reference(one, symbols)):
            symbols += 1
        return ref

    def _reference(self, one: ImportedMail, symbols: int) -> str:
        """The reference that a mail gives its case, whichever run imports it."""
        cause, digest = cause_of(self._row(one), one.mail), one.mail.digests.content
        return case_reference(self._place.keys, cause=cause, digest=digest, symbols=symbols)


_MARK: Final[Mapping[str, Plain]] = {IMPORTED: True}


def _is_imported(event: Event) -> bool:
    return bool(event.data.get(IMPORTED))


def _verdict_of(one: ImportedMail, case: Case) -> Verdict:
    if one.found.by_machine:
        return Verdict.AUTOMATIC
    return Verdict.REOPENED if case.phase.ended else Verdict.APPENDED


def _event(one: ImportedMail, case: Case, people: People) -> Event | None:
    """Say what a mail did to its case; nothing where a program wrote it, or the case had ended after it."""
    found, author = one.found, one.mail.author.addr_spec or "unknown"
    if found.by_machine:
        return None
    if found.ours:
        agent = None if case.owner else people.agent(author)
        takes: dict[str, Plain] = {"owner": agent.address} if agent else {}
        return Event(found.at, EventKind.ANSWERED, author, {**takes, **_MARK})
    if case.phase.ended and case.closed_at and found.at <= case.closed_at:
        return None
    kind = EventKind.REOPENED if case.phase.ended else EventKind.REPLIED
    return Event(found.at, kind, author, {"unpromised": True, **_MARK})
