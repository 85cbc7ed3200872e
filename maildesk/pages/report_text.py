"""The report as plain text: every figure of it, in the width of a letter."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from maildesk.desk.case.told import Phrase, Speech, said
from maildesk.desk.figures.report import ByDay, Group, Report
from maildesk.desk.figures.tally import PACES, Tally
from maildesk.desk.letters.language import ENGLISH
from maildesk.pages.report_machine import machine
from maildesk.pages.report_rows import (
    AGE_LABELS,
    PRIORITY_COLUMNS,
    TEAM_COLUMNS,
    Value,
    how_counted,
    lead,
    rows,
    shown,
    source_name,
    team_name,
    teams_shown,
    uncounted,
)
from maildesk.pages.report_words import (
    AGE_HEADS,
    AGES,
    BEFORE,
    BY_PACE,
    BY_PRIORITY,
    BY_WEEK,
    COUNTED,
    ESCALATION_HEADS,
    ESCALATIONS,
    LATE,
    LESSONS,
    MACHINE,
    NOTHING,
    PROMISED,
    SOURCES,
    SURVEY,
    THIS_WEEK,
    WEEK,
    WEEK_HEADS,
    by_team,
    escalation_cells,
    period,
    survey,
    title,
    unanswered,
    weekdays,
)

_BARS: Final = "▁▂▃▄▅▆▇█"
_INDENT: Final = "  "


def text(report: Report, line: Callable[[str], str] = str, language: Speech = ENGLISH) -> str:
    """The whole report; `line` makes somebody's words fit to stand on a line of what it is written to."""
    told = _Speaker(language, line)
    figures = [
        ["", THIS_WEEK, BEFORE],
        *([each.label, each.now, each.before] for each in rows(report)),
    ]
    told_first = [told.say(title(report)), told.say(period(report)), "", *_wrapped(told.say(lead(report)))]
    written = [*told_first, "", *told.table(figures, indent=""), ""]
    for heading, lines in _sections(report, told):
        body = list(lines)
        if body:
            written += [told.name(heading), *body, ""]
    return "\n".join(written)


@dataclass(frozen=True, slots=True)
class _Speaker:
    """The language of the text, and how somebody's words come to stand on one line of it."""

    language: Speech
    line: Callable[[str], str]

    def say(self, words: str) -> str:
        """Words of ours."""
        return said(words, self.language)

    def name(self, words: str) -> str:
        """Somebody's words, or ours, on one line."""
        return self.line(said(words, self.language))

    def table(self, table: Sequence[Sequence[str]], indent: str = _INDENT) -> list[str]:
        """Rows in columns: the first to the left, all others to the right."""
        cells = [[self.name(each) for each in row] for row in table]
        widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
        lines = []
        for first, *others in cells:
            beside = [word.rjust(width) for word, width in zip(others, widths[1:], strict=True)]
            lines.append(f"{indent}{'  '.join([first.ljust(widths[0]), *beside])}".rstrip())
        return lines


def _sections(report: Report, told: _Speaker) -> Iterator[tuple[str, Iterable[str]]]:
    yield BY_WEEK, _weeks(report, told)
    yield BY_PRIORITY, _groups(report.priorities, PRIORITY_COLUMNS, lambda each: each.name, told)
    yield BY_PACE, _paces(report, told)
    yield AGES, _ages(report, told)
    yield by_team(report), _groups(teams_shown(report), TEAM_COLUMNS, team_name, told)
    yield LATE, _late(report, told)
    yield ESCALATIONS, _escalations(report, told)
    yield LESSONS, (f"  {told.line(each.words)} ({each.ref})" for each in report.lessons)
    yield SURVEY, (f"  {told.say(each)}" for each in [survey(report)] if each)
    yield SOURCES, _by_day(report.sources, told, source_name)
    for each in report.summaries:
        yield each.name, _by_day(each.values, told)
    yield (
        Phrase("Mails of customers by hour of arrival, in {weeks} weeks", weeks=len(report.weeks)),
        _busy(report, told),
    )
    yield MACHINE, _machine(report, told)
    yield COUNTED, _counted(report, told)


