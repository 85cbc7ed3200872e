"""The words of mails: which wait to be read, and what was read, for the index by which mails are found."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, bindparam, delete, func, insert, select, update

from maildesk.desk.case.search_words import MOST_READ, words_kept
from maildesk.store.chunks import chunks
from maildesk.store.schema import mails, search
from maildesk.store.search_tables import INDEX

STEP: Final = 100
"""So many mails are read in one step: nobody who waits to write shall notice."""

_PAGES: Final = 1000
"""Pages of the index that one step writes anew."""
_SOMETHING: Final = 2
"""Changes of a step that found something to do: the statement itself counts as one."""


@dataclass(frozen=True, slots=True)
class ReadWords:
    """The words of one mail, as the index keeps them."""

    mail_id: int
    words: str


def await_reading(conn: Connection, mail_ids: Collection[int]) -> None:
    """Mails that were just written: their words are read after this transaction, which others wait for."""
    if mail_ids:
        conn.execute(insert(search), [{"mail_id": each, "words": None} for each in mail_ids])


def read_waiting(conn: Connection, most: int = STEP) -> list[ReadWords]:
    """The words of mails that nobody has read yet, the newest first: those are looked for soonest."""
    found = conn.execute(_WAITING, {"most": most})
    return [ReadWords(row.id, words_kept(_texts(row))) for row in found]


_c = mails.c
_WAITING = (
    select(
        *(_c.id, _c.subject, _c.sender, _c.recipients, _c.attachments, _c.case_ref),
        func.substr(_c.new_text, 1, MOST_READ).label("said"),
    )
    .join(search, search.c.mail_id == _c.id)
    .where(search.c.words.is_(None))
    .order_by(search.c.mail_id.desc())
    .limit(bindparam("most"))
)
_KEEP = update(search).where(search.c.mail_id == bindparam("b_id")).values(words=bindparam("b_words"))


def keep(conn: Connection, read: Sequence[ReadWords]) -> None:
    """Words that were read. A mail that was erased meanwhile stays erased."""
    if read:
        conn.execute(_KEEP, [{"b_id": each.mail_id, "b_words": each.words} for each in read])


def forget(conn: Connection, which: ColumnElement[bool]) -> None:
    """Erase the words of these mails: nobody finds them again."""
    conn.execute(delete(search).where(search.c.mail_id.in_(select(mails.c.id).where(which))))


def read_again(conn: Connection, mail_ids: Collection[int]) -> None:
    """Forget the words of mails that say less from now on, and have what they still say read."""
    for chunk in chunks(mail_ids):
        conn.execute(update(search).where(search.c.mail_id.in_(chunk)).values(words=None))


def leave_nothing(conn: Connection, *, first: bool) -> bool:
    """Have SQLite's index drop the words that were taken out of it: until then it only hides them.

    One step of many, the `first` of which begins; False when all is done (https://sqlite.org/fts5.html §6.6).
    """
    if conn.dialect.name != "sqlite":
        return False
    driver = conn.connection.driver_connection
    assert isinstance(driver, sqlite3.Connection)
    before, pages = driver.total_changes, -_PAGES if first else _PAGES
    conn.exec_driver_sql(f"INSERT INTO {INDEX}({INDEX}, rank) VALUES ('merge', {pages})")  # noqa: S608 - ours
    return driver.total_changes - before >= _SOMETHING


def still_waiting(conn: Connection, most: int = STEP) -> int:
    """Count the mails whose words are still to be read, up to `most`."""
    some = select(search.c.mail_id).where(search.c.words.is_(None)).limit(most)
    return int(conn.execute(select(func.count()).select_from(some.subquery())).scalar_one())


def _texts(row: Any) -> list[str]:
    """List what is looked through: who wrote to whom, about what, and what they said last."""
    files = (str(each.get("name", "")) for each in row.attachments)
    return [row.case_ref, row.subject, row.sender, *row.recipients[:50], *files, row.said]
