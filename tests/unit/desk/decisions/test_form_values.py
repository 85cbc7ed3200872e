"""The values of a filled form: how each kind is kept, and what lacks."""

from __future__ import annotations

import pytest

from maildesk.desk.case.escalation import Particular
from maildesk.desk.decisions.form_values import particulars_of, understood
from tests.unit.desk.matters import NOW
from tests.unit.desk.screening.test_filled_forms import FORM, IMPACT, PLACES, SINCE, WORDS


@pytest.mark.parametrize(
    ("label", "written", "kept"),
    [
        ("Since", "2026-02-24", "2026-02-24"),
        ("Since", "24.02.2026", "2026-02-24"),
        ("Since", "24/02/2026", "2026-02-24"),
        ("Since", "02/24/2026", "2026-02-24"),
        ("Since", "03/02/2026", None),
        ("Since", "today", "2026-03-02"),
        ("Since", "long ago", None),
        ("Places", "25", "25"),
        ("Places", "1,000 users", "1000"),
        ("Places", "about 30", "30"),
        ("Places", "3 or 4", None),
        ("Places", "many", None),
        ("Description", "It burns.\n\nBadly.", "It burns.\n\nBadly."),
    ],
)
def test_a_value_is_kept_as_its_kind_says(label: str, written: str, kept: str | None) -> None:
    read = understood(FORM, {label: written}, "7K2Q-9F3M", NOW, "UTC")
    assert read.values.get(label) == kept
    assert [each.label for each in read.unclear] == ([] if kept else [label])


def test_what_lacks_is_told_apart_from_what_is_unclear() -> None:
    read = understood(FORM, {"Business impact": "high"}, "", NOW, "UTC")
    assert read.values == {}
    assert read.unclear == (IMPACT,)
    assert read.blank == (SINCE, PLACES, WORDS)


def test_colleagues_read_of_each_line_what_it_says_or_what_was_written_that_says_nothing() -> None:
    read = understood(FORM, {"Business impact": "quite\nbad", "Places": "25"}, "", NOW, "UTC")
    assert particulars_of(FORM, read) == (
        Particular("Business impact", wrote="quite bad"),
        Particular("Since"),
        Particular("Places", "25"),
        Particular("Description"),
    )
