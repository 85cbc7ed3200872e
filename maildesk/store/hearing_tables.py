"""The tables of hearing: when each watched mailbox was last heard, and when it was not."""

from __future__ import annotations

from sqlalchemy import Column, String, Table

from maildesk.store.column_types import Moment
from maildesk.store.table_base import metadata

# No foreign keys: a mailbox that never answered was never started, and its silence counts all the same.

hearings = Table(
    "hearings",
    metadata,
    Column("mailbox", String(64), primary_key=True, comment="its identity"),
    Column("watched_at", Moment, nullable=False, comment="when the desk began to listen to it"),
    Column(
        "heard_at", Moment, nullable=True, comment="when it was last listed to its end or handed out mail"
    ),
    Column("told_at", Moment, nullable=True, comment="when operators heard of a silence that still lasts"),
)

outages = Table(
    "outages",
    metadata,
    Column("mailbox", String(64), primary_key=True, comment="its identity"),
    Column("since", Moment, primary_key=True, comment="when it was last heard"),
    Column("until", Moment, nullable=False, comment="when it was heard again"),
)
