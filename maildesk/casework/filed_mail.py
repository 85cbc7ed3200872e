"""The record of a mail that was filed: its verdict, its marks, and what a case shows of it."""

from __future__ import annotations

from datetime import datetime

from maildesk.desk.case.verdicts import Verdict
from maildesk.desk.decisions.decision import Decision
from maildesk.desk.letters.case_mail import CaseMail
from maildesk.desk.letters.cause import Cause
from maildesk.desk.letters.letter_context import QuotedMail
from maildesk.desk.screening.duplicates import trusted_author, voice_of
from maildesk.desk.screening.earlier_mail import EarlierMail, Voice
from maildesk.desk.screening.heard import UnreadMail
from maildesk.mail.message import IncomingMail, Standing
from maildesk.store.case_rows import Filing
from maildesk.store.ledger import WaitingMail


def cause_of(row: WaitingMail, mail: IncomingMail) -> str:
    """Name a mail for good, whichever row it stands in: a restored desk reads it into the same case."""
    return mail.ids.message_id or f"{mail.digests.raw} {row.internal_date.isoformat()}"


def is_old(row: WaitingMail, first_started_at: datetime) -> bool:
    """Tell whether a mail was there before its mailbox was first started: nothing is promised for it."""
    return row.internal_date < first_started_at.replace(microsecond=0)  # servers tell seconds


def decided(
    row: WaitingMail, mail: IncomingMail, decision: Decision, ref: str | None, done: str | None, now: datetime
) -> Filing:
    """The verdict on a mail that could be read, and the case `ref` it went to; `done` digests what it did."""
    return Filing(
        ledger_id=row.id,
        verdict=decision.verdict,
        reason=decision.reason,
        note=decision.note,
        case_ref=ref,
        message_id=mail.ids.message_id,
        content_digest=mail.digests.content,
        sender=mail.author.shown,
        author=trusted_author(mail),
        subject=mail.subject,
        filed_at=now,
        act_digest=done,
        words_digest=mail.digests.words,
        standing=mail.author.standing,
        voice=voice_of(mail),
    )


def unread(row: WaitingMail, failure: UnreadMail, now: datetime) -> Filing:
    """The verdict on one that could not."""
    return Filing(
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
        filed_at=now,
    )


def comparable(row: WaitingMail, filing: Filing) -> EarlierMail:
    """The same as later mails of the batch are compared with it."""
    return EarlierMail(
        ledger_id=row.id,
        mailbox=row.mailbox,
        uidvalidity=row.uidvalidity,
        internal_date=row.internal_date,
        raw_sha256=row.raw_sha256,
        message_id=filing.message_id,
        content_digest=filing.content_digest,
        words_digest=filing.words_digest,
        author=filing.author,
        standing=Standing(filing.standing or Standing.FAILED),
        voice=Voice(filing.voice or Voice.MACHINE),
        verdict=filing.verdict,
        case_ref=filing.case_ref,
    )


def shown(row: WaitingMail, mail: IncomingMail, decision: Decision, ref: str) -> CaseMail:
    """The mail as the case shows it."""
    entry = decision.entry
    return CaseMail(
        case_ref=ref,
        direction="in",
        at=row.internal_date,
        sender=entry.speaker or mail.author.addr_spec or mail.author.shown,
        recipients=[each.address for each in mail.addressing.to_and_cc],
        subject=mail.subject,
        text=mail.body.text,
        new_text=mail.body.new_text if entry.words is None else entry.words,
        verdict=decision.verdict,
        message_id=mail.ids.message_id,
        ledger_id=row.id,
        attachments=[
            {"name": each.name, "type": each.content_type, "size": each.size, "sha256": each.sha256}
            | ({"seal": each.seal.value} if each.seal else {})
            for each in mail.attachments
        ],
        reason=decision.reason,
        internal=entry.internal,
        refs=mail.ids.thread,
        unconfirmed=entry.unconfirmed,
        in_context=mail.body.in_context if entry.words is None else "",
    )


def plain_cause(row: WaitingMail, mail: IncomingMail) -> Cause:
    """A mail as the cause of what it leads to, with no files."""
    ident = f"{cause_of(row, mail)} {mail.digests.content}"
    files = tuple(each.name for each in mail.attachments)
    said = QuotedMail(row.internal_date, mail.author.shown, mail.body.told, files, seal=mail.seal)
    ids = (mail.ids.message_id, *mail.ids.thread) if mail.ids.message_id else mail.ids.thread
    return Cause(ident, said, ids, ledger_id=row.id)


def addresses_named(mail: IncomingMail) -> list[str]:
    """List whose history matters: the author's, that of the one address for replies, and that of the author
    of a mail passed on, to whom the desk may write too."""
    named = [mail.author.address] if mail.author.address else []
    named += [mail.body.passed_on.author] if mail.body.passed_on else []
    if len(mail.addressing.reply_to) == 1:
        named.append(mail.addressing.reply_to[0])
    return [each.address for each in named]
