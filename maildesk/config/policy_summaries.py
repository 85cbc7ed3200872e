"""Summaries in a policy file: whom each tells, what it counts, and of which cases."""

from __future__ import annotations

from collections.abc import Iterator

from maildesk.config.policy_fields import case_fields, field_name, field_value, values_wrong
from maildesk.config.policy_names import Named, Names, twins, used
from maildesk.config.policy_shape import PolicyFile
from maildesk.config.policy_shape_rules import CaseWhenSection
from maildesk.config.validating import BrokenLaw, Law
from maildesk.desk.policy.case_fields import SOURCE
from maildesk.desk.policy.rules import Condition
from maildesk.desk.policy.summary import LEAD, LEADERSHIP, Summary

READERS = frozenset({LEAD, LEADERSHIP})
"""The audiences of a summary, beside a team by its name."""

_OF_A_CASE = ("customer", "owner", "team")


def summaries(file: PolicyFile, names: Names) -> tuple[Summary, ...]:
    """The summaries of a policy, in the order of the file."""
    return tuple(
        Summary(
            each.name,
            each.at,
            each.tells,
            names.full(Named.FIELD, each.counts),
            _condition(each.when, names),
        )
        for each in file.summaries
    )


def _condition(when: CaseWhenSection, names: Names) -> Condition:
    fields = case_fields(names.file)
    asked = {field_name(names.file, each): values for each, values in when.fields.items()}
    return Condition(
        account=when.account,
        plan=names.plans(when.plan),
        type=names.every(Named.TYPE, when.type),
        priority=names.every(Named.PRIORITY, when.priority),
        fields={
            name: tuple(field_value(fields.get(name), each, asked=True) for each in values)
            for name, values in asked.items()
        },
    )


# --- what must hold -------------------------------------------------------------------------------


def _names(file: PolicyFile) -> Iterator[BrokenLaw]:
    yield from twins(("summaries",), "summary", (each.name for each in file.summaries))


def _readers(file: PolicyFile) -> Iterator[BrokenLaw]:
    for location, who in used(file, "summaries.*.tells.*"):
        if who in _OF_A_CASE:
            remedy = "write lead, leadership or the name of a team"
            article = "an" if who[0] in "aeiou" else "a"
            message = f"a summary is about no one case, which alone has {article} {who}"
            yield BrokenLaw(location, message, remedy)


def _asked(file: PolicyFile) -> Iterator[BrokenLaw]:
    for at, each in enumerate(file.summaries):
        for name, values in each.when.fields.items():
            here = ("summaries", at, "when", name)
            if name == SOURCE and SOURCE not in file.fields:
                remedy = "name a field source, which then keeps it"
                yield BrokenLaw(here, "no case keeps how it came", remedy)
            else:
                yield from values_wrong(file, here, values, list(CaseWhenSection.model_fields))


SUMMARY_LAWS: tuple[Law[PolicyFile], ...] = (
    Law(("summaries",), _names),
    Law(("summaries",), _readers),
    Law(("summaries", "fields"), _asked),
)
