"""Channels: the ways in which a matter comes to the desk, and those that a plan has."""

from __future__ import annotations

from maildesk.desk.case.told import Phrase
from maildesk.desk.policy.case_fields import EMAIL, SOURCE, FieldKind
from maildesk.desk.policy.names import comparable, named
from maildesk.desk.policy.policy import EVERYBODY, Policy


def known_channels(policy: Policy) -> tuple[str, ...]:
    """Every channel that the policy names, in its plans and as choices of the field that keeps them."""
    field = policy.fields.get(SOURCE)
    in_plans = (each for channels in policy.plans.values() for each in channels)
    once: dict[tuple[str, ...], str] = {}
    for each in (EMAIL, *in_plans, *(field.choices if field else ())):
        once.setdefault(comparable(each), each)
    return tuple(once.values())


def channel_called(policy: Policy, typed: str) -> str:
    """The channel that somebody means; raises NotFound or Ambiguous."""
    return named(known_channels(policy), typed, Phrase("channel"))


def channels_instead(policy: Policy, plan: str, channel: str) -> tuple[str, ...]:
    """The channels that a plan has, where this is none of them; empty where it is, or none are named."""
    own = policy.plans.get(policy.known_plan(plan) or EVERYBODY, ())
    return () if comparable(channel) in map(comparable, own) else own


def kept_source(policy: Policy, channel: str) -> dict[str, str]:
    """The value of the field that keeps how a case came, where the policy has one and it is not as usual."""
    field = policy.fields.get(SOURCE)
    if field is None or field.kind not in (FieldKind.TEXT, FieldKind.CHOICE):
        return {}
    values = field.choices if field.kind is FieldKind.CHOICE else (channel,)
    found = next((each for each in values if comparable(each) == comparable(channel)), field.default)
    return {SOURCE: found} if found and found != field.default else {}
