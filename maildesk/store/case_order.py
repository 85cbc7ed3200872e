"""Orders of the list of cases, as statements of SQL."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, case

from maildesk.desk.policy.policy import Policy
from maildesk.desk.policy.queue import ranks_of
from maildesk.store.schema import cases


class CaseOrder(StrEnum):
    """An order that people ask for: by the next promise, by age, by the newest change, by priority."""

    DUE = "due"
    AGE = "age"
    UPDATED = "updated"
    PRIORITY = "priority"


def ordered_by(order: CaseOrder, policy: Policy) -> tuple[ColumnElement[Any], ...]:
    """The first case of the list is what wants a person first; cases alike stand by age."""
    first: tuple[ColumnElement[Any], ...] = ()
    match order:
        case CaseOrder.DUE:
            first = (_next_due().asc().nulls_last(),)
        case CaseOrder.AGE:
            pass
        case CaseOrder.UPDATED:
            first = (cases.c.updated_at.desc(),)
        case CaseOrder.PRIORITY:
            first = (by_priority(policy),)
    return (*first, cases.c.opened_at, cases.c.ref)


def by_priority(policy: Policy) -> ColumnElement[Any]:
    """The place of a priority: first what nobody has looked at, last what the policy does not know."""
    ranks = ranks_of(policy)
    return case(ranks, value=cases.c.priority, else_=len(ranks) + 1)


def _next_due() -> ColumnElement[Any]:
    """The promise that is due first of the two; databases differ in the least of one and nothing."""
    answer, solution = cases.c.response_due, cases.c.resolution_due
    return case((answer.is_(None), solution), (solution < answer, solution), else_=answer)
