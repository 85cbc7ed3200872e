"""The new words of a mail with the quoted lines that they answer, as notices and the case show them.

Of a mail that came before this was kept, the new words alone are shown, as they were.
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.add_column(
        "mails",
        sa.Column(
            "in_context",
            sa.Text(),
            nullable=False,
            server_default=sa.text("''"),
            comment="words below what they answer",
        ),
    )


def downgrade() -> None:
    op.drop_column("mails", "in_context")
