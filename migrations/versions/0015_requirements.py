"""Requirements, for which cases wait; the cases that were split off another are linked with it."""

import json

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"

MOMENT = sa.String(27)
_WAITS = sa.text("requirement != ''")


def upgrade() -> None:
    op.create_table(
        "requirements",
        sa.Column("key", sa.Text(), primary_key=True, comment="the name, letter case and blanks aside"),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False, comment="as the policy names it"),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("team", sa.Text(), nullable=False),
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("shipped_at", MOMENT, nullable=True, comment="when its customers were told"),
    )
    waits = sa.Column(
        "requirement", sa.Text(), nullable=False, server_default="", comment="the one it waits for"
    )
    op.add_column("cases", waits)
    linked = "cases that were split off it, or that it was split off"
    op.add_column("cases", sa.Column("linked", sa.Text(), nullable=True, comment=linked))
    op.create_index(
        "ix_cases_requirement", "cases", ["requirement"], sqlite_where=_WAITS, postgresql_where=_WAITS
    )
    _link()


def downgrade() -> None:
    op.drop_index("ix_cases_requirement", table_name="cases")
    op.drop_column("cases", "linked")
    op.drop_column("cases", "requirement")
    op.drop_table("requirements")


def _link():
    """Link cases as the events say that make them: from the newest on that says all of a case."""
    bind = op.get_bind()
    events = "SELECT case_ref, kind, data FROM events WHERE kind IN ('opened', 'state-recorded', 'split')"
    found = bind.execute(sa.text(f"{events} ORDER BY id"))
    linked = {}
    for ref, kind, packed in found:
        data = json.loads(packed)
        other = data.get("ref" if kind == "split" else "split_from")
        before = linked.get(ref, []) if kind == "split" else []
        linked[ref] = list(dict.fromkeys([*before, *([other] if other else [])]))
    cases = sa.table("cases", sa.column("ref"), sa.column("linked"))
    for ref, others in linked.items():
        if others:
            bind.execute(sa.update(cases).where(cases.c.ref == ref).values(linked=json.dumps(others)))
