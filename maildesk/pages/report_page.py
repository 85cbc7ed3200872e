"""The report as one HTML page: it holds all that it shows, and asks nothing of anybody."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final
from zoneinfo import ZoneInfo

from maildesk.desk.figures.report import ByDay, Group, Report
from maildesk.desk.figures.tally import Tally
from maildesk.pages import drawing
from maildesk.pages.drawing import Drawing, key, spark
from maildesk.pages.page import page, words
from maildesk.pages.report_drawings import ages_of, answers_of, flow_of
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
from maildesk.pages.report_text import DAYS, machine, period, title
from maildesk.pages.times import moment

_MOST_LESSON: Final = 2000
_HEAT: Final = 5

STYLE: Final = f"""\
body{{max-width:60rem}}.lead{{font-size:1.125rem;max-width:none}}
{drawing.STYLE}figure{{margin:.75rem 0;max-width:44rem}}figure>svg{{display:block;width:100%;height:auto}}
@media (max-width:34rem){{figure>svg text{{font-size:17px}}.trend{{display:none}}th,td{{padding-right:.4rem}}
.wide>table:not(.heat){{min-width:34rem}}.wide tbody th{{min-width:6rem}}}}
.key{{display:flex;flex-wrap:wrap;gap:.25rem 1.25rem;margin:.25rem 0;padding:0;list-style:none;
font-size:.875rem}}
.key svg{{width:1rem;height:.75rem;margin-right:.4rem}}
.wide{{overflow-x:auto}}.heat{{width:auto;font-size:.8125rem;border-collapse:separate;border-spacing:2px}}
.heat th,.heat td{{border:0;padding:.2rem .35rem;white-space:nowrap}}.heat tbody th{{min-width:0}}
.weeks tbody th{{white-space:nowrap}}
.h1{{background:var(--h1);color:var(--warm)}}.h2{{background:var(--h2);color:var(--warm)}}
.h3{{background:var(--h3);color:var(--warm)}}
.h4{{background:var(--h4);color:var(--hot)}}.h5{{background:var(--h5);color:var(--hot)}}
dl{{max-width:52rem}}dt{{font-weight:600;margin-top:.5rem}}dd{{margin:0;color:var(--mute)}}
@media print{{.wide{{overflow:visible}}.heat{{font-size:7.5pt}}.heat th,.heat td{{padding:.1rem .2rem}}
.heat thead th{{font-size:inherit}}}}
"""


def report_page(report: Report) -> str:
    """The whole page."""
    body = [
        f'<header><h1>{words(title(report))}</h1><p class="mute">{words(period(report))}</p></header>',
        f'<main>\n<p class="lead">{words(lead(report), 1000)}</p>',
    ]
    for heading, parts in _sections(report):
        markup = "".join(parts)
        if markup:
            body.append(f"<h2>{words(heading)}</h2>{markup}")
    return page(title(report), "\n".join([*body, "</main>\n"]), STYLE)


def _sections(report: Report) -> Iterator[tuple[str, Iterable[str]]]:
    yield "At a glance", [_glance(report)]
    yield "In, out, and what is left", _flow(report)
    yield "First answers", _answers(report)
    yield "What is open, by age", _ages(report)
    yield "Late now", _late(report)
    yield "Teams", _teams(report)
    yield "When customers write", _busy(report)
    yield "Escalations", _escalations(report)
    yield "What would avoid the next escalation, as the teams said", _lessons(report)
    yield "What customers said", _survey(report)
    yield "Where cases came from", _by_day("Cases by source and day", report.sources)
    for each in report.summaries:
        yield each.name, _by_day("Each case once a day, under its most severe value", each.values)
    yield "The desk itself", [_machine(report)]
    yield "How it is counted", _counted(report)


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


def _glance(report: Report) -> str:
    lines = "".join(
        f'<tr><th scope="row">{each.label}</th><td class="n"><b>{each.now}</b></td>'
        f'<td class="n">{each.before}</td><td class="n trend">{spark(each.trend)}</td></tr>\n'
        for each in rows(report)
    )
    return (
        "<table><caption>This week, the week before, and the last 12 weeks</caption><thead><tr>"
        '<th scope="col">Figure</th><th scope="col" class="n">This week</th>'
        '<th scope="col" class="n">Before</th>'
        f'<th scope="col" class="n trend">Trend</th></tr></thead><tbody>\n{lines}</tbody></table>'
    )


def _groups(
    caption: str,
    heads: Sequence[str],
    groups: Sequence[Group],
    columns: Sequence[tuple[str, Callable[[Tally], Value]]],
    first: Callable[[Group], Sequence[str]],
) -> str:
    lines = ([*first(each), *(shown(of(each.tally)) for _, of in columns)] for each in groups)
    return table(caption, [*heads, *(name for name, _ in columns)], lines, wide=caption)


def _by_day(caption: str, lines: Sequence[ByDay]) -> Iterator[str]:
    if lines:
        cells = ([words(each.name), *map(str, each.days), str(each.total)] for each in lines)
        yield table(caption, ["Which", *DAYS, "Week"], cells, wide=caption)


# --- sections ---------------------------------------------------------------------------------------


def _figure(shown_as: Drawing, legend: str = "", caption: str = "") -> str:
    told = f'<figcaption class="mute">{caption}</figcaption>' if caption else ""
    return f"<figure>{told}{legend}{shown_as.svg()}</figure>"


def _flow(report: Report) -> Iterator[str]:
    yield _figure(
        flow_of(report),
        key((("in", "opened or came back"), ("out", "ended"), ("rest", "open at the end of the week"))),
    )
    lines = []
    for each in report.weeks:
        tally = each.tally
        numbers = (tally.opened, tally.came_back, tally.ended, tally.after)
        lines.append([str(each.week), *map(str, numbers)])
    yield table("By calendar week", ["Week", "Opened", "Came back", "Ended", "Open"], lines, kind="weeks")


def _answers(report: Report) -> Iterator[str]:
    if any(report.now.paces):
        caption = "First answers of the week, by the part of the promised time that each took"
        yield _figure(answers_of(report), key((("in", "in time"), ("late", "late"))), caption)
    if report.priorities:
        yield _groups(
            "By priority, in business time",
            ["Priority", "Promised"],
            report.priorities,
            PRIORITY_COLUMNS,
            lambda each: [words(each.name) or NOTHING, words(each.note) or NOTHING],
        )
    count = report.now.unanswered
    yield f"<p>{count} open {'case has' if count == 1 else 'cases have'} had no answer yet.</p>"


def _ages(report: Report) -> Iterator[str]:
    if report.now.after:
        yield _figure(ages_of(report), key((("in", "the next word is ours"), ("out", "the customer’s"))))
    lines = (
        [label, str(each.ours), str(each.theirs)]
        for label, each in zip(AGE_LABELS, report.now.ages, strict=True)
    )
    yield table("Open cases", ["Since the first mail", "Next word ours", "The customer’s"], lines)


def _late(report: Report) -> Iterator[str]:
    if report.late:
        zone = ZoneInfo(report.zone)
        lines = (
            [each.ref, words(each.subject) or NOTHING, words(each.team) or NOTHING, moment(each.due, zone)]
            for each in report.late
        )
        yield table(
            "Their customers wait for an answer", ["Case", "Subject", "Team", "Due"], lines, wide="Late now"
        )


def _teams(report: Report) -> Iterator[str]:
    groups = teams_shown(report)
    if groups:
        caption = (
            f"Teams of {report.smallest_team} or more; smaller ones together. No figures of single people."
        )
        yield _groups(caption, ["Team"], groups, TEAM_COLUMNS, lambda each: [words(team_name(each))])


def _busy(report: Report) -> Iterator[str]:
    most = max((max(day) for day in report.busy), default=0)
    if not most:
        return
    weeks = len(report.weeks)

    def cell(count: int) -> str:
        heat = f' class="h{1 + (count * _HEAT - 1) // most}"' if count else ""
        return f"<td{heat}>{f'{count / weeks:.1f}' if count else '·'}</td>"

    head = "".join(f'<th scope="col">{hour:02}</th>' for hour in range(24))
    body = "".join(
        f'<tr><th scope="row">{day}</th>{"".join(map(cell, counts))}</tr>\n'
        for day, counts in zip(DAYS, report.busy, strict=True)
    )
    yield (
        '<div class="wide" tabindex="0" role="region" aria-label="Mails by hour"><table class="heat">'
        f"<caption>Mails of customers by hour of arrival, an average week of the last {weeks}</caption>"
        f'<thead><tr><th scope="col">Day</th>{head}</tr></thead><tbody>\n{body}</tbody></table></div>'
    )


def _escalations(report: Report) -> Iterator[str]:
    zone = ZoneInfo(report.zone)
    lines = [
        [
            each.ref,
            words(each.team) or NOTHING,
            moment(each.since, zone),
            "customer" if each.by_customer else "desk",
            "active" if each.lasts else "over",
        ]
        for each in report.escalations
    ]
    if lines:
        heads = ["Case", "Team", "Since", "Asked for by", "State"]
        yield table("Active, or begun this week", heads, lines, wide="Escalations")


def _lessons(report: Report) -> Iterator[str]:
    if report.lessons:
        said = (f"<li>{words(each.words, _MOST_LESSON)} ({each.ref})</li>" for each in report.lessons)
        yield f"<ul>{''.join(said)}</ul>"


def _survey(report: Report) -> Iterator[str]:
    said, sent = report.now.satisfied, report.now.surveys_sent
    if said.of or sent:
        times = "once" if sent == 1 else f"{sent} times"
        yield (
            f"<p>{said.part} of {said.of} who answered the survey were satisfied; it was sent {times}.</p>"
        )


def _machine(report: Report) -> str:
    lines = ([what, number, words(remark) or NOTHING] for what, number, remark in machine(report))
    return table("This week", ["What", "Number", "Remark"], lines, wide="The desk itself")


def _counted(report: Report) -> Iterator[str]:
    said = (
        f"<dt>{word}</dt><dd>{words(how.format(zone=report.zone), 1000)}</dd>\n" for word, how in HOW_COUNTED
    )
    yield f"<dl>{''.join(said)}</dl>"
    again = f"The same numbers again: maildesk report --week {report.week} --html FILE"
    yield f'<p class="mute">{words(uncounted(report), 1000)} {again}</p>'
