"""Fields of the policy: how a value is read, and which one a case shows."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from maildesk.desk.policy.case_fields import (
    MOST_TEXT,
    CaseField,
    FieldKind,
    read_value,
    shown_values,
    split_off,
)
from maildesk.errors import MaildeskError

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
"""A Monday."""

OUTCOMES = ("Answered Question – Happy", "Answered Question – Unhappy", "Reported a problem – Workaround")
FIELDS = {
    each.name: each
    for each in (
        CaseField("item", FieldKind.TEXT),
        CaseField("seats", FieldKind.NUMBER),
        CaseField("need by", FieldKind.DATE),
        CaseField("partner", FieldKind.YES_OR_NO, label="Case From a Partner?"),
        CaseField("audience", FieldKind.CHOICE, ("external", "internal")),
        CaseField("chat outcome", FieldKind.CHOICE, OUTCOMES, keeps_last=True, note=OUTCOMES[1]),
    )
}

READ = [
    ("item", "  OKR   tree ", "OKR tree"),
    ("seats", "25", "25"),
    ("seats", "025.50", "25.5"),
    ("seats", "-3", "-3"),
    ("seats", "100", "100"),
    ("need by", "2025-11-27", "2025-11-27"),
    ("need by", "today", "2026-03-02"),
    ("need by", "friday", "2026-03-06"),
    ("need by", "9 March", "2026-03-09"),
    ("need by", "3d", "2026-03-05"),
    ("partner", "yes", "yes"),
    ("partner", "True", "yes"),
    ("partner", "No.", "no"),
    ("audience", "int", "internal"),
    ("chat outcome", "unhappy", OUTCOMES[1]),
    ("chat outcome", "answered question happy", OUTCOMES[0]),
]


@pytest.mark.parametrize(("field", "typed", "value"), READ, ids=lambda each: ascii(each))
def test_a_value_is_read_by_the_kind_of_its_field(field: str, typed: str, value: str) -> None:
    assert read_value(FIELDS[field], typed, NOW, "Europe/Lisbon") == value


UNREAD = [
    ("item", " ", "is given no value"),
    ("item", "x" * (MOST_TEXT + 1), "500 characters at most"),
    ("seats", "many", "is no number for seats"),
    ("seats", "1e9", "is no number"),
    ("need by", "soon", "is no span of time"),
    ("partner", "perhaps", "neither yes nor no for partner"),
    ("audience", "both", "no audience called 'both' (use one of external, internal)"),
    ("chat outcome", "answered", "may be Answered Question"),
]


@pytest.mark.parametrize(("field", "typed", "why"), UNREAD, ids=lambda each: ascii(each)[:30])
def test_what_is_no_value_is_refused_with_what_is(field: str, typed: str, why: str) -> None:
    with pytest.raises(MaildeskError) as caught:
        read_value(FIELDS[field], typed, NOW, "Europe/Lisbon")
    assert why in str(caught.value)


@pytest.mark.parametrize(
    ("before", "new", "kept"),
    [
        pytest.param(None, OUTCOMES[2], OUTCOMES[2], id="down from the default"),
        pytest.param(OUTCOMES[2], OUTCOMES[1], OUTCOMES[2], id="never up"),
        pytest.param(OUTCOMES[1], OUTCOMES[1], OUTCOMES[1], id="the same"),
        pytest.param("gone from the list", OUTCOMES[0], OUTCOMES[0], id="a value of an older policy"),
    ],
)
def test_a_field_that_keeps_the_last_goes_down_its_list(before: str | None, new: str, kept: str) -> None:
    assert FIELDS["chat outcome"].kept(before, new) == kept
    assert FIELDS["audience"].kept("internal", "external") == "external"


def test_every_field_shows_its_value_or_its_default_and_nothing_that_was_set_is_hidden() -> None:
    assert shown_values(FIELDS, {"item": "OKR tree", "of yore": "7"}) == {
        "item": "OKR tree",
        "seats": None,
        "need by": None,
        "partner": None,
        "audience": "external",
        "chat outcome": OUTCOMES[0],
        "of yore": "7",
    }


def test_a_name_of_several_words_is_parted_from_its_value() -> None:
    assert split_off(FIELDS, "chat outcome happy") == ("chat outcome", "happy")
    assert split_off(FIELDS, "Item OKR tree") == ("Item", "OKR tree")
    assert split_off(FIELDS, "subject no field") is None
    assert split_off(FIELDS, "item") is None
