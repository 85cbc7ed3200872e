"""The table of the words of mails, and its index: FTS5 in SQLite, GIN over lexemes in PostgreSQL.

Neither database reads a language here: the words are ours (`desk.case.search_words`), split at blanks alone.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import DDL, Column, ForeignKey, Table, Text, event

from maildesk.store.table_base import metadata, partial_index

search = Table(
    "search",
    metadata,
    Column(
        "mail_id",
        ForeignKey("mails.id", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
        comment="a mail whose words people look for",
    ),
    Column("words", Text, nullable=True, comment="one blank between two; none: not read yet"),
)
partial_index("ix_search_waiting", search.c.mail_id, where=search.c.words.is_(None))

INDEX: Final = "search_index"
"""The index in SQLite: a table to it, with others behind that bear its name and an ending."""

_SQLITE: Final = (
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
BLOCK: Final = 4096
"""So many mails, one after another, have one more word in PostgreSQL's index, that only they have."""
LARGE_BLOCK: Final = 16 * BLOCK

LEXEMES: Final = (
    f"array_to_tsvector(string_to_array(search.words || ' #' || CAST(search.mail_id / {BLOCK} AS text)"
    f" || ' ##' || CAST(search.mail_id / {LARGE_BLOCK} AS text), ' '))"
)
"""The expression of that index, as statements have to spell it: the words of a mail, and its blocks."""

_POSTGRESQL: Final = (f"CREATE INDEX ix_search_words ON search USING gin ({LEXEMES.replace('search.', '')})",)

for _dialect, _statements in (("sqlite", _SQLITE), ("postgresql", _POSTGRESQL)):
    for _statement in _statements:
        made = DDL(_statement)  # type: ignore[no-untyped-call]  # SQLAlchemy says nothing of it
        event.listen(search, "after_create", made.execute_if(dialect=_dialect))


def is_of_index(name: str) -> bool:
    """Tell whether a table is the index, or one behind it, that no program of ours reads by itself."""
    return name == INDEX or name.startswith(f"{INDEX}_")
