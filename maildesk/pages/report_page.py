"""The report as one HTML page: it holds all that it shows, and asks nothing of anybody."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from maildesk.desk.case.told import Phrase, Speech, said
from maildesk.desk.figures.report import ByDay, Group, Report
from maildesk.desk.figures.tally import Tally
from maildesk.desk.letters.language import ENGLISH
from maildesk.desk.letters.moments import Decimal, InShort
from maildesk.pages import drawing
from maildesk.pages.drawing import Drawing, key, spark
from maildesk.pages.page import MOST_WORDS, page, words
from maildesk.pages.report_drawings import ages_of, answers_of, flow_of
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
    ANSWERS,
    BEFORE,
    BY_PACE,
    BY_PRIORITY,
    BY_WEEK,
    COUNTED,
    ESCALATION_HEADS,
    ESCALATIONS,
    FLOW,
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

_MOST_OURS: Final = 1000
_MOST_LESSON: Final = 2000
_HEAT: Final = 5

STYLE: Final = f"""\
body{{max-width:60rem}}.lead{{font-size:1.125rem;max-width:none}}
{drawing.STYLE}figure{{margin:.75rem 0;max-width:44rem}}figure>svg{{display:block;width:100%;height:auto}}
@media (max-width:34rem){{figure>svg text{{font-size:17px}}.trend{{display:none}}th,td{{padding-right:.4rem}}
.wide>table:not(.heat,.weeks){{min-width:34rem}}}}
.key{{display:flex;flex-wrap:wrap;gap:.25rem 1.25rem;margin:.25rem 0;padding:0;list-style:none;
font-size:.875rem}}
.key svg{{width:1rem;height:.75rem;margin-right:.4rem}}
.wide{{overflow-x:auto}}.wide tbody th{{min-width:6rem}}
.heat{{width:auto;font-size:.8125rem;border-collapse:separate;border-spacing:2px}}
.heat th,.heat td{{border:0;padding:.2rem .35rem;white-space:nowrap}}.heat tbody th{{min-width:0}}
.weeks tbody th{{white-space:nowrap}}
.h1{{background:var(--h1);color:var(--warm)}}.h2{{background:var(--h2);color:var(--warm)}}
.h3{{background:var(--h3);color:var(--warm)}}
.h4{{background:var(--h4);color:var(--hot)}}.h5{{background:var(--h5);color:var(--hot)}}
dl{{max-width:52rem}}dt{{font-weight:600;margin-top:.5rem}}dd{{margin:0;color:var(--mute)}}
@media print{{.wide{{overflow:visible}}.heat{{font-size:7.5pt}}.heat th,.heat td{{padding:.1rem .2rem}}
.heat thead th{{font-size:inherit}}}}
"""


def report_page(report: Report, language: Speech = ENGLISH) -> str:
    """The whole page."""
    told = _Speaker(language)
    body = [
        f'<header><h1>{told.say(title(report))}</h1><p class="mute">{told.ours(period(report))}</p></header>',
        f'<main>\n<p class="lead">{told.ours(lead(report))}</p>',
    ]
    for heading, parts in _sections(report, told):
        markup = "".join(parts)
        if markup:
            body.append(f"<h2>{told.say(heading)}</h2>{markup}")
    return page(told.plainly(title(report)), "\n".join([*body, "</main>\n"]), STYLE, language=language.tag)


@dataclass(frozen=True, slots=True)
class _Speaker:
    """The language of the page: it says words as text that is no markup."""

    language: Speech

    def plainly(self, text: str) -> str:
        """Words that are not escaped yet."""
        return said(text, self.language)

    def say(self, text: str, most: int = MOST_WORDS) -> str:
        """Words of ours or of anybody's."""
        return words(said(text, self.language), most)

    def ours(self, text: str) -> str:
        """A sentence of ours, which may be long."""
        return self.say(text, _MOST_OURS)

    def cells(self, texts: Iterable[str]) -> list[str]:
        """The cells of a row."""
        return [self.say(each) for each in texts]


def _sections(report: Report, told: _Speaker) -> Iterator[tuple[str, Iterable[str]]]:
    yield Phrase("At a glance"), [_glance(report, told)]
    yield FLOW, _flow(report, told)
    yield ANSWERS, _answers(report, told)
    yield AGES, _ages(report, told)
    yield LATE, _late(report, told)
    yield Phrase("Teams"), _teams(report, told)
    yield Phrase("When customers write"), _busy(report, told)
    yield Phrase("Escalations"), _escalations(report, told)
    yield LESSONS, _lessons(report, told)
    yield SURVEY, _survey(report, told)
    yield SOURCES, _by_day(Phrase("Cases by source and day"), report.sources, told, source_name)
    once = Phrase("Each case once a day, under its most severe value")
    for each in report.summaries:
        yield each.name, _by_day(once, each.values, told)
    yield MACHINE, [_machine(report, told)]
    yield COUNTED, _counted(report, told)


