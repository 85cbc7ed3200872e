"""The ends of an erasure outside its transaction: nothing is left in the log, and the list has what went."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from maildesk.errors import StoreUnusable
from maildesk.store import search, unlisted
from maildesk.store.database import Connection, Database
from maildesk.store.erased_key import ErasedKey
from maildesk.store.erasing import OnServer
from maildesk.store.erasure_list import ErasureList, ErasureNote
from maildesk.store.unlisted import Unlisted

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Erasure:
    """The cases that were erased, how many mails, and what was not: what lies on the server, linked cases.

    `touched` are cases of others, out of which somebody was taken; `keys` are all that is left of the mails.
    `unlisted`: the list of what was erased does not have it yet.
    """

    cases: tuple[str, ...] = ()
    mails: int = 0
    on_server: tuple[OnServer, ...] = ()
    linked: tuple[str, ...] = ()
    touched: tuple[str, ...] = ()
    keys: tuple[ErasedKey, ...] = ()
    unlisted: Unlisted | None = None


def not_listed(conn: Connection, erased: Erasure, one: Unlisted) -> Erasure:
    """Have the commit that erases say that the list does not have it."""
    unlisted.note(conn, one)
    return replace(erased, unlisted=one)


def leave_nothing(store: Database) -> None:
    """Leave nothing of what was erased in the index of words, and in the log of the database."""
    more = store.write_now(partial(search.leave_nothing, first=True))
    while more:
        more = store.write_now(partial(search.leave_nothing, first=False))
    store.empty_log()


def note_down(store: Database, noted: ErasureList, erased: Erasure) -> None:
    """Tell whatever older copy takes the place of this database; StoreUnusable where that cannot be."""
    one = erased.unlisted
    if one is None:
        return  # nothing was erased
    persons = (one.person,) if one.person else ()
    noted.write_down(ErasureNote(one.at, erased.cases, erased.keys, persons))
    store.write_now(lambda conn: unlisted.listed(conn, [one]))


def finish_earlier(store: Database, noted: ErasureList, now: datetime) -> None:
    """Note what was erased and may not be noted, as the machine stopped or the list could not be written.

    Where it still cannot be written, that is said, and the next time finds the same.
    """
    some = store.read_now(unlisted.waiting)
    if not some:
        return
    leave_nothing(store)
    try:
        noted.write_down(*_missing(store, noted, some, now))
    except StoreUnusable as problem:
        _log.warning("%s", problem)
        return
    store.write_now(lambda conn: unlisted.listed(conn, some))
    _log.warning("what was erased and may not have been noted is noted now erasures=%d", len(some))


def _missing(
    store: Database, noted: ErasureList, some: Sequence[Unlisted], now: datetime
) -> list[ErasureNote]:
    """Make lines of all that the tables know of as erased, and the list does not."""
    known = noted.notes()
    cases = {ref for note in known for ref in note.cases}
    mails = {key for note in known for key in note.mails}
    whole = store.read_now(lambda conn: unlisted.everything_erased(conn, now))
    missing = ErasureNote(
        now,
        tuple(ref for ref in whole.cases if ref not in cases),
        tuple(key for key in whole.mails if key not in mails),
    )
    return [missing, *(ErasureNote(each.at, persons=(each.person,)) for each in some if each.person)]
