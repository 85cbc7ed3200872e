"""The promises of a policy, asked for by name."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from maildesk.desk.case.case import Phase
from maildesk.desk.policy.case_fields import CaseField, FieldKind
from maildesk.desk.policy.case_types import CaseType, Priority
from maildesk.desk.policy.policy import Policy
from maildesk.desk.policy.questions import Outcome
from maildesk.desk.policy.rules import Assignment, Condition, Rule
from maildesk.desk.policy.statuses import Statuses, plain_status
from maildesk.desk.promises.calendar import BusinessCalendar, Window
from maildesk.desk.promises.promised import PromiseRow, WarnBefore
from maildesk.errors import BadInput, NotFound

OFFICE = BusinessCalendar(ZoneInfo("UTC"), ((Window(9 * 60, 17 * 60),),) * 5 + ((), ()))
POLICY = Policy(
    name="Acme",
    calendar=OFFICE,
    priorities=(Priority("urgent", 1), Priority("normal", 2), Priority("whenever", 3)),
    default_priority="normal",
    types={"Bug": CaseType("Bug", "Something is broken."), "question": CaseType("question")},
    outcomes={"não reproduzido": Outcome("não reproduzido")},
    fields={"admin task type": CaseField("admin task type", FieldKind.TEXT)},
    statuses=Statuses(
        (
            plain_status("New", Phase.NEW),
            plain_status("Open", Phase.OPEN),
            plain_status("Pending Input", Phase.WAITING),
            plain_status("On hold", Phase.WAITING),
            plain_status("Resolved", Phase.RESOLVED),
            plain_status("Closed", Phase.CLOSED),
        )
    ),
)


@pytest.mark.parametrize(
    ("written", "left"),
    [
        ("25%", timedelta(hours=2)),
        ("50%", timedelta(hours=4)),
        ("30m", timedelta(minutes=30)),
        ("1h", timedelta(hours=1)),
        ("never", timedelta(0)),
    ],
)
def test_people_are_warned_when_so_much_of_eight_hours_is_left(written: str, left: timedelta) -> None:
    assert WarnBefore.parse(written).of(timedelta(hours=8)) == left


@pytest.mark.parametrize("text", ["0%", "100%", "25", "2bd", "1d", "", "%", "-5%", "soon"])
def test_what_is_no_time_to_warn_before_is_refused(text: str) -> None:
    with pytest.raises(BadInput):
        WarnBefore.parse(text)


def test_an_unknown_priority_is_told_with_those_there_are() -> None:
    with pytest.raises(NotFound) as told:
        POLICY.priority("p1")
    assert str(told.value) == "the policy knows no priority 'p1' (use one of urgent, normal, whenever)"


def test_a_type_is_found_in_any_letter_case_and_spelt_as_the_policy_does() -> None:
    assert POLICY.type("bug") == "Bug"
    with pytest.raises(NotFound, match="use one of Bug, question"):
        POLICY.type("wish")


def test_outcomes_fields_and_statuses_are_found_as_people_type_them() -> None:
    assert POLICY.outcome("nao").name == "não reproduzido"
    assert POLICY.field("task").name == "admin task type"
    assert POLICY.statuses.called("hold").name == "On hold"


@pytest.mark.parametrize(
    ("plan", "promised"), [("gold", "gold"), ("silver", "silver"), ("TIN", "tin"), ("brass", ""), ("", "")]
)
def test_a_plan_that_the_policy_does_not_tell_apart_is_everybodys(plan: str, promised: str) -> None:
    rows = (PromiseRow(plan=("silver",)), PromiseRow(plan=("",)))
    rules = (Rule("tin", Condition(plan=("tin",)), Assignment(priority="normal")),)
    assert (
        replace(POLICY, plans={"gold": ("email",)}, promises=rows, rules=rules).known_plan(plan) == promised
    )


def test_a_phase_is_called_as_its_first_status() -> None:
    assert POLICY.statuses.first(Phase.WAITING).name == "Pending Input"
    others = (Phase.NEW, Phase.OPEN, Phase.RESOLVED, Phase.CLOSED)
    assert [POLICY.statuses.first(phase).name for phase in others] == ["New", "Open", "Resolved", "Closed"]


def test_a_case_keeps_a_priority_that_the_policy_no_longer_has() -> None:
    assert POLICY.remembered("urgent").rank == 1
    old = POLICY.remembered("critical")
    assert old.name == "critical"
    assert old.rank > POLICY.remembered("whenever").rank
