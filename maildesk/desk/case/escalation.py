"""The escalation of a case: how far it has gone, who heard of it, and what one event makes of it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final, NamedTuple

from maildesk.desk.case.events import DESK, Event, EventKind, Plain
from maildesk.desk.case.told import Phrase

LEADERSHIP: Final = "leadership"
"""The level of a policy that names none."""

PARTS: Final = (LEADERSHIP, "owner", "lead")
"""Levels that are no team's name: the part of whoever is told."""


def level_named(level: str) -> str:
    """Call a level as its colleagues do, in their language; a team bears its name."""
    return Phrase(level) if level in PARTS else level


class Particular(NamedTuple):
    """A line of a form: its value, empty where it has none; `wrote` is then what stood there unclearly."""

    label: str
    value: str = ""
    wrote: str = ""


Particulars = tuple[Particular, ...]
"""The lines that a form says of an escalation."""


@dataclass(frozen=True, slots=True)
class Escalation:
    """An escalation that lasts: its level (1 is the first, 0 waits for approval), since when, and who asked.

    `since` is when it began, and as long as it waits for approval when it was asked for.

    `heard` are those who were told, as the policy names them, the level itself last. `answered`: somebody of
    the level wrote or planned since. `acknowledged`: somebody of the team that reviews wrote to the customer.
    `plan` stays inside until it is shared; `planned_at` and `planned_by` are of the one that stands.
    `again_at` is when the level was last told that somebody asked once more.
    """

    level: int
    since: datetime
    by: str
    heard: tuple[str, ...] = (LEADERSHIP,)
    particulars: Particulars = ()
    plan: str = ""
    plan_shared_at: datetime | None = None
    answered: bool = False
    acknowledged: bool = False
    again_at: datetime | None = None
    planned_at: datetime | None = None
    planned_by: str = ""

    @property
    def asked(self) -> bool:
        """Tell whether it waits for approval."""
        return self.level == 0

    @property
    def promised(self) -> bool:
        """Tell whether its customer was told that they hear what is decided; time promises nothing."""
        return self.asked and self.by != DESK

    @property
    def to(self) -> str:
        """The level that was told last, or who reviews."""
        return self.heard[-1]


ANSWERED: Final = "level_answered"
ACKNOWLEDGED: Final = "acknowledged"
"""Marks of an event by which somebody of the level, or of the team that reviews, does what is waited for."""


def data_of(names: tuple[str, ...], particulars: Particulars = ()) -> dict[str, Plain]:
    """The data of an event that tells these (leadership, where it names nobody), with what a form said."""
    told: dict[str, Plain] = {} if names in ((), (LEADERSHIP,)) else {"to": "\n".join(names)}
    return told | ({"particulars": json.dumps(particulars, ensure_ascii=False)} if particulars else {})


def going_on(active: Escalation) -> dict[str, Plain]:
    """The data of an event by which an escalation goes on in another case, as far as it has come."""
    said: dict[str, Plain] = {"level": active.level, **data_of(active.heard, active.particulars)}
    said |= {"since": active.since.isoformat(), "by": active.by}
    said |= {"plan": active.plan} if active.plan else {}
    said |= {"plan_shared": active.plan_shared_at.isoformat()} if active.plan_shared_at else {}
    marks = ((ANSWERED, active.answered), (ACKNOWLEDGED, active.acknowledged))
    return said | {mark: True for mark, done in marks if done}


def escalation_after(active: Escalation | None, event: Event) -> Escalation | None:
    """The escalation of a case after this event."""
    effect = _EFFECTS.get(event.kind)
    after = effect(active, event) if effect else active
    if after and event.data.get(ANSWERED):
        after = replace(after, answered=True)
    if after and event.data.get(ACKNOWLEDGED):
        after = replace(after, acknowledged=True)
    return after


def _names(data: Mapping[str, Plain]) -> tuple[str, ...]:
    return tuple(str(data["to"]).split("\n")) if data.get("to") else (LEADERSHIP,)


def _particulars(data: Mapping[str, Plain]) -> Particulars:
    return tuple(Particular(*each) for each in json.loads(str(data.get("particulars") or "[]")))


def _begun(_: Escalation | None, event: Event) -> Escalation:
    level, shared, since = (event.data.get(name) for name in ("level", "plan_shared", "since"))
    return Escalation(
        1 if level is None else int(level),
        datetime.fromisoformat(str(since)) if since else event.at,
        str(event.data.get("by") or event.actor),
        heard=_names(event.data),
        particulars=_particulars(event.data),
        plan_shared_at=datetime.fromisoformat(str(shared)) if shared else None,
        **_written(event),
    )


def _repeated(active: Escalation | None, event: Event) -> Escalation | None:
    if active is None:
        return None
    again_at = event.at if event.data.get("told") else active.again_at
    particulars = _particulars(event.data)
    by = event.actor if active.asked and active.by == DESK and particulars else active.by
    return replace(active, again_at=again_at, particulars=particulars or active.particulars, by=by)


def _raised(active: Escalation | None, event: Event) -> Escalation | None:
    """It is at the level that the event says, who has not answered yet."""
    if active is None:
        return None
    heard = (*active.heard, *_names(event.data))
    return replace(
        active, level=int(event.data.get("level") or 1), heard=heard, answered=False, again_at=None
    )


def _approved(active: Escalation | None, event: Event) -> Escalation | None:
    """It begins now: until then it was asked for."""
    raised = _raised(active, event)
    return replace(raised, since=event.at) if raised else None


def _planned(active: Escalation | None, event: Event) -> Escalation | None:
    return replace(active, plan_shared_at=None, **_written(event)) if active else None


def _written(event: Event) -> dict[str, Any]:
    """The plan that an event writes here, since when and by whom."""
    plan = str(event.data.get("plan") or "")
    return {"plan": plan, "planned_at": event.at, "planned_by": event.actor} if plan else {}


_EFFECTS: Final[dict[EventKind, Callable[[Escalation | None, Event], Escalation | None]]] = {
    EventKind.ESCALATED: _begun,
    EventKind.ESCALATION_REPEATED: _repeated,
    EventKind.ESCALATION_APPROVED: _approved,
    EventKind.ESCALATION_RAISED: _raised,
    EventKind.PLANNED: _planned,
    EventKind.PLAN_SHARED: lambda active, event: replace(active, plan_shared_at=event.at) if active else None,
    EventKind.ESCALATION_DECLINED: lambda active, event: None,
    EventKind.ESCALATION_OVER: lambda active, event: None,
}
