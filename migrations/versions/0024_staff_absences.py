"""Absences of which the mailboxes of agents told: #away is suggested to them once for each."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"

MOMENT = sa.String(27)


def upgrade() -> None:
    settled = "#away was suggested, or needs not to be"
    op.create_table(
        "staff_absences",
        sa.Column("address", sa.Text(), primary_key=True, comment="of an agent, lower case"),
        sa.Column("away_until", sa.String(10), nullable=True, comment="the day that the note names"),
        sa.Column("noted_at", MOMENT, nullable=False, comment="when the note was filed"),
        sa.Column("settled_at", MOMENT, nullable=True, comment=settled),
    )


def downgrade() -> None:
    op.drop_table("staff_absences")
