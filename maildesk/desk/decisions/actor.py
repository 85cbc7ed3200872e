"""The hand that acts on a case: a person of the desk, a customer, or the desk itself as time passes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from maildesk.desk.case.events import Event, EventKind, Plain


@dataclass(frozen=True, slots=True)
class Actor:
    """A hand that acts, and when: `actor` is for the history, `address` the agent's own, if there is one."""

    actor: str
    now: datetime
    address: str = ""

    def event(self, kind: EventKind, **data: Plain) -> Event:
        return Event(self.now, kind, self.actor, data)
