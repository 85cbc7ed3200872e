"""Statuses: the policy's own states of a case over the five phases, what each does with time and people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from maildesk.desk.case.case import Case, Phase
from maildesk.desk.case.told import Phrase
from maildesk.desk.policy.names import named
from maildesk.desk.policy.then import NOTHING, Then
from maildesk.desk.promises.spans import Span


class By(StrEnum):
    """People who may move a case into a status, beside time and rules where the file says so."""

    AGENTS = "agents"
    OWNER = "owner"
    LEAD = "lead"
    LEADERSHIP = "leadership"
    TEAM = "team"
    CUSTOMER = "customer"


STAYS = "stays"
"""The `reply` of a status that a customer's reply does not end."""


@dataclass(frozen=True, slots=True)
class Status:
    """One status. `runs`: the clocks of resolution and update go on in it.

    `by` are those who may move a case here; `next` the names of what may follow, None is anything. `tells`
    are the audiences that hear on entry. `ask` is the question asked on entry. `remind` are spans from the
    desk's last words to the customer until each reminder, `after` the span until `then` follows by silence
    alone. `reply` is where a customer's reply leads: a name, `stays`, or None for what is usual.
    """

    name: str
    phase: Phase
    means: str = ""
    runs: bool = True
    by: tuple[By, ...] = (By.AGENTS,)
    next: tuple[str, ...] | None = None
    tells: tuple[str, ...] = ()
    ask: str | None = None
    remind: tuple[Span, ...] = ()
    after: Span | None = None
    then: Then = NOTHING
    reply: str | None = None

    @property
    def stays(self) -> bool:
        """Tell whether a customer's reply leaves a case in it."""
        return self.reply == STAYS


RUNNING = frozenset({Phase.NEW, Phase.OPEN})
"""The phases whose statuses let the clock run where the file does not say."""


def plain_status(name: str, phase: Phase) -> Status:
    """A status of which the file says no more than its phase."""
    return Status(name, phase, runs=phase in RUNNING)


@dataclass(frozen=True, slots=True)
class Statuses:
    """All statuses of a policy, in the order of the file; each phase has one at least."""

    all: tuple[Status, ...]
    _by_name: Mapping[str, Status] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_by_name", {each.name: each for each in self.all})

    def __iter__(self) -> Iterator[Status]:
        return iter(self.all)

    def of(self, phase: Phase) -> tuple[Status, ...]:
        """The statuses of a phase, in the order of the file."""
        return tuple(each for each in self.all if each.phase is phase)

    def first(self, phase: Phase) -> Status:
        """The first status of a phase."""
        return self.of(phase)[0]

    def get(self, name: str) -> Status | None:
        """The status of exactly this name."""
        return self._by_name.get(name)

    def called(self, typed: str) -> Status:
        """The status that somebody means; raises NotFound or Ambiguous."""
        return self._by_name[named(self._by_name, typed, Phrase("status"))]

    def of_case(self, case: Case) -> Status:
        """The status of a case. One that the policy no longer has is the first of its phase."""
        return self.at(case.phase, case.status)

    def at(self, phase: Phase, name: str) -> Status:
        """The status of that name in this phase, else the first one of the phase."""
        known = self._by_name.get(name)
        return known if known and known.phase is phase else self.first(phase)


DEFAULT_STATUSES = Statuses(
    (
        plain_status("New", Phase.NEW),
        plain_status("Open", Phase.OPEN),
        plain_status("Waiting for the customer", Phase.WAITING),
        plain_status("Resolved", Phase.RESOLVED),
        plain_status("Closed", Phase.CLOSED),
    )
)
"""The statuses of a desk whose policy names none."""
