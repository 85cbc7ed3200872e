"""The desk's own cases as histories: read from the store a few at a time, which is never written to."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Final

from maildesk.desk.policy.people import People
from maildesk.desk.screening.heard import HeardMail, UnreadMail
from maildesk.mail.message import IncomingMail
from maildesk.simulating.history import History, history_of, wanted_mails, why_left_out
from maildesk.store import past_cases
from maildesk.store.database import Database
from maildesk.store.past_cases import PastCases, PastMail

AT_ONCE: Final = 100
"""Histories that are in memory together."""
BYTES_AT_ONCE: Final = 16 * 2**20
"""Bytes of mails that are read together, but always one mail at least."""

Read = Callable[[Sequence[bytes]], Awaitable[Sequence[HeardMail | UnreadMail]]]
"""Reads mails where their bytes can do no harm."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A case, or a mail, that is not replayed, and why."""

    name: str
    why: str


async def chosen(
    store: Database, since: datetime | None, until: datetime | None, ref: str | None = None
) -> list[tuple[str, ...]]:
    """The cases to replay, each with those that follow it."""
    if ref:
        return [await store.read(lambda conn: past_cases.chain_of(conn, ref))]
    return await store.read(lambda conn: past_cases.chains_of_cases(conn, since, until))


async def own_histories(
    store: Database, chains: Sequence[tuple[str, ...]], people: People, read: Read
) -> AsyncIterator[list[History | LeftOut]]:
    """The histories of these cases, some at a time."""
    for start in range(0, len(chains), AT_ONCE):
        past = await store.read(partial(past_cases.past_of, chains=chains[start : start + AT_ONCE]))
        left = {each.refs: why for each in past if (why := why_left_out(each))}
        wanted = {each.refs: wanted_mails(each, people) for each in past if each.refs not in left}
        mails = await _read(store, [mail for each in wanted.values() for mail in each], read)
        proven = await store.read(partial(past_cases.proven_since, named=list(_named(mails.values()))))
        yield [
            LeftOut(each.refs[0], left[each.refs])
            if each.refs in left
            else _history(each, wanted[each.refs], mails, people, proven)
            for each in past
        ]


def _history(
    past: PastCases,
    wanted: Sequence[PastMail],
    mails: Mapping[int, IncomingMail],
    people: People,
    proven: Mapping[str, datetime],
) -> History | LeftOut:
    if any(each.row.id not in mails for each in wanted):
        return LeftOut(past.refs[0], "a mail of it cannot be read")
    return history_of(past, [(each, mails[each.row.id]) for each in wanted], people, proven)


async def _read(store: Database, wanted: Sequence[PastMail], read: Read) -> dict[int, IncomingMail]:
    """Read these mails, by ledger id; one that cannot be read is left out."""
    mails: dict[int, IncomingMail] = {}
    for few in _in_groups(wanted):
        raws = await store.read(partial(past_cases.bytes_of, ledger_ids=[each.row.id for each in few]))
        readings = await read([raws[each.row.id] for each in few])
        mails |= {
            each.row.id: reading.mail
            for each, reading in zip(few, readings, strict=True)
            if isinstance(reading, HeardMail)
        }
    return mails


def _in_groups(wanted: Sequence[PastMail]) -> Iterator[list[PastMail]]:
    group: list[PastMail] = []
    size = 0
    for each in wanted:
        size += each.row.size
        if group and size > BYTES_AT_ONCE:
            yield group
            group, size = [], each.row.size
        group.append(each)
    if group:
        yield group


def _named(mails: Iterable[IncomingMail]) -> Iterator[str]:
    """The addresses of which it matters whether they had returned a token."""
    for mail in mails:
        yield mail.author.addr_spec
        yield from (each.address for each in mail.addressing.reply_to)
