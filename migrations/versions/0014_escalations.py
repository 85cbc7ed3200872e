"""What is kept of an escalation: who heard of it, what a form said, its plan."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"

KEPT = "who heard of it, what a form said of it, the plan"
AS_BEFORE = (
    '{"heard":["leadership"],"particulars":[],"plan":"","plan_shared_at":null,'
    '"answered":false,"acknowledged":false,"again_at":null,'
    '"planned_at":null,"planned_by":""}'
)
"""What there was to keep of one until now."""


def upgrade() -> None:
    op.add_column("cases", sa.Column("escalation", sa.Text(), nullable=True, comment=KEPT))
    cases = sa.table("cases", sa.column("escalation"), sa.column("escalation_level"))
    escalated = sa.update(cases).where(cases.c.escalation_level.is_not(None))
    op.execute(escalated.values(escalation=AS_BEFORE))


def downgrade() -> None:
    # One that waits for approval is none yet to who knows no approval.
    op.execute(
        "UPDATE cases SET escalation_level = NULL, escalated_at = NULL, escalated_by = NULL"
        " WHERE escalation_level = 0"
    )
    op.drop_column("cases", "escalation")
