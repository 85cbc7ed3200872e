"""How far the UIDs of a mailbox and of its processed folder had come when we last looked."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

COLUMNS = {
    "uidnext": "how far its UIDs had come then",
    "processed_uidvalidity": None,
    "processed_uidnext": "what lies below it there is accounted for",
}


def upgrade() -> None:
    for name, comment in COLUMNS.items():
        op.add_column("mailboxes", sa.Column(name, sa.BigInteger(), nullable=True, comment=comment))


def downgrade() -> None:
    for name in reversed(COLUMNS):
        op.drop_column("mailboxes", name)
