"""The promises of a policy as customers read them: tables by priority, where plans and types differ."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from maildesk.desk.policy.case_types import Priority
from maildesk.desk.policy.policy import Policy
from maildesk.desk.promises.promised import CaseFacts, Promised, promising
from maildesk.desk.promises.spans import Span, SpanKind

_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Length:
    """A span as it is said: so many of a unit, such as `business hours` or `weeks`, in the plural."""

    count: int
    unit: str

    @classmethod
    def of(cls, span: Span) -> Length:
        """Say a span in the largest unit that it is a whole number of."""
        if span.kind is SpanKind.RELEASES:
            return cls(span.count, "releases")
        if span.kind is SpanKind.BUSINESS_DAYS:
            return cls(span.count, "business days")
        if span.kind is SpanKind.DAYS:
            return cls(span.count // 7, "weeks") if span.count % 7 == 0 else cls(span.count, "days")
        unit = "hours" if span.time % _HOUR == timedelta(0) else "minutes"
        count = span.time // (_HOUR if unit == "hours" else timedelta(minutes=1))
        return cls(count, f"business {unit}" if span.kind is SpanKind.BUSINESS else unit)


@dataclass(frozen=True, slots=True)
class TableRow:
    """The promises to cases of one priority, one for each kind of the table; None is no promise."""

    priority: str
    means: str
    lengths: tuple[Length | None, ...]


@dataclass(frozen=True, slots=True)
class PromiseTable:
    """The promises of these kinds, by priority, to cases of these types and plans; none named is all of them.

    The plan "" is that of everybody who has none of those that the policy tells apart.
    """

    kinds: tuple[Promised, ...]
    rows: tuple[TableRow, ...]
    types: tuple[str, ...] = ()
    plans: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PromisedToAll:
    """A promise that is the same for every case."""

    kind: Promised
    length: Length


def to_all(policy: Policy) -> tuple[PromisedToAll, ...]:
    """The promises that are the same whatever the priority, type and plan."""
    return tuple(
        PromisedToAll(kind, lengths[0])
        for kind in _told(policy)
        if (lengths := _same(_length(policy, kind, facts) for facts in _cases(policy)))
    )


def promise_tables(policy: Policy) -> tuple[PromiseTable, ...]:
    """The tables of all other promises that customers are told of, most pressing priorities first.

    An agreement with one account is nobody else's to read. Where no letter tells a promise or a priority,
    neither does the page.
    """
    common = {each.kind for each in to_all(policy)}
    kinds = tuple(kind for kind in _told(policy) if kind not in common)
    if not kinds and "priority" not in policy.first_letter.tells:
        return ()
    by_rows: dict[tuple[TableRow, ...], list[tuple[str, str]]] = {}
    for kind in _types(policy):
        for plan in _plans(policy):
            rows = tuple(_row(policy, kinds, kind, plan, each) for each in _scale(policy, kind))
            by_rows.setdefault(rows, []).append((kind or "", plan))
    return tuple(table for rows, cases in by_rows.items() for table in _tables(policy, kinds, rows, cases))


def _tables(
    policy: Policy, kinds: tuple[Promised, ...], rows: tuple[TableRow, ...], cases: list[tuple[str, str]]
) -> Iterable[PromiseTable]:
    """One table for all types to whose cases the rows are promised under the same plans."""
    plans_of: dict[str, list[str]] = {}
    for kind, plan in cases:
        plans_of.setdefault(kind, []).append(plan)
    types_of: dict[tuple[str, ...], list[str]] = {}
    for kind, plans in plans_of.items():
        types_of.setdefault(tuple(plans), []).append(kind)
    for plans_alike, types in types_of.items():
        every_type = len(types) == len(_types(policy))
        every_plan = len(plans_alike) == len(_plans(policy))
        yield PromiseTable(kinds, rows, () if every_type else tuple(types), () if every_plan else plans_alike)


def _told(policy: Policy) -> tuple[Promised, ...]:
    """The kinds of promise that customers are told of: in the first letter, or by the first answer.

    Where they are told of one of these, further answers and updates are no secret either.
    """
    said = {*policy.first_letter.tells, *(what for row in policy.promises for what in row.tells)}
    said |= {Promised.FIRST_RESPONSE} if any(row.tells for row in policy.promises) else set()
    if said & {Promised.FIRST_RESPONSE, Promised.RESOLUTION}:
        said |= {Promised.NEXT_RESPONSE, Promised.UPDATE}
    promised = {
        kind for row in policy.promises if not row.account for kind, span in row.spans.items() if span
    }
    return tuple(kind for kind in Promised if kind in said & promised)


def _row(
    policy: Policy, kinds: tuple[Promised, ...], kind: str | None, plan: str, priority: Priority
) -> TableRow:
    facts = CaseFacts(priority.name, kind, plan)
    return TableRow(priority.name, priority.means, tuple(_length(policy, each, facts) for each in kinds))


def _length(policy: Policy, kind: Promised, facts: CaseFacts) -> Length | None:
    row = promising(policy.promises, kind, facts)
    span = row.spans[kind] if row else None
    return Length.of(span) if span else None


def _same(lengths: Iterable[Length | None]) -> tuple[Length, ...]:
    different = set(lengths)
    return tuple(filter(None, different)) if len(different) == 1 else ()


def _cases(policy: Policy) -> Iterable[CaseFacts]:
    unseen = () if policy.default_priority else ("",)
    for kind in _types(policy):
        for plan in _plans(policy):
            for priority in (*(each.name for each in _scale(policy, kind)), *unseen):
                yield CaseFacts(priority, kind, plan)


def _types(policy: Policy) -> tuple[str | None, ...]:
    """The types that the policy tells apart, None for all others."""
    asked = any(row.type for row in policy.promises) or any(each.priorities for each in policy.types.values())
    if not asked:
        return (None,)
    return (*policy.types, *(() if policy.default_type else (None,)))


def _plans(policy: Policy) -> tuple[str, ...]:
    """The plans that the policy tells apart, the empty one for everybody else."""
    asked = {plan for row in policy.promises for plan in row.plan if plan}
    return (*(plan for plan in (*policy.plans, *sorted(asked - policy.plans.keys())) if plan in asked), "")


def _scale(policy: Policy, kind: str | None) -> tuple[Priority, ...]:
    """The priorities of a type, with what each means there."""
    own = policy.types[kind].priorities if kind else {}
    if not own:
        return policy.priorities
    return tuple(
        Priority(each.name, each.rank, own[each.name] or each.means)
        for each in policy.priorities
        if each.name in own
    )
