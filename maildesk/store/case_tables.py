"""The table of cases: what each is now, which its events have made it."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, String, Table, Text, func, text

from maildesk.store.column_types import Json, Moment
from maildesk.store.table_base import metadata, partial_index

cases = Table(
    "cases",
    metadata,
    Column("ref", String(12), primary_key=True),
    Column("subject", Text, nullable=False),
    Column("phase", String(10), nullable=False),
    Column("requester", Text, nullable=False),
    Column("mailbox", Text, nullable=False, comment="its address, lower case: whose voice the case has"),
    Column("opened_at", Moment, nullable=False),
    Column("updated_at", Moment, nullable=False),
    Column("priority", Text, nullable=False),
    Column("type", Text, nullable=True),
    Column("account", Text, nullable=True),
    Column("owner", Text, nullable=True),
    Column("team", Text, nullable=True),
    Column("escalation_level", Integer, nullable=True),
    Column("escalated_at", Moment, nullable=True),
    Column("escalated_by", Text, nullable=True),
    Column("escalation", Json, nullable=True, comment="who heard of it, what a form said of it, the plan"),
    Column("response_due", Moment, nullable=True),
    Column("resolution_due", Moment, nullable=True),
    Column("promised_from", Moment, nullable=True, comment="when its promises began to count"),
    Column("first_response_at", Moment, nullable=True),
    Column("resolved_at", Moment, nullable=True),
    Column("closed_at", Moment, nullable=True),
    Column("reopened", Integer, nullable=False, server_default=text("0")),
    Column("merged_into", String(12), nullable=True, comment="the case that this one became a part of"),
    Column("status", Text, nullable=False, server_default=text("''"), comment="empty: the phase's first"),
    Column("came_from", Text, nullable=False, server_default=text("''"), comment="the status before it"),
    Column("needs", Text, nullable=False, server_default=text("''"), comment="what a customer was asked for"),
    Column("outcome", Text, nullable=True, comment="what came of it, as the policy names it"),
    Column("fields", Json, nullable=True, comment="those of the policy that have a value"),
    Column("clocks", Json, nullable=True, comment="what is timed now, as its events say it"),
    Column("asked", Json, nullable=True, comment="the question that waits for its answer"),
    Column("askings", Integer, nullable=False, server_default=text("0")),
    Column("asked_before", Json, nullable=True, comment="names of questions that were asked"),
    Column(
        "followed_by", String(12), nullable=True, comment="the case that a reply opened which came too late"
    ),
    Column("language", Text, nullable=False, server_default=text("''"), comment="of its first mail: pt-BR"),
    Column("requirement", Text, nullable=False, server_default=text("''"), comment="the one it waits for"),
    Column("linked", Json, nullable=True, comment="cases that were split off it, or that it was split off"),
    Column("asked_at", Moment, nullable=True, comment="the customer's oldest mail without an answer"),
    Column("last_asked_at", Moment, nullable=True, comment="what it was before it changed"),
    Column("erased_at", Moment, nullable=True, comment="when all that was said on it went"),
)
Index("ix_cases_phase", cases.c.phase, cases.c.opened_at)
partial_index("ix_cases_fields", cases.c.updated_at, where=cases.c.fields.is_not(None))
Index("ix_cases_requester", func.lower(cases.c.requester), cases.c.opened_at)
partial_index("ix_cases_owner", cases.c.owner, cases.c.phase, where=cases.c.owner.is_not(None))
partial_index("ix_cases_owner_folded", func.lower(cases.c.owner), where=cases.c.owner.is_not(None))
partial_index(
    "ix_cases_closed",
    cases.c.closed_at,
    where=cases.c.closed_at.is_not(None) & cases.c.erased_at.is_(None),
)
partial_index("ix_cases_requirement", cases.c.requirement, where=cases.c.requirement != "")

requirements = Table(
    "requirements",
    metadata,
    Column("key", Text, primary_key=True, comment="the name, letter case and blanks aside"),
    Column("name", Text, nullable=False),
    Column("status", Text, nullable=False, comment="as the policy names it"),
    Column("created_at", Moment, nullable=False),
    Column("created_by", Text, nullable=False),
    Column("summary", Text, nullable=False),
    Column("description", Text, nullable=False),
    Column("category", Text, nullable=False),
    Column("team", Text, nullable=False),
    Column("item", Text, nullable=False),
    Column("shipped_at", Moment, nullable=True, comment="when its customers were told"),
)
