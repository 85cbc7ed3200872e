"""The case's law: every move the table has, and that no other one changes anything."""

from __future__ import annotations

import itertools
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maildesk.desk.case.case import PartyRole, Phase
from maildesk.desk.case.escalation import Escalation
from maildesk.desk.case.events import DESK, INSIDE, Event, EventKind, Plain
from maildesk.desk.case.moves import move_event, possible
from maildesk.desk.case.transitions import CHANGEABLE, TRANSITIONS, apply, apply_all
from maildesk.errors import NotAllowed
from tests.unit.desk.matters import BO, CASE, CY, NOW, case

N, O, W, R, C = Phase  # noqa: E741 - new, open, waiting, resolved, closed, as columns below

# From each phase: new, open, waiting, resolved, closed. None: not allowed.
MOVES: dict[EventKind, tuple[Phase | None, ...]] = {
    EventKind.REPLIED: (N, O, O, None, None),
    EventKind.REOPENED: (None, None, None, O, O),
    EventKind.ANSWERED: (O, O, W, R, C),
    EventKind.WAITING: (W, W, W, None, None),
    EventKind.WAIT_OVER: (None, None, O, None, None),
    EventKind.SPAM: (C, C, C, C, None),
    EventKind.MERGED_INTO: (C, C, C, C, C),
    EventKind.RESOLVED: (R, R, R, None, None),
    EventKind.CLOSED: (C, C, C, C, None),
    EventKind.ESCALATED: (N, O, W, None, None),
    EventKind.ESCALATION_REPEATED: (N, O, W, None, None),
    EventKind.ESCALATION_APPROVED: (N, O, W, None, None),
    EventKind.ESCALATION_DECLINED: (N, O, W, None, None),
    EventKind.ESCALATION_RAISED: (N, O, W, None, None),
    EventKind.RESPONSE_NEAR: (N, O, W, None, None),
    EventKind.RESPONSE_OVERDUE: (N, O, W, None, None),
}
STAYING = sorted(set(EventKind) - set(MOVES) - {EventKind.CHANGED})


def event(kind: EventKind, **data: str | int | bool | None) -> Event:
    return Event(NOW, kind, BO, data)


@pytest.mark.parametrize(("kind", "phase"), list(itertools.product(MOVES, Phase)))
def test_every_move_is_as_the_table_says(kind: EventKind, phase: Phase) -> None:
    wanted = MOVES[kind][list(Phase).index(phase)]
    before = case(phase=phase)
    if wanted is not None:
        assert apply(before, event(kind)).phase is wanted
        return
    with pytest.raises(NotAllowed) as refused:
        apply(before, event(kind))
    assert CASE.ref in str(refused.value)
    assert before == case(phase=phase)


@pytest.mark.parametrize(("before", "after"), list(itertools.product(Phase, Phase)))
def test_a_move_is_possible_where_the_law_lets_it_be_made(before: Phase, after: Phase) -> None:
    moving = move_event(case(phase=before), after, "There", NOW, BO)
    if possible(before, after):
        assert apply(case(phase=before), moving).phase is after
    else:
        assert (before, after) == (Phase.CLOSED, Phase.RESOLVED)
        with pytest.raises(NotAllowed):
            apply(case(phase=before), moving)


def test_the_table_holds_nothing_else() -> None:
    assert {kind for _, kind in TRANSITIONS} == set(MOVES)


@pytest.mark.parametrize(("kind", "phase"), list(itertools.product(STAYING, Phase)))
def test_every_other_event_leaves_the_phase_alone(kind: EventKind, phase: Phase) -> None:
    assert apply(case(phase=phase), event(kind)).phase is phase


def test_a_case_that_became_part_of_another_can_only_be_noted_on() -> None:
    merged = apply(CASE, event(EventKind.MERGED_INTO, ref="OTHE-RONE"))
    assert (merged.phase, merged.merged_into) == (Phase.CLOSED, "OTHE-RONE")
    with pytest.raises(NotAllowed, match="part of OTHE-RONE"):
        apply(merged, event(EventKind.REOPENED))
    assert apply(merged, event(EventKind.LETTER_FAILED)).merged_into == "OTHE-RONE"


def test_an_event_that_is_not_allowed_ends_a_series_before_it_began() -> None:
    before = case(phase=Phase.CLOSED)
    with pytest.raises(NotAllowed):
        apply_all(before, [event(EventKind.NOTED), event(EventKind.CLOSED)])
    assert before.updated_at == CASE.updated_at


def test_the_first_answer_stops_the_clock_and_later_ones_do_not_move_it() -> None:
    once = apply(CASE, event(EventKind.ANSWERED))
    twice = apply(once, Event(NOW + timedelta(days=1), EventKind.ANSWERED, BO))
    assert once.first_response_at == twice.first_response_at == NOW


def test_a_first_answer_that_failed_starts_the_clock_again() -> None:
    answered = apply(CASE, event(EventKind.ANSWERED))
    assert apply(answered, event(EventKind.LETTER_FAILED, first_answer="")).first_response_at is None
    assert apply(answered, event(EventKind.LETTER_FAILED)).first_response_at == NOW


def test_reopening_keeps_owner_and_priority_and_forgets_the_end() -> None:
    owned = case(owner="agent@acme.example", priority="urgent")
    ended = apply_all(owned, [event(EventKind.RESOLVED), event(EventKind.CLOSED)])
    assert (ended.resolved_at, ended.closed_at) == (NOW, NOW)
    again = apply(ended, event(EventKind.REOPENED))
    assert (again.owner, again.priority) == ("agent@acme.example", "urgent")
    assert (again.resolved_at, again.closed_at, again.reopened) == (None, None, 1)


