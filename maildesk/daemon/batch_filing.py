"""One batch of mails filed in one transaction: decided on, answered, and given their verdicts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from maildesk.daemon.alarms import AlarmWriter
from maildesk.daemon.carrying_out import Carrier, Cause, letter_counts
from maildesk.daemon.clock import Clock
from maildesk.daemon.reader_frames import Failure
from maildesk.daemon.reading import Reading
from maildesk.desk.change import Decision
from maildesk.desk.decision import decide
from maildesk.desk.desk import Desk
from maildesk.desk.finding import Signals, find
from maildesk.desk.letters import LetterWriter, Spoken
from maildesk.desk.limits import LetterLimits
from maildesk.desk.people import folded
from maildesk.desk.sameness import Filed, sameness, trusted_author
from maildesk.desk.situation import Situation
from maildesk.desk.verdicts import Verdict
from maildesk.mail.message import IncomingMail
from maildesk.mail.references import SYMBOLS, KeyRing, case_reference
from maildesk.store import ledger, outbox
from maildesk.store.case_rows import Filing, StoredMail
from maildesk.store.cases import CaseBook
from maildesk.store.database import Connection
from maildesk.store.ledger import Waiting


@dataclass(frozen=True, slots=True)
class FilingTools:
    """What every batch is filed with. `host_named`: the operator named the host that vouches for senders."""

    desk: Desk
    writer: LetterWriter
    keys: KeyRing
    limits: LetterLimits
    alarms: AlarmWriter
    host_named: bool


@dataclass(frozen=True, slots=True)
class ReadMail:
    """One ledger row with what reading made of it and, for a readable mail, what it points at."""

    row: Waiting
    reading: Reading
    signals: Signals | None
    ref: str


@dataclass(frozen=True, slots=True)
class FiledCount:
    """What one batch came to."""

    filed: int
    mailboxes: frozenset[str]
    quarantined: int


class BatchFiling:
    """One batch in one transaction. Repeatable: rows that are filed meanwhile are passed over."""

    def __init__(self, conn: Connection, tools: FilingTools, clock: Clock) -> None:
        self._conn = conn
        self._tools = tools
        self._now = clock.now()
        self._book = CaseBook(conn)
        self._quarantined = 0

    def file(self, batch: Sequence[ReadMail]) -> FiledCount:
        still = ledger.still_unfiled(self._conn, [one.row.id for one in batch])
        batch = [one for one in batch if one.row.id in still]
        carrier = self._load(batch)
        for one in batch:
            if isinstance(one.reading, Failure):
                self._quarantine(one.row, one.reading)
            else:
                self._file_one(one, one.reading, carrier)
        carrier.write(self._conn, self._alarms(carrier))
        return FiledCount(len(batch), frozenset(one.row.mailbox for one in batch), self._quarantined)

    def _load(self, batch: Sequence[ReadMail]) -> Carrier:
        """Everything the batch may touch, in a few queries."""
        mails = [one.reading for one in batch if isinstance(one.reading, IncomingMail)]
        signals = [one.signals for one in batch if one.signals]
        own_ids = {mail.message_id for mail in mails if mail.message_id}
        self._book.load_earlier(own_ids, {one.row.raw_sha256 for one in batch})
        self._book.load_threads({each for one in signals for each in one.thread_ids}, own_ids)
        refs = {ref for one in signals for ref in one.refs} | {one.ref for one in batch if one.ref}
        self._book.load_cases(refs | self._book.earlier_refs())
        addresses = {folded(each) for mail in mails for each in _addresses(mail)}
        addresses |= {folded(case.requester) for case in self._book.cases() if case.requester}
        self._book.load_proven(addresses)
        counts = letter_counts(self._conn, self._now, addresses, self._book.refs())
        return Carrier(self._book, self._tools.desk, self._tools.writer, counts, self._tools.limits)

    def _file_one(self, one: ReadMail, mail: IncomingMail, carrier: Carrier) -> None:
        situation = self._situation(one, mail)
        decision = decide(situation, self._tools.desk)
        if decision.proves:
            self._book.prove(folded(situation.author), self._now)
        ref = decision.change.case.ref if decision.change else None
        if decision.change:
            # The case comes before its mail: the mail's row refers to it.
            self._book.add_mail(_kept(one.row, mail, decision, decision.change.case.ref))
            carrier.carry_out(decision.change, _cause(one.row, mail), self._now)
            if decision.learns and one.signals:
                self._book.learn(
                    decision.change.case.ref, one.signals.foreign_ids, decision.learns, self._now
                )
        self._record(one.row, mail, decision, ref)

    def _situation(self, one: ReadMail, mail: IncomingMail) -> Situation:
        row, book = one.row, self._book
        earlier = book.earlier(mail.message_id, mail.raw_sha256)
        same, twin = sameness(mail, row.mailbox, row.internal_date, earlier)
        people = self._tools.desk.people
        found = find(mail, one.signals, people, book.case, book.claims) if one.signals else None
        asked = [*_addresses(mail), *([found.case.requester] if found else [])]
        return Situation(
            mail=mail,
            now=self._now,
            received=row.internal_date,
            mailbox=row.mailbox_name,
            ref=self._free_ref(one, mail),
            same=same,
            earlier=book.case(twin.case_ref) if twin and twin.case_ref else None,
            found=found,
            proven=frozenset(address for address in map(folded, asked) if book.is_proven(address)),
            letter_to=self._letter_to(one.signals),
            host_named=self._tools.host_named,
        )

    def _letter_to(self, signals: Signals | None) -> frozenset[str]:
        """Who the letter of ours went to that is answered: the nearest one that the thread names."""
        cited = (self._book.sent_to(each) for each in (signals.thread_ids if signals else ()))
        return next((recipients for recipients in cited if recipients), frozenset())

    def _free_ref(self, one: ReadMail, mail: IncomingMail) -> str:
        """The mail's own reference; one more symbol for each that is taken (design §3)."""
        ref, symbols = one.ref, SYMBOLS
        while self._book.taken(ref):
            symbols += 1
            cause = cause_of(one.row, mail)
            ref = case_reference(self._tools.keys, cause=cause, digest=mail.content_digest, symbols=symbols)
        return ref

    def _record(self, row: Waiting, mail: IncomingMail, decision: Decision, ref: str | None) -> None:
        filing = Filing(
            ledger_id=row.id,
            verdict=decision.verdict,
            reason=decision.reason,
            note=decision.note,
            case_ref=ref,
            message_id=mail.message_id,
            content_digest=mail.content_digest,
            sender=mail.author.shown,
            author=trusted_author(mail),
            subject=mail.subject,
            filed_at=self._now,
        )
        self._quarantined += decision.verdict is Verdict.QUARANTINED
        self._file(row, filing)

    def _quarantine(self, row: Waiting, failure: Failure) -> None:
        self._quarantined += 1
        self._file(
            row,
            Filing(
                ledger_id=row.id,
                verdict=Verdict.QUARANTINED,
                reason=failure.reason,
                note=failure.sentence,
                case_ref=None,
                message_id=None,
                content_digest=None,
                sender="",
                author=None,
                subject="",
                filed_at=self._now,
            ),
        )

    def _file(self, row: Waiting, filing: Filing) -> None:
        filed = Filed(
            ledger_id=row.id,
            mailbox=row.mailbox,
            internal_date=row.internal_date,
            raw_sha256=row.raw_sha256,
            message_id=filing.message_id,
            content_digest=filing.content_digest,
            author=filing.author,
            case_ref=filing.case_ref,
        )
        self._book.file(filing, filed)

    def _alarms(self, carrier: Carrier) -> list[outbox.NewLetter]:
        alarms = self._tools.alarms
        letters = []
        if carrier.held:
            letters += alarms.raised(self._conn, "held", self._now)
        if self._quarantined:
            letters += alarms.raised(self._conn, "quarantined", self._now)
        return letters


