"""Letters to the desk's own people are known as such, and so is a desk that goes on from a backup."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.String(27)

_TO_DESK = (
    "colleague-wrote",
    "opened-team",
    "replied-team",
    "reopened-team",
    "assigned-team",
    "escalated-leadership",
    "escalated-team",
    "response-near",
    "wait-over",
    "overdue",
    "suspicious",
    "undelivered",
    "let-in",
    "note-kept",
    "confirm",
    "refused",
    "transcript",
    "digest",
    "alarm",
)
"""Kinds that have gone to nobody but the desk's own people; who else was one is not known any more."""


def upgrade() -> None:
    op.add_column(
        "outbox",
        sa.Column(
            "to_desk",
            sa.Boolean(),
            nullable=False,
            server_default=sa.text("false"),
            comment="goes to the desk's own people, as they were when it was queued",
        ),
    )
    outbox = sa.table("outbox", sa.column("kind", sa.Text()), sa.column("to_desk", sa.Boolean()))
    op.execute(outbox.update().where(outbox.c.kind.in_(_TO_DESK)).values(to_desk=sa.true()))
    op.create_table(
        "restorations",
        sa.Column("restored_at", MOMENT, primary_key=True, comment="when the desk went on from the copy"),
        sa.Column("made_at", MOMENT, nullable=False, comment="when the copy was made"),
        sa.Column("held", sa.Integer(), nullable=False, comment="how many letters were held for it"),
    )
    op.create_table(
        "reread",
        sa.Column(
            "ledger_id",
            ID,
            sa.ForeignKey("ledger.id"),
            primary_key=True,
            comment="it may have been handled before the restoration",
        ),
    )


def downgrade() -> None:
    op.drop_table("reread")
    op.drop_table("restorations")
    op.drop_column("outbox", "to_desk")
