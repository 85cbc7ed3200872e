"""What the ledger knows of a filed mail that another may be a copy of: how it was judged, and its words."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.add_column(
        "ledger",
        sa.Column(
            "words_digest", sa.String(64), nullable=True, comment="of the content but for what judges it"
        ),
    )
    op.add_column(
        "ledger",
        sa.Column(
            "standing",
            sa.String(8),
            nullable=True,
            comment="how well its author was known when it was filed",
        ),
    )
    op.add_column(
        "ledger",
        sa.Column("voice", sa.String(8), nullable=True, comment="whose words it was judged to be"),
    )
    _judge_what_was_filed()


def _judge_what_was_filed() -> None:
    """As well as the rows can tell. Nobody is said to have been vouched for: a better known copy is heard."""
    op.execute(
        "UPDATE ledger SET words_digest = content_digest,"
        " standing = CASE WHEN author IS NULL OR reason = 'sender-failed' THEN 'failed' ELSE 'unknown' END,"
        " voice = CASE WHEN verdict IN ('automatic', 'bounce') THEN 'machine' ELSE 'person' END"
        " WHERE content_digest IS NOT NULL"
    )
    # The repeat of a machine's mail is a machine's too.
    op.execute(
        "UPDATE ledger SET voice = 'machine' WHERE verdict IN ('duplicate', 'seen') AND EXISTS ("
        "SELECT 1 FROM ledger AS earlier WHERE earlier.message_id = ledger.message_id"
        " AND earlier.content_digest = ledger.content_digest AND earlier.verdict IN ('automatic', 'bounce'))"
    )


def downgrade() -> None:
    op.drop_column("ledger", "voice")
    op.drop_column("ledger", "standing")
    op.drop_column("ledger", "words_digest")
