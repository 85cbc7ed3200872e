"""What may be anybody's words is marked, and questions about it are gathered."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

MOMENT = sa.String(27)


def upgrade() -> None:
    op.add_column(
        "mails",
        sa.Column(
            "unconfirmed",
            sa.Boolean(),
            nullable=False,
            server_default=sa.false(),
            comment="in a desk person's name, who has not answered for it",
        ),
    )
    op.add_column(
        "confirmations",
        sa.Column(
            "vouched",
            sa.Boolean(),
            nullable=False,
            server_default=sa.false(),
            comment="for its sender, by our host",
        ),
    )
    op.add_column(
        "confirmations",
        sa.Column(
            "list_sha256",
            sa.String(64),
            nullable=True,
            comment="of the token of the letter that asks about several; none: asked about alone",
        ),
    )
    op.add_column(
        "confirmations",
        sa.Column("listed_at", MOMENT, nullable=True, comment="when that letter was written"),
    )
    op.add_column(
        "confirmations",
        sa.Column(
            "wanted_at", MOMENT, nullable=True, comment="when its author asked for a question of its own"
        ),
    )
    _partial(
        "ix_confirmations_author", ["author", "asked_at"], "list_sha256 IS NULL OR wanted_at IS NOT NULL"
    )
    _partial("ix_confirmations_list", ["list_sha256", "ledger_id"], "list_sha256 IS NOT NULL")
    _partial("ix_confirmations_listed", ["author", "listed_at"], "listed_at IS NOT NULL")
    # What waits for its author's word was kept because it may be anybody's.
    op.execute(
        "UPDATE mails SET unconfirmed = true WHERE verdict = 'note' AND ledger_id IN "
        "(SELECT ledger_id FROM confirmations WHERE answer IS NULL OR answer = 'declined')"
    )


def _partial(name: str, columns: list[str], rows: str) -> None:
    op.create_index(
        name, "confirmations", columns, sqlite_where=sa.text(rows), postgresql_where=sa.text(rows)
    )


def downgrade() -> None:
    for name in ("ix_confirmations_listed", "ix_confirmations_list", "ix_confirmations_author"):
        op.drop_index(name, "confirmations")
    for name in ("wanted_at", "listed_at", "list_sha256", "vouched"):
        op.drop_column("confirmations", name)
    op.drop_column("mails", "unconfirmed")
