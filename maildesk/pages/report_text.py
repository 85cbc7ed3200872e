"""The report as plain text: every figure of it, in the width of a letter."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import timedelta
from typing import Final
from zoneinfo import ZoneInfo

from maildesk.desk.figures.report import ByDay, Group, Report
from maildesk.desk.figures.tally import PACES, Tally
from maildesk.pages.report_rows import (
    AGE_LABELS,
    HOW_COUNTED,
    NOTHING,
    PRIORITY_COLUMNS,
    TEAM_COLUMNS,
    Value,
    lead,
    rows,
    shown,
    team_name,
    teams_shown,
    uncounted,
)
from maildesk.pages.times import moment, span

DAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_BARS: Final = "▁▂▃▄▅▆▇█"


def title(report: Report) -> str:
    """The heading of the report, wherever it stands."""
    return f"{report.desk}, week {report.week.number} of {report.week.year}"


def period(report: Report) -> str:
    """The time that is reported, and what made the report."""
    zone = ZoneInfo(report.zone)
    end = (report.ends - timedelta(seconds=1)).astimezone(zone)
    begin = report.begins.astimezone(zone)
    days = f"{begin:%Y-%m-%d} to {end:%Y-%m-%d}"
    return f"{days} ({report.zone}), policy {report.policy}. Written {moment(report.as_of, zone)}."


def text(report: Report, line: Callable[[str], str] = str) -> str:
    """The whole report; `line` makes somebody's words fit to stand on a line of what it is written to."""
    said = [title(report), period(report), "", *_wrapped(lead(report)), "", *_figures(report), ""]
    for heading, lines in _sections(report, line):
        body = list(lines)
        if body:
            said += [heading, *body, ""]
    return "\n".join(said)


def _sections(report: Report, line: Callable[[str], str]) -> Iterator[tuple[str, Iterable[str]]]:
    yield "Twelve weeks", _weeks(report)
    yield (
        "First answers by priority, in business time",
        _groups(report.priorities, PRIORITY_COLUMNS, lambda each: line(each.name) or NOTHING),
    )
    yield "First answers by the part of the promised time", _paces(report)
    yield "Open, by age", _ages(report)
    teams = _groups(teams_shown(report), TEAM_COLUMNS, lambda each: line(team_name(each)))
    yield f"Teams of {report.smallest_team} or more, smaller ones together", teams
    yield "Late now", _late(report, line)
    yield "Escalations, active or begun this week", _escalations(report, line)
    lessons = (f"  {line(each.words)} ({each.ref})" for each in report.lessons)
    yield "What would avoid the next escalation, as the teams said", lessons
    yield "What customers said", _survey(report)
    yield "Where cases came from", _by_day(report.sources, line)
    for each in report.summaries:
        yield line(each.name), _by_day(each.values, line)
    yield "When customers write (mails of 12 weeks, by hour of arrival)", _busy(report)
    yield "The desk itself", _machine(report)
    counted = [f"{word}: {how.format(zone=report.zone)}" for word, how in HOW_COUNTED]
    yield "How it is counted", [each for one in (uncounted(report), *counted) for each in _wrapped(one, "  ")]


def _figures(report: Report) -> list[str]:
    table = [["", "this week", "before"], *([each.label, each.now, each.before] for each in rows(report))]
    return _aligned(table)


def _weeks(report: Report) -> Iterator[str]:
    table = [["  Week", "Opened", "Came back", "Ended", "Open"]]
    for each in report.weeks:
        tally = each.tally
        counts = (tally.opened, tally.came_back, tally.ended, tally.after)
        table.append([f"  {each.week}", *map(str, counts)])
    yield from _aligned(table)
    yield ""
    named = (("came in", "opened"), ("ended", "ended"), ("open", "after"))
    for label, name in named:
        values = [getattr(each.tally, name) for each in report.weeks]
        yield f"  {label:8}  {bars(values)}  {values[-1]}"


