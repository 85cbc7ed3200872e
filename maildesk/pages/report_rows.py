"""Rows of the report: each figure by its name, this week and the week before, as a person reads it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from typing import Final

from maildesk.desk.case.told import Phrase
from maildesk.desk.figures.measures import Share, Spread
from maildesk.desk.figures.report import TOGETHER, Group, Report
from maildesk.desk.figures.tally import AGES, Tally
from maildesk.pages.times import span

NOTHING: Final = "–"

Value = int | Share | timedelta | None
"""One figure: a count, a share, or a time; None where there is nothing to say."""


@dataclass(frozen=True, slots=True)
class Row:
    """One figure of the report over its weeks; `key` is its name in JSON."""

    key: str
    label: str
    now: str
    before: str
    trend: tuple[float | None, ...]


def shown(value: Value) -> str:
    """A figure as people read it: a share of few as its two numbers."""
    if value is None or (isinstance(value, Share) and not value.of):
        return NOTHING
    if isinstance(value, timedelta):
        return span(value)
    if isinstance(value, Share):
        few = Phrase("{part} of {of}", part=value.part, of=value.of)
        return few if value.percent is None else f"{value.percent} %"
    return str(value)


def _height(value: Value) -> float | None:
    if isinstance(value, Share):
        return value.part / value.of if value.of else None
    return value.total_seconds() if isinstance(value, timedelta) else value


@dataclass(frozen=True, slots=True)
class _Figure:
    key: str
    label: str
    of: Callable[[Tally], Value]
    optional: bool = False


def _middle(name: str) -> Callable[[Tally], Value]:
    def median(tally: Tally) -> Value:
        spread: Spread = getattr(tally, name)
        return spread.median

    return median


_FIGURES: Final = (
    _Figure("opened", Phrase("Cases opened"), lambda tally: tally.opened),
    _Figure("came_back", Phrase("Cases that came back"), lambda tally: tally.came_back),
    _Figure("ended", Phrase("Cases ended"), lambda tally: tally.ended),
    _Figure("after", Phrase("Open at the end of the week"), lambda tally: tally.after),
    _Figure("first_in_time", Phrase("First answers in time"), lambda tally: tally.first_in_time),
    _Figure("first_answer", Phrase("First answer, half within"), _middle("first_answer")),
    _Figure(
        "first_answer_90",
        Phrase("First answer, nine in ten within"),
        lambda tally: tally.first_answer.ninetieth,
    ),
    _Figure("later_answer", Phrase("Later answers, half within"), _middle("later_answer")),
    _Figure(
        "later_in_time", Phrase("Later answers in time"), lambda tally: tally.later_in_time, optional=True
    ),
    _Figure("to_end", Phrase("From arrival to the end, half within"), _middle("to_end")),
    _Figure("our_share", Phrase("Our share of that, half within"), _middle("our_share")),
    _Figure(
        "resolution_in_time", Phrase("Solved in time"), lambda tally: tally.resolution_in_time, optional=True
    ),
    _Figure("one_touch", Phrase("Ended with one answer"), lambda tally: tally.one_touch),
    _Figure(
        "back_within_week",
        Phrase("Came back within a week of their end"),
        lambda tally: tally.back_within_week,
    ),
    _Figure("satisfied", Phrase("Satisfied, of those who said"), lambda tally: tally.satisfied),
    _Figure("escalated", Phrase("Escalated"), lambda tally: tally.escalated),
)


def rows(report: Report) -> tuple[Row, ...]:
    """All figures, in the order in which they are read; promises that nobody made are left out."""
    found = []
    for each in _FIGURES:
        values = [each.of(week.tally) for week in report.weeks]
        if each.optional and all(isinstance(value, Share) and not value.of for value in values):
            continue
        trend = tuple(map(_height, values))
        found.append(Row(each.key, each.label, shown(values[-1]), shown(values[-2]), trend))
    return tuple(found)


def lead(report: Report) -> str:
    """The week in three sentences."""
    now, before = report.now, report.before
    more = now.after - now.before
    change = f"{more} more than" if more > 0 else f"{-more} fewer than" if more else "as many as"
    in_time = now.first_in_time
    told = f"{now.opened} {_cases(now.opened)} came in, {now.came_back} came back, {now.ended} ended."
    told += f" {now.after} {'is' if now.after == 1 else 'are'} open, {change} a week ago;"
    told += f" {now.ours} of them {'waits' if now.ours == 1 else 'wait'} for us."
    if in_time.of:
        percent = [shown(each) for each in (in_time, before.first_in_time) if each.of]
        beside = "" if in_time.percent is None else f"{percent[0]}; "
        past = f"the week before {percent[1]}" if len(percent) > 1 else "the week before there were none"
        told += f" {in_time.part} of {in_time.of} first answers were in time ({beside}{past})."
    return told


def _cases(count: int) -> str:
    return "case" if count == 1 else "cases"


AGE_LABELS: Final = (
    "less than a day",
    *(f"{one} to {other} days" for one, other in pairwise(AGES)),
    f"more than {AGES[-1]} days",
)
"""The ages of open cases, as they are told apart."""

TEAM_COLUMNS: Final[tuple[tuple[str, Callable[[Tally], Value]], ...]] = (
    ("Opened", lambda tally: tally.opened),
    ("Ended", lambda tally: tally.ended),
    ("Open", lambda tally: tally.after),
    ("In time", lambda tally: tally.first_in_time),
    ("First answer, half within", _middle("first_answer")),
    ("To the end, our share", _middle("our_share")),
)

PRIORITY_COLUMNS: Final[tuple[tuple[str, Callable[[Tally], Value]], ...]] = (
    ("In time", lambda tally: tally.first_in_time.part),
    ("Late", lambda tally: tally.first_in_time.of - tally.first_in_time.part),
    ("Half within", _middle("first_answer")),
    ("Nine in ten within", lambda tally: tally.first_answer.ninetieth),
)


def teams_shown(report: Report) -> tuple[Group, ...]:
    """The teams that the report tells apart; none where it could only tell of all."""
    return report.teams if len(report.teams) > 1 else ()


def team_name(group: Group) -> str:
    """The name of a team; of small ones and of cases without a team together."""
    return "others" if group.name == TOGETHER else group.name


def uncounted(report: Report) -> str:
    """Say what no figure counts."""
    now = report.now
    said = f"Not counted: {now.spam} spam, {now.merged} that became part of another"
    said += f", {now.set_aside} set aside as they came." if now.set_aside else "."
    if now.imported:
        said += f" {now.imported} of those opened lay in the mailbox before the desk began:"
        said += " no time of theirs counts."
    return said


HOW_COUNTED: Final = (
    (
        "Week",
        "Monday 00:00 to the next Monday 00:00 by the desk’s clock ({zone}); everything as known at its end.",
    ),
    (
        "Case counted",
        "every case, of whatever source, except spam, cases that became part of another, and "
        "newsletters that a rule closed as they came.",
    ),
    (
        "Business time",
        "time within the policy’s hours, without its holidays. A mail of Saturday starts its clock on "
        "Monday.",
    ),
    (
        "Opened",
        "by the arrival of the mail at the server, or when an agent entered it; what was taken in "
        "only after its week was over counts in the week in which it was, its times from its arrival.",
    ),
    (
        "Ended",
        "each time a case goes from open to resolved or closed. Closing a resolved case is no second end.",
    ),
    (
        "Open",
        "neither resolved nor closed. Open before + opened + came back − ended = open after, always.",
    ),
    (
        "First answer",
        "business time from arrival to the first mail of a person to the customer; automatic letters "
        "never count; one that could not be delivered is none. Counted in the week of the answer.",
    ),
    (
        "In time",
        "each promise is decided once: kept at the answer, broken at the moment it was due. A case "
        "that comes back has a promise again. Cases that ended without an answer before that moment "
        "are neither.",
    ),
    (
        "Later answer",
        "business time from the customer’s oldest unanswered mail to the next answer.",
    ),
    (
        "From arrival to the end",
        "real time, of cases whose last end is in the week. “Our share” is the business time in which "
        "the next word was ours: from each mail of the customer without an answer to the answer, to "
        "waiting or to the end.",
    ),
    (
        "Half within, nine in ten within",
        "the median, and the 90th percentile by nearest rank; said from 5 values on.",
    ),
    (
        "Came back",
        "of the ends in the week before this one, how many were opened again within 7 days.",
    ),
    (
        "Ended with one answer",
        "cases that ended with exactly one answer and never came back, of those with any.",
    ),
    (
        "Satisfied",
        "answers in the upper half of the survey’s scale, of all answers of the week.",
    ),
    (
        "Share",
        "rounded to whole per cent; below 10 cases the two numbers are said instead.",
    ),
)
"""Each word of the report with how it is counted."""