def cause_of(row: Waiting, mail: IncomingMail) -> str:
    """What names a mail for good, whichever row it stands in: a restored desk reads it into the same case."""
    return mail.message_id or f"{mail.raw_sha256} {row.internal_date.isoformat()}"


def _cause(row: Waiting, mail: IncomingMail) -> Cause:
    ident = f"{cause_of(row, mail)} {mail.content_digest}"
    files = tuple(each.name for each in mail.attachments)
    said = Spoken(row.internal_date, mail.author.shown, mail.new_text, files)
    ids = (mail.message_id, *mail.thread_ids) if mail.message_id else mail.thread_ids
    return Cause(ident, said, ids)


def _addresses(mail: IncomingMail) -> list[str]:
    """Whose history matters: the author's, and that of the one address replies should go to."""
    named = [mail.author.address] if mail.author.address else []
    if len(mail.reply_to) == 1:
        named.append(mail.reply_to[0])
    return [each.address for each in named]


def _kept(row: Waiting, mail: IncomingMail, decision: Decision, ref: str) -> StoredMail:
    """The mail as the case shows it."""
    return StoredMail(
        case_ref=ref,
        direction="in",
        at=row.internal_date,
        sender=mail.author.address.address if mail.author.address else mail.author.shown,
        recipients=[each.address for each in (*mail.to, *mail.cc)],
        subject=mail.subject,
        text=mail.text,
        new_text=mail.new_text,
        verdict=decision.verdict,
        message_id=mail.message_id,
        ledger_id=row.id,
        attachments=[
            {"name": each.name, "type": each.content_type, "size": each.size, "sha256": each.sha256}
            for each in mail.attachments
        ],
        reason=decision.reason,
        internal=decision.internal,
        refs=mail.thread_ids,
    )
