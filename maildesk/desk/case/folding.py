"""Folding: the case that its events make, from the one that began it on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from maildesk.desk.case.case import Case, Phase
from maildesk.desk.case.clocks import after_event
from maildesk.desk.case.escalation import Escalation
from maildesk.desk.case.events import Event, EventKind, Plain
from maildesk.desk.case.transitions import apply_all
from maildesk.desk.case.turns import asked_at_first

_FIELD = "field "
"""Before the name of a field of the policy, in the data of an event that says a whole case."""


def folded(ref: str, events: Sequence[Event]) -> Case:
    """The case of these events, in their order, without its parties; the newest record of it begins it."""
    starts = [at for at, each in enumerate(events) if each.kind in _BEGINNINGS]
    begins = starts[-1]
    return apply_all(begun(ref, events[begins]), events[begins + 1 :])


_BEGINNINGS = (EventKind.OPENED, EventKind.STATE_RECORDED)


def begun(ref: str, event: Event) -> Case:
    """The case as the event that opened it says, or the one that recorded how it stood."""
    data = event.data
    phase = Phase(_text(data, "phase") or Phase.NEW)
    opened_at = _moment(data, "opened_at") or event.at
    said: dict[str, Any] = {name: _text(data, name) for name in _TEXTS}
    said |= {name: _moment(data, name) for name in _MOMENTS}
    recorded, answered = said["promised_from"] or opened_at, said["first_response_at"] is not None
    return Case(
        ref=ref,
        subject=_text(data, "subject") or "",
        phase=phase,
        requester=_text(data, "requester") or "",
        mailbox=_text(data, "mailbox") or "",
        opened_at=opened_at,
        updated_at=_moment(data, "updated_at") or event.at,
        priority=_text(data, "priority") or "",
        fields=dict(opened_fields(data)),
        clocks=after_event((), data),
        reopened=int(data.get("reopened") or 0),
        status=_text(data, "status") or "",
        came_from=_text(data, "came_from") or "",
        language=_text(data, "language") or "",
        escalation=_escalation(data),
        linked=(split,) if (split := _text(data, "split_from")) else (),
        asked_at=asked_at_first(phase, event, recorded, answered=answered),
        **said,
    )


def _escalation(data: Mapping[str, Plain]) -> Escalation | None:
    since = _moment(data, "escalated_at")
    level, by = int(data.get("escalation_level") or 1), _text(data, "escalated_by") or ""
    return Escalation(level, since, by) if since else None


_TEXTS = ("type", "account", "owner", "team", "outcome", "merged_into")
_MOMENTS = ("promised_from", "first_response_at", "resolved_at", "closed_at")


def opening_data(case: Case) -> dict[str, Plain]:
    """Say all that a case begins with, for the event that opens it."""
    plain: dict[str, Plain] = {name: getattr(case, name) for name in _OPENS_WITH}
    fields = {f"{_FIELD}{name}": each for name, each in case.fields.items()}
    plain |= {"language": case.language} if case.language else {}
    return {**plain, "phase": case.phase.value, **fields}


def opened_with(data: Mapping[str, Plain], field: str) -> bool:
    """Tell whether this event began a case of which that field of the policy had a value."""
    return f"{_FIELD}{field}" in data


def opened_fields(data: Mapping[str, Plain]) -> list[tuple[str, str]]:
    """The fields of the policy that had a value when this event began a case, each with it."""
    return [(key.removeprefix(_FIELD), str(said)) for key, said in data.items() if key.startswith(_FIELD)]


_OPENS_WITH = ("requester", "subject", "mailbox", "status", "priority", "type", "account", "owner", "team")


def _text(data: Mapping[str, Plain], key: str) -> str | None:
    value = data.get(key)
    return None if value is None else str(value)


def _moment(data: Mapping[str, Plain], key: str) -> datetime | None:
    value = _text(data, key)
    return datetime.fromisoformat(value) if value else None
