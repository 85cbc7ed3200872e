"""The promises of a policy, asked for by name."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from maildesk.desk.case.case import Phase
from maildesk.desk.policy.policy import Policy, Priority, WarnBefore
from maildesk.desk.promises.calendar import BusinessCalendar, Target, Window
from maildesk.errors import BadInput, NotFound

OFFICE = BusinessCalendar(ZoneInfo("UTC"), ((Window(9 * 60, 17 * 60),),) * 5 + ((), ()))
POLICY = Policy(
    name="Acme",
    calendar=OFFICE,
    priorities=(
        Priority("urgent", 1, Target(timedelta(hours=2)), Target(days=1)),
        Priority("normal", 2, Target(timedelta(hours=8))),
        Priority("whenever", 3),
    ),
    default_priority="normal",
    types={"Bug": "Something is broken.", "question": ""},
    statuses={Phase.WAITING: "Pending Input"},
)
FRIDAY = datetime(2026, 3, 6, 16, tzinfo=UTC)


@pytest.mark.parametrize(
    ("target", "warn_before", "warned"),
    [
        (Target(timedelta(hours=8)), WarnBefore(), datetime(2026, 3, 9, 14, tzinfo=UTC)),
        (Target(timedelta(hours=8)), WarnBefore.parse("50%"), datetime(2026, 3, 9, 12, tzinfo=UTC)),
        (Target(timedelta(hours=8)), WarnBefore.parse("30m"), datetime(2026, 3, 9, 15, 30, tzinfo=UTC)),
        (Target(days=2), WarnBefore(), datetime(2026, 3, 10, 12, tzinfo=UTC)),
        (Target(timedelta(hours=1)), WarnBefore.parse("1h"), None),
        (Target(timedelta(hours=8)), WarnBefore.parse("never"), None),
        (None, WarnBefore(), None),
    ],
    ids=[
        "a quarter is left",
        "half is left",
        "a span is left",
        "of two days",
        "longer than it",
        "never",
        "none",
    ],
)
def test_people_are_warned_before_a_promise_is_due_in_business_time(
    target: Target | None, warn_before: WarnBefore, warned: datetime | None
) -> None:
    promise = Priority("normal", 1, target, warn_before=warn_before)
    assert replace(POLICY, priorities=(promise,)).warn_at("normal", FRIDAY) == warned


@pytest.mark.parametrize("text", ["0%", "100%", "25", "2bd", "1d", "", "%", "-5%", "soon"])
def test_what_is_no_time_to_warn_before_is_refused(text: str) -> None:
    with pytest.raises(BadInput):
        WarnBefore.parse(text)


@pytest.mark.parametrize(
    ("priority", "response", "resolution"),
    [
        ("urgent", datetime(2026, 3, 9, 10, tzinfo=UTC), datetime(2026, 3, 9, 16, tzinfo=UTC)),
        ("URGENT", datetime(2026, 3, 9, 10, tzinfo=UTC), datetime(2026, 3, 9, 16, tzinfo=UTC)),
        ("normal", datetime(2026, 3, 9, 16, tzinfo=UTC), None),
        ("whenever", None, None),
    ],
)
def test_a_priority_promises_in_business_time(
    priority: str, response: datetime | None, resolution: datetime | None
) -> None:
    assert POLICY.response_due(priority, FRIDAY) == response
    assert POLICY.resolution_due(priority, FRIDAY) == resolution


def test_an_unknown_priority_is_told_with_those_there_are() -> None:
    with pytest.raises(NotFound) as told:
        POLICY.priority("p1")
    assert str(told.value) == "the policy knows no priority 'p1' (use one of urgent, normal, whenever)"


def test_a_type_is_found_in_any_letter_case_and_spelt_as_the_policy_does() -> None:
    assert POLICY.type("bug") == "Bug"
    with pytest.raises(NotFound, match="use one of Bug, question"):
        POLICY.type("wish")


def test_a_phase_without_a_name_of_the_policy_has_a_plain_one() -> None:
    assert POLICY.status(Phase.WAITING) == "Pending Input"
    assert [POLICY.status(phase) for phase in (Phase.NEW, Phase.OPEN, Phase.RESOLVED, Phase.CLOSED)] == [
        "New", "Open", "Resolved", "Closed",
    ]  # fmt: skip


def test_a_case_keeps_a_priority_that_the_policy_no_longer_has() -> None:
    assert POLICY.remembered("URGENT").name == "urgent"
    old = POLICY.remembered("critical")
    assert (old.name, old.first_response) == ("critical", None)
    assert old.rank > POLICY.remembered("whenever").rank
