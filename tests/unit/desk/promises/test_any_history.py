"""Laws of time that hold for any history of a case: what is stored is what its events say."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maildesk.desk.case.clocks import ClockKind
from maildesk.desk.case.events import EventKind
from maildesk.desk.case.folding import folded
from maildesk.desk.case.letter_order import LetterKind
from maildesk.desk.policy.desk import Desk
from maildesk.desk.promises.deadlines import deadlines_of
from maildesk.desk.promises.promised import Promised, PromiseRow
from maildesk.desk.promises.spans import Span
from maildesk.errors import NotAllowed
from tests.unit.desk.matters import AGENT, BO
from tests.unit.desk.timed import DROZ, PRODUCTIV, Told

E = EventKind
EVERYTHING = replace(
    PRODUCTIV,
    policy=replace(
        PRODUCTIV.policy,
        quiet=Span.parse("5bd"),
        promises=(
            *PRODUCTIV.policy.promises,
            PromiseRow({Promised(name): Span.parse(span) for name, span in (
                ("next_response", "8h"), ("update", "2bd"), ("resolution", "5bd"))}),
        ),
    ),
)  # fmt: skip
ACTS = {
    "answers": (AGENT, E.ANSWERED, {}),
    "asks": (AGENT, E.WAITING, {"needs": "screenshot"}),
    "waits": (AGENT, E.WAITING, {}),
    "replies": (BO, E.REPLIED, {}),
    "thanks": (BO, E.THANKED, {}),
    "is away": (BO, E.AUTOMATIC_MAIL, {"away_until": "2025-12-10"}),
    "comes again": (BO, E.REOPENED, {}),
    "resolves": (AGENT, E.RESOLVED, {}),
    "closes": (AGENT, E.CLOSED, {}),
    "notes": (AGENT, E.NOTED, {}),
    "raises": (AGENT, E.CHANGED, {"field": "priority", "new": "Urgent"}),
    "lowers": (AGENT, E.CHANGED, {"field": "priority", "new": "Low"}),
    "takes": (AGENT, E.ASSIGNED, {"owner": AGENT}),
    "was not heard": ("desk", E.LETTER_FAILED, {"first_answer": "", "met": ""}),
}
HISTORIES = st.lists(st.tuples(st.sampled_from(sorted(ACTS)), st.integers(1, 90 * 60)), max_size=10)


def lived(desk: Desk, history: list[tuple[str, int]]) -> Told:
    """A case to which all of this happened that may, so many minutes one after the other."""
    story = Told(desk).opened("24 Nov 10:00", "Normal")
    now = story.at("24 Nov 10:00")
    for name, minutes in history:
        actor, kind, data = ACTS[name]
        now += timedelta(minutes=minutes)
        try:
            story.happens(_typed(story, now), kind, actor=actor, **data)
        except NotAllowed:
            continue
    return story.passes(_typed(story, now + timedelta(days=60)))


def _typed(story: Told, at: datetime) -> str:
    return at.astimezone(story.zone).strftime("%-d %b %Y %H:%M")


@pytest.mark.parametrize("desk", [EVERYTHING, DROZ], ids=["everything", "droz"])
@settings(deadline=None, max_examples=60)  # a busy machine is no mistake of the law
@given(history=HISTORIES)
def test_any_history_folds_to_the_case_that_it_made_and_time_stands_still_at_its_end(
    desk: Desk, history: list[tuple[str, int]]
) -> None:
    story = lived(desk, history)
    case = story.case
    assert case is not None
    assert folded(case.ref, story.events) == replace(case, parties=())
    if case.phase.ended:
        assert {each.kind for each in case.clocks} <= {ClockKind.REMIND, ClockKind.AFTER}
    assert deadlines_of(case) == ()  # two months later nothing happens any more
    assert not _twice(story)


def _twice(story: Told) -> list[object]:
    """What time said twice of one promise: the same kind, due at the same moment."""
    time = (E.RESPONSE_NEAR, E.RESPONSE_OVERDUE, E.RESOLUTION_NEAR, E.RESOLUTION_OVERDUE, E.UPDATE_OVERDUE)
    said = [(each.kind, each.data["promise"], each.data["due"]) for each in story.events if each.kind in time]
    return [each for each in said if said.count(each) > 1]


@settings(deadline=None, max_examples=40)
@given(history=HISTORIES)
def test_customers_hear_of_time_in_opening_hours_alone(history: list[tuple[str, int]]) -> None:
    story = lived(PRODUCTIV, history)
    for event in story.events:
        if event.actor == "desk" and event.kind in (E.REMINDED, E.CLOSED):
            assert story.desk.policy.calendar.next_open(event.at) == event.at
    assert len(story.said(LetterKind.LONG_QUIET)) == 0
