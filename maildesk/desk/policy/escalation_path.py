"""The policy of escalations: what starts one, who reviews it, which levels hear in turn, what is promised."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from maildesk.desk.case.escalation import LEADERSHIP
from maildesk.desk.promises.spans import Span


class Start(StrEnum):
    """The things that start an escalation, beside forms and what `then` says."""

    CUSTOMER = "customer"
    AGENT = "agent"
    MISSED_PROMISE = "missed promise"


@dataclass(frozen=True, slots=True)
class Level:
    """One level: owner, lead, leadership, a team or a role of leadership.

    The next one hears when `within` is over and nobody of this one wrote or planned; None: only when
    somebody asks. `priority` is what the case has at least from then on.
    """

    name: str
    within: Span | None = None
    priority: str | None = None


DEFAULT_STARTS: Final = (Start.CUSTOMER, Start.AGENT)


@dataclass(frozen=True, slots=True)
class EscalationPath:
    """The way of an escalation. `team` reviews it and writes to the customer within `acknowledge`.

    `approval`: nothing happens before somebody who reviews has approved; `approved` is the priority that a
    case then has. `updates`: the customer hears from us at least so often while it lasts. `afterwards` is
    what the team is asked when it is over.
    """

    levels: tuple[Level, ...] = (Level(LEADERSHIP),)
    starts: tuple[Start, ...] = DEFAULT_STARTS
    team: str | None = None
    acknowledge: Span | None = None
    approval: bool = False
    approved: str | None = None
    updates: Span | None = None
    afterwards: str = ""

    @property
    def reviewers(self) -> str:
        """Name who reviews: the team, or leadership where there is none."""
        return self.team or LEADERSHIP
