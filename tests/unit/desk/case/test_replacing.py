"""Values of a case replaced: as `dataclasses.replace` does it."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime, timedelta

import pytest

from maildesk.desk.case.case import Asked, Case, Phase
from maildesk.desk.case.replacing import replace
from maildesk.desk.promises.calendar import Window
from maildesk.errors import BadInput

NOW = datetime(2025, 11, 4, 10, tzinfo=UTC)
CASE = Case(
    "7K2Q-9F3M", "Printer", Phase.NEW, "bo@client.example", "support@acme.example", NOW, NOW, "normal"
)


def test_a_case_with_other_values_is_another_case() -> None:
    later = NOW + timedelta(hours=1)
    changed = replace(CASE, phase=Phase.OPEN, updated_at=later)
    assert changed == dataclasses.replace(CASE, phase=Phase.OPEN, updated_at=later)
    assert (CASE.phase, CASE.updated_at) == (Phase.NEW, NOW)
    assert replace(CASE) == CASE


def test_a_value_with_slots_is_replaced_too() -> None:
    asked = Asked(1, "solved", "customer", NOW, "resolved", "Resolved")
    assert replace(asked, left=True) == dataclasses.replace(asked, left=True)


def test_a_value_that_looks_at_its_parts_looks_at_the_new_ones() -> None:
    with pytest.raises(BadInput, match="does not end after it begins"):
        replace(Window(9 * 60, 17 * 60), opens=18 * 60)


@pytest.mark.parametrize("value", [CASE, Asked(1, "solved", "customer", NOW)])
def test_a_name_that_a_value_does_not_have_is_refused(value: Case | Asked) -> None:
    with pytest.raises(TypeError, match=f"{type(value).__name__} has no colour"):
        replace(value, colour="red")  # type: ignore[call-arg]
