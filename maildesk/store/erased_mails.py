"""Mails whose words were erased: their keys stay, so that the very same mail is never read again.

A row of the ledger keeps its UID, its dates and its size; of the Message-ID a hash; and its hash of the bytes
leads to a row of `raw_mails` that holds none.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, bindparam, exists, func, literal, select, update

from maildesk.desk.case.verdicts import Verdict
from maildesk.store.chunks import chunks
from maildesk.store.schema import ledger, raw_mails

_MARK: Final = "erased:"
"""Before the hash of a Message-ID, where the ledger keeps no more of it: no id begins so."""

ERASED: Final = Verdict.ERASED.value


def erased_id(message_id: str) -> str:
    """The form in which the ledger keeps the Message-ID of a mail that was erased."""
    return f"{_MARK}{hashlib.sha256(message_id.encode('utf-8', 'surrogatepass')).hexdigest()}"


def same_id(kept: str | None, shown: str | None) -> bool:
    """Tell whether a Message-ID that a server shows is the one that the ledger keeps, erased or not."""
    if kept is None or shown is None:
        return False
    return kept == (erased_id(shown) if kept.startswith(_MARK) else shown)


def erase(connection: Connection, ids: Collection[int]) -> None:
    """Take everything out of these rows of the ledger but their keys, and the bytes that no other row has."""
    c = ledger.c
    hashes: set[str] = set()
    for chunk in chunks(ids):
        rows = connection.execute(select(c.id, c.message_id, c.raw_sha256).where(c.id.in_(chunk))).all()
        hashes.update(row.raw_sha256 for row in rows if row.raw_sha256)
        gone = [{"b_id": row.id, "b_message_id": _kept_of(row.message_id)} for row in rows]
        if gone:
            change = update(ledger).where(c.id == bindparam("b_id"))
            connection.execute(change.values(_NOTHING | {"message_id": bindparam("b_message_id")}), gone)
    living = exists(select(literal(1)).where(c.raw_sha256 == raw_mails.c.sha256, _is_living()))
    for some in chunks(hashes):
        empty = update(raw_mails).where(raw_mails.c.sha256.in_(some), ~living)
        connection.execute(empty.values(packed=b""))


_NOTHING: Final[dict[str, Any]] = {
    "verdict": ERASED,
    **dict.fromkeys(
        ("note", "content_digest", "sender", "author", "subject", "act_digest", "words_digest", "standing",
         "voice")
    ),
}  # fmt: skip


def _kept_of(message_id: str | None) -> str | None:
    if message_id is None or message_id.startswith(_MARK):
        return message_id
    return erased_id(message_id)


def _is_living() -> Any:
    return func.coalesce(ledger.c.verdict, "") != ERASED


def come_again(
    connection: Connection, coming: Iterable[tuple[str, datetime]]
) -> tuple[set[tuple[str, datetime]], set[str]]:
    """Find which of these mails, by the hash of their bytes and their date, are mails that were erased; and
    the hashes of those that only read the same, whose bytes are to be stored again.

    As with a delivery that is seen again, the date counts where there is no Message-ID: yesterday's "backup
    failed" may read like today's.
    """
    wanted = set(coming)
    found: set[tuple[str, datetime]] = set()
    known: set[str] = set()
    for chunk in chunks({sha256 for sha256, _ in wanted}):
        for row in connection.execute(_ERASED_OF, {"hashes": chunk}):
            known.add(row.raw_sha256)
            same = {each for each in wanted if each[0] == row.raw_sha256}
            found |= {each for each in same if row.message_id or each[1] == row.internal_date}
    return found, {sha256 for sha256, at in wanted if sha256 in known and (sha256, at) not in found}


_ERASED_OF: Final = select(ledger.c.raw_sha256, ledger.c.message_id, ledger.c.internal_date).where(
    ledger.c.raw_sha256.in_(bindparam("hashes", expanding=True)), ledger.c.verdict == ERASED
)


def fill(connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
    """Store bytes again of which nothing was left: another mail that reads the same has come."""
    if not rows:
        return
    empty = (raw_mails.c.sha256 == bindparam("b_sha256"), func.length(raw_mails.c.packed) == 0)
    change = update(raw_mails).where(*empty).values(packed=bindparam("b_packed"))
    connection.execute(change, [{"b_sha256": row["sha256"], "b_packed": row["packed"]} for row in rows])


def is_erased(connection: Connection, ledger_id: int) -> bool:
    """Tell whether this mail was erased."""
    query = select(ledger.c.verdict).where(ledger.c.id == ledger_id)
    return connection.execute(query).scalar_one_or_none() == ERASED


def count(connection: Connection) -> int:
    """The number of mails that were erased."""
    return connection.execute(select(func.count()).where(ledger.c.verdict == ERASED)).scalar_one()


def still_read(connection: Connection, hashes: Collection[str]) -> set[str]:
    """Find which of these bytes are of a mail that was not erased: they must be there."""
    found: set[str] = set()
    for chunk in chunks(hashes):
        query = select(ledger.c.raw_sha256).where(ledger.c.raw_sha256.in_(chunk), _is_living())
        found.update(connection.execute(query.distinct()).scalars())
    return found
