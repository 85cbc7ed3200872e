"""Cases as the command line shows them, and the search for a case by what a person typed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, func, select

from maildesk.desk.case.case import PartyRole, Phase
from maildesk.desk.case.escalation import LEADERSHIP, Particular
from maildesk.desk.case.events import EventKind
from maildesk.desk.case.reachability import unreachable
from maildesk.desk.policy.case_fields import shown_values
from maildesk.desk.policy.policy import Policy
from maildesk.errors import Ambiguous, NotFound
from maildesk.store.case_filters import CaseFilter, filtered, queue_order
from maildesk.store.case_order import ordered_by
from maildesk.store.outbox_views import taken_back
from maildesk.store.schema import cases, events, mails, parties
from maildesk.store.shown import AnyRow, shown_moment

_SHOWN_WHEN_AMBIGUOUS = 5


def case_list(
    connection: Connection, policy: Policy, wanted: CaseFilter | None = None
) -> list[dict[str, Any]]:
    """Return what `case list --json` prints: the first of the order that is asked for, as of the queue.

    Where none is asked for, these are the newest cases, and the oldest of them comes first.
    """
    wanted = wanted or CaseFilter()
    query = filtered(connection, _CASES, wanted, policy)
    query = query.limit(wanted.limit).offset(wanted.offset)
    if wanted.order or wanted.queue:
        order = ordered_by(wanted.order, policy) if wanted.order else queue_order(policy)
        return [_listed(row, policy) for row in connection.execute(query.order_by(*order))]
    rows = connection.execute(query.order_by(cases.c.opened_at.desc(), cases.c.ref.desc())).all()
    return [_listed(row, policy) for row in reversed(rows)]


def case_count(connection: Connection, policy: Policy, wanted: CaseFilter) -> int:
    """Count all cases of a filter, whatever its limit."""
    query = filtered(connection, select(func.count()).select_from(cases), wanted, policy)
    return int(connection.execute(query).scalar_one())


def case_show(connection: Connection, ref: str, policy: Policy) -> dict[str, Any]:
    """Return what `case show --json` prints: everything about one case."""
    row = connection.execute(_CASES.where(cases.c.ref == ref)).one_or_none()
    if row is None:
        raise _absent(ref)
    history = _events(connection, ref)
    lost = unreachable((each["kind"], each["actor"], each["data"]) for each in history)
    return {
        **_listed(row, policy),
        "parties": [
            {**each, "unreachable": each["address"] in lost}
            for each in _parties(connection, ref)
            if each["role"] != PartyRole.UNCONFIRMED or not row.requester
        ],
        "escalation": _escalation(row),
        "linked": row.linked or [],
        "mails": _mails(connection, ref),
        "events": history,
    }


def find_case(connection: Connection, text: str) -> str:
    """The reference meant by `text` (in normal form): exact beats prefix, a prefix must be unique."""
    if connection.execute(select(cases.c.ref).where(cases.c.ref == text)).scalar_one_or_none():
        return text
    query = select(cases.c.ref).where(cases.c.ref.startswith(text, autoescape=True)).order_by(cases.c.ref)
    found = connection.execute(query.limit(_SHOWN_WHEN_AMBIGUOUS + 1)).scalars().all() if text else []
    if not found:
        raise _absent(text)
    if len(found) > 1:
        more = ", …" if len(found) > _SHOWN_WHEN_AMBIGUOUS else ""
        raise Ambiguous(
            f"{text} fits more than one case: {', '.join(found[:_SHOWN_WHEN_AMBIGUOUS])}{more}",
            remedy="give more of the reference",
        )
    return str(found[0])


_CASES: Select[Any] = select(
    *(column for column in cases.c if column.name not in ("clocks", "asked")),
    select(func.count())
    .select_from(mails)
    .where(mails.c.case_ref == cases.c.ref)
    .scalar_subquery()
    .label("mail_count"),
    select(events.c.data)
    .where(events.c.case_ref == cases.c.ref, events.c.kind == EventKind.OPENED.value)
    .order_by(events.c.id)
    .limit(1)
    .scalar_subquery()
    .label("opened_by"),
)


def _absent(text: str) -> NotFound:
    return NotFound(f"there is no case {text}", remedy="see `maildesk case list`")


def _listed(row: AnyRow, policy: Policy) -> dict[str, Any]:
    return {
        "ref": row.ref,
        "subject": row.subject,
        "status": policy.statuses.at(Phase(row.phase), row.status).name,
        "phase": row.phase,
        "priority": row.priority,
        "type": row.type,
        "requester": row.requester,
        "account": row.account,
        "owner": row.owner,
        "team": row.team,
        "escalated": row.escalation_level is not None,
        "arrived_at": shown_moment(_arrived(row)),
        "opened_at": shown_moment(row.opened_at),
        "updated_at": shown_moment(row.updated_at),
        "asked_at": shown_moment(row.asked_at),
        "first_response_at": shown_moment(row.first_response_at),
        "resolved_at": shown_moment(row.resolved_at),
        "closed_at": shown_moment(row.closed_at),
        "reopened": row.reopened,
        "due": _due(row),
        "outcome": row.outcome,
        "fields": shown_values(policy.fields, row.fields or {}),
        "requirement": row.requirement or None,
        "mails": row.mail_count,
    }


def _arrived(row: AnyRow) -> datetime:
    """Find when the matter reached the desk, as its first event says it; one opened by hand came then."""
    told = row.opened_by or {}
    arrived = told.get("arrived_at") or told.get("since")
    return datetime.fromisoformat(arrived) if arrived else row.opened_at


def _due(row: AnyRow) -> dict[str, str | None]:
    """Say what is still owed: nothing once it was given, or the case has ended."""
    return {"response": shown_moment(row.response_due), "resolution": shown_moment(row.resolution_due)}


def _escalation(row: AnyRow) -> dict[str, Any] | None:
    if row.escalation_level is None:
        return None
    kept = row.escalation or {}
    shared = kept.get("plan_shared_at")
    lines = [Particular(*each) for each in kept.get("particulars", [])]
    return {
        "level": row.escalation_level,
        "since": shown_moment(row.escalated_at),
        "by": row.escalated_by,
        **{name: kept.get(name) for name in ("plan", "acknowledged", "answered")},
        "plan_shared_at": shown_moment(datetime.fromisoformat(shared)) if shared else None,
        "heard": kept.get("heard", [LEADERSHIP]),
        "particulars": {each.label: each.value for each in lines},
        "unclear": {each.label: each.wrote for each in lines if each.wrote},
    }


def _parties(connection: Connection, ref: str) -> list[dict[str, Any]]:
    columns = (parties.c.number, parties.c.address, parties.c.name, parties.c.role)
    query = select(*columns).where(parties.c.case_ref == ref).order_by(parties.c.number)
    return [dict(row._mapping) for row in connection.execute(query)]


def _mails(connection: Connection, ref: str) -> list[dict[str, Any]]:
    rows = connection.execute(select(mails).where(mails.c.case_ref == ref).order_by(mails.c.at, mails.c.id))
    unsent = taken_back(connection, ref)
    return [
        {
            "direction": row.direction,
            "message_id": row.message_id,
            "from": row.sender,
            "to": row.recipients,
            "subject": row.subject,
            "at": shown_moment(row.at),
            "text": row.text,
            "new_text": row.new_text,
            "attachments": [_attachment(one) for one in row.attachments],
            "verdict": row.verdict,
            "reason": row.reason,
            **({"in_context": row.in_context} if row.in_context else {}),
            **({"unconfirmed": True} if row.unconfirmed else {}),
            **({"taken_back": True} if row.message_id in unsent else {}),
        }
        for row in rows
    ]


def _attachment(stored: Mapping[str, Any]) -> dict[str, Any]:
    shown = {key: stored.get(key) for key in ("name", "type", "size", "sha256")}
    return shown | ({"seal": stored["seal"]} if stored.get("seal") else {})


def _events(connection: Connection, ref: str) -> list[dict[str, Any]]:
    query = select(events.c.at, events.c.kind, events.c.actor, events.c.data)
    rows = connection.execute(query.where(events.c.case_ref == ref).order_by(events.c.id))
    return [{**row._mapping, "at": shown_moment(row.at)} for row in rows]
