"""Requirements as the database keeps them, and the cases that wait for each."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from sqlalchemy import Connection, Row, func, insert, select, update

from maildesk.desk.case.case import Phase
from maildesk.desk.case.events import EventKind, Plain
from maildesk.desk.case.letter_order import LetterKind
from maildesk.desk.case.requirement import Requirement, free_name, key_of
from maildesk.desk.policy.policy import Policy
from maildesk.store.chunks import chunks
from maildesk.store.outbox import LetterState
from maildesk.store.schema import cases, events, outbox, requirements
from maildesk.store.shown import shown_moment

WORDS: Final = ("name", "summary", "description", "category", "item", "created_by")
"""The words that people write of a requirement."""

_NAMES: Final = ("requirement", "before")
"""The keys of an event that name requirements."""

_FIELDS: Final = tuple(column.name for column in requirements.columns if column.name != "key")


def all_requirements(conn: Connection) -> tuple[Requirement, ...]:
    """Every requirement, by name."""
    return tuple(map(_read, conn.execute(select(requirements).order_by(requirements.c.key))))


def add_requirements(conn: Connection, new: Iterable[Requirement]) -> None:
    """Write new ones down."""
    if rows := [_row(each) for each in new]:
        conn.execute(insert(requirements), rows)


def write_requirement(conn: Connection, changed: Requirement) -> None:
    """Write down what one of them has become; its name stays."""
    conn.execute(update(requirements).where(requirements.c.key == changed.key).values(_row(changed)))


def change_words(conn: Connection, keys: Collection[str], changed: Callable[[str], str]) -> dict[str, str]:
    """Change the words of requirements, their names too; gives the new names by the keys of the old ones.

    The cases that wait for one go on to; what their histories say is another's matter.
    """
    known = {each.key: each for each in all_requirements(conn)}
    named: dict[str, str] = {}
    for key in sorted(set(keys) & known.keys()):
        old = known.pop(key)
        words: dict[str, Any] = {field: changed(getattr(old, field)) for field in WORDS}
        new = replace(old, **words | {"name": free_name(words["name"], known)})
        known[new.key] = new
        conn.execute(update(requirements).where(requirements.c.key == key).values(_row(new)))
        if new.name != old.name:
            named[key] = new.name
            waits = cases.c.requirement == old.name
            conn.execute(update(cases).where(waits).values(requirement=new.name))
    return named


def with_new_names(data: Mapping[str, Plain], named: Mapping[str, str]) -> dict[str, Plain]:
    """The data of an event, with these names of requirements (`change_words`) for the old ones."""
    new = {
        name: named.get(key_of(value), value) for name in _NAMES if isinstance(value := data.get(name), str)
    }
    return {**data, **new}


def waiting_refs(conn: Connection, requirement: Requirement) -> Sequence[str]:
    """List the cases that are linked to it, those too that became a part of another."""
    query = select(cases.c.ref).where(cases.c.requirement == requirement.name).order_by(cases.c.ref)
    return conn.execute(query).scalars().all()


def shipped_letters(
    conn: Connection, requirement: Requirement, refs: Iterable[str]
) -> list[tuple[str, str, LetterState]]:
    """The letters by which these cases heard that it has shipped: the case, to whom, and its state."""
    o, e = outbox.c, events.c
    query = select(o.case_ref, o.recipient, o.state, e.data).where(
        o.kind == LetterKind.SHIPPED,
        e.kind == EventKind.SHIPPED,
        e.case_ref == o.case_ref,
        e.at == o.created_at,
    )
    rows = (row for some in chunks(sorted(refs)) for row in conn.execute(query.where(o.case_ref.in_(some))))
    return [
        (row.case_ref, row.recipient, LetterState(row.state))
        for row in rows
        if key_of(str(row.data["requirement"])) == requirement.key
    ]


def requirement_list(conn: Connection) -> list[dict[str, Any]]:
    """Return what `requirement list --json` prints: all by name, with how many cases wait for each."""
    counted = select(cases.c.requirement, func.count().label("number"))
    counted = counted.where(cases.c.requirement != "", cases.c.merged_into.is_(None))
    numbers = {row.requirement: row.number for row in conn.execute(counted.group_by(cases.c.requirement))}
    return [{**_shown(each), "cases": numbers.get(each.name, 0)} for each in all_requirements(conn)]


def requirement_show(conn: Connection, requirement: Requirement, policy: Policy) -> dict[str, Any]:
    """Return what `requirement show --json` prints: one of them, with its cases."""
    c = cases.c
    query = select(c.ref, c.subject, c.phase, c.status, c.requester, c.account, c.merged_into)
    rows = conn.execute(query.where(c.requirement == requirement.name).order_by(c.opened_at, c.ref))
    linked = [
        {
            "ref": row.ref,
            "subject": row.subject,
            "status": policy.statuses.at(Phase(row.phase), row.status).name,
            "phase": row.phase,
            "requester": row.requester,
            "account": row.account,
            "merged_into": row.merged_into,
        }
        for row in rows
    ]
    return {**_shown(requirement), "cases": linked}


def _shown(requirement: Requirement) -> dict[str, Any]:
    plain = {name: getattr(requirement, name) for name in _FIELDS}
    moments = {name: shown_moment(plain[name]) for name in ("created_at", "shipped_at")}
    return {"name": requirement.name, **plain, **moments}


def _row(requirement: Requirement) -> dict[str, Any]:
    return {"key": requirement.key, **{name: getattr(requirement, name) for name in _FIELDS}}


def _read(row: Row[Any]) -> Requirement:
    return Requirement(**{name: getattr(row, name) for name in _FIELDS})
