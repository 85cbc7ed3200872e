"""The three drawings of a report: what came and went, how soon it was answered, how old open cases are."""

from __future__ import annotations

from typing import Final

from maildesk.desk.figures.report import Report
from maildesk.desk.figures.tally import PACES
from maildesk.pages.drawing import Drawing, columns, flow, stacks

_ON_TIME: Final = sum(limit <= 100 for limit in PACES)


def flow_of(report: Report) -> Drawing:
    """The weeks: opened or came back, ended, and what was open at the end of each."""
    tallies = [each.tally for each in report.weeks]
    came = [each.opened + each.came_back for each in tallies]
    ended, rest = [each.ended for each in tallies], [each.after for each in tallies]
    told = (
        f"Of {len(tallies)} weeks, in the last one {came[-1]} cases opened or came back, {ended[-1]} ended"
        f" and {rest[-1]} were open at its end; the table of the weeks has all numbers."
    )
    return flow([f"{each.week.number:02}" for each in report.weeks], came, ended, rest, told)


def answers_of(report: Report) -> Drawing:
    """First answers by the part of the promised time that each took."""
    counts = report.now.paces
    labels = (*(f"≤{limit}" for limit in PACES), f">{PACES[-1]}")
    late = sum(counts[_ON_TIME:])
    told = (
        f"Of {sum(counts)} first answers with a promise, {sum(counts[:_ON_TIME])} took no more than the"
        f" promised time and {late} more; per cent of that time: "
        + ", ".join(f"{label} {count}" for label, count in zip(labels, counts, strict=True)).replace(
            ">", "over "
        )
        + "."
    )
    return columns([f"{each.replace('>', '&gt;')} %" for each in labels], counts, _ON_TIME, told)


def ages_of(report: Report) -> Drawing:
    """Open cases by their age and whose turn it is."""
    pairs = [(each.ours, each.theirs) for each in report.now.ages]
    labels = ("&lt; 1 d", "1–3 d", "3–7 d", "7–30 d", "&gt; 30 d")
    shown = ("under a day", "1 to 3 days", "3 to 7 days", "7 to 30 days", "over 30 days")
    each = ", ".join(
        f"{label} {ours} and {theirs}" for label, (ours, theirs) in zip(shown, pairs, strict=True)
    )
    told = f"Open cases by age, of which the next word is ours and the customer’s: {each}."
    return stacks(labels, pairs, told)


def drawings(report: Report) -> tuple[Drawing, ...]:
    """All of them, in the order of the report."""
    return flow_of(report), answers_of(report), ages_of(report)
