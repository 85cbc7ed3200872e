"""The questions that the guarantee asks of the database, a row of one table each; all of them only read."""

from __future__ import annotations

import hashlib
import time
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Final

from sqlalchemy import Column, Connection, Select, bindparam, exists, func, literal, select

from maildesk.desk.case.events import EventKind
from maildesk.desk.case.guarantee import Breach, KeptMail, Key
from maildesk.desk.case.verdicts import ON_A_CASE, Verdict
from maildesk.store import erased_mails
from maildesk.store.chunks import chunks
from maildesk.store.erased_mails import still_read
from maildesk.store.outbox import TRIED, LetterState
from maildesk.store.schema import (
    cases,
    confirmations,
    events,
    ledger,
    mails,
    metadata,
    outages,
    outbox,
    raw_mails,
)
from maildesk.store.used_uids import TOO_LARGE, UNFETCHABLE, VANISHED, MessageKey, numbered

MOST: Final = 1000
"""So many exceptions of one kind are named."""

PATIENCE: Final = timedelta(hours=1)
"""So long after its time a letter may still wait for the daemon's next look."""

SHORT: Final = 0.1
"""Seconds that a transaction lasts which asks several questions."""

_KEEP: Final = "make a backup before anything else, and send this line to maildesk's authors"


@dataclass(frozen=True, slots=True)
class IntegrityQuestion:
    """A thing never to find. `says` has the columns of `finds` in braces.

    `finds` may ask with `long_ago`, a time (UTC) before which whatever is under way should be over.
    """

    kind: str
    says: str
    remedy: str
    finds: Select[Any]

    def breaches(self, conn: Connection, now: datetime) -> list[Breach]:
        rows = conn.execute(_first(self.finds), {"long_ago": now - PATIENCE})
        return [Breach(self.kind, self.says.format(**row._mapping), self.remedy) for row in rows]


def ask_some(
    questions: Sequence[IntegrityQuestion], conn: Connection, now: datetime, at_most: float = SHORT
) -> tuple[list[Breach], Sequence[IntegrityQuestion]]:
    """Ask one question, and more until the transaction has lasted `at_most` seconds; which are left."""
    ends, found, asked = time.monotonic() + at_most, list[Breach](), 0
    while asked < len(questions) and (not asked or time.monotonic() < ends):
        found += questions[asked].breaches(conn, now)
        asked += 1
    return found, questions[asked:]


@cache
def _first(finds: Select[Any]) -> Select[Any]:
    return finds.limit(MOST)


# --- no row without what it belongs to ------------------------------------------------------------

_LOOSE: Final[Sequence[tuple[Column[Any], Column[Any]]]] = (
    (ledger.c.case_ref, cases.c.ref),
    (confirmations.c.case_ref, cases.c.ref),
    (cases.c.merged_into, cases.c.ref),
    (cases.c.followed_by, cases.c.ref),
    (mails.c.about, ledger.c.id),
)
"""References that no foreign key holds."""


def _references() -> Iterator[tuple[Column[Any], Column[Any]]]:
    """Every column that names a row of another table, with the column it names: new tables stand here too."""
    for table in metadata.sorted_tables:
        for column in table.columns:
            yield from ((column, key.column) for key in column.foreign_keys)
    yield from _LOOSE


def _orphans(column: Column[Any], named: Column[Any]) -> IntegrityQuestion:
    parent = named.table.alias("parent")
    missing = select(column.label("name")).where(
        column.is_not(None), ~exists(select(literal(1)).where(parent.c[named.name] == column))
    )
    says = f"{column.table.name}.{column.name} names {{name}}, which {named.table.name} does not have"
    return IntegrityQuestion("orphan", says, _KEEP, missing.distinct())


# --- what each row must say -----------------------------------------------------------------------

_DEMANDING = [verdict.value for verdict in ON_A_CASE]
_KEEPING_NONE = [Verdict.LEFT.value, Verdict.ERASED.value]


def _shown() -> Select[Any]:
    return select(literal(1)).where(mails.c.ledger_id == ledger.c.id)


def _told(kind: EventKind) -> Any:
    """Ask whether the history of the letter's case, or of one that became a part of it, tells of that."""
    here = events.c.case_ref == outbox.c.case_ref
    kinds = (kind.value, EventKind.MERGED.value)
    return exists(select(literal(1)).where(here, events.c.kind.in_(kinds)))


