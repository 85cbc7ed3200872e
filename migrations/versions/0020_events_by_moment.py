"""Events by their moment: a report asks for the cases to which something happened since a day."""

from alembic import op

revision = "0020"
down_revision = "0018"


def upgrade() -> None:
    op.create_index("ix_events_at", "events", ["at", "case_ref"])


def downgrade() -> None:
    op.drop_index("ix_events_at", "events")
