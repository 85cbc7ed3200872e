"""The escalations of one case: how many began, and the one that lasts or began last."""

from __future__ import annotations

from maildesk.desk.case.escalation import Escalation, escalation_after
from maildesk.desk.case.events import DESK, Event, EventKind
from maildesk.desk.figures.case_week import EscalationSeen
from maildesk.mail.addr_spec import same_address

_OVER = (EventKind.CLOSED, EventKind.SPAM, EventKind.MERGED_INTO)


class CaseEscalations:
    """Escalations as the events of a case tell them; one that is asked for and not approved is none."""

    def __init__(self) -> None:
        self._active: Escalation | None = None
        self._newest: Escalation | None = None
        self.count = 0

    def hear(self, event: Event) -> None:
        before = self._active
        after = escalation_after(before, event)
        if event.kind in _OVER:
            after = None
        if after and not after.asked and (before is None or before.asked):
            self.count += 1
            self._newest = after
        self._active = after

    def seen(self, ref: str, team: str, requester: str) -> EscalationSeen | None:
        """The one that lasts, or else the newest that began since the last cut."""
        lasting = self._active if self._active and not self._active.asked else None
        seen = lasting or self._newest
        if seen is None:
            return None
        by_customer = seen.by != DESK and same_address(seen.by, requester)
        return EscalationSeen(ref, team, seen.since, by_customer, lasting is not None)

    def cut(self) -> None:
        """A week ends: what begins from here on is of the next one."""
        self.count, self._newest = 0, None
