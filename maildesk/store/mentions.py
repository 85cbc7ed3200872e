"""Mentions of a person in what others said, anywhere: where they are, and how they are taken out."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from sqlalchemy import Connection, Table, bindparam, delete, func, or_, select, update

from maildesk.mail.identity.named_persons import NamedPerson
from maildesk.store.case_history import event_of
from maildesk.store.chunks import chunks
from maildesk.store.erasing import rewrite_events
from maildesk.store.persons import may_name
from maildesk.store.requirements import WORDS, all_requirements, change_words, with_new_names
from maildesk.store.schema import events, ledger, mails, outbox, thread_ids
from maildesk.store.search import read_again

_SAID: Final[Mapping[Table, Sequence[str]]] = {
    ledger: ("sender", "subject", "note"),
    outbox: ("subject", "reason"),
    mails: (
        "sender",
        "subject",
        "text",
        "new_text",
        "in_context",
        "reason",
        "recipients",
        "attachments",
        "refs",
    ),
    events: ("actor", "data"),
}
"""Columns in which others may name somebody, beside those of requirements."""

_AT_ONCE: Final = 200
"""Rows that are in memory together."""


@dataclass(frozen=True, slots=True)
class Mentions:
    """The rows that mention somebody, by their tables, and the last row of each that was looked at.

    `wishes` are the keys of requirements.
    """

    rows: Mapping[str, frozenset[int]]
    last: Mapping[str, int]
    wishes: frozenset[str] = frozenset()

    @property
    def none(self) -> bool:
        """Tell whether nobody mentions them."""
        return not (self.wishes or any(self.rows.values()))

    def and_(self, later: Mentions) -> Mentions:
        rows = {name: found | later.rows[name] for name, found in self.rows.items()}
        return Mentions(rows, later.last, self.wishes | later.wishes)


NOTHING: Final = Mentions({each.name: frozenset() for each in _SAID}, {each.name: 0 for each in _SAID})


def mentions(conn: Connection, person: NamedPerson, after: Mentions = NOTHING) -> Mentions:
    """Find what mentions a person, in rows that came after those that were looked at before.

    It reads every row: before a transaction that writes, and in it again what came meanwhile.
    """
    rows, last = dict[str, frozenset[int]](), dict[str, int]()
    for table, names in _SAID.items():
        newest = _looked_at(conn, table)
        rows[table.name] = frozenset(_naming(conn, table, names, person, after.last[table.name]))
        last[table.name] = max(newest, after.last[table.name])
    wishes = (each.key for each in all_requirements(conn) if _says(person, each, WORDS))
    return after.and_(Mentions(rows, last, frozenset(wishes)))


def _looked_at(conn: Connection, table: Table) -> int:
    """The last row that says all it ever will: of a mail that waits to be filed nothing is said yet."""
    unfiled = select(func.min(ledger.c.id)).where(ledger.c.verdict.is_(None))
    if table is ledger and (first := conn.execute(unfiled).scalar_one()) is not None:
        return int(first) - 1
    return conn.execute(select(func.max(table.c.id))).scalar_one() or 0


def _naming(
    conn: Connection, table: Table, names: Sequence[str], person: NamedPerson, last: int
) -> list[int]:
    """The rows of a table behind the last one that name the person: of those that may, which do."""
    columns = [table.c[name] for name in names]
    may = or_(*(may_name(each, person.hints) for each in columns))
    query = select(table.c.id, *columns).where(table.c.id > last, may)
    found = conn.execute(query, execution_options={"yield_per": _AT_ONCE})
    return [row.id for row in found if _says(person, row, names)]


def _says(person: NamedPerson, row: Any, names: Sequence[str]) -> bool:
    """Tell whether a row would say something else without the person."""
    said = ((name, getattr(row, name)) for name in names)
    return any(_without(name, value, person) != value for name, value in said)


def cases_of(conn: Connection, found: Mentions) -> list[str]:
    """The cases on which it was said."""
    refs: set[str] = set()
    for table in (mails, events):
        for some in chunks(found.rows[table.name]):
            refs.update(conn.execute(select(table.c.case_ref).where(table.c.id.in_(some))).scalars())
    return sorted(refs)


def take_out_of_requirements(conn: Connection, found: Mentions, person: NamedPerson) -> None:
    """Take the person out of requirements; the cases that wait for one go on to, whatever its name is then.

    Histories name it too, those of erased cases like any other.
    """
    named = change_words(conn, found.wishes, person.cleaned)
    for some in chunks(found.rows[events.name]) if named else ():
        rows = conn.execute(select(events).where(events.c.id.in_(some))).all()
        was = {row.id: event_of(row) for row in rows}
        now = {number: replace(each, data=with_new_names(each.data, named)) for number, each in was.items()}
        rewrite_events(conn, {number: each for number, each in now.items() if each != was[number]})


def take_out_of_rows(conn: Connection, found: Mentions, person: NamedPerson) -> None:
    """Take the person out of what others said; histories are another's matter (`desk.case.erasing`)."""
    for table in (ledger, outbox, mails):
        _clean(conn, table, _SAID[table], found.rows[table.name], person)
    for some in chunks(found.rows[mails.name]):
        read_again(conn, list(some))
    t = thread_ids.c
    may = conn.execute(select(t.message_id).where(may_name(t.message_id, person.hints))).scalars()
    for some in chunks({each for each in may if person.is_in_id(each)}):
        conn.execute(delete(thread_ids).where(t.message_id.in_(some)))


def _clean(
    conn: Connection, table: Table, names: Sequence[str], ids: Collection[int], person: NamedPerson
) -> None:
    columns = [table.c[name] for name in names]
    change = update(table).where(table.c.id == bindparam("b_id"))
    change = change.values({name: bindparam(f"b_{name}") for name in names})
    for some in chunks(ids):
        rows = conn.execute(select(table.c.id, *columns).where(table.c.id.in_(some))).all()
        said = [
            {"b_id": row.id, **{f"b_{name}": _without(name, getattr(row, name), person) for name in names}}
            for row in rows
        ]
        if said:
            conn.execute(change, said)


def _without(name: str, value: Any, person: NamedPerson) -> Any:
    if name == "recipients":
        return [each for each in value if not person.has(each)]
    if name == "refs":  # programs make ids of addresses
        return [each for each in value if not person.is_in_id(each)]
    if isinstance(value, str):
        return person.cleaned(value)
    if isinstance(value, list):
        return [_without("", each, person) for each in value]
    if isinstance(value, dict):
        return {key: _without("", each, person) for key, each in value.items()}
    return value
