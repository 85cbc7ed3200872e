"""The terms of time: all that decides when something is due, as one value."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from maildesk.desk.case.case import Case
from maildesk.desk.promises.calendar import BusinessCalendar
from maildesk.desk.promises.promised import CaseFacts, Promised, PromiseRow, promising
from maildesk.desk.promises.spans import Span


class Stay(Protocol):
    """A stay in a status, as far as time is concerned; `Status` of the policy is one."""

    @property
    def name(self) -> str:
        """The name of the status."""

    @property
    def runs(self) -> bool:
        """Tell whether the clocks of resolution and update go on."""

    @property
    def remind(self) -> tuple[Span, ...]:
        """The spans from the desk's last words until each reminder."""

    @property
    def after(self) -> Span | None:
        """The span of silence after which something follows."""


@dataclass(frozen=True, slots=True)
class EscalationTerms:
    """The terms of time of escalations: `within` is the time of the level that a case is at, if it has one.

    `acknowledge` is the time until the team that reviews has written to the customer, `updates` the promise
    as long as an escalation lasts. `of_level` and `of_team` tell whether an address is of these in a case.
    """

    within: Callable[[Case], Span | None] = lambda case: None
    acknowledge: Span | None = None
    updates: Span | None = None
    of_level: Callable[[str, Case], bool] = lambda address, case: False
    of_team: Callable[[str, Case], bool] = lambda address, case: False


@dataclass(frozen=True, slots=True)
class TimeTerms:
    """The terms of time of one desk. `stay` gives the status of a case, `plan` its plan.

    `quiet` is how long a case may lie untouched; `tells` is what the first letter says.
    """

    calendar: BusinessCalendar
    rows: Sequence[PromiseRow]
    quiet: Span | None
    tells: Sequence[str]
    stay: Callable[[Case], Stay]
    plan: Callable[[Case], str]
    escalation: EscalationTerms = EscalationTerms()

    def facts(self, case: Case) -> CaseFacts:
        """The facts of the case that promises ask for."""
        return CaseFacts(case.priority, case.type, self.plan(case), case.account)

    def promises(self, what: Promised) -> bool:
        """Tell whether this is promised to any case."""
        return any(row.spans.get(what) for row in self.rows)

    def row(self, what: Promised, case: Case, facts: CaseFacts | None = None) -> PromiseRow | None:
        """The row that promises this to the case; word from us, while an escalation promises that.

        `facts` are those of the case, where they are known.
        """
        updates = self.escalation.updates
        if what is Promised.UPDATE and updates and case.escalation and not case.escalation.asked:
            return PromiseRow({what: updates})
        return promising(self.rows, what, facts or self.facts(case))