def _weeks(report: Report, told: _Speaker) -> Iterator[str]:
    table: list[Sequence[str]] = [WEEK_HEADS]
    for each in report.weeks:
        tally = each.tally
        table.append([str(each.week), *map(str, (tally.opened, tally.came_back, tally.ended, tally.after))])
    yield from told.table(table)
    yield ""
    opened, _, ended, left = map(told.say, WEEK_HEADS[1:])
    width = max(map(len, (opened, ended, left)))
    for label, name in ((opened, "opened"), (ended, "ended"), (left, "after")):
        values = [getattr(each.tally, name) for each in report.weeks]
        yield f"  {label:{width}}  {bars(values)}  {values[-1]}"


def bars(values: Sequence[int]) -> str:
    """A line of bars, from nothing to the highest of them."""
    most = max(values, default=0) or 1
    return "".join(_BARS[(each * (len(_BARS) - 1) + most // 2) // most] for each in values)


def _groups(
    groups: Sequence[Group],
    columns: Sequence[tuple[str, Callable[[Tally], Value]]],
    name: Callable[[Group], str],
    told: _Speaker,
) -> list[str]:
    if not groups:
        return []
    promised = any(each.note for each in groups)
    table = [["", *([PROMISED] if promised else []), *(heading for heading, _ in columns)]]
    for each in groups:
        beside = [each.note or NOTHING] if promised else []
        table.append([name(each) or NOTHING, *beside, *(shown(of(each.tally)) for _, of in columns)])
    return told.table(table)


def _paces(report: Report, told: _Speaker) -> list[str]:
    paces = report.now.paces
    if not any(paces):
        return []
    labels = (
        *(Phrase("up to {limit} %", limit=limit) for limit in PACES),
        Phrase("more than {limit} %", limit=PACES[-1]),
    )
    return told.table([[label, str(count)] for label, count in zip(labels, paces, strict=True)])


def _ages(report: Report, told: _Speaker) -> list[str]:
    table: list[Sequence[str]] = [AGE_HEADS]
    for label, each in zip(AGE_LABELS, report.now.ages, strict=True):
        table.append([label, str(each.ours), str(each.theirs)])
    return [*told.table(table), f"  {told.say(unanswered(report))}"]


def _late(report: Report, told: _Speaker) -> Iterator[str]:
    for each in report.late:
        about = (each.ref, each.subject, f"({each.team})" if each.team else "")
        yield f"  {'  '.join(filter(None, map(told.line, about)))}"


def _escalations(report: Report, told: _Speaker) -> list[str]:
    cells = [escalation_cells(each, report.zone) for each in report.escalations]
    return told.table([ESCALATION_HEADS, *cells]) if cells else []


def _by_day(
    counts: Sequence[ByDay], told: _Speaker, name: Callable[[ByDay], str] = lambda each: each.name
) -> list[str]:
    table = [["", *weekdays(), WEEK]]
    table += [[name(each), *map(str, each.days), str(each.total)] for each in counts]
    return told.table(table) if counts else []


def _busy(report: Report, told: _Speaker) -> list[str]:
    if not any(map(any, report.busy)):
        return []
    hours = [f"{hour:2}" for hour in range(24)]
    counts = (
        [day, *(str(count or "·") for count in row)] for day, row in zip(weekdays(), report.busy, strict=True)
    )
    return told.table([["", *hours], *counts])


def _machine(report: Report, told: _Speaker) -> Iterator[str]:
    for what, number, remark in machine(report):
        beside = f" ({told.name(remark)})" if remark else ""
        yield f"  {told.say(what)}: {told.say(number)}{beside}"


def _counted(report: Report, told: _Speaker) -> Iterator[str]:
    yield from _wrapped(told.say(uncounted(report)), _INDENT)
    for word, how in how_counted(report):
        yield from _wrapped(f"{told.say(word)}: {told.say(how)}", _INDENT)


def _wrapped(sentence: str, indent: str = "") -> list[str]:
    """The words of it on lines of at most 100 characters."""
    lines = [indent]
    for word in sentence.split():
        if len(lines[-1]) + len(word) > 100:
            lines.append(indent)
        lines[-1] += word if lines[-1] == indent else f" {word}"
    return lines
