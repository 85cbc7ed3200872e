"""The desk's promises as one value: priorities and their targets, business hours, rules, names of states."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from maildesk.desk.case.case import Phase
from maildesk.desk.policy.escalation import EscalationPolicy
from maildesk.desk.policy.rules import Rule
from maildesk.desk.policy.whole_words import WordList
from maildesk.desk.promises.calendar import BusinessCalendar, Target
from maildesk.errors import BadInput, NotFound

DEFAULT_STATUSES: Mapping[Phase, str] = {
    Phase.NEW: "New",
    Phase.OPEN: "Open",
    Phase.WAITING: "Waiting for the customer",
    Phase.RESOLVED: "Resolved",
    Phase.CLOSED: "Closed",
}
"""The names of phases where the policy gives them none."""


@dataclass(frozen=True, slots=True)
class WarnBefore:
    """The time before a promise is due at which people are warned: business time, or a share in percent."""

    percent: int = 25
    span: timedelta | None = None

    @classmethod
    def parse(cls, text: str) -> WarnBefore:
        """Read `25%`, `30m`, `1h` or `never`."""
        word = text.strip()
        if word == "never":
            return cls(percent=0)
        if word.endswith("%") and word[:-1].isascii() and word[:-1].isdigit() and 0 < int(word[:-1]) < 100:
            return cls(percent=int(word[:-1]))
        target = Target.parse(word)
        if target.days:
            raise BadInput(f"{text!r} is no time to warn before", remedy="write 25%, 30m, 1h or never")
        return cls(span=target.span)

    def of(self, whole: timedelta) -> timedelta:
        """Count how long that is of a promise of `whole` business time; zero, or all of it, is no warning."""
        return whole * self.percent / 100 if self.span is None else self.span


@dataclass(frozen=True, slots=True)
class Priority:
    """The urgency of a case; rank 1 comes first. A target of None promises nothing."""

    name: str
    rank: int
    first_response: Target | None = None
    resolution: Target | None = None
    means: str = ""
    warn_before: WarnBefore = WarnBefore()


class AssignmentMode(StrEnum):
    """The way in which a case of a team comes to one of its agents."""

    NONE = "none"
    ROUND_ROBIN = "round-robin"
    FEWEST_OPEN = "fewest-open"


@dataclass(frozen=True, slots=True)
class Policy:
    """The promises of the desk to its customers. `types` maps each type of case to what it means.

    `assignment` is by team; a team that is not named keeps its cases in its queue until somebody takes one.
    `tells_reassigned`: a requester hears when somebody else takes their case over.
    """

    name: str
    calendar: BusinessCalendar
    priorities: tuple[Priority, ...]
    default_priority: str
    types: Mapping[str, str] = field(default_factory=dict)
    default_type: str | None = None
    default_team: str | None = None
    rules: tuple[Rule, ...] = ()
    escalation: EscalationPolicy = field(default_factory=EscalationPolicy)
    statuses: Mapping[Phase, str] = field(default_factory=lambda: dict(DEFAULT_STATUSES))
    assignment: Mapping[str, AssignmentMode] = field(default_factory=dict)
    tells_reassigned: bool = False

    @property
    def vocabulary(self) -> WordList:
        """Every word of the rules that a mail's text is looked through for."""
        return WordList(tuple(dict.fromkeys(word for rule in self.rules for word in rule.when.words.words)))

    def priority(self, name: str) -> Priority:
        """The priority of that name, in any letter case."""
        wanted = name.casefold()
        for priority in self.priorities:
            if priority.name.casefold() == wanted:
                return priority
        known = ", ".join(each.name for each in self.priorities)
        raise NotFound(f"the policy knows no priority {name!r}", remedy=f"use one of {known}")

    def remembered(self, name: str) -> Priority:
        """The priority of a case older than the policy, perhaps: one no longer known promises nothing."""
        wanted = name.casefold()
        known = (each for each in self.priorities if each.name.casefold() == wanted)
        return next(known, Priority(name, rank=len(self.priorities) + 1))

    def type(self, name: str) -> str:
        """The type of case as the policy spells it, asked for in any letter case."""
        wanted = name.casefold()
        for known in self.types:
            if known.casefold() == wanted:
                return known
        remedy = f"use one of {', '.join(self.types)}" if self.types else "the policy names no types"
        raise NotFound(f"the policy knows no type {name!r}", remedy=remedy)

    def target(self, priority: str) -> Target | None:
        """Say how soon a case of this priority is answered first, in business time."""
        return self.priority(priority).first_response

    def response_due(self, priority: str, opened_at: datetime) -> datetime | None:
        """Find when the first response is due, or None where none is promised."""
        return self._due(self.target(priority), opened_at)

    def warn_at(self, priority: str, opened_at: datetime) -> datetime | None:
        """Find when people are warned that the first response is nearly due; None where they are not."""
        promise = self.priority(priority)
        target = promise.first_response
        if target is None:
            return None
        whole = target.span
        if target.days:
            whole = self.calendar.between(opened_at, self.calendar.due(opened_at, target))
        before = promise.warn_before.of(whole)
        return self.calendar.add(opened_at, whole - before) if timedelta(0) < before < whole else None

    def resolution_due(self, priority: str, opened_at: datetime) -> datetime | None:
        """Find when the case is to be resolved, or None where that is not promised."""
        return self._due(self.priority(priority).resolution, opened_at)

    def status(self, phase: Phase) -> str:
        """The policy's own name for a phase."""
        return self.statuses.get(phase, DEFAULT_STATUSES[phase])

    def _due(self, target: Target | None, start: datetime) -> datetime | None:
        return self.calendar.due(start, target) if target else None
