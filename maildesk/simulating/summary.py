"""The sum of many replays: promises kept and missed by priority, and all that would have been different."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from maildesk.desk.case.letter_order import LetterKind
from maildesk.desk.policy.policy import Policy
from maildesk.simulating.differences import Difference, Found, differences
from maildesk.simulating.facts import Facts, FirstResponse, facts_of_replay
from maildesk.simulating.history import History
from maildesk.simulating.own_cases import LeftOut
from maildesk.simulating.replaying import Terrain, replayed


@dataclass(slots=True)
class Kept:
    """First answers that were promised: how many in time, late, still to come; the worst, and how late."""

    promised: int = 0
    kept: int = 0
    missed: int = 0
    waits: int = 0
    worst: str = ""
    over: timedelta = timedelta(0)

    def take(self, ref: str, promise: FirstResponse) -> None:
        """Count one."""
        self.promised += 1
        self.waits += promise.waits
        self.missed += promise.over is not None
        self.kept += promise.over is None and not promise.waits
        if promise.over and promise.over > self.over:
            self.worst, self.over = ref, promise.over

    def and_(self, more: Kept) -> Kept:
        """Both."""
        worst = more if more.over > self.over else self
        return Kept(
            self.promised + more.promised,
            self.kept + more.kept,
            self.missed + more.missed,
            self.waits + more.waits,
            worst.worst,
            worst.over,
        )


@dataclass(slots=True)
class Summary:
    """Everything that is told of a simulation. `by_priority` is of `policy`, `today` of the policy of today.

    `letters` counts, by kind, how many more customers would have had.
    """

    policy: Policy
    cases: int = 0
    first_opened: datetime | None = None
    last_opened: datetime | None = None
    by_priority: dict[str, Kept] = field(default_factory=dict)
    today: Kept = field(default_factory=Kept)
    letters: Counter[LetterKind] = field(default_factory=Counter)
    found: list[Found] = field(default_factory=list)
    subjects: dict[str, str] = field(default_factory=dict)
    left_out: list[LeftOut] = field(default_factory=list)
    escalated_today: int = 0
    at_night: int = 0

    def __post_init__(self) -> None:
        self.by_priority = {each.name: Kept() for each in self.policy.priorities} | self.by_priority

    def take(self, history: History, today: Facts, then: Facts) -> None:
        """Count the facts of one history under both policies."""
        ref = history.refs[0]
        self.cases += 1
        if history.steps:
            at = history.steps[0].at
            self.first_opened = min(at, self.first_opened or at)
            self.last_opened = max(at, self.last_opened or at)
        if then.first_response:
            self.by_priority.setdefault(then.first_response.priority, Kept()).take(ref, then.first_response)
        if today.first_response:
            self.today.take(ref, today.first_response)
        self.letters.update(then.letters)
        self.letters.subtract(today.letters)
        self.escalated_today += today.escalated_at is not None
        self.at_night += then.at_night
        new = list(differences(ref, today, then, self.policy))
        self.found += new
        if new:
            self.subjects[ref] = history.subject

    def and_(self, more: Summary) -> Summary:
        """Both, of cases of which these came first."""
        firsts = [each for each in (self.first_opened, more.first_opened) if each]
        lasts = [each for each in (self.last_opened, more.last_opened) if each]
        letters = Counter(self.letters)
        letters.update(more.letters)
        names = dict.fromkeys((*self.by_priority, *more.by_priority))
        return Summary(
            self.policy,
            self.cases + more.cases,
            min(firsts, default=None),
            max(lasts, default=None),
            {
                name: self.by_priority.get(name, Kept()).and_(more.by_priority.get(name, Kept()))
                for name in names
            },
            self.today.and_(more.today),
            letters,
            self.found + more.found,
            self.subjects | more.subjects,
            self.left_out + more.left_out,
            self.escalated_today + more.escalated_today,
            self.at_night + more.at_night,
        )

    def of(self, kind: Difference) -> list[Found]:
        """All differences of that kind."""
        return [each for each in self.found if each.kind is kind]


def compare(history: History, today: Terrain, then: Terrain, summary: Summary) -> None:
    """Replay one history through both policies, and count what is different."""
    facts = [facts_of_replay(replayed(history, each), each.desk.policy, each.now) for each in (today, then)]
    summary.take(history, *facts)