def test_closing_ends_an_escalation() -> None:
    escalated = apply(CASE, event(EventKind.ESCALATED, level=1))
    assert escalated.escalation == Escalation(1, NOW, BO)
    assert apply(escalated, event(EventKind.CLOSED)).escalation is None


def test_only_some_fields_can_be_changed() -> None:
    for field in CHANGEABLE:
        changed = apply(CASE, event(EventKind.CHANGED, field=field, new="x"))
        assert getattr(changed, field) == "x"
    with pytest.raises(NotAllowed):
        apply(CASE, event(EventKind.CHANGED, field="phase", new="closed"))


def test_a_party_keeps_its_number_whoever_joins() -> None:
    joined = CASE.joined(CY, "Cy", PartyRole.CC).joined(BO.upper(), "", PartyRole.CC)
    assert [(party.number, party.address) for party in joined.parties] == [(1, BO), (2, CY)]


def test_a_case_never_grows_younger() -> None:
    before = case(updated_at=NOW + timedelta(days=1))
    assert apply(before, event(EventKind.NOTED)).updated_at == NOW + timedelta(days=1)


# --- a whole history --------------------------------------------------------------------------------


def at(hours: int, kind: EventKind, actor: str = BO, **data: Plain) -> Event:
    return Event(NOW + timedelta(hours=hours), kind, actor, data)


AGENT = "agent@acme.example"
STORY = (
    at(0, EventKind.OPENED),
    at(1, EventKind.ASSIGNED, "cli:ana", owner=AGENT, team="printers"),
    at(2, EventKind.ESCALATED, level=1, word="escalate"),
    at(3, EventKind.RESPONSE_OVERDUE, "desk"),
    at(4, EventKind.ESCALATION_REPEATED, word="escalate"),
    at(5, EventKind.CHANGED, AGENT, field="priority", old="normal", new="urgent"),
    at(6, EventKind.ANSWERED, AGENT, first=True),
    at(7, EventKind.WAITING, AGENT),
    at(8, EventKind.UNVERIFIED_MAIL, "eve@evil.example"),
    at(9, EventKind.REPLIED),
    at(10, EventKind.RESOLVED, AGENT),
    at(11, EventKind.CLOSED, AGENT, outcome="replaced"),
    at(12, EventKind.DUPLICATE_ARRIVED),
    at(13, EventKind.REOPENED),
    at(14, EventKind.ANSWERED, AGENT, first=False),
    at(15, EventKind.ASSIGNED, "cli:lea", owner=None, team="printers"),
    at(16, EventKind.CLOSED, AGENT),
)
PHASES = [N, N, N, N, N, N, O, W, W, O, R, C, C, O, O, O, C]


def test_a_case_is_what_its_events_made_of_it() -> None:
    ended = apply_all(case(phase=Phase.NEW), STORY)
    hour = [NOW + timedelta(hours=n) for n in range(17)]
    assert ended == case(
        phase=Phase.CLOSED,
        updated_at=hour[16],
        owner=None,
        team="printers",
        priority="urgent",
        escalation=None,
        first_response_at=hour[6],
        resolved_at=hour[16],
        closed_at=hour[16],
        reopened=1,
        last_asked_at=hour[13],
    )


def test_each_event_leads_to_the_phase_of_its_moment() -> None:
    met, held = [], case(phase=Phase.NEW)
    for each in STORY:
        held = apply(held, each)
        met.append(held.phase)
    assert met == PHASES


def test_a_question_that_many_may_answer_leaves_the_customers_open() -> None:
    asks = Event(NOW, EventKind.QUESTION_ASKED, DESK, {"question": "survey", "number": 1, "to": BO})
    looks_back = Event(NOW, EventKind.QUESTION_ASKED, DESK, {"question": "afterwards", INSIDE: True})
    said = Event(NOW, EventKind.QUESTION_ANSWERED, AGENT, {"question": "afterwards", INSIDE: True})
    waits = apply(CASE, asks)
    assert waits.asked
    assert not waits.asked.inside
    assert apply_all(waits, [looks_back, said]).asked == waits.asked


def test_an_escalation_keeps_when_it_began_and_who_asked_however_often_it_is_repeated() -> None:
    held = apply_all(case(phase=Phase.NEW), STORY[:6])
    assert held.escalation == Escalation(1, NOW + timedelta(hours=2), BO)


@settings(deadline=None)  # a busy machine is no mistake of the law
@given(st.lists(st.sampled_from(sorted(set(EventKind) - {EventKind.CHANGED})), max_size=12))
def test_any_history_is_applied_whole_or_refused_and_stays_sound(kinds: list[EventKind]) -> None:
    held = case(phase=Phase.NEW)
    for hours, kind in enumerate(kinds):
        before = held
        try:
            held = apply(held, at(hours, kind))
        except NotAllowed:
            assert (before.phase, kind) not in TRANSITIONS
            assert kind in MOVES or before.merged_into
        assert (held.closed_at is None) == (held.phase is not Phase.CLOSED)
        assert held.resolved_at is not None or not held.phase.ended
        assert held.escalation is None or held.phase is not Phase.CLOSED
        assert held.updated_at >= before.updated_at
