"""The ground that all tables stand on: their metadata, and how small indexes are made."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Index, MetaData

metadata = MetaData()


def partial_index(name: str, *columns: ColumnElement[Any], where: ColumnElement[bool]) -> None:
    """An index of the few rows that still want something, small however long the history grows."""
    Index(name, *columns, postgresql_where=where, sqlite_where=where)
