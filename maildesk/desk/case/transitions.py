"""The law of a case: the table of what its phase may become, and what one event makes of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from maildesk.desk.case.case import Asked, Case, PartyRole, Phase
from maildesk.desk.case.clocks import after_event
from maildesk.desk.case.escalation import escalation_after
from maildesk.desk.case.events import Event, EventKind
from maildesk.desk.case.replacing import replace
from maildesk.desk.case.told import Phrase
from maildesk.desk.case.turns import with_turn
from maildesk.errors import NotAllowed

_ALIVE = (Phase.NEW, Phase.OPEN, Phase.WAITING)

_ESCALATING = (
    EventKind.ESCALATED,
    EventKind.ESCALATION_REPEATED,
    EventKind.ESCALATION_APPROVED,
    EventKind.ESCALATION_DECLINED,
    EventKind.ESCALATION_RAISED,
)

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
    **{(phase, kind): phase for phase in _ALIVE for kind in _ESCALATING},
    **{(phase, EventKind.RESPONSE_NEAR): phase for phase in _ALIVE},
    **{(phase, EventKind.RESPONSE_OVERDUE): phase for phase in _ALIVE},
}
"""The phase to which an event leads from a phase. A kind that is not in the table never moves the phase."""

_MOVING = frozenset(kind for _, kind in TRANSITIONS)


def apply(case: Case, event: Event) -> Case:
    """The case after `event`; raises NotAllowed, and changes nothing, where the table has no way."""
    phase = case.phase
    if event.kind in _MOVING or event.kind is EventKind.STATUS_CHANGED:
        if case.merged_into:
            raise NotAllowed(
                Phrase("case {case} is part of {into} now", case=case.ref, into=case.merged_into),
                remedy=Phrase("act on that one"),
            )
        if event.kind in _MOVING and (phase, event.kind) not in TRANSITIONS:
            raise NotAllowed(
                Phrase(
                    "case {case} is {phase}: it cannot become {what}",
                    case=case.ref,
                    phase=Phrase(phase.value),
                    what=Phrase(event.kind.value),
                ),
                remedy=_REMEDIES.get(event.kind, ""),
            )
        phase = phase_after(phase, event)
    begun = _text(event, "promised_from")
    moved = replace(
        case,
        **_in_status(case, phase, event),
        updated_at=max(case.updated_at, event.at),
        clocks=after_event(case.clocks, event.data),
        promised_from=datetime.fromisoformat(begun) if begun else case.promised_from,
        escalation=escalation_after(case.escalation, event),
    )
    effect = _EFFECTS.get(event.kind)
    return with_turn(case, effect(moved, event) if effect else moved, event)


def _in_status(case: Case, phase: Phase, event: Event) -> dict[str, Any]:
    """The values of a case that change as it comes into the status that the event names, or a first one."""
    moves = event.kind in _MOVING or event.kind is EventKind.STATUS_CHANGED
    named = _text(event, "status") if moves else None
    if named is None and phase is case.phase:
        return {}
    status = named or ""
    came_from = case.came_from if status == case.status and phase is case.phase else case.status
    needs = case.needs if phase is Phase.WAITING else ""
    asked = _after_leaving(case.asked, case, phase, status)
    return {
        "phase": phase,
        "status": status,
        "came_from": came_from,
        "needs": needs,
        "asked": asked,
    }


def _after_leaving(asked: Asked | None, case: Case, phase: Phase, status: str) -> Asked | None:
    """The question that waits, as the case goes there: how satisfied somebody is, they may say at any end."""
    stays = (phase, status) == (case.phase, case.status) or (phase.ended and case.phase.ended)
    return asked if asked is None or stays else replace(asked, left=True)


def phase_after(phase: Phase, event: Event) -> Phase:
    """The phase to which an event leads from this one; the same where the table has no way."""
    if event.kind not in _MOVING and event.kind is not EventKind.STATUS_CHANGED:
        return phase
    return Phase(_text(event, "phase") or TRANSITIONS.get((phase, event.kind), phase))


def apply_all(case: Case, events: Iterable[Event]) -> Case:
    """The case after all `events`, in their order."""
    for event in events:
        case = apply(case, event)
    return case


_REMEDIES = {
    EventKind.CLOSED: Phrase("it is closed already"),
    EventKind.REOPENED: Phrase("only a resolved or closed case can be reopened"),
    EventKind.ESCALATED: Phrase("reopen it first"),
    EventKind.WAITING: Phrase("reopen it first"),
    EventKind.RESOLVED: Phrase("reopen it first"),
    EventKind.SPAM: Phrase("it is closed already"),
}


def _text(event: Event, key: str) -> str | None:
    value = event.data.get(key)
    return None if value is None else str(value)


def _reopened(case: Case, event: Event) -> Case:
    return replace(case, reopened=case.reopened + 1, closed_at=None, resolved_at=None, outcome=None)


def _moved(case: Case, event: Event) -> Case:
    """The case in another status; one that had ended goes on, whatever the phase."""
    over = case.resolved_at is not None or case.closed_at is not None
    return case if case.phase.ended or not over else _reopened(case, event)


def _answered(case: Case, event: Event) -> Case:
    """An answer that says less than a first one must is none. One to a case of the queue may take it."""
    counts = case.first_response_at is None and not event.data.get("too_little")
    spoken = replace(case.asked, spoken=True) if case.asked else None
    taken = replace(case, owner=_text(event, "owner") or case.owner, asked=spoken)
    return replace(taken, first_response_at=event.at) if counts else taken


def _replied(case: Case, _: Event) -> Case:
    asked = case.asked
    return replace(case, asked=replace(asked, replies=asked.replies + 1)) if asked else case


def _waiting(case: Case, event: Event) -> Case:
    """A list of what is needed is an answer too; without one it waits for no piece of information."""
    asked = replace(case, needs=_text(event, "needs") or "")
    return _answered(asked, event) if event.answers else asked


def _closed(case: Case, event: Event) -> Case:
    ended = _outcome(case, event)
    return replace(ended, closed_at=event.at, resolved_at=case.resolved_at or event.at, escalation=None)


def _merged_into(case: Case, event: Event) -> Case:
    return replace(_closed(case, event), merged_into=_text(event, "ref"))


def _mentioned(case: Case, event: Event) -> Case:
    """The case, which another follows where the event says so."""
    return replace(case, followed_by=_text(event, "ref")) if event.data.get("follows") else case


def _split(case: Case, event: Event) -> Case:
    ref = _text(event, "ref")
    return replace(case, linked=tuple(dict.fromkeys((*case.linked, ref)))) if ref else case


def _assigned(case: Case, event: Event) -> Case:
    return replace(case, owner=_text(event, "owner"), team=_text(event, "team"))


def _asked(case: Case, event: Event) -> Case:
    number = int(event.data.get("number") or 0)
    if not number:
        return case  # one that many may answer, whenever they want
    to, question = _text(event, "to") or "", _text(event, "question") or ""
    asked = Asked(number, question, to, event.at, case.phase.value, case.status)
    before = (*case.asked_before[: number - 1], question)
    return replace(case, asked=asked, askings=number, asked_before=before)


def _question_answered(case: Case, event: Event) -> Case:
    """The first answer counts; one to an earlier asking changes nothing."""
    current = case.asked is not None and event.data.get("number") == case.asked.number
    return replace(case, asked=None) if current else case


def _set(case: Case, event: Event) -> Case:
    value = _text(event, "new")
    fields = {name: each for name, each in case.fields.items() if name != event.data["field"]}
    return replace(case, fields=fields | ({str(event.data["field"]): value} if value else {}))


def _outcome(case: Case, event: Event) -> Case:
    """The case with what came of it, where the event names one of the policy's outcomes."""
    return replace(case, outcome=_text(event, "result") or case.outcome)


