"""The language of a case: that of the mail which opened it, where the policy lists it."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.add_column(
        "cases",
        sa.Column(
            "language", sa.Text(), nullable=False, server_default="", comment="of its first mail: pt-BR"
        ),
    )


def downgrade() -> None:
    op.drop_column("cases", "language")
