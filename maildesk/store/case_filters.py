"""Filters of the list of cases, and the order of the queue, as statements of SQL."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, time
from enum import StrEnum
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Connection, Select, and_, case, func, not_, or_, select

from maildesk.desk.case.case import Phase
from maildesk.desk.case.search_words import Search, read_search
from maildesk.desk.policy.policy import Policy
from maildesk.desk.policy.queue import QUEUED, behind_others
from maildesk.desk.policy.statuses import Statuses
from maildesk.mail.addr_spec import folded
from maildesk.store.case_order import CaseOrder, by_priority
from maildesk.store.column_types import value_in
from maildesk.store.found_mails import in_cases_with
from maildesk.store.persons import is_address
from maildesk.store.schema import cases


class Turn(StrEnum):
    """The side whose word is next on an open case: ours while the customer waits for an answer."""

    OURS = "ours"
    THEIRS = "theirs"


Conditions = tuple[ColumnElement[bool], ...]
"""The conditions that each case fulfils which is meant."""


@dataclass(frozen=True, slots=True)
class CaseFilter:
    """A filter of cases; an empty field asks nothing, `query` are words of their mails (`read_search`).

    Without `set_aside` those are left out that were closed as they came (`Case.set_aside`). `fields` are
    values of fields of the policy, an empty one that of a case without; both as the policy spells them.
    `queue` asks for open work that nobody has taken, or that the `owner` has; `requirement` is a whole name.
    `due_before` asks for a promise that is due before that moment; `since` and `until` are for the opening, a
    case of the moment `until` is not among them. `order` says which come first, `offset` after how many.
    """

    phases: Collection[str] = ()
    status: str | None = None
    owner: str | None = None
    team: str | None = None
    requester: str | None = None
    account: str | None = None
    escalated: bool | None = None
    query: str | None = None
    limit: int | None = None
    set_aside: bool = True
    queue: bool = False
    requirement: str | None = None
    unowned: bool = False
    turn: Turn | None = None
    due_before: datetime | None = None
    since: datetime | None = None
    until: datetime | None = None
    order: CaseOrder | None = None
    offset: int | None = None
    fields: Mapping[str, str] = field(default_factory=dict)


def filtered(conn: Connection, query: Select[Any], wanted: CaseFilter, policy: Policy) -> Select[Any]:
    """The query for those cases; raises NotFound or Ambiguous where no status is meant.

    The database folds both sides: SQLite leaves every letter beside ASCII as it is.
    """
    if wanted.phases:
        query = query.where(cases.c.phase.in_([str(phase) for phase in wanted.phases]))
    if wanted.status is not None:
        query = query.where(_in_status(policy.statuses, wanted.status))
    same = ((cases.c.owner, wanted.owner), (cases.c.team, wanted.team), (cases.c.account, wanted.account))
    for column, value in (*same, (cases.c.requester, wanted.requester)):
        if value is not None:
            query = query.where(func.lower(column) == func.lower(value))
    if wanted.requirement is not None:
        query = query.where(cases.c.requirement == wanted.requirement)
    if wanted.queue:
        query = query.where(queued() if wanted.owner is None else _open_work())
    query = query.where(*_timed(wanted), *_turn_of(wanted.turn))
    if wanted.unowned:
        query = query.where(cases.c.owner.is_(None))
    for name, value in wanted.fields.items():
        known = policy.fields.get(name)
        has = func.coalesce(
            value_in(cases.c.fields, name, conn.dialect.name), known.default if known else None, ""
        )
        query = query.where(func.lower(has) == func.lower(value))
    if wanted.escalated is not None:
        level = cases.c.escalation_level
        query = query.where(level.is_not(None) if wanted.escalated else level.is_(None))
    if not wanted.set_aside:
        query = query.where(not_(_SET_ASIDE))
    if wanted.query:
        search = read_search(wanted.query)
        query = query.where(in_cases_with(conn, search, cases.c.ref), *narrowed(search))
    return query


def _timed(wanted: CaseFilter) -> Iterator[ColumnElement[bool]]:
    """Conditions on moments of the case."""
    if wanted.since is not None:
        yield cases.c.opened_at >= wanted.since
    if wanted.until is not None:
        yield cases.c.opened_at < wanted.until
    if wanted.due_before is not None:
        dues = (cases.c.response_due, cases.c.resolution_due)
        yield or_(*(due < wanted.due_before for due in dues))


def _turn_of(turn: Turn | None) -> Iterator[ColumnElement[bool]]:
    if turn:
        yield cases.c.phase.in_([phase.value for phase in Phase if not phase.ended])
        yield cases.c.asked_at.is_not(None) if turn is Turn.OURS else cases.c.asked_at.is_(None)


def narrowed(wanted: Search) -> list[ColumnElement[bool]]:
    """The conditions of a search but for its words; `Search.fits` has the same of a case."""
    c = cases.c
    found: list[ColumnElement[bool]] = []
    if wanted.customer:
        found.append(or_(func.lower(c.requester) == wanted.customer, _of_domain(wanted.customer)))
    if wanted.team:
        found.append(func.lower(c.team) == wanted.team.lower())
    if wanted.phases:
        found.append(c.phase.in_(sorted(phase.value for phase in wanted.phases)))
    if wanted.since:
        found.append(c.updated_at >= datetime.combine(wanted.since, time(), UTC))
    return found


def may_fit(wanted: Search, others: Collection[str], owned: Collection[str]) -> Conditions:
    """The conditions that every case fulfils which a search finds for somebody; few others do.

    They are not of `others`' teams, but for those of these owners, and what is escalated. A case that became
    part of another is let through: the other one is asked.
    """
    c = cases.c
    near = (of_none_of(others), c.escalation_level.is_not(None))
    theirs = (c.owner.in_(owned), func.lower(c.owner).in_([folded(each) for each in owned]))
    whose = [or_(*near, *theirs)] if others else []
    both = [*narrowed(wanted), *whose]
    return (or_(c.merged_into.is_not(None), and_(*both)),) if both else ()


def of_none_of(teams: Collection[str] | BindParameter[Any]) -> ColumnElement[bool]:
    """The condition that a case is of no team, or of none of these."""
    return or_(cases.c.team.is_(None), cases.c.team.not_in(teams))


def queued() -> ColumnElement[bool]:
    """The condition of the queue (`desk.policy.queue`)."""
    return and_(_open_work(), cases.c.owner.is_(None))


def queue_order(policy: Policy) -> tuple[ColumnElement[Any], ...]:
    """The order of the queue: the same as that of `desk.policy.queue`."""
    return (
        case((cases.c.type.in_(behind_others(policy)), 1), else_=0),
        by_priority(policy),
        cases.c.opened_at,
        cases.c.ref,
    )


def queued_refs(conn: Connection, policy: Policy, others: Collection[str], most: int) -> list[str]:
    """List the next cases of the queue, without those of `others`' teams."""
    query = select(cases.c.ref).where(queued(), of_none_of(others)).order_by(*queue_order(policy)).limit(most)
    return list(conn.execute(query).scalars())


