"""Filing: from the ledger, strictly by id, in batches, each one commit while the next is read."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Sequence
from dataclasses import replace

from maildesk.daemon.batch_filing import BatchFiling, FiledCount, FilingTools, ReadMail, cause_of
from maildesk.daemon.clock import Clock
from maildesk.daemon.crashing import CrashPoints
from maildesk.daemon.reader_frames import Failure
from maildesk.daemon.reading import MailReader, Reading
from maildesk.desk.finding import signals_of
from maildesk.errors import MaildeskError, StoreUnusable, TemporaryError
from maildesk.mail.references import case_reference
from maildesk.store import ledger
from maildesk.store.database import Connection, Database
from maildesk.store.ledger import Waiting

_log = logging.getLogger(__name__)

BATCH = 100
BATCH_BYTES = 16 * 2**20


class Filer:
    """Files whatever the ledger holds unfiled. One per database."""

    def __init__(
        self, store: Database, reader: MailReader, tools: FilingTools, clock: Clock, crash: CrashPoints
    ) -> None:
        self._store = store
        self._reader = reader
        self._tools = tools
        self._clock = clock
        self._crash = crash

    async def drain(self, stop: asyncio.Event, owed: asyncio.Event | None = None) -> FiledCount:
        """File until nothing is left, or `stop`; while one batch is committed the next is read.

        `owed` is set at each commit: its letters need not wait for the last batch.
        """
        filed, quarantined, mailboxes = 0, 0, set[str]()
        batch = await self._read_batch(0)
        while batch and not stop.is_set():
            ahead = asyncio.create_task(self._read_batch(batch[-1].row.id), name="read-ahead")
            try:
                result = await self._commit(batch)
            except BaseException:
                ahead.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await ahead
                raise
            if owed:
                owed.set()
            filed, quarantined = filed + result.filed, quarantined + result.quarantined
            mailboxes |= result.mailboxes
            batch = await ahead
        return FiledCount(filed, frozenset(mailboxes), quarantined)

    async def _read_batch(self, after: int) -> list[ReadMail]:
        rows = await self._store.read(
            lambda conn: ledger.unfiled(conn, after=after, limit=BATCH, max_bytes=BATCH_BYTES)
        )
        if not rows:
            return []
        readings = await self._reader.read([row.raw for row in rows])
        return [self._pointed(row, reading) for row, reading in zip(rows, readings, strict=True)]

    def _pointed(self, row: Waiting, reading: Reading) -> ReadMail:
        if isinstance(reading, Failure):
            return ReadMail(row, reading, None, "")
        tools = self._tools
        signals = signals_of(reading, tools.keys, tools.desk.mailboxes.values(), tools.desk.tag)
        ref = case_reference(tools.keys, cause=cause_of(row, reading), digest=reading.content_digest)
        return ReadMail(row, reading, signals, ref)

    async def _commit(self, batch: Sequence[ReadMail]) -> FiledCount:
        """File a batch; if one mail of it makes us fail, file them one by one and put that one aside."""
        self._crash.here("before-filing")
        try:
            result = await self._store.write(lambda conn: self._in_one(conn).file(batch))
        except (TemporaryError, StoreUnusable):
            raise  # about the database, not about a mail
        except Exception as problem:  # noqa: BLE001 - whatever it is, one mail must not stop the others
            if len(batch) == 1:
                return await self._put_aside(batch[0], problem)
            results = [await self._commit([one]) for one in batch]
            return FiledCount(
                sum(each.filed for each in results),
                frozenset().union(*(each.mailboxes for each in results)),
                sum(each.quarantined for each in results),
            )
        self._crash.here("filed")
        return result

    async def _put_aside(self, one: ReadMail, problem: Exception) -> FiledCount:
        _log.error(
            "a mail could not be filed ledger=%d problem=%s",
            one.row.id,
            type(problem).__name__,
            exc_info=True,
        )
        sentence = str(problem) if isinstance(problem, MaildeskError) else type(problem).__name__
        failure = Failure("filing-error", f"we failed while filing it: {sentence}")
        aside = replace(one, reading=failure, signals=None, ref="")
        return await self._store.write(lambda conn: self._in_one(conn).file([aside]))

    def _in_one(self, conn: Connection) -> BatchFiling:
        return BatchFiling(conn, self._tools, self._clock)