def _untold(state: LetterState, kind: EventKind) -> IntegrityQuestion:
    silent = select(outbox.c.id, outbox.c.case_ref).where(
        outbox.c.state == state.value, outbox.c.case_ref.is_not(None), ~_told(kind)
    )
    return IntegrityQuestion(
        "untold",
        f"letter {{id}} is {state.value}, and the history of case {{case_ref}} does not say so",
        "tell whoever looks after the case: maildesk case show REF",
        silent,
    )


_ENDED = (LetterState.SENT, LetterState.FAILED, LetterState.DROPPED)

QUESTIONS: tuple[IntegrityQuestion, ...] = (
    *(_orphans(column, named) for column, named in _references()),
    IntegrityQuestion(
        "not-filed-yet",
        "row {id} of the ledger waits to be filed",
        "start the daemon, or see why it does not file: maildesk check",
        select(ledger.c.id).where(ledger.c.verdict.is_(None)),
    ),
    IntegrityQuestion(
        "unknown-verdict",
        "row {id} of the ledger has the verdict {verdict}, which there is not",
        _KEEP,
        select(ledger.c.id, ledger.c.verdict).where(
            ledger.c.verdict.not_in([each.value for each in Verdict])
        ),
    ),
    IntegrityQuestion(
        "no-case",
        "row {id} of the ledger is {verdict} and on no case",
        _KEEP,
        select(ledger.c.id, ledger.c.verdict).where(
            ledger.c.verdict.in_(_DEMANDING), ledger.c.case_ref.is_(None)
        ),
    ),
    IntegrityQuestion(
        "not-shown",
        "row {id} of the ledger is {verdict}, and case {case_ref} does not show its mail",
        _KEEP,
        select(ledger.c.id, ledger.c.verdict, ledger.c.case_ref).where(
            ledger.c.case_ref.is_not(None), ~exists(_shown().where(mails.c.case_ref == ledger.c.case_ref))
        ),
    ),
    IntegrityQuestion(
        "shown-without-verdict",
        "case {case_ref} shows a mail whose row {id} of the ledger is on no case",
        _KEEP,
        (
            select(ledger.c.id, mails.c.case_ref)
            .join(mails, mails.c.ledger_id == ledger.c.id)
            .where(ledger.c.case_ref.is_(None))
        ),
    ),
    IntegrityQuestion(
        "shown-twice",
        "row {id} of the ledger is shown {times} times",
        _KEEP,
        (
            select(mails.c.ledger_id.label("id"), func.count().label("times"))
            .where(mails.c.ledger_id.is_not(None))
            .group_by(mails.c.ledger_id)
            .having(func.count() > 1)
        ),
    ),
    IntegrityQuestion(
        "no-bytes",
        "row {id} of the ledger is {verdict} and keeps no bytes",
        "the mail may still lie on the server: move it to the inbox again",
        select(ledger.c.id, ledger.c.verdict).where(
            ledger.c.raw_sha256.is_(None),
            ledger.c.verdict.not_in(_KEEPING_NONE),
            func.coalesce(ledger.c.reason, "") != UNFETCHABLE,
        ),
    ),
    IntegrityQuestion(
        "unused-bytes",
        "the bytes {sha256} are in no row of the ledger",
        _KEEP,
        select(raw_mails.c.sha256).where(
            ~exists(select(literal(1)).where(ledger.c.raw_sha256 == raw_mails.c.sha256))
        ),
    ),
    IntegrityQuestion(
        "no-history",
        "case {ref} has no event",
        _KEEP,
        select(cases.c.ref).where(~exists(select(literal(1)).where(events.c.case_ref == cases.c.ref))),
    ),
    IntegrityQuestion(
        "unknown-state",
        "letter {id} is {state}, which there is not",
        _KEEP,
        select(outbox.c.id, outbox.c.state).where(
            outbox.c.state.not_in([each.value for each in LetterState])
        ),
    ),
    IntegrityQuestion(
        "not-ended",
        "letter {id} is {state} and nothing says since when",
        _KEEP,
        select(outbox.c.id, outbox.c.state).where(
            outbox.c.state.in_([each.value for each in _ENDED]), outbox.c.ended_at.is_(None)
        ),
    ),
    IntegrityQuestion(
        "in-doubt",
        "letter {id} was given to the relay and its answer was never written down",
        "start the daemon: it says of such a letter that it is uncertain, or sends it again",
        select(outbox.c.id).where(
            outbox.c.state == LetterState.SENDING.value,
            func.coalesce(outbox.c.marked_at, outbox.c.created_at) < bindparam("long_ago"),
        ),
    ),
    IntegrityQuestion(
        "not-tried",
        "letter {id} is {state} although its time was up at {expires_at:%Y-%m-%d %H:%M} UTC",
        "start the daemon: it says of such a letter that it failed",
        select(outbox.c.id, outbox.c.state, outbox.c.expires_at).where(
            outbox.c.state.in_([each.value for each in TRIED]), outbox.c.expires_at < bindparam("long_ago")
        ),
    ),
    IntegrityQuestion(
        "outage-backwards",
        "an outage of the mailbox {mailbox} ends at {until:%Y-%m-%d %H:%M} UTC, before it begins",
        "delete its row of outages: it counts for nothing",
        select(outages.c.mailbox, outages.c.until).where(outages.c.until <= outages.c.since),
    ),
    _untold(LetterState.FAILED, EventKind.LETTER_FAILED),
    _untold(LetterState.UNCERTAIN, EventKind.LETTER_UNCERTAIN),
    _untold(LetterState.DROPPED, EventKind.LETTER_DROPPED),
)
"""The questions to the database alone. A new table's keys are asked about without a line here."""