# --- tables -----------------------------------------------------------------------------------------


def table(
    caption: str, heads: Sequence[str], lines: Iterable[Sequence[str]], wide: str = "", kind: str = ""
) -> str:
    """A table of ready cells: the first of each line heads it, all others are numbers, to the right."""
    begin = f'<table class="{kind}">' if kind else "<table>"
    head = "".join(
        f'<th scope="col"{"" if not at else _NUMBER}>{each}</th>' if each else "<td></td>"
        for at, each in enumerate(heads)
    )
    body = "".join(
        f'<tr><th scope="row">{first}</th>{"".join(f"<td{_NUMBER}>{each}</td>" for each in others)}</tr>\n'
        for first, *others in lines
    )
    made = f"{begin}<caption>{caption}</caption><thead><tr>{head}</tr></thead><tbody>\n{body}</tbody></table>"
    return f'<div class="wide" tabindex="0" role="region" aria-label="{wide}">{made}</div>' if wide else made


_NUMBER: Final = ' class="n"'


def _glance(report: Report, told: _Speaker) -> str:
    lines = "".join(
        f'<tr><th scope="row">{told.say(each.label)}</th><td class="n"><b>{told.say(each.now)}</b></td>'
        f'<td class="n">{told.say(each.before)}</td><td class="n trend">{spark(each.trend)}</td></tr>\n'
        for each in rows(report)
    )
    caption = Phrase("This week, the week before, and the last {weeks} weeks", weeks=len(report.weeks))
    figure, this_week, before, trend = told.cells((Phrase("Figure"), THIS_WEEK, BEFORE, Phrase("Trend")))
    return (
        f'<table><caption>{told.say(caption)}</caption><thead><tr><th scope="col">{figure}</th>'
        f'<th scope="col" class="n">{this_week}</th><th scope="col" class="n">{before}</th>'
        f'<th scope="col" class="n trend">{trend}</th></tr></thead><tbody>\n{lines}</tbody></table>'
    )


def _groups(
    caption: str,
    heads: Sequence[str],
    groups: Sequence[Group],
    columns: Sequence[tuple[str, Callable[[Tally], Value]]],
    first: Callable[[Group], Sequence[str]],
    told: _Speaker,
) -> str:
    lines = (told.cells([*first(each), *(shown(of(each.tally)) for _, of in columns)]) for each in groups)
    return table(caption, told.cells([*heads, *(name for name, _ in columns)]), lines, wide=caption)


def _by_day(
    caption: str,
    lines: Sequence[ByDay],
    told: _Speaker,
    name: Callable[[ByDay], str] = lambda each: each.name,
) -> Iterator[str]:
    if lines:
        cells = (told.cells([name(each), *map(str, each.days), str(each.total)]) for each in lines)
        heads = told.cells([Phrase("Which"), *weekdays(), WEEK])
        yield table(told.say(caption), heads, cells, wide=told.say(caption))


# --- sections ---------------------------------------------------------------------------------------


def _figure(shown_as: Drawing, told: _Speaker, legend: Iterable[tuple[str, str]], caption: str = "") -> str:
    over = f'<figcaption class="mute">{told.say(caption)}</figcaption>' if caption else ""
    marks = key((kind, told.say(each)) for kind, each in legend)
    return f"<figure>{over}{marks}{shown_as.svg(told.plainly)}</figure>"


def _flow(report: Report, told: _Speaker) -> Iterator[str]:
    legend = (
        ("in", Phrase("opened or came back")),
        ("out", Phrase("ended")),
        ("rest", Phrase("open at the end of the week")),
    )
    yield _figure(flow_of(report), told, legend)
    lines = []
    for each in report.weeks:
        tally = each.tally
        numbers = (tally.opened, tally.came_back, tally.ended, tally.after)
        lines.append([str(each.week), *map(str, numbers)])
    yield table(told.say(BY_WEEK), told.cells(WEEK_HEADS), lines, told.say(BY_WEEK), "weeks")


