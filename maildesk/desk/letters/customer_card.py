"""The customer's card: what else the desk knows of a requester, shown in notices to its own people."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from maildesk.desk.case.case import Case
from maildesk.desk.policy.named_people import owner_or_team
from maildesk.desk.policy.people import People
from maildesk.desk.policy.rights import teams_of
from maildesk.mail.our_marks import hide_end

MOST_EARLIER: Final = 100
"""Earlier cases are counted as far as this; beyond it are more."""

SHOWN: Final = 3
"""Earlier cases that a card names, the newest."""


_TITLE: Final = 60


@dataclass(frozen=True, slots=True)
class EarlierCase:
    """Another case of the same requester; `opened_at` is UTC."""

    ref: str
    subject: str
    opened_at: datetime
    ended: bool

    @property
    def title(self) -> str:
        """The subject as a line of a card: a customer chose it."""
        subject = " ".join(self.subject.split())
        return hide_end(subject if len(subject) <= _TITLE else f"{subject[: _TITLE - 1]}…")


@dataclass(frozen=True, slots=True)
class Satisfaction:
    """The last answer of a requester to how satisfied they are: a score `of` so many, and when (UTC)."""

    score: int
    of: int
    at: datetime
    ref: str


@dataclass(frozen=True, slots=True)
class CustomerCard:
    """Earlier cases of a requester, the newest first, and how satisfied they last were."""

    earlier: tuple[EarlierCase, ...] = ()
    satisfaction: Satisfaction | None = None

    @property
    def count(self) -> int:
        return min(len(self.earlier), MOST_EARLIER)

    @property
    def more(self) -> bool:
        """Tell whether there are more than were counted."""
        return len(self.earlier) > MOST_EARLIER

    @property
    def open(self) -> int:
        return sum(not each.ended for each in self.earlier[:MOST_EARLIER])

    @property
    def newest(self) -> Sequence[EarlierCase]:
        return self.earlier[:SHOWN]


def hidden_teams(case: Case, people: People) -> Collection[str]:
    """Name the teams whose cases stand on no card of this case: who reads it may not act on theirs.

    Its own team is among them where its owner, or who stands in for them, is of another.
    """
    readers = owner_or_team(case, people)
    own = all(people.leader(each.address) or case.team in teams_of(people, each.address) for each in readers)
    shown = case.team if own else None
    return [each.name for each in people.teams if each.name != shown and people.members(each.name)]
