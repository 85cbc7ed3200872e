"""Storage of values for which SQL has no good type: moments as text that sorts, plain values as JSON."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, Column, ColumnElement, Dialect, String, Text, TypeDecorator, cast, func, select


class Moment(TypeDecorator[datetime]):
    """A time in UTC as RFC 3339 text of fixed width: sorts as text, reads the same in every database."""

    impl = String(27)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:
        return None if value is None else moment_text(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> datetime | None:
        return None if value is None else datetime.fromisoformat(value)


def moment_text(at: datetime) -> str:
    """`2026-11-22T08:30:00.000000Z`; raises ValueError for a time without a zone."""
    if at.tzinfo is None:
        raise ValueError("a time without a zone cannot be stored")
    at = at if at.tzinfo is UTC else at.astimezone(UTC)
    return at.isoformat(timespec="microseconds").removesuffix("+00:00") + "Z"


_COMPACT = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


class Json(TypeDecorator[Any]):
    """Plain values as compact JSON text, in which lists look for one by its name (`value_in`)."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        return None if value is None else _COMPACT.encode(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        return None if value is None else json.loads(value)


def value_in(column: Column[Any], name: str, dialect: str) -> ColumnElement[str | None]:
    """The value of this name in a `Json` column; the name may be any line."""
    if dialect != "sqlite":
        return func.json_extract_path_text(cast(column, JSON), name)
    each = func.json_each(column).table_valued("key", "value")
    return select(each.c.value).where(each.c.key == name).correlate(column.table).scalar_subquery()