def _answers(report: Report, told: _Speaker) -> Iterator[str]:
    if any(report.now.paces):
        legend = (("in", Phrase("in time")), ("late", Phrase("late")))
        yield _figure(answers_of(report), told, legend, BY_PACE)
    if report.priorities:
        yield _groups(
            told.say(BY_PRIORITY),
            [Phrase("Priority"), PROMISED],
            report.priorities,
            PRIORITY_COLUMNS,
            lambda each: [each.name or NOTHING, each.note or NOTHING],
            told,
        )
    yield f"<p>{told.say(unanswered(report))}</p>"


def _ages(report: Report, told: _Speaker) -> Iterator[str]:
    if report.now.after:
        legend = (("in", Phrase("the next word is ours")), ("out", Phrase("the customer’s")))
        yield _figure(ages_of(report), told, legend)
    lines = (
        told.cells([label, str(each.ours), str(each.theirs)])
        for label, each in zip(AGE_LABELS, report.now.ages, strict=True)
    )
    yield table(told.say(Phrase("Open cases")), told.cells(AGE_HEADS), lines)


def _late(report: Report, told: _Speaker) -> Iterator[str]:
    if report.late:
        lines = (
            told.cells(
                [each.ref, each.subject or NOTHING, each.team or NOTHING, InShort(each.due, report.zone)]
            )
            for each in report.late
        )
        heads = told.cells((Phrase("Case"), Phrase("Subject"), Phrase("Team"), Phrase("Due")))
        caption = told.say(Phrase("Their customers wait for an answer"))
        yield table(caption, heads, lines, wide=told.say(LATE))


def _teams(report: Report, told: _Speaker) -> Iterator[str]:
    groups = teams_shown(report)
    if groups:
        nobody = Phrase("No figures of single people.")
        caption = f"{told.say(by_team(report))}. {told.say(nobody)}"
        yield _groups(caption, [Phrase("Team")], groups, TEAM_COLUMNS, lambda each: [team_name(each)], told)


def _busy(report: Report, told: _Speaker) -> Iterator[str]:
    most = max((max(day) for day in report.busy), default=0)
    if not most:
        return
    weeks = len(report.weeks)

    def cell(count: int) -> str:
        heat = f' class="h{1 + (count * _HEAT - 1) // most}"' if count else ""
        return f"<td{heat}>{told.say(Decimal(count / weeks)) if count else '·'}</td>"

    head = "".join(f'<th scope="col">{hour:02}</th>' for hour in range(24))
    body = "".join(
        f'<tr><th scope="row">{told.say(day)}</th>{"".join(map(cell, counts))}</tr>\n'
        for day, counts in zip(weekdays(), report.busy, strict=True)
    )
    caption = Phrase(
        "Mails of customers by hour of arrival, an average week of the last {weeks}", weeks=weeks
    )
    wide, day = told.say(Phrase("Mails by hour")), told.say(Phrase("Day"))
    yield (
        f'<div class="wide" tabindex="0" role="region" aria-label="{wide}"><table class="heat">'
        f"<caption>{told.say(caption)}</caption>"
        f'<thead><tr><th scope="col">{day}</th>{head}</tr></thead><tbody>\n{body}</tbody></table></div>'
    )


def _escalations(report: Report, told: _Speaker) -> Iterator[str]:
    lines = [told.cells(escalation_cells(each, report.zone)) for each in report.escalations]
    if lines:
        caption = told.say(ESCALATIONS)
        yield table(caption, told.cells(ESCALATION_HEADS), lines, wide=caption)


def _lessons(report: Report, told: _Speaker) -> Iterator[str]:
    if report.lessons:
        lines = (f"<li>{told.say(each.words, _MOST_LESSON)} ({each.ref})</li>" for each in report.lessons)
        yield f"<ul>{''.join(lines)}</ul>"


def _survey(report: Report, told: _Speaker) -> Iterator[str]:
    if found := survey(report):
        yield f"<p>{told.say(found)}</p>"


def _machine(report: Report, told: _Speaker) -> str:
    lines = (
        [told.say(what), told.say(number), told.say(remark, _MOST_OURS) or NOTHING]
        for what, number, remark in machine(report)
    )
    heads = told.cells((Phrase("What"), Phrase("Number"), Phrase("Remark")))
    return table(told.say(THIS_WEEK), heads, lines, wide=told.say(MACHINE))


def _counted(report: Report, told: _Speaker) -> Iterator[str]:
    lines = (f"<dt>{told.say(word)}</dt><dd>{told.ours(how)}</dd>\n" for word, how in how_counted(report))
    yield f"<dl>{''.join(lines)}</dl>"
    again = Phrase(
        "The same numbers again: {command}", command=f"maildesk report --week {report.week} --html FILE"
    )
    yield f'<p class="mute">{told.ours(uncounted(report))} {told.say(again)}</p>'
