"""The running count of promises kept and broken: of the whole history once, then of what is new."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Final, NamedTuple

from maildesk.desk.case.clocks import ClockKind
from maildesk.desk.figures.promise_count import Decided, decided_since
from maildesk.desk.policy.policy import Policy
from maildesk.store.chunks import chunks
from maildesk.store.database import Connection, Database
from maildesk.store.metric_rows import cases_between, histories_between, newest_event

PATIENCE: Final = 2.0
"""Seconds that who asks waits for a count. The first one of a desk of many years takes longer."""
_AT_ONCE: Final = 100
"""Cases in one transaction: others read between two of them."""
_JUDGED: Final = (ClockKind.FIRST_RESPONSE, ClockKind.NEXT_RESPONSE, ClockKind.RESOLUTION)


class PromiseLine(NamedTuple):
    """One line of the count: what was promised, to cases of which priority, and what became of it."""

    promise: str
    priority: str
    result: str


class PromiseCounts:
    """Counts, in the background, and tells what it has counted to its end.

    Nothing is stored: events alone decide a promise, and are never edited. So a count of them goes on after a
    restart where it was, whatever came due meanwhile, where one that began at 0 would have missed that; and
    one in a table would be written in many transactions for a page that few desks have. Later only those
    cases are folded again to which something happened, and the ids of their events tell what is new: writers
    take turns, so that a later one is higher.
    """

    def __init__(self, store: Database, policy: Policy) -> None:
        self._store = store
        # Each line stands there from the start: to see a counter grow, one must have seen it before.
        self._found = Counter(dict.fromkeys(_promised_by(policy), 0))
        self._until: int | None = None
        self._counting: asyncio.Task[None] | None = None

    async def read(self, patience: float = PATIENCE) -> Mapping[PromiseLine, int] | None:
        """Count on; the newest count that came to its end, None before there is one."""
        counting = self._counting = self._counting or asyncio.create_task(self._count(), name="promises")
        await asyncio.wait({counting}, timeout=patience)
        if counting.done():
            self._counting = None if self._counting is counting else self._counting
            counting.result()
        if self._until is None:
            return None
        return {_line(each): number for each, number in sorted(self._found.items(), key=_place)}

    async def _count(self) -> None:
        after, until = self._until or 0, await self._store.read(newest_event)
        found = self._found.copy()
        refs = await self._store.read(lambda conn: cases_between(conn, after, until)) if until > after else []
        for chunk in chunks(refs, _AT_ONCE):
            found.update(await self._store.read(partial(_decided, refs=chunk, after=after, until=until)))
        self._found, self._until = found, until


def _decided(conn: Connection, refs: list[str], after: int, until: int) -> Counter[Decided]:
    found = Counter[Decided]()
    for events, known in histories_between(conn, refs, after, until):
        found.update(decided_since(events, known))
    return found


def _promised_by(policy: Policy) -> Iterator[Decided]:
    """All that a policy may come to decide."""
    kinds = {kind.value for row in policy.promises for kind, span in row.spans.items() if span}
    for kind in _JUDGED:
        for priority in policy.priorities if kind.value in kinds else ():
            yield from (Decided(kind, priority.name, kept) for kept in (True, False))


def _place(counted: tuple[Decided, int]) -> tuple[int, str, bool]:
    of, _ = counted
    return _JUDGED.index(of.promise), of.priority, not of.kept


def _line(of: Decided) -> PromiseLine:
    return PromiseLine(of.promise.value, of.priority, "kept" if of.kept else "broken")