def _of_domain(domain: str) -> ColumnElement[bool]:
    """The condition that the customer writes from a domain."""
    return func.lower(cases.c.requester).endswith(f"@{domain}", autoescape=True)


def refs_of_customer(conn: Connection, typed: str, fitting: Conditions, most: int) -> list[str]:
    """List the newest cases that fulfil these conditions, of an address in any spelling or of a domain."""
    c = cases.c
    whose = is_address(c.requester, typed) if "@" in typed else _of_domain(typed)
    query = select(c.ref).where(whose, *fitting)
    return list(conn.execute(query.order_by(c.opened_at.desc()).limit(most)).scalars())


def _open_work() -> ColumnElement[bool]:
    return cases.c.phase.in_([phase.value for phase in QUEUED])


_SET_ASIDE = and_(
    cases.c.phase == Phase.CLOSED,
    cases.c.closed_at.is_not_distinct_from(cases.c.opened_at),
    cases.c.promised_from.is_(None),
    cases.c.first_response_at.is_(None),
)


def _in_status(statuses: Statuses, typed: str) -> ColumnElement[bool]:
    """Cases of a status; the first one of a phase has those too whose status the policy does not know."""
    wanted = statuses.called(typed)
    same = [each.name for each in statuses.of(wanted.phase)]
    known = cases.c.status == wanted.name
    if wanted.name == same[0]:
        known = cases.c.status.not_in(same[1:])
    return and_(cases.c.phase == wanted.phase.value, known)