def _changed(case: Case, event: Event) -> Case:
    field = str(event.data["field"])
    if field not in CHANGEABLE:
        raise NotAllowed(
            Phrase("the field {field} cannot be changed", field=repr(field)),
            remedy=Phrase("one of {names}", names=", ".join(CHANGEABLE)),
        )
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
    at = _text(event, "first_answer")
    if at is None:
        return case
    return replace(case, first_response_at=datetime.fromisoformat(at) if at else None)


def _opened_again(case: Case, event: Event) -> Case:
    """The mail that a copy came before sets what it would have set by opening the case."""
    said = {name: at for name in _TAKEN_OVER if (at := _text(event, name)) is not None}
    values: dict[str, Any] = {name: value or None for name, value in said.items()}
    return replace(case, **values | {"requester": _text(event, "requester") or ""})


def _erased(case: Case, event: Event) -> Case:
    """The case without anything that somebody said; nothing is owed about it any more."""
    return replace(
        case,
        subject=ERASED_SUBJECT,
        requester="",
        account=None,
        escalation=None,
        needs="",
        fields={},
        clocks=(),
        asked=None,
        requirement="",
        erased_at=event.at,
    )


ERASED_SUBJECT = "(erased)"

_TAKEN_OVER = ("mailbox", "subject", "priority", "type", "account", "team", "owner")

CHANGEABLE = ("priority", "type", "subject", "account")

_EFFECTS: dict[EventKind, Callable[[Case, Event], Case]] = {
    EventKind.FIRST_MAIL: _opened_again,
    EventKind.REPLIED: _replied,
    EventKind.REOPENED: _reopened,
    EventKind.STATUS_CHANGED: _moved,
    EventKind.ANSWERED: _answered,
    EventKind.WAITING: _waiting,
    EventKind.RESOLVED: lambda case, event: replace(_outcome(case, event), resolved_at=event.at),
    EventKind.QUESTION_ASKED: _asked,
    EventKind.QUESTION_ANSWERED: _question_answered,
    EventKind.FIELD_SET: _set,
    EventKind.CLOSED: _closed,
    EventKind.SPAM: _closed,
    EventKind.MERGED_INTO: _merged_into,
    EventKind.MENTIONED: _mentioned,
    EventKind.SPLIT: _split,
    EventKind.REQUIREMENT_LINKED: lambda case, event: replace(
        case, requirement=_text(event, "requirement") or ""
    ),
    EventKind.ASSIGNED: _assigned,
    EventKind.CHANGED: _changed,
    EventKind.PARTY_JOINED: _joined,
    EventKind.LETTER_FAILED: _answer_moved,
    EventKind.BOUNCED: _answer_moved,
    EventKind.LETTER_DROPPED: _answer_moved,
    EventKind.LETTER_RETRIED: _answer_moved,
    EventKind.ERASED: _erased,
}