# --- bytes ----------------------------------------------------------------------------------------


def damaged_bytes(conn: Connection, after: str, limit: int) -> tuple[list[Breach], str | None]:
    """Find which of the next `limit` stored mails are not what their hash says; where to go on, if any."""
    query = select(raw_mails).where(raw_mails.c.sha256 > after).order_by(raw_mails.c.sha256).limit(limit)
    rows = conn.execute(query).all()
    wanted = still_read(conn, [row.sha256 for row in rows if not row.packed])
    found = [
        Breach("damaged-bytes", f"the bytes kept as {row.sha256} are others", "restore them from a backup")
        for row in rows
        if row.sha256 in wanted or (row.packed and not _sound(row.sha256, row.size, row.packed))
    ]
    return found, rows[-1].sha256 if len(rows) == limit else None


def _sound(sha256: str, size: int, packed: bytes) -> bool:
    try:
        raw = zlib.decompress(packed)
    except zlib.error:
        return False
    return len(raw) == size and hashlib.sha256(raw).hexdigest() == sha256


# --- what the mailboxes are compared with ---------------------------------------------------------


def kept(conn: Connection, identity: str, keys: Iterable[MessageKey]) -> dict[Key, list[KeptMail]]:
    """The ledger's rows of these messages of one mailbox. Nothing that lies there has vanished."""
    found: dict[Key, list[KeptMail]] = {}
    c = ledger.c
    columns = (c.id, c.uid, c.raw_sha256, c.verdict, c.reason)
    for uidvalidity, uids in numbered(keys):
        for chunk in chunks(uids):
            where = (c.mailbox == identity, c.uidvalidity == uidvalidity, c.uid.in_(chunk))
            for row in conn.execute(select(*columns).where(*where, func.coalesce(c.reason, "") != VANISHED)):
                one = KeptMail(row.id, row.raw_sha256, row.verdict, row.reason in (TOO_LARGE, UNFETCHABLE))
                found.setdefault((identity, (uidvalidity, row.uid)), []).append(one)
    return found


def rows_of_bytes(conn: Connection, hashes: Iterable[str]) -> Mapping[str, int]:
    """Count the rows of the ledger that keep bytes of each of these hashes."""
    found = Counter[str]()
    c = ledger.c
    for chunk in chunks(set(hashes)):
        query = select(c.raw_sha256, func.count()).where(c.raw_sha256.in_(chunk)).group_by(c.raw_sha256)
        for sha256, count in conn.execute(query):
            found[sha256] += count
    return found


def counted(conn: Connection) -> dict[str, int]:
    """Count the rows of what was verified."""
    tables = {"ledger": ledger, "cases": cases, "letters": outbox}
    rows = {
        name: conn.execute(select(func.count()).select_from(table)).scalar_one()
        for name, table in tables.items()
    }
    return {**rows, "erased": erased_mails.count(conn)}
