"""The words of mails, to be looked for. Those of mails that are there already the daemon reads by and by."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"

SQLITE = (
    "CREATE VIRTUAL TABLE search_index USING"
    " fts5(words, content='search', content_rowid='mail_id', tokenize='ascii')",
    "CREATE TRIGGER search_added AFTER INSERT ON search WHEN new.words IS NOT NULL BEGIN"
    " INSERT INTO search_index(rowid, words) VALUES (new.mail_id, new.words); END",
    "CREATE TRIGGER search_gone AFTER DELETE ON search WHEN old.words IS NOT NULL BEGIN"
    " INSERT INTO search_index(search_index, rowid, words) VALUES ('delete', old.mail_id, old.words); END",
    "CREATE TRIGGER search_unread BEFORE UPDATE OF words ON search WHEN old.words IS NOT NULL BEGIN"
    " INSERT INTO search_index(search_index, rowid, words) VALUES ('delete', old.mail_id, old.words); END",
    "CREATE TRIGGER search_read AFTER UPDATE OF words ON search WHEN new.words IS NOT NULL BEGIN"
    " INSERT INTO search_index(rowid, words) VALUES (new.mail_id, new.words); END",
)
POSTGRESQL = (
    "CREATE INDEX ix_search_words ON search USING gin (array_to_tsvector(string_to_array(words, ' ')))",
)


def upgrade() -> None:
    op.create_table(
        "search",
        sa.Column(
            "mail_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            sa.ForeignKey("mails.id", ondelete="CASCADE"),
            primary_key=True,
            autoincrement=False,
            comment="a mail whose words people look for",
        ),
        sa.Column("words", sa.Text(), nullable=True, comment="one blank between two; none: not read yet"),
    )
    op.create_index(
        "ix_search_waiting",
        "search",
        ["mail_id"],
        sqlite_where=sa.text("words IS NULL"),
        postgresql_where=sa.text("words IS NULL"),
    )
    for statement in SQLITE if op.get_bind().dialect.name == "sqlite" else POSTGRESQL:
        op.execute(statement)
    op.execute(
        "INSERT INTO search (mail_id) SELECT id FROM mails"
        " WHERE (direction = 'in' AND verdict <> 'command')"
        " OR (direction = 'out' AND (verdict = 'note' OR (verdict = 'answer' AND NOT internal)))"
    )


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TABLE search_index")
    op.drop_table("search")
