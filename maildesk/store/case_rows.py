"""The rows behind cases: each value as its table keeps it, and back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from maildesk.desk.case.case import Case, Escalation, Party, PartyRole, Phase
from maildesk.desk.case.events import Event
from maildesk.desk.letters.case_mail import CaseMail
from maildesk.desk.promises.deadlines import Deadline
from maildesk.desk.screening.duplicates import EarlierMail, Voice
from maildesk.mail.message import Standing
from maildesk.store import schema


@dataclass(frozen=True, slots=True)
class Filing:
    """The ledger's line about a mail that has been decided on."""

    ledger_id: int
    verdict: str
    reason: str
    note: str
    case_ref: str | None
    message_id: str | None
    content_digest: str | None
    sender: str
    author: str | None
    subject: str
    filed_at: datetime
    act_digest: str | None = None
    words_digest: str | None = None
    standing: str | None = None
    voice: str | None = None


def case_of_row(row: Row[Any], parties: tuple[Party, ...]) -> Case:
    """The value behind one row of the cases table."""
    escalation = None
    if row.escalation_level:
        escalation = Escalation(row.escalation_level, row.escalated_at, row.escalated_by)
    plain = {name: getattr(row, name) for name in _PLAIN_COLUMNS}
    return Case(phase=Phase(row.phase), escalation=escalation, parties=parties, **plain)


def case_row(case: Case) -> dict[str, Any]:
    """The columns of a case; `case_of_row` is its inverse."""
    row = {name: getattr(case, name) for name in _PLAIN_COLUMNS}
    escalation = case.escalation
    return row | {
        "phase": case.phase.value,
        "escalation_level": escalation.level if escalation else None,
        "escalated_at": escalation.since if escalation else None,
        "escalated_by": escalation.by if escalation else None,
    }


_PLAIN_COLUMNS = tuple(
    column.name
    for column in schema.cases.columns
    if column.name not in ("phase", "escalation_level", "escalated_at", "escalated_by")
)


def filed_of_row(row: Row[Any]) -> EarlierMail:
    """Read what a row says; one that could not say how its mail was judged hides no other."""
    return EarlierMail(
        ledger_id=row.id,
        mailbox=row.mailbox,
        uidvalidity=row.uidvalidity,
        internal_date=row.internal_date,
        raw_sha256=row.raw_sha256,
        message_id=row.message_id,
        content_digest=row.content_digest,
        words_digest=row.words_digest,
        author=row.author,
        standing=Standing(row.standing or Standing.FAILED),
        voice=Voice(row.voice or Voice.MACHINE),
        verdict=row.verdict or "",
        case_ref=row.case_ref,
    )


def mail_of_row(row: Row[Any]) -> CaseMail:
    return CaseMail(**{name: getattr(row, name) for name in CaseMail.__slots__})


def mail_row(mail: CaseMail) -> dict[str, Any]:
    row = {name: getattr(mail, name) for name in CaseMail.__slots__}
    return row | {name: list(row[name]) for name in ("recipients", "attachments", "refs")}


def event_row(ref: str, event: Event) -> dict[str, Any]:
    return {
        "case_ref": ref,
        "at": event.at,
        "kind": event.kind.value,
        "actor": event.actor,
        "data": {key: value for key, value in event.data.items() if value is not None},
    }


def party_of_row(row: Row[Any]) -> Party:
    met = tuple(map(int, row.met.split()))
    return Party(row.number, row.address, row.name, PartyRole(row.role), row.written, met)


def met_text(party: Party) -> str:
    """The numbers of those whom a party knows, as the table keeps them."""
    return " ".join(map(str, party.met))


def party_row(ref: str, party: Party) -> dict[str, Any]:
    return {
        "case_ref": ref,
        "number": party.number,
        "address": party.address,
        "name": party.name,
        "role": party.role.value,
        "written": party.written,
        "met": met_text(party),
    }


def deadline_row(ref: str, deadline: Deadline) -> dict[str, Any]:
    return {"case_ref": ref, "kind": deadline.kind.value, "due_at": deadline.due_at}
