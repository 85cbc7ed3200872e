"""The mails that have the words somebody looks for, the newest first, whichever database keeps them.

An index lists all mails with a word; where somebody wants the newest few of a common word most of that
is waste. SQLite goes through its lists from the newest on, and stops. PostgreSQL is asked about some
mails at a time, from the newest on: beside its words each has the names of its blocks. What begins with
some letters is, where that is common, sooner read in the mails than in the lists of all words that begin
so.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Select,
    and_,
    cast,
    column,
    func,
    literal,
    literal_column,
    not_,
    select,
    table,
)

from maildesk.desk.case.search_words import MOST_READ, Search, Term
from maildesk.store.schema import cases, mails, search
from maildesk.store.search_tables import BLOCK, INDEX, LARGE_BLOCK, LEXEMES

MOST_FOUND: Final = 10_000
"""So many mails, the newest, are looked through for the cases that are asked for."""

FIRST: Final = 2 * BLOCK
"""The newest mails, of which PostgreSQL's index is asked first: a common word is found among them."""
_GROWTH: Final = 16

_SAMPLE: Final = 2000
"""So many of the newest mails tell how common a beginning is."""
_READING_COSTS: Final = {"sqlite": 1, "postgresql": 8}
"""The cost of reading a mail in that of a mail in the index's list."""


@dataclass(frozen=True, slots=True)
class FoundPage:
    """Mails, the newest first, each with its case; older ones are `below` that number, if there are any."""

    mails: tuple[tuple[int, str], ...]
    below: int | None


def newest_found(
    conn: Connection,
    wanted: Search,
    below: int | None,
    most: int,
    fitting: Sequence[ColumnElement[bool]] = (),
) -> FoundPage:
    """Go through the newest mails with these words, numbered under `below`; give those of `fitting` cases."""
    ids = newest_ids(conn, wanted, below, most)
    query = select(mails.c.id, mails.c.case_ref).where(mails.c.id.in_(_values(ids, conn.dialect.name)))
    if fitting:
        query = query.join(cases, cases.c.ref == mails.c.case_ref).where(*fitting)
    rows = sorted(((row.id, row.case_ref) for row in conn.execute(query)), reverse=True) if ids else []
    more = len(ids) == most
    if more and fitting and not rows and below is None and conn.dialect.name == "postgresql":
        more = _any_fits(conn, fitting)
    return FoundPage(tuple(rows), ids[-1] if more else None)


def _any_fits(conn: Connection, fitting: Sequence[ColumnElement[bool]]) -> bool:
    """Tell whether there is such a case: where there is none, no further mails need to be looked through.

    PostgreSQL goes through all cases sooner than through ten thousand mails, SQLite does not.
    """
    return conn.execute(select(cases.c.ref).where(*fitting).limit(1)).first() is not None


def in_cases_with(conn: Connection, wanted: Search, case_ref: ColumnElement[str]) -> ColumnElement[bool]:
    """The condition on cases one of whose mails has these words."""
    ids = _values(newest_ids(conn, wanted, None, MOST_FOUND), conn.dialect.name)
    return case_ref.in_(select(mails.c.case_ref).where(mails.c.id.in_(ids)))


def said_in(conn: Connection, mail_ids: Collection[int]) -> dict[int, tuple[datetime, str, str]]:
    """Tell of these mails when each came, from whom, and what it says."""
    c = mails.c
    query = select(c.id, c.at, c.sender, func.substr(c.new_text, 1, MOST_READ).label("said"))
    found = conn.execute(query.where(c.id.in_(list(mail_ids))))
    return {row.id: (row.at, row.sender, row.said) for row in found}


def newest_ids(conn: Connection, wanted: Search, below: int | None, most: int) -> list[int]:
    """The numbers of the newest mails with these words."""
    upper = _next_number(conn) if below is None else below
    spread = _common_beginnings(conn, wanted, upper, most)
    if conn.dialect.name == "sqlite":
        return list(conn.execute(_by_fts5(wanted, spread, upper).limit(most)).scalars())
    return _by_lexemes(conn, wanted, spread, upper, most)


def _next_number(conn: Connection) -> int:
    return int(conn.execute(select(func.max(search.c.mail_id))).scalar_one() or 0) + 1


def _common_beginnings(conn: Connection, wanted: Search, upper: int, most: int) -> frozenset[Term]:
    """Choose the words that may go on which are sooner read in the mails than in the index.

    A share s of n mails costs the index s·n, and reading the newest costs most/s, each times a mail's cost.
    """
    begun = [each for each in wanted.terms if each.begins]
    if not begun:
        return frozenset()
    dialect = conn.dialect.name
    newest = select(search.c.words).order_by(search.c.mail_id.desc()).limit(_SAMPLE).subquery()
    counts = [func.count().filter(_said(each, newest.c.words, dialect)) for each in begun]
    row = conn.execute(select(*counts).select_from(newest)).one()
    least = most * _SAMPLE**2 * _READING_COSTS[dialect] / upper
    return frozenset(each for each, count in zip(begun, row, strict=True) if count**2 > least)


def _values(numbers: Sequence[int], dialect: str) -> Select[Any]:
    """These numbers as a table of one column, which takes as many as there are."""
    if dialect == "sqlite":
        return select(func.json_each(json.dumps(list(numbers))).table_valued("value").c.value)
    from sqlalchemy.dialects.postgresql import ARRAY

    given = cast(literal("{" + ",".join(map(str, numbers)) + "}"), ARRAY(BigInteger))
    return select(func.unnest(given).column_valued())


# --- the words themselves ---------------------------------------------------------------------------


