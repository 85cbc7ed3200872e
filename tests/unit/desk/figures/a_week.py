"""Twelve cases around week 44 of 2025 in Lisbon, where the clocks went back on Sunday 26 October.

The desk is open from nine to six on weekdays. High is answered in 4 hours and solved in 16, normal in 8 and
in 24; a later answer takes 8.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from maildesk.desk.case.events import Event, EventKind, Plain
from maildesk.desk.figures.report import Report, ReportTerms, reported
from maildesk.desk.figures.week import Week
from maildesk.desk.policy.people import People, Person, Team
from maildesk.desk.policy.usual_questions import AFTERWARDS, SURVEY, USUAL_QUESTIONS
from tests.unit.desk.matters import AGENT, BO
from tests.unit.desk.timed import LISBON, Told, row, timed_desk

E = EventKind
ZONE = ZoneInfo("Europe/Lisbon")
WEEK = Week(2025, 44)
MONDAY_AFTER = datetime(2025, 11, 3, 9, 0, tzinfo=UTC)

_DESK = timed_desk(
    LISBON,
    row("High", first_response="4h", next_response="8h", resolution="16h"),
    row("Normal", first_response="8h", next_response="8h", resolution="24h"),
)
_PEOPLE = People(
    agents=tuple(
        Person(name, f"{name}@acme.example", (team,))
        for name, team in (("ana", "support"), ("bea", "support"), ("cai", "support"), ("dov", "billing"))
    ),
    teams=(Team("support"), Team("billing")),
)
DESK = replace(
    _DESK,
    zone="Europe/Lisbon",
    people=_PEOPLE,
    policy=replace(_DESK.policy, questions=dict(USUAL_QUESTIONS)),
)
TERMS = ReportTerms(DESK, WEEK, MONDAY_AFTER, subjects=True)


def _case(at: str, priority: str = "Normal", team: str = "support", **data: Plain) -> Told:
    return Told(DESK).opened(at, priority, "", team=team, **data)


def _back(story: Told, at: str) -> Told:
    return story.happens(at, E.REOPENED, actor=BO, since=story.at(at).isoformat())


def _survey(story: Told, asked: str, answered: str, score: int) -> Told:
    story.happens(asked, E.QUESTION_ASKED, question=SURVEY, number=1, to=BO)
    said: dict[str, Plain] = {"answer": str(score), "score": score}
    return story.happens(answered, E.QUESTION_ANSWERED, actor=BO, question=SURVEY, number=1, **said)


def answered_and_ended() -> Told:
    """Answered after 2 hours, ended after a day; its customer is satisfied."""
    story = _case("27 Oct 10:00").happens("27 Oct 12:00", E.ANSWERED).happens("28 Oct 10:00", E.RESOLVED)
    return _survey(story, "28 Oct 10:00", "29 Oct 10:00", 5)


def answered_late() -> Told:
    """Due on Tuesday at noon, answered on Wednesday at ten: 11 hours. It is open, and due."""
    return _case("27 Oct 17:00", "High", subject="The printer").happens("29 Oct 10:00", E.ANSWERED)


def reopened_twice() -> Told:
    """Ended in the week before, came back on Monday and again on Tuesday; then it ended for good."""
    story = _case("20 Oct 10:00").happens("20 Oct 11:00", E.ANSWERED).happens("21 Oct 10:00", E.RESOLVED)
    story.happens("21 Oct 10:00", E.QUESTION_ASKED, question=SURVEY, number=1, to=BO)
    _back(story, "27 Oct 09:00").happens("27 Oct 10:00", E.ANSWERED).happens("27 Oct 12:00", E.RESOLVED)
    _back(story, "28 Oct 12:00").happens("28 Oct 15:00", E.ANSWERED).happens("28 Oct 16:00", E.RESOLVED)
    said: dict[str, Plain] = {"question": SURVEY, "number": 1, "answer": "3", "score": 3}
    return story.happens("29 Oct 16:00", E.QUESTION_ANSWERED, actor=BO, **said)


def answer_came_back() -> Told:
    """Its first answer never arrived; the next one took 12 hours."""
    story = _case("28 Oct 09:00").happens("28 Oct 10:00", E.ANSWERED)
    story.happens("28 Oct 10:05", E.LETTER_FAILED, first_answer="", met="", letter="answer", to=BO)
    return story.happens("29 Oct 12:00", E.ANSWERED)


def of_saturday() -> Told:
    """Arrived on Saturday; nobody has looked, and nothing is due yet."""
    return _case("1 Nov 11:00", subject="Is anybody there?")


def over_the_clock_change() -> Told:
    """Arrived on Friday at noon, answered on Monday at noon: 73 hours, 9 of them business time."""
    story = _case("24 Oct 12:00", team="billing")
    return story.happens("27 Oct 12:00", E.ANSWERED).happens("27 Oct 13:00", E.RESOLVED)


def merged() -> Told:
    return _case("28 Oct 10:00").happens("28 Oct 11:00", E.MERGED_INTO, ref="2222-2222")


def spam() -> Told:
    return _case("29 Oct 09:00").happens("29 Oct 09:10", E.SPAM)


def closed_unanswered() -> Told:
    """Came by chat, and was closed two hours later without a word: its promise is neither kept nor broken."""
    return _case("29 Oct 09:00", source="chat").happens("29 Oct 11:00", E.CLOSED)


def imported() -> Told:
    """Lay in the mailbox since September, before the desk began."""
    began = datetime(2025, 9, 1, 10, 0, tzinfo=UTC).isoformat()
    told = Told(DESK).opened("30 Oct 09:00", "Normal", team="support", unpromised=True, existing=True)
    told.events[0] = replace(
        told.events[0],
        data={k: v for k, v in told.events[0].data.items() if k != "since"} | {"arrived_at": began},
    )
    return told.happens("30 Oct 10:00", E.ANSWERED).happens("30 Oct 11:00", E.CLOSED)


def wrote_again() -> Told:
    """Answered after an hour, waited for its customer, answered again after 6; the team learnt something."""
    story = _case("30 Oct 10:00", "High").happens("30 Oct 11:00", E.ANSWERED, E.WAITING)
    story.happens("31 Oct 10:00", E.REPLIED, actor=BO, since=story.at("31 Oct 10:00").isoformat())
    story.happens("31 Oct 16:00", E.ANSWERED).happens("1 Nov 10:00", E.RESOLVED)
    words = "Tell customers a day before."
    return story.happens("1 Nov 12:00", E.QUESTION_ANSWERED, question=AFTERWARDS, words=words, inside=True)


def old_and_escalated() -> Told:
    """Waits for its customer since September, who escalates it on Friday."""
    story = _case("15 Sep 10:00", team="billing").happens("15 Sep 11:00", E.ANSWERED, E.WAITING)
    return story.happens("31 Oct 10:00", E.ESCALATED, actor=BO)


STORIES = (
    answered_and_ended, answered_late, reopened_twice, answer_came_back, of_saturday, over_the_clock_change,
    merged, spam, closed_unanswered, imported, wrote_again, old_and_escalated,
)  # fmt: skip
REFS = tuple(f"{letter * 4}-{letter * 4}" for letter in "ABCDEFGHJKMN")


def histories() -> list[tuple[str, Sequence[Event]]]:
    """The twelve cases, each with all that happened to it until the Monday after."""
    told = [(ref, story().passes("3 Nov 08:00")) for ref, story in zip(REFS, STORIES, strict=True)]
    return [(ref, each.events) for ref, each in told]


def the_week() -> Report:
    """The report of the week."""
    return reported(histories(), TERMS)


__all__ = ["AGENT", "BO", "DESK", "REFS", "TERMS", "WEEK", "ZONE", "histories", "the_week"]
