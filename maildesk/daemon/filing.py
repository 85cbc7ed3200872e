"""Filing: from the ledger, strictly by id, in batches, each one commit while the next is read."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from maildesk.casework.batch_filing import BatchFiling
from maildesk.casework.filed_counts import FiledCount
from maildesk.casework.looking import Looking
from maildesk.casework.office import Office
from maildesk.casework.read_mail import ReadMail, before_what_takes_back, believe, files_wanted, point
from maildesk.daemon.asked_files import asked_files
from maildesk.daemon.clock import Clock
from maildesk.daemon.crashing import CrashPoints
from maildesk.daemon.key_watch import KeyWatch
from maildesk.daemon.out_of_place import OutOfPlaceResults
from maildesk.daemon.reader_frames import FilesOf
from maildesk.daemon.reading import MailReader, Reading
from maildesk.daemon.returned_forms import returned_forms
from maildesk.desk.screening.heard import HeardMail, UnreadMail
from maildesk.errors import MaildeskError, StoreUnusable, TemporaryError
from maildesk.mail.message import EnclosedFile, FileKey, IncomingMail
from maildesk.store import ledger
from maildesk.store.database import Connection, Database
from maildesk.store.ledger import WaitingMail

_log = logging.getLogger(__name__)

BATCH = 400
"""Mails in one commit, where so many wait: what a commit and its look-ups cost, they share."""
BATCH_BYTES = 16 * 2**20


class Filer:
    """Files whatever the ledger holds unfiled. One per database."""

    def __init__(
        self,
        store: Database,
        reader: MailReader,
        office: Office,
        clock: Clock,
        crash: CrashPoints,
        keys: KeyWatch | None = None,
    ) -> None:
        self._store = store
        self._reader = reader
        self._office = office
        self._clock = clock
        self._crash = crash
        self._keys = keys
        self._out_of_place = OutOfPlaceResults()
        self._read_on: dict[int, Reading] = {}

    async def drain(
        self, stop: asyncio.Event, committed: Callable[[FiledCount], None] = lambda _: None
    ) -> FiledCount:
        """File until nothing is left, or `stop`; while one batch is committed the next is read.

        `committed` is told of each commit: nothing of it waits for the last batch, which may fail.
        """
        if self._keys:
            self._keys.look()
        total = FiledCount(0, frozenset(), 0)
        batch = await self._read_batch(0)
        while batch and not stop.is_set():
            ahead = asyncio.create_task(self._read_batch(batch[-1].row.id), name="read-ahead")
            try:
                result = await self._commit(batch, stop, committed)
            except BaseException:
                ahead.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await ahead
                raise
            total = total.and_(result)
            batch = await ahead
            if result.again:
                batch = await self._read_batch(0)  # a mail from before is unfiled once more
        return total

    async def _read_batch(self, after: int) -> list[ReadMail]:
        rows = await self._store.read(
            lambda conn: ledger.unfiled(conn, after=after, limit=BATCH, max_bytes=BATCH_BYTES)
        )
        if not rows:
            return []
        rows, read = await self._read_together(rows)
        desk, keys = self._office.desk, self._office.keys.at(self._clock.now())
        readings = [
            each if isinstance(each, UnreadMail) else believe(row, each, desk, keys)
            for row, each in zip(rows, read, strict=True)
        ]
        for row, mail in zip(rows, readings, strict=True):
            if isinstance(mail, HeardMail):
                self._out_of_place.look(row, mail.mail, self._clock.now())
        files = await self._files(rows, readings)
        return [
            ReadMail(row, each)
            if isinstance(each, UnreadMail)
            else await self._with_asked(point(row, each, files.get(row.id, {}), desk, keys))
            for row, each in zip(rows, readings, strict=True)
        ]

    async def _read_together(self, rows: list[WaitingMail]) -> tuple[list[WaitingMail], list[Reading]]:
        """Read these mails, and give those that are filed together; what was read of the others is kept."""
        unread = [row for row in rows if row.id not in self._read_on]
        new = zip(unread, await self._reader.read([row.raw for row in unread]), strict=True)
        known = self._read_on | {row.id: each for row, each in new}
        read = [known[row.id] for row in rows]
        end = before_what_takes_back(read)
        self._read_on = {row.id: known[row.id] for row in rows[end:]}
        return rows[:end], read[:end]

    async def _with_asked(self, one: ReadMail) -> ReadMail:
        """With the files of another mail, where an agent asks for them, and with forms sent back before."""
        mail = one.reading
        if one.form and one.signals and one.signals.sent_back and isinstance(mail, IncomingMail):
            office = self._office
            keys = office.keys.at(self._clock.now())
            found = await returned_forms(self._store, self._reader, mail, office.desk, keys)
            return replace(one, returned=found)
        if isinstance(mail, UnreadMail):
            return one
        if lines := one.lines_to_look_up:
            author = mail.author.addr_spec
            looked = await self._store.read(lambda conn: Looking(conn, self._office, author).look_up(lines))
            one = replace(one, looked=looked)
        if not one.asks_for_files:
            return one
        named = next((each.cases[0].case.ref for each in one.looked if each.asks_for_files), None)
        refs = [named] if named else one.signals.refs if one.signals and not one.heard.looks else ()
        # That the author may see a case was asked of the one that a line names, not of one that is answered.
        thread = () if named else mail.ids.thread
        return replace(one, asked=await asked_files(self._store, self._reader, thread, refs))

    async def _files(
        self, rows: Sequence[WaitingMail], readings: Sequence[Reading]
    ) -> dict[int, Mapping[FileKey, EnclosedFile]]:
        """Read the files that letters may enclose, by ledger id: a second look at the few mails with any."""
        wanted = {
            row.id: FilesOf(row.raw, files)
            for row, reading in zip(rows, readings, strict=True)
            if isinstance(reading, HeardMail) and (files := files_wanted(reading, self._office.desk))
        }
        return dict(zip(wanted, await self._reader.files(list(wanted.values())), strict=True))

    async def _commit(
        self, batch: Sequence[ReadMail], stop: asyncio.Event, committed: Callable[[FiledCount], None]
    ) -> FiledCount:
        """File a batch; if one mail of it makes us fail, file them one by one and put that one aside.

        Between two mails a stop is heard: nobody waits for 400 of them.
        """
        self._crash.here("before-filing")
        try:
            result = await self._store.write(lambda conn: self._in_one(conn).file(batch, stop.is_set))
        except (TemporaryError, StoreUnusable):
            raise  # about the database, not about a mail
        except Exception as problem:  # noqa: BLE001 - whatever it is, one mail must not stop the others
            if len(batch) == 1:
                result = await self._put_aside(batch[0], problem)
                committed(result)
                return result
            results = [await self._commit([one], stop, committed) for one in batch if not stop.is_set()]
            return functools.reduce(FiledCount.and_, results, FiledCount(0, frozenset(), 0))
        committed(result)
        self._crash.here("filed")
        await self._say(batch)
        for each in result.refused:
            _log.warning(
                "refused ledger=%d reason=%s case=%s author=%s",
                each.ledger_id,
                each.reason,
                each.ref or "none",
                each.author or "unknown",
            )
        return result

    async def _say(self, batch: Sequence[ReadMail]) -> None:
        """Log what became of each mail, and on which case it is."""
        if not _log.isEnabledFor(logging.INFO):
            return
        ids = [one.row.id for one in batch]
        try:
            rows = await self._store.read(lambda conn: ledger.filed_as(conn, ids))
        except MaildeskError as problem:  # they are filed all the same, and that is what counts
            _log.warning("what was filed is not told mails=%d problem=%r", len(ids), str(problem))
            return
        for row in rows:
            _log.info("mail filed ledger=%d case=%s verdict=%s", row.id, row.case_ref or "none", row.verdict)

    async def _put_aside(self, one: ReadMail, problem: Exception) -> FiledCount:
        _log.error(
            "a mail could not be filed ledger=%d problem=%s",
            one.row.id,
            type(problem).__name__,
            exc_info=True,
        )
        sentence = str(problem) if isinstance(problem, MaildeskError) else type(problem).__name__
        failure = UnreadMail("filing-error", f"we failed while filing it: {sentence}")
        aside = ReadMail(one.row, failure)
        return await self._store.write(lambda conn: self._in_one(conn).file([aside]))

    def _in_one(self, conn: Connection) -> BatchFiling:
        return BatchFiling(conn, self._office, self._clock.now())
