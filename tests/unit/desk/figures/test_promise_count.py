"""The count of promises: each decided once, at the event that decides it, whatever happens to it later."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import pytest

from maildesk.desk.case.clocks import ClockKind
from maildesk.desk.case.events import Event
from maildesk.desk.case.events import EventKind as E
from maildesk.desk.figures.measures import Share
from maildesk.desk.figures.promise_count import Decided, decided_since
from maildesk.desk.figures.report import reported
from tests.unit.desk.figures.a_week import DESK, REFS, TERMS, histories
from tests.unit.desk.matters import AGENT, BO
from tests.unit.desk.timed import Told

FIRST, NEXT, SOLVED = ClockKind.FIRST_RESPONSE, ClockKind.NEXT_RESPONSE, ClockKind.RESOLUTION


def count(story: Told) -> dict[Decided, int]:
    return dict(decided_since(story.events, 0))


def case(at: str = "27 Oct 10:00", priority: str = "Normal") -> Told:
    return Told(DESK).opened(at, priority)


def test_the_twelve_cases_of_a_week_counted_by_hand() -> None:
    total = Counter[Decided]()
    for _, events in histories():
        total += decided_since(events, 0)
    by_hand = {
        # A, C three times, N, D (its answer came back later); K was promised nothing, J's is withdrawn
        Decided(FIRST, "Normal", True): 6,
        Decided(FIRST, "Normal", False): 1,  # F
        Decided(FIRST, "High", True): 1,  # M
        Decided(FIRST, "High", False): 1,  # B
        Decided(NEXT, "High", True): 1,  # M
        Decided(SOLVED, "Normal", True): 6,  # A, C three times, F, J
        Decided(SOLVED, "Normal", False): 1,  # D; that of N stands still since September
        Decided(SOLVED, "High", True): 1,  # M
        Decided(SOLVED, "High", False): 1,  # B
    }
    assert total == Counter(by_hand)


def test_what_the_report_says_of_a_week_and_the_count_are_one_rule() -> None:
    """Of the cases in which nothing was undone, none turned out to be spam, and nothing happened before."""
    same = [told for told in histories() if told[0][0] in "ABEFJKM"]
    week = reported(same, TERMS).now
    total = sum((decided_since(events, 0) for _, events in same), Counter[Decided]())
    for kind, share in (
        (FIRST, week.first_in_time), (NEXT, week.later_in_time), (SOLVED, week.resolution_in_time),
    ):  # fmt: skip
        of = {each: number for each, number in total.items() if each.promise is kind}
        assert sum(of.values()) == share.of
        assert sum(number for each, number in of.items() if each.kept) == share.part


@pytest.mark.parametrize(("ref", "events"), histories(), ids=REFS)
def test_the_counts_of_two_parts_of_a_history_add_up(ref: str, events: Sequence[Event]) -> None:
    whole = decided_since(events, 0)
    for known in range(len(events) + 1):
        assert decided_since(events[:known], 0) + decided_since(events, known) == whole


def test_an_answer_that_comes_back_takes_nothing_back_and_its_promise_is_not_decided_again() -> None:
    story = case().happens("27 Oct 11:00", E.ANSWERED)
    kept = {Decided(FIRST, "Normal", True): 1}
    assert count(story) == kept
    story.happens("27 Oct 11:05", E.LETTER_FAILED, first_answer="", met="", letter="answer", to=BO)
    assert count(story.passes("28 Oct 17:00")) == kept


def test_a_promise_that_is_missed_is_counted_when_that_is_told_and_a_late_answer_adds_nothing() -> None:
    story = case().passes("27 Oct 17:59")
    assert count(story) == {}
    broken = {Decided(FIRST, "Normal", False): 1}
    assert count(story.passes("27 Oct 18:00")) == broken
    assert count(story.happens("28 Oct 12:00", E.ANSWERED)) == broken


def test_the_priority_is_that_of_the_moment() -> None:
    story = case().happens("27 Oct 10:30", E.CHANGED, field="priority", old="Normal", new="High")
    story.happens("27 Oct 11:00", E.ANSWERED)
    story.happens("27 Oct 12:00", E.CHANGED, field="priority", old="High", new="Normal")
    assert count(story) == {Decided(FIRST, "High", True): 1}


@pytest.mark.parametrize("kind", [E.SPAM, E.MERGED_INTO])
def test_of_a_case_that_no_figure_counts_nothing_is_kept(kind: E) -> None:
    assert count(case().happens("27 Oct 11:00", kind, ref="2222-2222")) == {}


def test_who_writes_first_has_kept_no_promise_by_it_but_may_keep_others() -> None:
    story = case().happens("27 Oct 10:00", E.ANSWERED)
    story.events[0] = replace(story.events[0], actor=AGENT)  # who wrote to Bo, and not he to us
    assert count(story) == {}
    story.happens("28 Oct 10:00", E.REPLIED, actor=BO, since=story.at("28 Oct 10:00").isoformat())
    story.happens("28 Oct 11:00", E.ANSWERED)
    assert count(story) == {Decided(NEXT, "Normal", True): 1}
    week = reported([("7K2Q-9F3M", story.events)], TERMS).now
    assert (week.first_in_time, week.later_in_time) == (Share(0, 0), Share(1, 1))
