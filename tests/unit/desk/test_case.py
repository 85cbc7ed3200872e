"""The case's law: every move the table has, and that no other one changes anything."""

from __future__ import annotations

import itertools
from datetime import timedelta

import pytest

from maildesk.desk.case import CHANGEABLE, TRANSITIONS, Escalation, PartyRole, Phase, apply, apply_all
from maildesk.desk.events import Event, EventKind
from maildesk.errors import NotAllowed
from tests.unit.desk.matters import BO, CASE, CY, NOW, case

N, O, W, R, C = Phase  # noqa: E741 - new, open, waiting, resolved, closed, as columns below

# From each phase: new, open, waiting, resolved, closed. None: not allowed.
MOVES: dict[EventKind, tuple[Phase | None, ...]] = {
    EventKind.REPLIED: (N, O, O, None, None),
    EventKind.REOPENED: (None, None, None, O, O),
    EventKind.ANSWERED: (O, O, W, R, C),
    EventKind.WAITING: (W, W, None, None, None),
    EventKind.RESOLVED: (R, R, R, None, None),
    EventKind.CLOSED: (C, C, C, C, None),
    EventKind.ESCALATED: (N, O, W, None, None),
    EventKind.ESCALATION_REPEATED: (N, O, W, None, None),
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


def test_the_table_holds_nothing_else() -> None:
    assert {kind for _, kind in TRANSITIONS} == set(MOVES)


@pytest.mark.parametrize(("kind", "phase"), list(itertools.product(STAYING, Phase)))
def test_every_other_event_leaves_the_phase_alone(kind: EventKind, phase: Phase) -> None:
    assert apply(case(phase=phase), event(kind)).phase is phase


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
    assert apply(answered, event(EventKind.LETTER_FAILED, first_response=True)).first_response_at is None
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
