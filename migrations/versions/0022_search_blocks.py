"""Blocks of mails in PostgreSQL's index of words, so that it can be asked from the newest block on.

Building it anew takes some minutes for a million mails, and the desk waits meanwhile.
"""

from alembic import op

revision = "0022"
down_revision = "0021"

WORDS = "words"
WORDS_AND_BLOCKS = "words || ' #' || CAST(mail_id / 4096 AS text) || ' ##' || CAST(mail_id / 65536 AS text)"


def upgrade() -> None:
    _index(WORDS_AND_BLOCKS)


def downgrade() -> None:
    _index(WORDS)


def _index(of: str) -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    op.execute("DROP INDEX ix_search_words")
    op.execute(
        f"CREATE INDEX ix_search_words ON search USING gin (array_to_tsvector(string_to_array({of}, ' ')))"
    )
