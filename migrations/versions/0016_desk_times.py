"""How far what the desk does at set hours is done; cases by when a field of theirs may have been set."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    op.create_table(
        "desk_times",
        sa.Column(
            "name",
            sa.Text(),
            primary_key=True,
            comment="a thing that the desk does at set hours, of no case",
        ),
        sa.Column("done_until", sa.String(27), nullable=False),
    )
    op.create_index(
        "ix_cases_fields",
        "cases",
        ["updated_at"],
        sqlite_where=sa.text("fields IS NOT NULL"),
        postgresql_where=sa.text("fields IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_cases_fields", "cases")
    op.drop_table("desk_times")
