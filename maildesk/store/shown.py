"""Stored values as the command line prints them in JSON, and the type of a row of any columns."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Row

from maildesk.store.column_types import moment_text

AnyRow = Row[*tuple[Any, ...]]


def shown_moment(at: datetime | None) -> str | None:
    """RFC 3339 in UTC, or None."""
    return None if at is None else moment_text(at)
