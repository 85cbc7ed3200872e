"""The table of what the desk's own people chose by mail: whether they are away, and what they are sent."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, String, Table, Text, false, text

from maildesk.store.table_base import metadata

staff_choices = Table(
    "staff_choices",
    metadata,
    Column("address", Text, primary_key=True, comment="of one of the desk's people, lower case"),
    Column("away", Boolean, nullable=False, server_default=false()),
    Column("away_until", String(10), nullable=True, comment="the last day; none: until they say"),
    Column("deputy", Text, nullable=False, server_default=text("''"), comment="lower case"),
    Column("no_sheet", Boolean, nullable=False, server_default=false(), comment="no morning sheet"),
)
