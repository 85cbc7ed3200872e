"""The three drawings of a report: what came and went, how soon it was answered, how old open cases are."""

from __future__ import annotations

from typing import Final

from maildesk.desk.case.told import Phrase
from maildesk.desk.figures.report import Report
from maildesk.desk.figures.tally import PACES
from maildesk.pages.drawing import Drawing, columns, flow, stacks

_ON_TIME: Final = sum(limit <= 100 for limit in PACES)


def flow_of(report: Report) -> Drawing:
    """The weeks: opened or came back, ended, and what was open at the end of each."""
    tallies = [each.tally for each in report.weeks]
    came = [each.opened + each.came_back for each in tallies]
    ended, rest = [each.ended for each in tallies], [each.after for each in tallies]
    told = Phrase(
        "Weeks {first} to {last}, in the last one: {came} opened or came back, {ended} ended, {open} open at"
        " its end.",
        first=report.weeks[0].week.number,
        last=report.week.number,
        came=came[-1],
        ended=ended[-1],
        open=rest[-1],
    )
    return flow([f"{each.week.number:02}" for each in report.weeks], came, ended, rest, told)


def answers_of(report: Report) -> Drawing:
    """First answers by the part of the promised time that each took."""
    counts = report.now.paces
    labels = (*(f"≤{limit}" for limit in PACES), f">{PACES[-1]}")
    late = sum(counts[_ON_TIME:])
    each = ", ".join(f"{label} % {count}" for label, count in zip(labels, counts, strict=True))
    told = Phrase(
        "First answers with a promise: {kept} within the promised time, {late} later; by per cent of that"
        " time: {each}.",
        kept=sum(counts[:_ON_TIME]),
        late=late,
        each=each,
    )
    return columns([f"{each.replace('>', '&gt;')} %" for each in labels], counts, _ON_TIME, told)


def ages_of(report: Report) -> Drawing:
    """Open cases by their age and whose turn it is."""
    pairs = [(each.ours, each.theirs) for each in report.now.ages]
    labels = ("&lt; 1 d", "1–3 d", "3–7 d", "7–30 d", "&gt; 30 d")
    spans = ("< 1 d", *labels[1:-1], "> 30 d")
    each = ", ".join(f"{label} {ours} + {theirs}" for label, (ours, theirs) in zip(spans, pairs, strict=True))
    told = Phrase("Open cases by age, the next word ours + the customer’s: {each}.", each=each)
    return stacks(labels, pairs, told)


def drawings(report: Report) -> tuple[Drawing, ...]:
    """All of them, in the order of the report."""
    return flow_of(report), answers_of(report), ages_of(report)