def _said(term: Term, words: ColumnElement[Any], dialect: str) -> ColumnElement[bool]:
    """The condition that these words stand side by side."""
    sought = f" {' '.join(term.words)}" + ("" if term.begins else " ")
    beside = literal(" ") + words + literal(" ")
    if dialect == "sqlite":
        return func.instr(beside, sought) > 0
    # Most mails have the words somewhere else: that is seen without a copy of all that they say.
    return and_(func.strpos(words, sought.strip()) > 0, func.strpos(beside, sought) > 0)


def _all_said(
    terms: Collection[Term], words: ColumnElement[Any], dialect: str
) -> Iterator[ColumnElement[bool]]:
    for each in terms:
        said = _said(each, words, dialect)
        yield not_(said) if each.without else said


# --- SQLite -----------------------------------------------------------------------------------------


def _by_fts5(wanted: Search, spread: frozenset[Term], upper: int) -> Select[Any]:
    """The newest by the index; where that holds nothing to begin with, by the words themselves."""
    indexed = [each for each in wanted.terms if each not in spread]
    if all(each.without for each in indexed):
        query = select(search.c.mail_id).where(*_all_said(wanted.terms, search.c.words, "sqlite"))
        return query.where(search.c.mail_id < upper).order_by(search.c.mail_id.desc())
    index = table(INDEX, column("rowid"), column("words"))
    matches = literal_column(INDEX).op("MATCH")(literal(_for_fts5(indexed)))
    query = select(index.c.rowid).select_from(index).where(matches, index.c.rowid < upper)
    query = query.where(*_all_said(spread, index.c.words, "sqlite"))
    return query.order_by(index.c.rowid.desc())


def _for_fts5(terms: Collection[Term]) -> str:
    """The expression of SQLite's index. Our words are letters and digits alone: nothing in them is syntax."""
    some = " AND ".join(_phrase(each) for each in terms if not each.without)
    without = [_phrase(each) for each in terms if each.without]
    return f"({some}) NOT ({' OR '.join(without)})" if without else some


def _phrase(term: Term) -> str:
    return f'"{" ".join(term.words)}"' + (" *" if term.begins else "")


# --- PostgreSQL -------------------------------------------------------------------------------------


def _by_lexemes(
    conn: Connection, wanted: Search, spread: frozenset[Term], upper: int, most: int
) -> list[int]:
    """Some of the mails after others, from the newest on: so many more as what was found lets expect."""
    c = search.c
    indexed = [each for each in wanted.terms if each not in spread]
    reads = all(each.without for each in indexed)
    unsure = wanted.terms if reads else [*spread, *(each for each in indexed if len(each.words) > 1)]
    having = select(c.mail_id).where(*_all_said(unsure, c.words, "postgresql"))
    found: list[int] = []
    end, wide = upper, FIRST
    if not reads:
        _use(conn, _INDEX_ONLY)
    while len(found) < most and end:
        lower = _lower_end(end, wide)
        if reads:
            query = having.where(c.mail_id >= lower, c.mail_id < end)
        else:
            blocks = list(_blocks(lower, end)) if lower else []
            # A sum keeps the planner from going through the mails by their numbers.
            query = having.where(_lexemes_are(indexed, blocks), c.mail_id + 0 < end)
        found += conn.execute(query.order_by(c.mail_id.desc()).limit(most - len(found))).scalars()
        looked, end = upper - lower, lower
        wide = min(looked * (most - len(found)) // (len(found) + 1) * 5 // 4, looked * _GROWTH)
    if not reads:
        _use(conn, dict.fromkeys(_INDEX_ONLY, "DEFAULT"))
    return found


def _lower_end(end: int, wide: int) -> int:
    """The beginning of the block where so many mails below a number end; 0 where that is most of them."""
    if wide * 2 > end:
        return 0
    lower = end - wide
    return lower - lower % (LARGE_BLOCK if wide > LARGE_BLOCK else BLOCK)


def _blocks(lower: int, upper: int) -> Iterator[str]:
    """The names of the blocks between these numbers, large ones where one is whole."""
    at = lower
    while at < upper:
        large = at % LARGE_BLOCK == 0 and at + LARGE_BLOCK <= upper
        yield f"##{at // LARGE_BLOCK}" if large else f"#{at // BLOCK}"
        at += LARGE_BLOCK if large else BLOCK


_INDEX_ONLY: Final = {"enable_seqscan": "off", "enable_indexscan": "off", "work_mem": "'64MB'"}
"""The way PostgreSQL is to look: by the index, and keeping each mail's place.

Its planner takes our expression for as cheap as a sum, and would rather compute it of every mail.
"""


def _use(conn: Connection, chosen: Mapping[str, str]) -> None:
    """Choose this until the transaction ends."""
    for name, value in chosen.items():
        conn.exec_driver_sql(f"SET LOCAL {name} TO {value}")


def _lexemes_are(terms: Collection[Term], blocks: Collection[str]) -> ColumnElement[bool]:
    """The condition on the index: words side by side are only somewhere in the mail here."""
    from sqlalchemy.dialects.postgresql import TSQUERY

    needed = [_lexemes(each) for each in terms if not each.without]
    apart = [f"!{_lexemes(each)}" for each in terms if each.without and len(each.words) == 1]
    within = [f"({' | '.join(map(_quoted, blocks))})"] if blocks else []
    query = literal(" & ".join([*needed, *apart, *within]))
    return literal_column(LEXEMES).op("@@")(cast(query, TSQUERY))


def _lexemes(term: Term) -> str:
    begun = _quoted(term.words[-1]) + (":*" if term.begins else "")
    return " & ".join([*map(_quoted, term.words[:-1]), begun])


def _quoted(word: str) -> str:
    return f"'{word}'"
