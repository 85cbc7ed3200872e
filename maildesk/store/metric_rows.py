"""Numbers of a desk for programs that draw curves: what there is now, and what happened since."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select

from maildesk.desk.case.events import Event
from maildesk.store.board_rows import OPEN
from maildesk.store.case_history import event_of
from maildesk.store.outbox import LetterState
from maildesk.store.schema import cases, events, ledger, mailboxes, outbox

AT_ONCE = 10_000
"""The mails that are looked through in one transaction."""
_SHOWN = (
    LetterState.QUEUED,
    LetterState.SENDING,
    LetterState.DEFERRED,
    LetterState.HELD,
    LetterState.UNCERTAIN,
    LetterState.FAILED,
)


@dataclass(frozen=True, slots=True)
class Standing:
    """The numbers of one moment. `cases` are the open ones by phase and team, `overdue` those by team."""

    unfiled: int
    quarantined: int
    letters: Mapping[str, int]
    oldest_due: datetime | None
    cases: Mapping[tuple[str, str], int]
    overdue: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class FiledMail:
    """One mail that was filed, with the name of its mailbox."""

    id: int
    mailbox: str
    verdict: str
    received_at: datetime
    filed_at: datetime


def standing(conn: Connection, now: datetime) -> Standing:
    """Count what there is now, by statements that read no more than what is open or went wrong."""
    unfiled = select(func.count()).where(ledger.c.verdict.is_(None))
    quarantined = select(func.count()).where(ledger.c.verdict == "quarantined")
    o, c = outbox.c, cases.c
    letters = select(o.state, func.count()).where(o.state.in_(_SHOWN)).group_by(o.state)
    due = select(func.min(o.due_at)).where(o.state.in_((LetterState.QUEUED, LetterState.DEFERRED)))
    team = func.coalesce(c.team, "").label("team")
    is_open = c.phase.in_([phase.value for phase in OPEN])
    opened = select(c.phase, team, func.count()).where(is_open).group_by(c.phase, team)
    late = select(team, func.count()).where(is_open, c.response_due <= now).group_by(team)
    return Standing(
        unfiled=conn.execute(unfiled).scalar_one(),
        quarantined=conn.execute(quarantined).scalar_one(),
        letters={state.value: 0 for state in _SHOWN} | _pairs(conn.execute(letters)),
        oldest_due=conn.execute(due).scalar_one(),
        cases={(phase, name): number for phase, name, number in conn.execute(opened)},
        overdue=_pairs(conn.execute(late)),
    )


def newest_filed(conn: Connection) -> int:
    """The ledger id of the newest mail that has its verdict; 0 where there is none."""
    query = select(ledger.c.id).where(ledger.c.verdict.is_not(None)).order_by(ledger.c.id.desc()).limit(1)
    return conn.execute(query).scalar_one_or_none() or 0


def filed_after(conn: Connection, ledger_id: int) -> list[FiledMail]:
    """The next mails after that one that have a verdict, in their order: they are filed in it."""
    c = ledger.c
    name = func.coalesce(mailboxes.c.name, "")
    columns = (
        c.id,
        name,
        c.verdict,
        c.received_at,
        func.coalesce(c.filed_at, c.received_at, type_=c.filed_at.type),
    )
    joined = ledger.outerjoin(mailboxes, mailboxes.c.identity == c.mailbox)
    query = select(*columns).select_from(joined).where(c.id > ledger_id, c.verdict.is_not(None))
    return [FiledMail(*row) for row in conn.execute(query.order_by(c.id).limit(AT_ONCE))]


def newest_event(conn: Connection) -> int:
    """The id of the newest event; 0 where nothing has happened. Writers take turns: a later one is higher."""
    return conn.execute(select(func.max(events.c.id))).scalar_one() or 0


def cases_between(conn: Connection, after: int, until: int) -> list[str]:
    """The cases to which something happened after one event and until another."""
    happened = select(events.c.case_ref).where(events.c.id > after, events.c.id <= until)
    return list(conn.execute(happened.distinct()).scalars())


def histories_between(
    conn: Connection, refs: Sequence[str], after: int, until: int
) -> Iterator[tuple[Sequence[Event], int]]:
    """The events of each of these cases until one of them, and how many of them are not after another."""
    found: dict[str, tuple[list[Event], list[int]]] = {ref: ([], []) for ref in refs}
    query = select(events).where(events.c.case_ref.in_(refs), events.c.id <= until)
    for row in conn.execute(query.order_by(events.c.id)):
        happened, ids = found[row.case_ref]
        happened.append(event_of(row))
        ids.append(row.id)
    return ((happened, bisect_right(ids, after)) for happened, ids in found.values())


def _pairs(rows: object) -> dict[str, int]:
    return {str(name): int(number) for name, number in rows}  # type: ignore[attr-defined]  # a result
