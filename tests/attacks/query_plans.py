"""The statements that a story runs, and those of them that read all of a table that grows."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, event

from maildesk.store.schema import metadata

SMALL = frozenset(
    {
        "mailboxes",
        "turns",
        "alarms",
        "budgets",
        "desk_times",
        "hearings",
        "requirements",
        "staff_absences",
        "staff_choices",
    }
)
"""Tables whose rows the operator's configuration bounds, or the desk's own people, one by one."""
GROWING = frozenset(metadata.tables) - SMALL

OPEN_WORK = frozenset({"ix_ledger_unfiled", "ix_ledger_uncleared", "ix_ledger_quarantine"})
"""Indexes of what still wants something: to read one of them is to read what there is to do."""

Statements = dict[str, Any]
"""What was executed, each shape once, with the values it had."""


@contextmanager
def watched() -> Iterator[Statements]:
    """Every statement of every database of this process meanwhile."""
    seen: Statements = {}

    def note(_c: object, _cursor: object, statement: str, values: Any, _x: object, many: bool) -> None:
        shape = re.sub(r"(\?|%\(\w+\)s(::\w+)?)(, (\?|%\(\w+\)s(::\w+)?))+", "…", statement)
        if shape not in {each[0] for each in seen.values()} and _reads(statement):
            seen[statement] = (shape, values[0] if many else values)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def _reads(statement: str) -> bool:
    ours = any(re.search(rf"\b{table}\b", statement) for table in GROWING)
    return ours and statement.split()[0] in ("SELECT", "UPDATE", "DELETE", "WITH")


def scans(conn: Connection, statement: str, values: Any) -> list[str]:
    """What of the plan reads all of a table that grows; an empty list where nothing does."""
    if conn.dialect.name == "sqlite":
        rows = conn.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values).all()
        return list(_sqlite_scans([str(row[3]) for row in rows], statement))
    conn.exec_driver_sql("SET LOCAL enable_seqscan = off")  # the tables are small now and will not stay so
    for way in ("bitmapscan", "mergejoin", "hashjoin"):  # to join a few thousand rows whole is quick, too
        conn.exec_driver_sql(f"SET LOCAL enable_{way} = off")
    plan = conn.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {statement}", values).scalar_one()
    plan = json.loads(plan) if isinstance(plan, str) else plan
    return list(_postgresql_scans(plan[0]["Plan"], limited=False))


def _sqlite_scans(plan: list[str], statement: str) -> Iterator[str]:
    named = {alias or table: table for table, alias in re.findall(r"\b(\w+)(?: (?:AS )?(\w+))?", statement)}
    for line in plan:
        found = re.match(r"SCAN (\w+)(?: USING (?:COVERING )?INDEX (\w+))?", line)
        if "AUTOMATIC" in line:
            yield line
        if not found:
            continue
        table, index = found[1], found[2]
        if named.get(table, table) not in GROWING and table not in GROWING:
            continue
        first_few = index and "LIMIT" in statement and not any("TEMP B-TREE" in each for each in plan)
        if index not in OPEN_WORK and not first_few:
            yield line


def _postgresql_scans(node: dict[str, Any], *, limited: bool) -> Iterator[str]:
    kind, table, index = node["Node Type"], node.get("Relation Name"), node.get("Index Name")
    if table in GROWING:
        sought = "Index Cond" in node or "TID Cond" in node or index in OPEN_WORK
        if kind == "Seq Scan" or (kind.startswith("Index") and not sought and not limited):
            yield f"{kind} of {table} by {index}"
    below = kind == "Limit" or (limited and kind not in ("Sort", "Aggregate", "Hash", "HashAggregate"))
    for each in node.get("Plans", ()):
        yield from _postgresql_scans(each, limited=below)
