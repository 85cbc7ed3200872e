"""The words of mails: which wait to be read, and which mails have the words that somebody looks for."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    bindparam,
    cast,
    column,
    delete,
    func,
    insert,
    literal,
    literal_column,
    not_,
    select,
    table,
    update,
)
from sqlalchemy.dialects.postgresql import TSQUERY

from maildesk.desk.case.search_words import MOST_READ, Search, Term, words_kept
from maildesk.store.chunks import chunks
from maildesk.store.schema import mails, search
from maildesk.store.search_tables import INDEX, LEXEMES

STEP: Final = 100
"""So many mails are read in one step: nobody who waits to write shall notice."""

MOST_FOUND: Final = 10_000
"""So many mails, the newest, are looked through for the cases that are asked for."""


@dataclass(frozen=True, slots=True)
class ReadWords:
    """The words of one mail, as the index keeps them."""

    mail_id: int
    words: str


# --- reading mails ----------------------------------------------------------------------------------


def await_reading(conn: Connection, mail_ids: Collection[int]) -> None:
    """Mails that were just written: their words are read after this transaction, which others wait for."""
    if mail_ids:
        conn.execute(insert(search), [{"mail_id": each, "words": None} for each in mail_ids])


def read_waiting(conn: Connection, most: int = STEP) -> list[ReadWords]:
    """The words of mails that nobody has read yet, the newest first: those are looked for soonest."""
    c = mails.c
    waiting = select(search.c.mail_id).where(search.c.words.is_(None))
    ids = list(conn.execute(waiting.order_by(search.c.mail_id.desc()).limit(most)).scalars())
    said = func.substr(c.new_text, 1, MOST_READ).label("said")
    query = select(c.id, c.subject, c.sender, c.recipients, c.attachments, c.case_ref, said)
    found = conn.execute(query.where(c.id.in_(ids))).all()
    return [ReadWords(row.id, words_kept(_texts(row))) for row in found]


def keep(conn: Connection, read: Sequence[ReadWords]) -> None:
    """Words that were read. A mail that was erased meanwhile stays erased."""
    if read:
        one = update(search).where(search.c.mail_id == bindparam("b_id")).values(words=bindparam("b_words"))
        conn.execute(one, [{"b_id": each.mail_id, "b_words": each.words} for each in read])


def forget(conn: Connection, which: ColumnElement[bool]) -> None:
    """Erase the words of these mails: nobody finds them again."""
    conn.execute(delete(search).where(search.c.mail_id.in_(select(mails.c.id).where(which))))


def read_again(conn: Connection, mail_ids: Collection[int]) -> None:
    """Forget the words of mails that say less from now on, and have what they still say read."""
    for chunk in chunks(mail_ids):
        conn.execute(update(search).where(search.c.mail_id.in_(chunk)).values(words=None))


def leave_nothing(conn: Connection) -> None:
    """Have SQLite's index drop the words that were taken out of it: until then it only hides them."""
    if conn.dialect.name == "sqlite":
        conn.exec_driver_sql(f"INSERT INTO {INDEX}({INDEX}) VALUES ('optimize')")  # noqa: S608 - our own name


def still_waiting(conn: Connection, most: int = STEP) -> int:
    """Count the mails whose words are still to be read, up to `most`."""
    some = select(search.c.mail_id).where(search.c.words.is_(None)).limit(most)
    return int(conn.execute(select(func.count()).select_from(some.subquery())).scalar_one())


def _texts(row: Any) -> list[str]:
    """List what is looked through: who wrote to whom, about what, and what they said last."""
    files = (str(each.get("name", "")) for each in row.attachments)
    return [row.case_ref, row.subject, row.sender, *row.recipients[:50], *files, row.said]


# --- looking ----------------------------------------------------------------------------------------


def newest_found(conn: Connection, wanted: Search, below: int | None, most: int) -> list[tuple[int, str]]:
    """Mails with these words, the newest first, each with its case; of those with numbers under `below`."""
    found = _found(wanted, conn.dialect.name, below, most).subquery()
    query = select(mails.c.id, mails.c.case_ref).join(found, found.c.id == mails.c.id)
    return [(row.id, row.case_ref) for row in conn.execute(query.order_by(mails.c.id.desc()))]


def said_in(conn: Connection, mail_ids: Collection[int]) -> dict[int, tuple[datetime, str, str]]:
    """Tell of these mails when each came, from whom, and what it says."""
    c = mails.c
    query = select(c.id, c.at, c.sender, func.substr(c.new_text, 1, MOST_READ).label("said"))
    found = conn.execute(query.where(c.id.in_(list(mail_ids))))
    return {row.id: (row.at, row.sender, row.said) for row in found}


def in_cases_with(wanted: Search, case_ref: ColumnElement[str], dialect: str) -> ColumnElement[bool]:
    """The condition on cases one of whose mails has these words."""
    found = _found(wanted, dialect, None, MOST_FOUND).subquery()
    return case_ref.in_(select(mails.c.case_ref).join(found, found.c.id == mails.c.id))


def _found(wanted: Search, dialect: str, below: int | None, most: int) -> Select[Any]:
    """The numbers of the newest mails with these words."""
    if dialect == "sqlite":
        index = table(INDEX, column("rowid"))
        matches = literal_column(INDEX).op("MATCH")(literal(_for_fts5(wanted)))
        query = select(index.c.rowid.label("id")).select_from(index).where(matches)
        query = query.where(index.c.rowid < below) if below is not None else query
        return query.order_by(index.c.rowid.desc()).limit(most)
    # The index first: told of the order, a planner may read every mail from the newest on.
    having = select(search.c.mail_id.label("id")).where(*_for_lexemes(wanted))
    having = having.where(search.c.mail_id < below) if below is not None else having
    first = having.cte("having").prefix_with("MATERIALIZED")
    return select(first.c.id).order_by(first.c.id.desc()).limit(most)


def _for_fts5(wanted: Search) -> str:
    """The expression of SQLite's index. Our words are letters and digits alone: nothing in them is syntax."""
    some = " AND ".join(_phrase(each) for each in wanted.asked)
    without = [_phrase(each) for each in wanted.terms if each.without]
    return f"({some}) NOT ({' OR '.join(without)})" if without else some


def _phrase(term: Term) -> str:
    return f'"{" ".join(term.words)}"' + (" *" if term.begins else "")


def _for_lexemes(wanted: Search) -> list[ColumnElement[bool]]:
    """The conditions for PostgreSQL: one on the index, and for words side by side one on the text itself."""
    needed = " & ".join(_lexemes(each) for each in wanted.asked)
    apart = [f"!{_lexemes(each)}" for each in wanted.terms if each.without and len(each.words) == 1]
    query = literal(" & ".join([needed, *apart]))
    found: list[ColumnElement[bool]] = [literal_column(LEXEMES).op("@@")(cast(query, TSQUERY))]
    beside = func.concat(" ", search.c.words, " ")
    for each in wanted.terms:
        if len(each.words) > 1:
            there = beside.like(f"% {' '.join(each.words)}{'%' if each.begins else ' %'}")
            found.append(not_(there) if each.without else there)
    return [and_(*found)]


def _lexemes(term: Term) -> str:
    last = len(term.words) - 1
    return " & ".join(
        f"'{word}'" + (":*" if term.begins and at == last else "") for at, word in enumerate(term.words)
    )
