"""An answer is held where a colleague answered meanwhile, so a letter says whose words it is."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

MOMENT = sa.String(27)
_OPEN = sa.text("lapses_at IS NOT NULL AND answer IS NULL")


def upgrade() -> None:
    op.add_column(
        "mails",
        sa.Column("spoken_by", sa.Text(), nullable=True, comment="out: the agent who sent it to customers"),
    )
    op.execute(
        "UPDATE mails SET spoken_by = (SELECT ledger.author FROM ledger WHERE ledger.id = mails.about)"
        " WHERE direction = 'out' AND verdict = 'answer' AND about IS NOT NULL"
    )
    op.add_column(
        "confirmations",
        sa.Column(
            "lapses_at",
            MOMENT,
            nullable=True,
            comment="when a held answer counts as not sent",
        ),
    )
    op.create_index(
        "ix_confirmations_lapses",
        "confirmations",
        ["lapses_at"],
        sqlite_where=_OPEN,
        postgresql_where=_OPEN,
    )


def downgrade() -> None:
    op.drop_index("ix_confirmations_lapses", table_name="confirmations")
    op.drop_column("confirmations", "lapses_at")
    op.drop_column("mails", "spoken_by")
