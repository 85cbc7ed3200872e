"""The letter of a summary, the same for all who are told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from maildesk.desk.case.letter_order import LetterKind
from maildesk.desk.letters.letter_writer import LetterWriter, WrittenLetter
from maildesk.desk.policy.people import Person
from maildesk.desk.policy.policy import Policy
from maildesk.desk.policy.summary import Summary
from maildesk.desk.policy.summary_counts import CountedValue
from maildesk.mail.message import Address

MOST_CASES: Final = 500
"""A summary names no more cases than this, and says how many there are beyond."""


@dataclass(frozen=True, slots=True)
class SummaryPeriod:
    """The time that a summary tells of, both moments UTC: after `since`, and `until` then."""

    since: datetime
    until: datetime


def summary_letters(
    writer: LetterWriter,
    summary: Summary,
    values: Sequence[CountedValue],
    period: SummaryPeriod,
    to: Sequence[Person],
    policy: Policy,
    now: datetime,
) -> list[WrittenLetter]:
    """One letter for each who is told. What it is called and when it was due name it for good."""
    left, lines = MOST_CASES, []
    for each in values:
        lines.append({"value": each.value, "count": len(each.cases), "cases": each.cases[:left]})
        left -= min(left, len(each.cases))
    total = sum(len(each.cases) for each in values)
    shown = {
        "name": summary.name,
        "field": policy.label(summary.counts),
        "count": total,
        "lines": lines,
        "more": max(0, total - MOST_CASES),
        "since": period.since,
        "until": period.until,
    }
    cause = ("summary", summary.name, period.until.isoformat())
    return [
        writer.of_desk(LetterKind.SUMMARY, Address(each.address, each.name), shown, cause, now) for each in to
    ]
