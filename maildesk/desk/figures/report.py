"""The report of one week: every figure, as one value that letter, page, text and JSON write down."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from maildesk.desk.case.events import Event
from maildesk.desk.figures.case_fold import EMAIL, FoldTerms, weeks_of_case
from maildesk.desk.figures.case_week import CaseWeek, EscalationSeen, LateCase, Lesson
from maildesk.desk.figures.tally import Tally, tallied
from maildesk.desk.figures.week import Week
from maildesk.desk.policy.desk import Desk
from maildesk.desk.policy.policy import Policy
from maildesk.desk.policy.questions import Question
from maildesk.desk.policy.summary import Summary
from maildesk.desk.policy.summary_counts import concerns
from maildesk.desk.policy.usual_questions import NO, SURVEY
from maildesk.desk.promises.promised import CaseFacts, Promised, promising

WEEKS: Final = 12
"""The weeks that the report looks back on, its own the last of them."""

_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class ReportTerms:
    """The terms of a report: its week, as it was known at its end, or at `as_of` where that came before.

    Teams of fewer people than `smallest_team` are shown together. `subjects`: of late cases, beside their
    references.
    """

    desk: Desk
    week: Week
    as_of: datetime
    smallest_team: int = 3
    subjects: bool = False


@dataclass(frozen=True, slots=True)
class WeekTally:
    """One week of the desk."""

    week: Week
    tally: Tally


@dataclass(frozen=True, slots=True)
class Group:
    """The figures of a priority or a team. `note` is what the policy promises to the priority."""

    name: str
    tally: Tally
    note: str = ""


@dataclass(frozen=True, slots=True)
class ByDay:
    """A count of each day of the week, Monday first."""

    name: str
    days: tuple[int, ...]

    @property
    def total(self) -> int:
        return sum(self.days)


@dataclass(frozen=True, slots=True)
class DailySummary:
    """A summary of the policy over the week: each case once, under its most severe value of its day."""

    name: str
    values: tuple[ByDay, ...]


@dataclass(frozen=True, slots=True)
class DeskWeek:
    """The desk itself: mails by verdict and letters by how they ended, and what waits in quarantine.

    `silence` is the longest time without hearing from a mailbox that was an outage, since `silent_since`.
    """

    mails: Mapping[str, int] = field(default_factory=dict)
    letters: Mapping[str, int] = field(default_factory=dict)
    quarantine: int = 0
    silence: timedelta | None = None
    silent_since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """All figures of one week. `weeks` are the last ones up to it, `before` the one before it.

    `busy` are mails of customers by weekday and hour of their arrival over the weeks. `lessons` and
    `escalations` are the oldest first, `late` those that are late longest.
    """

    desk: str
    policy: str
    zone: str
    week: Week
    begins: datetime
    ends: datetime
    as_of: datetime
    weeks: tuple[WeekTally, ...]
    priorities: tuple[Group, ...]
    teams: tuple[Group, ...]
    sources: tuple[ByDay, ...]
    summaries: tuple[DailySummary, ...]
    escalations: tuple[EscalationSeen, ...]
    lessons: tuple[Lesson, ...]
    late: tuple[LateCase, ...]
    busy: tuple[tuple[int, ...], ...]
    smallest_team: int
    machine: DeskWeek = DeskWeek()

    @property
    def now(self) -> Tally:
        return self.weeks[-1].tally

    @property
    def before(self) -> Tally:
        return self.weeks[-2].tally


def edges_of(terms: ReportTerms) -> tuple[datetime, ...]:
    """The moments at which weeks meet: two more than the weeks, the last one not after `as_of`."""
    zone = ZoneInfo(terms.desk.zone)
    begins = [terms.week.later(each).begins(zone) for each in range(-WEEKS, 1)]
    return (*begins, min(terms.week.later().begins(zone), terms.as_of))


def reported(
    histories: Iterable[tuple[str, Sequence[Event]]], terms: ReportTerms, machine: DeskWeek = DeskWeek()
) -> Report:
    """Fold these cases, each with its events in order, into the figures; the same for the same values."""
    policy, edges = terms.desk.policy, edges_of(terms)
    survey = policy.questions.get(SURVEY)
    fold = FoldTerms(policy.calendar.between, lambda answer: is_satisfied(survey, answer))
    found: list[list[CaseWeek]] = [[] for _ in edges[1:]]
    for ref, events in histories:
        for at, week in weeks_of_case(ref, events, edges, fold):
            found[at].append(week)
    tallies = [tallied(cases, end) for cases, end in zip(found, edges[1:], strict=True)]
    weeks = [WeekTally(terms.week.later(at + 1 - len(tallies)), each) for at, each in enumerate(tallies)]
    here = [each for each in found[-1] if each.uncounted is None]
    late = sorted((each.late for each in here if each.late), key=lambda each: (each.due, each.ref))
    escalations = sorted((each.escalation for each in here if each.escalation), key=_when)
    zone = ZoneInfo(terms.desk.zone)
    return Report(
        desk=terms.desk.name,
        policy=policy.name,
        zone=terms.desk.zone,
        week=terms.week,
        begins=edges[-2],
        ends=edges[-1],
        as_of=terms.as_of,
        weeks=tuple(weeks[-WEEKS:]),
        priorities=_by_priority(here, policy, edges[-1]),
        teams=_by_team(here, terms, edges[-1]),
        sources=_by_source(here, terms.week, zone),
        summaries=tuple(_by_value(each, here, terms, zone) for each in policy.summaries),
        escalations=tuple(escalations),
        lessons=tuple(sorted((said for each in here for said in each.lessons), key=lambda said: said.at)),
        late=tuple(late if terms.subjects else (_nameless(each) for each in late)),
        busy=_busy(found[-WEEKS:], zone),
        smallest_team=terms.smallest_team,
        machine=machine,
    )


def is_satisfied(survey: Question | None, answer: str) -> bool:
    """Tell a good answer to the survey: in the upper half of its scale, or its first; never a no."""
    if answer.isdecimal() and (survey is None or survey.scale):
        return 2 * int(answer) > (survey.scale if survey else 5) + 1
    return answer != NO and (survey is None or not survey.answers or answer == survey.answers[0].name)


def _when(seen: EscalationSeen) -> tuple[datetime, str]:
    return seen.since, seen.ref


def _nameless(late: LateCase) -> LateCase:
    return LateCase(late.ref, "", late.team, late.due)


# --- groups -----------------------------------------------------------------------------------------


def _grouped(
    cases: Iterable[CaseWeek], name: Callable[[CaseWeek], str], names: Sequence[str], end: datetime
) -> list[tuple[str, Tally]]:
    """Count the cases of each name, in the order of the names; what has none of them comes last."""
    of: dict[str, list[CaseWeek]] = {}
    for each in cases:
        of.setdefault(name(each), []).append(each)
    order = [*(each for each in names if each in of), *sorted(of.keys() - set(names))]
    return [(each, tallied(of[each], end)) for each in order]


def _by_priority(cases: Iterable[CaseWeek], policy: Policy, end: datetime) -> tuple[Group, ...]:
    names = [each.name for each in policy.priorities]
    groups = _grouped(cases, lambda case: case.priority, names, end)
    return tuple(Group(name, tally, _promised(policy, name)) for name, tally in groups)


def _promised(policy: Policy, priority: str) -> str:
    """The time in which a first answer is promised to this priority, where nothing else is asked."""
    row = promising(policy.promises, Promised.FIRST_RESPONSE, CaseFacts(priority=priority))
    span = row.spans[Promised.FIRST_RESPONSE] if row else None
    return str(span) if span else ""


TOGETHER: Final = ""
"""The name under which small teams, and cases of no team, are shown together."""


def _by_team(cases: Iterable[CaseWeek], terms: ReportTerms, end: datetime) -> tuple[Group, ...]:
    people = terms.desk.people
    large = [
        team.name for team in people.teams if len(people.members(team.name)) >= max(2, terms.smallest_team)
    ]
    groups = _grouped(cases, lambda case: case.team if case.team in large else TOGETHER, large, end)
    return tuple(Group(name, tally) for name, tally in groups)


# --- by day and hour --------------------------------------------------------------------------------


def _by_source(cases: Iterable[CaseWeek], week: Week, zone: ZoneInfo) -> tuple[ByDay, ...]:
    found: dict[str, list[int]] = {EMAIL: [0] * 7}
    for case in cases:
        if case.opened:
            day = (case.came_in.astimezone(zone).date() - week.monday) // _DAY
            found.setdefault(case.source, [0] * 7)[day] += 1
    return tuple(ByDay(name, tuple(days)) for name, days in _most_first(found))


def _most_first(found: Mapping[str, list[int]]) -> list[tuple[str, list[int]]]:
    return sorted(found.items(), key=lambda each: (each[0] != EMAIL, -sum(each[1]), each[0]))


def _by_value(
    summary: Summary, cases: Iterable[CaseWeek], terms: ReportTerms, zone: ZoneInfo
) -> DailySummary:
    """Count each case on the day on which the field first had a value, under the most severe of that day."""
    policy, people = terms.desk.policy, terms.desk.people
    known = policy.fields.get(summary.counts)
    choices = known.choices if known else ()
    rank = {each: at for at, each in enumerate(choices)}
    found = {each: [0] * 7 for each in choices}
    for case in cases:
        given = [(at, value) for name, at, value in case.fields if name == summary.counts]
        if not given or case.known is None or not concerns(summary, case.known, policy, people):
            continue
        first = given[0][0].astimezone(zone).date()
        of_day = [value for at, value in given if at.astimezone(zone).date() == first]
        worst = max(of_day, key=lambda value: rank.get(value, -1))
        found.setdefault(worst, [0] * 7)[(first - terms.week.monday) // _DAY] += 1
    return DailySummary(summary.name, tuple(ByDay(name, tuple(days)) for name, days in found.items()))


def _busy(weeks: Iterable[Sequence[CaseWeek]], zone: ZoneInfo) -> tuple[tuple[int, ...], ...]:
    counts = Counter[tuple[int, int]]()
    for week in weeks:
        for case in week:
            if case.uncounted is None:
                moments = (each.astimezone(zone) for each in case.mails)
                counts.update((each.weekday(), each.hour) for each in moments)
    return tuple(tuple(counts[day, hour] for hour in range(24)) for day in range(7))
