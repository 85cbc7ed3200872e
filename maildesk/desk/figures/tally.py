"""The tally of many cases over one week: each number of the report, once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from maildesk.desk.case.clocks import ClockKind
from maildesk.desk.figures.case_week import CaseWeek, Uncounted
from maildesk.desk.figures.measures import Share, Spread

AGES: Final = (1, 3, 7, 30)
"""The ages of open cases are told apart at so many days."""


PACES: Final = (25, 50, 75, 100, 125, 150, 200)
"""First answers are told apart at so many per cent of the promised time."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """Open cases of one age: of so many the next word is the desk's, of so many the customer's."""

    ours: int
    theirs: int


@dataclass(frozen=True, slots=True)
class Tally:
    """The sums of many cases. Before + opened + came back - ended = after, always.

    `ages` are in the order of `AGES`, with those that are older last. `paces` count first answers by the part
    of the promised time that each took, in the order of `PACES`, with those that took longer last.
    """

    opened: int
    imported: int
    came_back: int
    ended: int
    before: int
    after: int
    ours: int
    unanswered: int
    ages: tuple[Waiting, ...]
    first_answer: Spread
    paces: tuple[int, ...]
    first_in_time: Share
    later_answer: Spread
    later_in_time: Share
    resolution_in_time: Share
    to_end: Spread
    our_share: Spread
    one_touch: Share
    back_within_week: Share
    satisfied: Share
    surveys_sent: int
    escalated: int
    escalations_active: int
    spam: int
    merged: int
    set_aside: int


def tallied(cases: Iterable[CaseWeek], end: datetime) -> Tally:
    """Count them, at the end of their week."""
    every = list(cases)
    counted = [each for each in every if each.uncounted is None]
    left_out = Counter(each.uncounted for each in every if each.became_uncounted)
    flat = [each for case in counted for each in case.verdicts]
    in_time = {
        kind: Share.among(each.kept for each in flat if each.kind is kind)
        for kind in (ClockKind.FIRST_RESPONSE, ClockKind.NEXT_RESPONSE, ClockKind.RESOLUTION)
    }
    is_open = [each for each in counted if each.is_open]
    return Tally(
        opened=sum(each.opened for each in counted),
        imported=sum(each.opened and each.imported for each in counted),
        came_back=sum(each.came_back for each in counted),
        ended=sum(each.ended for each in counted),
        before=sum(each.was_open for each in counted),
        after=len(is_open),
        ours=sum(each.ours for each in is_open),
        unanswered=sum(each.unanswered for each in is_open),
        ages=_by_age(is_open, end),
        first_answer=Spread.over(each.first_answer for each in counted if each.first_answer is not None),
        paces=_by_pace(each.pace for each in counted if each.pace is not None),
        first_in_time=in_time[ClockKind.FIRST_RESPONSE],
        later_answer=Spread.over(time for each in counted for time in each.later_answers),
        later_in_time=in_time[ClockKind.NEXT_RESPONSE],
        resolution_in_time=in_time[ClockKind.RESOLUTION],
        to_end=Spread.over(each.to_end for each in counted if each.to_end is not None),
        our_share=Spread.over(each.our_share for each in counted if each.our_share is not None),
        one_touch=Share.among(each.one_touch for each in counted if each.one_touch is not None),
        back_within_week=Share.among(back for each in counted for back in each.ends_before),
        satisfied=Share.among(said for each in counted for said in each.satisfied),
        surveys_sent=sum(each.surveys_sent for each in counted),
        escalated=sum(each.escalated for each in counted),
        escalations_active=sum(bool(each.escalation and each.escalation.lasts) for each in counted),
        spam=left_out[Uncounted.SPAM],
        merged=left_out[Uncounted.MERGED],
        set_aside=left_out[Uncounted.SET_ASIDE],
    )


def _by_age(cases: Sequence[CaseWeek], end: datetime) -> tuple[Waiting, ...]:
    ours, theirs = [0] * (len(AGES) + 1), [0] * (len(AGES) + 1)
    for case in cases:
        days = (end - case.opened_at) / timedelta(days=1)
        place = next((at for at, limit in enumerate(AGES) if days < limit), len(AGES))
        (ours if case.ours else theirs)[place] += 1
    return tuple(map(Waiting, ours, theirs))


def _by_pace(paces: Iterable[float]) -> tuple[int, ...]:
    found = [0] * (len(PACES) + 1)
    for pace in paces:
        found[next((at for at, limit in enumerate(PACES) if pace * 100 <= limit), len(PACES))] += 1
    return tuple(found)
