"""Who of a case has written, to whom a relay gave a letter an id, and which tokens were shown to others."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

MOMENT = sa.String(27)


def upgrade() -> None:
    op.add_column(
        "parties",
        sa.Column(
            "written",
            sa.Boolean(),
            nullable=False,
            server_default=sa.text("false"),
            comment="a mail of theirs joined the case",
        ),
    )
    op.execute(_THEIR_MAIL_JOINED)
    op.execute(_THEY_WERE_LET_IN)
    op.add_column(
        "thread_ids",
        sa.Column(
            "sent_to",
            sa.Text(),
            nullable=True,
            comment="lower case: to whom a relay gave our letter this id",
        ),
    )
    op.create_table(
        "shown_tokens",
        sa.Column(
            "token",
            sa.Text(),
            primary_key=True,
            comment="case and party; a Message-ID of ours; of a question the SHA-256",
        ),
        sa.Column("kind", sa.String(10), primary_key=True, comment="address, id or question"),
        sa.Column("ledger_id", sa.BigInteger(), nullable=False, comment="the mail that showed it first"),
        sa.Column("shown_at", MOMENT, nullable=False),
    )


def downgrade() -> None:
    op.drop_table("shown_tokens")
    op.drop_column("thread_ids", "sent_to")
    op.drop_column("parties", "written")


_THEIR_MAIL_JOINED = """
UPDATE parties SET written = true WHERE role IN ('requester', 'cc') AND EXISTS (
  SELECT 1 FROM mails WHERE mails.case_ref = parties.case_ref AND mails.direction = 'in'
  AND mails.internal = false AND mails.verdict IN ('opened', 'appended', 'reopened')
  AND (mails.reason IS NULL OR mails.reason <> 'sender-failed')
  AND lower(mails.sender) = lower(parties.address)
)
"""

_THEY_WERE_LET_IN = """
UPDATE parties SET written = true WHERE role IN ('requester', 'cc') AND EXISTS (
  SELECT 1 FROM events WHERE events.case_ref = parties.case_ref AND events.kind IN ('replied', 'reopened')
  AND events.data LIKE '%"let_in_by"%' AND lower(events.actor) = lower(parties.address)
)
"""
