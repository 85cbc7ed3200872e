"""Rows of the report: each figure by its name, this week and the week before, as a person reads it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from typing import Final

from maildesk.desk.case.told import Joined, Phrase
from maildesk.desk.figures.case_fold import EMAIL
from maildesk.desk.figures.measures import Share, Spread
from maildesk.desk.figures.report import TOGETHER, ByDay, Group, Report
from maildesk.desk.figures.tally import AGES, Tally
from maildesk.pages.report_words import NOTHING
from maildesk.pages.times import span

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
        return few if value.percent is None else Phrase("{percent} %", percent=value.percent)
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


def lead(report: Report) -> Joined:
    """The week in three sentences."""
    now = report.now
    told = Phrase(
        "{opened} case came in, {back} came back, {ended} ended."
        if now.opened == 1
        else "{opened} cases came in, {back} came back, {ended} ended.",
        opened=now.opened,
        back=now.came_back,
        ended=now.ended,
    )
    ours = Phrase(
        "{ours} of them waits for us" if now.ours == 1 else "{ours} of them wait for us", ours=now.ours
    )
    left = Phrase(
        "{open} is open, {change}; {waiting}." if now.after == 1 else "{open} are open, {change}; {waiting}.",
        open=now.after,
        change=_change(now),
        waiting=ours,
    )
    return Joined(" ", (told, left, *_in_time(report)))


def _change(now: Tally) -> Phrase:
    more = now.after - now.before
    if more > 0:
        return Phrase("{number} more than a week ago", number=more)
    return Phrase("{number} fewer than a week ago", number=-more) if more else Phrase("as many as a week ago")


def _in_time(report: Report) -> Iterator[Phrase]:
    now, before = report.now.first_in_time, report.before.first_in_time
    if now.of:
        beside = () if now.percent is None else (shown(now),)
        past = (
            Phrase("the week before {share}", share=shown(before))
            if before.of
            else Phrase("the week before there were none")
        )
        yield Phrase(
            "{part} of {of} first answers were in time ({beside}).",
            part=now.part,
            of=now.of,
            beside=Joined("; ", (*beside, past)),
        )


AGE_LABELS: Final = (
    Phrase("less than a day"),
    *(Phrase("{one} to {other} days", one=one, other=other) for one, other in pairwise(AGES)),
    Phrase("more than {days} days", days=AGES[-1]),
)
"""The ages of open cases, as they are told apart."""

TEAM_COLUMNS: Final[tuple[tuple[str, Callable[[Tally], Value]], ...]] = (
    (Phrase("Opened"), lambda tally: tally.opened),
    (Phrase("Ended"), lambda tally: tally.ended),
    (Phrase("Open"), lambda tally: tally.after),
    (Phrase("In time"), lambda tally: tally.first_in_time),
    (Phrase("First answer, half within"), _middle("first_answer")),
    (Phrase("To the end, our share"), _middle("our_share")),
)

PRIORITY_COLUMNS: Final[tuple[tuple[str, Callable[[Tally], Value]], ...]] = (
    (Phrase("In time"), lambda tally: tally.first_in_time.part),
    (Phrase("Late"), lambda tally: tally.first_in_time.of - tally.first_in_time.part),
    (Phrase("Half within"), _middle("first_answer")),
    (Phrase("Nine in ten within"), lambda tally: tally.first_answer.ninetieth),
)


def teams_shown(report: Report) -> tuple[Group, ...]:
    """The teams that the report tells apart; none where it could only tell of all."""
    return report.teams if len(report.teams) > 1 else ()


def team_name(group: Group) -> str:
    """The name of a team; of small ones and of cases without a team together."""
    return Phrase("others") if group.name == TOGETHER else group.name


def source_name(each: ByDay) -> str:
    """The name of a source of cases, as the policy or a channel calls it; mail is ours to name."""
    return Phrase("email") if each.name == EMAIL else each.name


def uncounted(report: Report) -> Joined:
    """Say what no figure counts."""
    now = report.now
    counts = {"spam": now.spam, "merged": now.merged}
    said = (
        Phrase(
            "Not counted: {spam} spam, {merged} that became part of another, {aside} set aside as they came.",
            **counts,
            aside=now.set_aside,
        )
        if now.set_aside
        else Phrase("Not counted: {spam} spam, {merged} that became part of another.", **counts)
    )
    before = Phrase(
        "{imported} of those opened lay in the mailbox before the desk began: no time of theirs counts.",
        imported=now.imported,
    )
    return Joined(" ", (said, *([before] if now.imported else [])))


def how_counted(report: Report) -> tuple[tuple[Phrase, Phrase], ...]:
    """Each word of the report with how it is counted."""
    week = Phrase(
        "Monday 00:00 to the next Monday 00:00 by the desk’s clock ({zone}); everything as known at its end.",
        zone=report.zone,
    )
    return ((Phrase("Week"), week), *_HOW_COUNTED)


_HOW_COUNTED: Final = (
    (
        Phrase("Case counted"),
        Phrase(
            "every case, of whatever source, except spam, cases that became part of another, and "
            "newsletters that a rule closed as they came."
        ),
    ),
    (
        Phrase("Business time"),
        Phrase(
            "time within the policy’s hours, without its holidays. A mail of Saturday starts its clock "
            "on Monday."
        ),
    ),
    (
        Phrase("Opened"),
        Phrase(
            "by the arrival of the mail at the server, or when an agent entered it; what was taken in "
            "only after its week was over counts in the week in which it was, its times from its "
            "arrival."
        ),
    ),
    (
        Phrase("Ended"),
        Phrase(
            "each time a case goes from open to resolved or closed. Closing a resolved case is no second end."
        ),
    ),
    (
        Phrase("Open"),
        Phrase("neither resolved nor closed. Open before + opened + came back − ended = open after, always."),
    ),
    (
        Phrase("First answer"),
        Phrase(
            "business time from arrival to the first mail of a person to the customer; automatic "
            "letters never count; one that could not be delivered is none. Counted in the week of the "
            "answer."
        ),
    ),
    (
        Phrase("In time"),
        Phrase(
            "each promise is decided once: kept at the answer, broken at the moment it was due. A case "
            "that comes back has a promise again. Cases that ended without an answer before that moment "
            "are neither."
        ),
    ),
    (
        Phrase("Later answer"),
        Phrase("business time from the customer’s oldest unanswered mail to the next answer."),
    ),
    (
        Phrase("From arrival to the end"),
        Phrase(
            "real time, of cases whose last end is in the week. “Our share” is the business time in "
            "which the next word was ours: from each mail of the customer without an answer to the "
            "answer, to waiting or to the end."
        ),
    ),
    (
        Phrase("Half within, nine in ten within"),
        Phrase("the median, and the 90th percentile by nearest rank; said from 5 values on."),
    ),
    (
        Phrase("Came back"),
        Phrase("of the ends in the week before this one, how many were opened again within 7 days."),
    ),
    (
        Phrase("Ended with one answer"),
        Phrase("cases that ended with exactly one answer and never came back, of those with any."),
    ),
    (
        Phrase("Satisfied"),
        Phrase("answers in the upper half of the survey’s scale, of all answers of the week."),
    ),
    (
        Phrase("Share"),
        Phrase("rounded to whole per cent; below 10 cases the two numbers are said instead."),
    ),
)
