"""Cases by their customer's address in any letter case: who writes as Bo@ is who wrote as bo@."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    _index(sa.text("lower(requester)"))


def downgrade() -> None:
    _index("requester")


def _index(of: sa.TextClause | str) -> None:
    op.drop_index("ix_cases_requester", "cases")
    op.create_index("ix_cases_requester", "cases", [of, "opened_at"])
