"""When each mailbox was last heard, and when it was not."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"

MOMENT = sa.String(27)


def upgrade() -> None:
    op.create_table(
        "hearings",
        sa.Column("mailbox", sa.String(64), primary_key=True, comment="its identity"),
        sa.Column("watched_at", MOMENT, nullable=False, comment="when the desk began to listen to it"),
        sa.Column(
            "heard_at", MOMENT, nullable=True, comment="when it was last listed to its end or handed out mail"
        ),
        sa.Column(
            "told_at", MOMENT, nullable=True, comment="when operators heard of a silence that still lasts"
        ),
    )
    op.create_table(
        "outages",
        sa.Column("mailbox", sa.String(64), primary_key=True, comment="its identity"),
        sa.Column("since", MOMENT, primary_key=True, comment="when it was last heard"),
        sa.Column("until", MOMENT, nullable=False, comment="when it was heard again"),
    )


def downgrade() -> None:
    op.drop_table("outages")
    op.drop_table("hearings")
