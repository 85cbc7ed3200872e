"""The tables of the desk's own people: what they chose by mail, and what their mailboxes said of absences."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, String, Table, Text, false, text

from maildesk.store.column_types import Moment
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

staff_absences = Table(
    "staff_absences",
    metadata,
    Column("address", Text, primary_key=True, comment="of an agent, lower case"),
    Column("away_until", String(10), nullable=True, comment="the day that the note names"),
    Column("noted_at", Moment, nullable=False, comment="when the note was filed"),
    Column("settled_at", Moment, nullable=True, comment="#away was suggested, or needs not to be"),
)
