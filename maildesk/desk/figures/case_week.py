"""The part of one case in the figures of one week, as it stood at the end of that week."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from maildesk.desk.case.case import Case
from maildesk.desk.figures.promise_verdicts import PromiseVerdict


class Uncounted(StrEnum):
    """The cases that no figure counts; their number is told beside them."""

    SPAM = "spam"
    MERGED = "merged"
    SET_ASIDE = "set-aside"


@dataclass(frozen=True, slots=True)
class Lesson:
    """The words of the team about what would avoid the next escalation."""

    at: datetime
    ref: str
    words: str


@dataclass(frozen=True, slots=True)
class EscalationSeen:
    """An escalation that began in the week or still lasts. `by_customer`: they asked for it."""

    ref: str
    team: str
    since: datetime
    by_customer: bool
    lasts: bool


@dataclass(frozen=True, slots=True)
class LateCase:
    """A case whose customer waits for an answer that was due."""

    ref: str
    subject: str
    team: str
    due: datetime


@dataclass(frozen=True, slots=True)
class CaseWeek:
    """One case in one week. Times that it does not add to are None or empty.

    `opened_at` is when its first mail arrived, and `came_in` that moment, or when it was taken in where that
    was in a later week. `opened`: it came in that week, `imported`: it lay there before the desk began, and
    no time of it counts.
    `was_open` and `is_open`: at the two ends of the week, `ours`: the next word is the desk's. `ends_before`
    are its ends in the week before, true for each that was followed by a reopening within seven days.
    `one_touch` is None for a case that did not end here, or had no answer. `pace` is the part of the promised
    time that the first answer took. `mails` are the moments at which mails of its customers arrived.
    `fields` are the values that fields of the policy were given in this week, of those that had none before
    it: field, moment, value; and `known` is the case with these, where there are any.
    """

    ref: str
    team: str
    priority: str
    source: str
    opened_at: datetime
    came_in: datetime
    uncounted: Uncounted | None = None
    became_uncounted: bool = False
    opened: bool = False
    imported: bool = False
    came_back: int = 0
    ended: int = 0
    was_open: bool = False
    is_open: bool = False
    ours: bool = False
    unanswered: bool = False
    first_answer: timedelta | None = None
    pace: float | None = None
    mails: tuple[datetime, ...] = ()
    later_answers: tuple[timedelta, ...] = ()
    verdicts: tuple[PromiseVerdict, ...] = ()
    to_end: timedelta | None = None
    our_share: timedelta | None = None
    one_touch: bool | None = None
    ends_before: tuple[bool, ...] = ()
    surveys_sent: int = 0
    satisfied: tuple[bool, ...] = ()
    escalated: int = 0
    escalation: EscalationSeen | None = None
    lessons: tuple[Lesson, ...] = ()
    late: LateCase | None = None
    fields: tuple[tuple[str, datetime, str], ...] = ()
    known: Case | None = None
