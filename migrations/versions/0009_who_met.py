"""Which customers of a case know of one another: nobody is shown an address that they never saw."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.add_column(
        "parties",
        sa.Column(
            "met",
            sa.Text(),
            nullable=False,
            server_default="",
            comment="parties they know of",
        ),
    )


def downgrade() -> None:
    op.drop_column("parties", "met")
