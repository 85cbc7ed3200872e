"""The law of a case: the table of what its phase may become, and what one event makes of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

from maildesk.desk.case.case import Case, Escalation, PartyRole, Phase
from maildesk.desk.case.events import Event, EventKind
from maildesk.errors import NotAllowed

_ALIVE = (Phase.NEW, Phase.OPEN, Phase.WAITING)

TRANSITIONS: dict[tuple[Phase, EventKind], Phase] = {
    (Phase.NEW, EventKind.REPLIED): Phase.NEW,
    (Phase.OPEN, EventKind.REPLIED): Phase.OPEN,
    (Phase.WAITING, EventKind.REPLIED): Phase.OPEN,
    (Phase.RESOLVED, EventKind.REOPENED): Phase.OPEN,
    (Phase.CLOSED, EventKind.REOPENED): Phase.OPEN,
    (Phase.NEW, EventKind.ANSWERED): Phase.OPEN,
    (Phase.OPEN, EventKind.ANSWERED): Phase.OPEN,
    (Phase.WAITING, EventKind.ANSWERED): Phase.WAITING,
    (Phase.RESOLVED, EventKind.ANSWERED): Phase.RESOLVED,
    (Phase.CLOSED, EventKind.ANSWERED): Phase.CLOSED,
    (Phase.NEW, EventKind.WAITING): Phase.WAITING,
    (Phase.OPEN, EventKind.WAITING): Phase.WAITING,
    (Phase.WAITING, EventKind.WAITING): Phase.WAITING,
    (Phase.WAITING, EventKind.WAIT_OVER): Phase.OPEN,
    **{(phase, EventKind.RESOLVED): Phase.RESOLVED for phase in _ALIVE},
    **{(phase, EventKind.CLOSED): Phase.CLOSED for phase in (*_ALIVE, Phase.RESOLVED)},
    **{(phase, EventKind.SPAM): Phase.CLOSED for phase in (*_ALIVE, Phase.RESOLVED)},
    **{(phase, EventKind.MERGED_INTO): Phase.CLOSED for phase in Phase},
    **{(phase, EventKind.ESCALATED): phase for phase in _ALIVE},
    **{(phase, EventKind.ESCALATION_REPEATED): phase for phase in _ALIVE},
    **{(phase, EventKind.RESPONSE_NEAR): phase for phase in _ALIVE},
    **{(phase, EventKind.RESPONSE_OVERDUE): phase for phase in _ALIVE},
}
"""The phase to which an event leads from a phase. A kind that is not in the table never moves the phase."""

_MOVING = frozenset(kind for _, kind in TRANSITIONS)


def apply(case: Case, event: Event) -> Case:
    """The case after `event`; raises NotAllowed, and changes nothing, where the table has no way."""
    phase = case.phase
    if event.kind in _MOVING:
        if case.merged_into:
            raise NotAllowed(f"case {case.ref} is part of {case.merged_into} now", remedy="act on that one")
        if (phase, event.kind) not in TRANSITIONS:
            raise NotAllowed(
                f"case {case.ref} is {phase}: it cannot become {event.kind}",
                remedy=_REMEDIES.get(event.kind, ""),
            )
        phase = TRANSITIONS[phase, event.kind]
    until = case.wait_until if phase is Phase.WAITING else None
    moved = replace(case, phase=phase, updated_at=max(case.updated_at, event.at), wait_until=until)
    effect = _EFFECTS.get(event.kind)
    return effect(moved, event) if effect else moved


def apply_all(case: Case, events: Iterable[Event]) -> Case:
    """The case after all `events`, in their order."""
    for event in events:
        case = apply(case, event)
    return case


_REMEDIES = {
    EventKind.CLOSED: "it is closed already",
    EventKind.REOPENED: "only a resolved or closed case can be reopened",
    EventKind.ESCALATED: "reopen it first",
    EventKind.WAITING: "reopen it first",
    EventKind.RESOLVED: "reopen it first",
    EventKind.SPAM: "it is closed already",
}


def _text(event: Event, key: str) -> str | None:
    value = event.data.get(key)
    return None if value is None else str(value)


def _reopened(case: Case, event: Event) -> Case:
    begun = _promised(case, event)
    return replace(begun, reopened=case.reopened + 1, closed_at=None, resolved_at=None)


def _answered(case: Case, event: Event) -> Case:
    return case if case.first_response_at else replace(case, first_response_at=event.at)


def _closed(case: Case, event: Event) -> Case:
    return replace(case, closed_at=event.at, resolved_at=case.resolved_at or event.at, escalation=None)


def _escalated(case: Case, event: Event) -> Case:
    return replace(case, escalation=Escalation(int(event.data.get("level") or 1), event.at, event.actor))


def _waiting(case: Case, event: Event) -> Case:
    until = _text(event, "until")
    return replace(case, wait_until=datetime.fromisoformat(until) if until else None)


def _merged_into(case: Case, event: Event) -> Case:
    return replace(_closed(case, event), merged_into=_text(event, "ref"))


def _assigned(case: Case, event: Event) -> Case:
    return replace(case, owner=_text(event, "owner"), team=_text(event, "team"))


def _changed(case: Case, event: Event) -> Case:
    field = str(event.data["field"])
    if field not in CHANGEABLE:
        raise NotAllowed(f"the field {field!r} cannot be changed", remedy=f"one of {', '.join(CHANGEABLE)}")
    return replace(case, **{field: event.data["new"]})  # type: ignore[arg-type]  # guarded by CHANGEABLE


def _joined(case: Case, event: Event) -> Case:
    """The case with its requester, where the event names one: nobody was known whose matter it is."""
    if event.data.get("role") != PartyRole.REQUESTER:
        return case
    return replace(
        case, requester=_text(event, "address") or "", account=_text(event, "account") or case.account
    )


def _answer_moved(case: Case, event: Event) -> Case:
    """A first response that never arrived was none, until it is tried again (design §7)."""
    at = _text(event, "first_response")
    if at is None:
        return case
    return replace(case, first_response_at=datetime.fromisoformat(at) if at else None)


def _opened_again(case: Case, event: Event) -> Case:
    """The mail that a copy came before sets what it would have set by opening the case."""
    said = {name: at for name in _TAKEN_OVER if (at := _text(event, name)) is not None}
    values: dict[str, Any] = {name: value or None for name, value in said.items()}
    return replace(_promised(case, event), **values | {"requester": _text(event, "requester") or ""})


def _promised(case: Case, event: Event) -> Case:
    """Take over the promise that begins with this event, where it says so."""
    dues = {name: at for name in _PROMISES if (at := _text(event, name)) is not None}
    values: dict[str, Any] = {name: datetime.fromisoformat(at) if at else None for name, at in dues.items()}
    return replace(case, **values, overdue_at=None) if dues else case


_TAKEN_OVER = ("mailbox", "subject", "priority", "type", "account", "team", "owner")
_PROMISES = ("response_due", "resolution_due", "warn_at")

CHANGEABLE = ("priority", "type", "subject", "account")

_EFFECTS: dict[EventKind, Callable[[Case, Event], Case]] = {
    EventKind.FIRST_MAIL: _opened_again,
    EventKind.REPLIED: _promised,
    EventKind.REOPENED: _reopened,
    EventKind.ANSWERED: _answered,
    EventKind.RESOLVED: lambda case, event: replace(case, resolved_at=event.at),
    EventKind.CLOSED: _closed,
    EventKind.SPAM: _closed,
    EventKind.MERGED_INTO: _merged_into,
    EventKind.WAITING: _waiting,
    EventKind.ESCALATED: _escalated,
    EventKind.ASSIGNED: _assigned,
    EventKind.CHANGED: _changed,
    EventKind.PARTY_JOINED: _joined,
    EventKind.RESPONSE_NEAR: lambda case, event: replace(case, warn_at=None),
    EventKind.RESPONSE_OVERDUE: lambda case, event: replace(case, overdue_at=event.at, warn_at=None),
    EventKind.LETTER_FAILED: _answer_moved,
    EventKind.LETTER_DROPPED: _answer_moved,
    EventKind.LETTER_RETRIED: _answer_moved,
}
