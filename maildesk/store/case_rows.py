"""The rows behind cases: each value as its table keeps it, and back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from operator import attrgetter
from typing import Any

from sqlalchemy import Row

from maildesk.desk.case.case import Asked, Case, Party, PartyRole, Phase
from maildesk.desk.case.clocks import Clock, after_event, set_in
from maildesk.desk.case.escalation import Escalation, Particular
from maildesk.desk.case.events import Event
from maildesk.desk.letters.case_mail import CaseMail
from maildesk.desk.promises.deadlines import Deadline
from maildesk.desk.screening.earlier_mail import EarlierMail, Voice
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
    kept = row._asdict()
    return Case(
        phase=Phase(row.phase),
        escalation=_escalation_of(row),
        parties=parties,
        fields=row.fields or {},
        clocks=after_event((), row.clocks or {}),
        asked=_asked_of(row.asked),
        asked_before=tuple(row.asked_before or ()),
        linked=tuple(row.linked or ()),
        **{name: kept[name] for name in _PLAIN_COLUMNS},
    )


def _escalation_of(row: Row[Any]) -> Escalation | None:
    if row.escalation_level is None:
        return None
    kept = dict(row.escalation or {})
    for name in _ESCALATION_MOMENTS:
        if kept.get(name):
            kept[name] = datetime.fromisoformat(kept[name])
    if "heard" in kept:
        kept["heard"] = tuple(kept["heard"])
    kept["particulars"] = tuple(Particular(*each) for each in kept.get("particulars", []))
    return Escalation(row.escalation_level, row.escalated_at, row.escalated_by, **kept)


def _escalation_row(active: Escalation | None) -> dict[str, Any]:
    """The columns of an escalation: whether there is one is asked for, the rest is kept together."""
    if active is None:
        return dict.fromkeys(_ESCALATION_COLUMNS)
    kept = asdict(active)
    level, since, by = (kept.pop(name) for name in ("level", "since", "by"))
    kept |= {name: kept[name].isoformat() for name in _ESCALATION_MOMENTS if kept[name]}
    kept |= {"heard": list(active.heard), "particulars": [list(each) for each in active.particulars]}
    return dict(zip(_ESCALATION_COLUMNS, (level, since, by, kept), strict=True))


_ESCALATION_COLUMNS = ("escalation_level", "escalated_at", "escalated_by", "escalation")
_ESCALATION_MOMENTS = ("plan_shared_at", "again_at", "planned_at")


def _asked_of(kept: Mapping[str, Any] | None) -> Asked | None:
    return Asked(**{**kept, "at": datetime.fromisoformat(kept["at"])}) if kept else None


def _asked_row(asked: Asked | None) -> dict[str, Any] | None:
    return {**asdict(asked), "at": asked.at.isoformat()} if asked else None


def case_row(case: Case) -> dict[str, Any]:
    """The columns of a case; `case_of_row` is its inverse."""
    return {
        **dict(zip(_PLAIN_COLUMNS, _plain_values(case), strict=True)),
        **_escalation_row(case.escalation),
        "response_due": case.response_due,
        "resolution_due": case.resolution_due,
        "phase": case.phase.value,
        "fields": dict(case.fields) or None,
        "clocks": _clocks_row(case.clocks),
        "asked": _asked_row(case.asked),
        "asked_before": list(case.asked_before) or None,
        "linked": list(case.linked) or None,
    }


def _clocks_row(clocks: tuple[Clock, ...]) -> dict[str, Any] | None:
    row: dict[str, Any] = {}
    for each in clocks:
        row |= set_in(each.kind, each)
    return row or None


_MADE_OF_SEVERAL = frozenset(
    (
        "phase",
        *_ESCALATION_COLUMNS,
        "fields",
        "clocks",
        "asked",
        "asked_before",
        "linked",
    )
)
FROM_CLOCKS = frozenset(("response_due", "resolution_due"))
"""Columns for views and sorting: the clocks say them."""

_PLAIN_COLUMNS = tuple(
    column.name for column in schema.cases.columns if column.name not in _MADE_OF_SEVERAL | FROM_CLOCKS
)
_plain_values = attrgetter(*_PLAIN_COLUMNS)


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
    return CaseMail(*_mail_values(row))


def mail_row(mail: CaseMail) -> dict[str, Any]:
    row = dict(zip(_MAIL, _mail_values(mail), strict=True))
    return row | {name: list(row[name]) for name in ("recipients", "attachments", "refs")}


_MAIL = tuple(field.name for field in fields(CaseMail))
_mail_values = attrgetter(*_MAIL)


def filing_row(filing: Filing) -> dict[str, Any]:
    return dict(zip(_FILING, _filing_values(filing), strict=True))


_FILING = tuple(field.name for field in fields(Filing))
_filing_values = attrgetter(*_FILING)


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
    return {"case_ref": ref, "kind": str(deadline.kind), "due_at": deadline.due_at}