def bars(values: Sequence[int]) -> str:
    """A line of bars, from nothing to the highest of them."""
    most = max(values, default=0) or 1
    return "".join(_BARS[(each * (len(_BARS) - 1) + most // 2) // most] for each in values)


def _groups(
    groups: Sequence[Group],
    columns: Sequence[tuple[str, Callable[[Tally], Value]]],
    name: Callable[[Group], str],
) -> list[str]:
    if not groups:
        return []
    promised = any(each.note for each in groups)
    table = [["  ", *(["Promised"] if promised else []), *(heading for heading, _ in columns)]]
    for each in groups:
        beside = [each.note or NOTHING] if promised else []
        table.append([f"  {name(each)}", *beside, *(shown(of(each.tally)) for _, of in columns)])
    return _aligned(table)


def _paces(report: Report) -> list[str]:
    paces = report.now.paces
    if not any(paces):
        return []
    labels = (*(f"  up to {limit} %" for limit in PACES), f"  more than {PACES[-1]} %")
    return _aligned([[label, str(count)] for label, count in zip(labels, paces, strict=True)])


def _ages(report: Report) -> list[str]:
    table = [["  ", "next word ours", "the customer’s"]]
    for label, each in zip(AGE_LABELS, report.now.ages, strict=True):
        table.append([f"  {label}", str(each.ours), str(each.theirs)])
    return [*_aligned(table), f"  {report.now.unanswered} open without a first answer yet"]


def _late(report: Report, line: Callable[[str], str]) -> Iterator[str]:
    for each in report.late:
        subject = f"  {line(each.subject)}" if each.subject else ""
        yield f"  {each.ref}{subject}  ({line(each.team) or 'no team'})"


def _escalations(report: Report, line: Callable[[str], str]) -> Iterator[str]:
    zone = ZoneInfo(report.zone)
    for each in report.escalations:
        by = "the customer" if each.by_customer else "the desk"
        state = "active" if each.lasts else "over"
        team = line(each.team) or "no team"
        yield f"  {each.ref}  {team}, since {moment(each.since, zone)}, asked for by {by}, {state}"


def _survey(report: Report) -> list[str]:
    said, sent = report.now.satisfied, report.now.surveys_sent
    if not said.of and not sent:
        return []
    times = "once" if sent == 1 else f"{sent} times"
    return [f"  {said.part} of {said.of} who answered the survey were satisfied; it was sent {times}."]


def _by_day(counts: Sequence[ByDay], line: Callable[[str], str]) -> list[str]:
    table = [["  ", *DAYS, "Week"]]
    table += [[f"  {line(each.name)}", *map(str, each.days), str(each.total)] for each in counts]
    return _aligned(table) if counts else []


def _busy(report: Report) -> list[str]:
    if not any(map(any, report.busy)):
        return []
    hours = "".join(f"{hour:4}" for hour in range(24))
    lines = (
        f"  {day}{''.join(f'{count or chr(183):>4}' for count in counts)}"
        for day, counts in zip(DAYS, report.busy, strict=True)
    )
    return [f"     {hours}", *lines]


def _machine(report: Report) -> list[str]:
    return [
        f"  {what}: {number}{f' ({remark})' if remark else ''}" for what, number, remark in machine(report)
    ]


def machine(report: Report) -> list[tuple[str, str, str]]:
    """The desk itself: what, how many, and a remark."""
    found, zone = report.machine, ZoneInfo(report.zone)
    mails, letters = found.mails, found.letters
    told = ", ".join(f"{count} {name}" for name, count in sorted(mails.items()))
    went = ", ".join(f"{count} {name}" for name, count in sorted(letters.items()))
    heard = "shorter than what counts as an outage"
    if found.silence and found.silent_since:
        heard = f"since {moment(found.silent_since, zone)}"
    return [
        ("Mails in", str(sum(mails.values())), told),
        ("In quarantine", str(found.quarantine), "maildesk inbox list" if found.quarantine else ""),
        ("Letters that ended", str(sum(letters.values())), went),
        (
            "Longest time without hearing from a mailbox",
            span(found.silence) if found.silence else NOTHING,
            heard,
        ),
    ]


def _aligned(table: Sequence[Sequence[str]]) -> list[str]:
    """The first column to the left, all others to the right."""
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    lines = []
    for row in table:
        first, *others = [
            word.ljust(width) if at == 0 else word.rjust(width)
            for at, (word, width) in enumerate(zip(row, widths, strict=True))
        ]
        lines.append("  ".join([first, *others]).rstrip())
    return lines


def _wrapped(sentence: str, indent: str = "") -> list[str]:
    """The words of it on lines of at most 100 characters."""
    lines = [indent]
    for word in sentence.split():
        if len(lines[-1]) + len(word) > 100:
            lines.append(indent)
        lines[-1] += word if lines[-1] == indent else f" {word}"
    return lines
