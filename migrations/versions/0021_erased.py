"""When a case was erased; and the cases that were closed so long ago that they are to be, by an index."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"

_LEFT = sa.text("closed_at IS NOT NULL AND erased_at IS NULL")


def upgrade() -> None:
    op.add_column(
        "cases",
        sa.Column("erased_at", sa.String(27), nullable=True, comment="when all that was said on it went"),
    )
    op.create_index("ix_cases_closed", "cases", ["closed_at"], sqlite_where=_LEFT, postgresql_where=_LEFT)


def downgrade() -> None:
    op.drop_index("ix_cases_closed", "cases")
    op.drop_column("cases", "erased_at")
