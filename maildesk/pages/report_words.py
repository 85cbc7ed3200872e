"""The words that stand in several views of the report, each written once, and its two first lines."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Final

from maildesk.desk.case.told import Phrase
from maildesk.desk.figures.case_week import EscalationSeen
from maildesk.desk.figures.report import Report
from maildesk.desk.letters.moments import Day, InShort, Weekday

Say = Callable[[str], str]
"""Says words of ours in the language of the desk's people; somebody's own words stay as they are."""

NOTHING: Final = "–"

FLOW: Final = Phrase("In, out, and what is left")
ANSWERS: Final = Phrase("First answers")
AGES: Final = Phrase("What is open, by age")
LATE: Final = Phrase("Late now")
ESCALATIONS: Final = Phrase("Escalations, active or begun this week")
LESSONS: Final = Phrase("What would avoid the next escalation, as the teams said")
SURVEY: Final = Phrase("What customers said")
SOURCES: Final = Phrase("Where cases came from")
MACHINE: Final = Phrase("The desk itself")
COUNTED: Final = Phrase("How it is counted")

THIS_WEEK: Final = Phrase("This week")
BEFORE: Final = Phrase("Before")
BY_WEEK: Final = Phrase("By calendar week")
WEEK: Final = Phrase("Week")
WEEK_HEADS: Final = (
    WEEK,
    Phrase("Opened"),
    Phrase("Came back"),
    Phrase("Ended"),
    Phrase("Open"),
)
BY_PACE: Final = Phrase("First answers of the week, by the part of the promised time that each took")
BY_PRIORITY: Final = Phrase("First answers by priority, in business time")
PROMISED: Final = Phrase("Promised")
AGE_HEADS: Final = (Phrase("Since the first mail"), Phrase("Next word ours"), Phrase("The customer’s"))
ESCALATION_HEADS: Final = (
    Phrase("Case"),
    Phrase("Team"),
    Phrase("Since"),
    Phrase("Asked for by"),
    Phrase("State"),
)


def title(report: Report) -> Phrase:
    """The heading of the report, wherever it stands."""
    week = report.week
    return Phrase("{desk}, week {number} of {year}", desk=report.desk, number=week.number, year=week.year)


def period(report: Report) -> Phrase:
    """The time that is reported, and what made the report."""
    return Phrase(
        "{begin} to {end} ({zone}), policy {policy}. Written {moment}.",
        begin=Day(report.begins, report.zone),
        end=Day(report.ends - timedelta(seconds=1), report.zone),
        zone=report.zone,
        policy=report.policy,
        moment=InShort(report.as_of, report.zone),
    )


def by_team(report: Report) -> Phrase:
    """The heading of the teams."""
    return Phrase("Teams of {people} or more; smaller ones together", people=report.smallest_team)


def weekdays() -> list[Weekday]:
    """The days of a week as heads of a table."""
    return [Weekday(at) for at in range(7)]


def escalation_cells(seen: EscalationSeen, zone: str) -> tuple[str, ...]:
    """An escalation as the cells of a table."""
    by = Phrase("the customer") if seen.by_customer else Phrase("the desk")
    state = Phrase("active") if seen.lasts else Phrase("over")
    return seen.ref, seen.team or NOTHING, InShort(seen.since, zone), by, state


def unanswered(report: Report) -> Phrase:
    """Say how many open cases wait for their first answer."""
    count = report.now.unanswered
    return Phrase(
        "{number} open case has had no answer yet."
        if count == 1
        else "{number} open cases have had no answer yet.",
        number=count,
    )


def survey(report: Report) -> Phrase | None:
    """Say what came of the survey; None where nobody was asked or answered."""
    found, sent = report.now.satisfied, report.now.surveys_sent
    if not found.of and not sent:
        return None
    return Phrase(
        "{part} of {of} who answered the survey were satisfied; sent: {sent}.",
        part=found.part,
        of=found.of,
        sent=sent,
    )
