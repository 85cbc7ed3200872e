"""Mentions of a person in what others said, anywhere: where they are, and how they are taken out."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Table,
    Text,
    bindparam,
    cast,
    delete,
    func,
    or_,
    select,
    update,
)

from maildesk.mail.addr_spec import folded, same_address
from maildesk.store.chunks import chunks
from maildesk.store.column_types import Json
from maildesk.store.schema import events, ledger, mails, outbox, requirements, thread_ids
from maildesk.store.search import read_again

_SAID: Final[Mapping[Table, Sequence[str]]] = {
    ledger: ("sender", "subject", "note"),
    outbox: ("subject", "reason"),
    mails: ("subject", "text", "new_text", "in_context", "reason", "recipients", "attachments", "refs"),
    events: ("actor", "data"),
}
"""Columns in which others may name somebody. A requirement keeps its name: cases are linked by it."""

_WISHES: Final = ("summary", "description", "created_by")


@dataclass(frozen=True, slots=True)
class Mentions:
    """The rows that mention somebody, by their tables, and the last row of each that was looked at."""

    rows: Mapping[str, frozenset[int]]
    last: Mapping[str, int]

    def and_(self, later: Mentions) -> Mentions:
        rows = {name: found | later.rows[name] for name, found in self.rows.items()}
        return Mentions(rows, later.last)


NOTHING: Final = Mentions({each.name: frozenset() for each in _SAID}, {each.name: 0 for each in _SAID})


def mentions(conn: Connection, words: Collection[str], after: Mentions = NOTHING) -> Mentions:
    """Find what mentions one of these words, in rows that came after those that were looked at before.

    It reads every row: before a transaction that writes, and in it again what came meanwhile.
    """
    rows, last = dict[str, frozenset[int]](), dict[str, int]()
    for table, names in _SAID.items():
        newest = _looked_at(conn, table)
        query = select(table.c.id).where(
            table.c.id > after.last[table.name], or_(*_mentioned(table, names, words))
        )
        rows[table.name] = frozenset(conn.execute(query).scalars())
        last[table.name] = max(newest, after.last[table.name])
    return after.and_(Mentions(rows, last))


def _looked_at(conn: Connection, table: Table) -> int:
    """The last row that says all it ever will: of a mail that waits to be filed nothing is said yet."""
    unfiled = select(func.min(ledger.c.id)).where(ledger.c.verdict.is_(None))
    if table is ledger and (first := conn.execute(unfiled).scalar_one()) is not None:
        return int(first) - 1
    return conn.execute(select(func.max(table.c.id))).scalar_one() or 0


def _mentioned(table: Table, names: Sequence[str], words: Collection[str]) -> Iterator[ColumnElement[bool]]:
    for name in names:
        column: Column[Any] = table.c[name]
        said = cast(column, Text)
        # SQLite knows small and capital letters of English alone.
        spelled = {each for word in words for each in (word, word.lower(), word.upper(), word.title())}
        if isinstance(column.type, Json):
            spelled |= {json.dumps(each)[1:-1] for each in spelled}
        yield from (said.icontains(each, autoescape=True) for each in sorted(spelled))


def cases_of(conn: Connection, found: Mentions) -> list[str]:
    """The cases on which it was said."""
    refs: set[str] = set()
    for table in (mails, events):
        for some in chunks(found.rows[table.name]):
            refs.update(conn.execute(select(table.c.case_ref).where(table.c.id.in_(some))).scalars())
    return sorted(refs)


def take_out_of_rows(conn: Connection, found: Mentions, address: str, cleaned: Callable[[str], str]) -> None:
    """Take the person out of what others said; histories are another's matter (`desk.case.erasing`)."""
    for table in (ledger, outbox, mails):
        _clean(conn, table, _SAID[table], found.rows[table.name], address, cleaned)
    for some in chunks(found.rows[mails.name]):
        read_again(conn, list(some))
    for row in conn.execute(select(requirements)).all():
        said = {name: cleaned(getattr(row, name)) for name in _WISHES}
        conn.execute(update(requirements).where(requirements.c.key == row.key).values(said))
    conn.execute(delete(thread_ids).where(thread_ids.c.message_id.icontains(address, autoescape=True)))


def _clean(
    conn: Connection,
    table: Table,
    names: Sequence[str],
    ids: Collection[int],
    address: str,
    cleaned: Callable[[str], str],
) -> None:
    columns = [table.c[name] for name in names]
    change = update(table).where(table.c.id == bindparam("b_id"))
    change = change.values({name: bindparam(f"b_{name}") for name in names})
    for some in chunks(ids):
        rows = conn.execute(select(table.c.id, *columns).where(table.c.id.in_(some))).mappings().all()
        said = [
            {
                "b_id": row["id"],
                **{f"b_{name}": _without(name, row[name], address, cleaned) for name in names},
            }
            for row in rows
        ]
        if said:
            conn.execute(change, said)


def _without(name: str, value: Any, address: str, cleaned: Callable[[str], str]) -> Any:
    if name == "recipients":
        return [each for each in value if not same_address(each, address)]
    if name == "refs":  # programs make ids of addresses
        return [each for each in value if folded(address) not in folded(each)]
    if isinstance(value, str):
        return cleaned(value)
    if isinstance(value, list):
        return [_without("", each, address, cleaned) for each in value]
    if isinstance(value, dict):
        return {key: _without("", each, address, cleaned) for key, each in value.items()}
    return value
