"""Channels of plans, and the field that keeps how a case came."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from maildesk.desk.policy.case_fields import CaseField, FieldKind
from maildesk.desk.policy.channels import channel_called, channels_instead, kept_source, known_channels
from maildesk.desk.policy.policy import Policy
from maildesk.errors import NotFound
from tests.unit.desk.matters import POLICY

PLANS: Mapping[str, tuple[str, ...]] = {
    "Pro": ("email", "chat", "phone"),
    "Essentials": ("email", "chat"),
    "everybody": ("email",),
}


def policy(plans: Mapping[str, tuple[str, ...]] = PLANS, **fields: CaseField) -> Policy:
    return replace(POLICY, plans=plans, fields=fields)


@pytest.mark.parametrize(
    ("plan", "channel", "instead"),
    [
        ("Pro", "phone", ()),
        ("Essentials", "phone", ("email", "chat")),
        ("essentials", "Chat", ()),
        ("", "chat", ("email",)),
        ("a plan of before", "chat", ("email",)),
        ("", "email", ()),
    ],
)
def test_a_plan_has_its_channels_and_who_has_none_those_of_everybody(
    plan: str, channel: str, instead: tuple[str, ...]
) -> None:
    assert channels_instead(policy(), plan, channel) == instead


def test_where_no_plan_names_channels_none_is_wrong() -> None:
    assert channels_instead(policy({}), "Pro", "phone") == ()
    assert channels_instead(policy({"Pro": ("email",)}), "", "phone") == ()


SOURCES = CaseField("source", FieldKind.CHOICE, ("email", "Chat", "phone"))


@pytest.mark.parametrize(
    ("field", "channel", "kept"),
    [
        (SOURCES, "chat", {"source": "Chat"}),
        (SOURCES, "email", {}),
        (SOURCES, "fax", {}),
        (CaseField("source", FieldKind.TEXT), "fax", {"source": "fax"}),
        (CaseField("source", FieldKind.YES_OR_NO), "fax", {}),
    ],
)
def test_the_field_keeps_a_channel_that_it_can_hold(
    field: CaseField, channel: str, kept: dict[str, str]
) -> None:
    assert kept_source(policy(source=field), channel) == kept


def test_a_channel_is_called_by_any_unique_beginning() -> None:
    assert known_channels(policy(source=SOURCES)) == ("email", "chat", "phone")
    assert channel_called(policy(), "ph") == "phone"
    with pytest.raises(NotFound):
        channel_called(policy(), "fax")
