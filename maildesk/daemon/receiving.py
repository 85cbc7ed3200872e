"""Receiving: what a mailbox shows and the ledger does not have is stored; what is filed is moved on."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from functools import partial

from maildesk.daemon import deliveries
from maildesk.daemon.clock import Clock
from maildesk.daemon.crashing import CrashPoints
from maildesk.daemon.processed_folder import ProcessedFolder
from maildesk.daemon.watched_mailbox import WatchedMailbox
from maildesk.errors import CommandRefused, ConnectionLost, MaildeskError, ServerBusy, StoreFull
from maildesk.store import ledger, mailboxes, restoring
from maildesk.store.database import Connection, Database
from maildesk.store.ledger import Delivery
from maildesk.store.mailboxes import MailboxRecord
from maildesk.store.restoring import Restoration
from maildesk.transport.imap import ImapConnection, Listed, Selected

_log = logging.getLogger(__name__)

PAGE = 100
LONE_TRIES = 3
"""How often a mail may fail to come when it is asked for alone, before it is put aside."""
LONE_FAILURES = 10
"""How many such failures one look bears: a server that hands nothing out is not asked for every mail."""


@dataclass(slots=True)
class Intake:
    """What one look at the mailbox brought: mails stored, and what wants a person.

    `problem` is what kept some mails from coming although the rest came: the look is to be repeated.
    """

    stored: int = 0
    undecided: bool = False
    alarms: set[str] = field(default_factory=set)
    problem: MaildeskError | None = None
    failures: int = 0
    arrived: asyncio.Event | None = None

    def count(self, stored: int) -> None:
        """So many more are stored: whoever waits for mail is woken."""
        self.stored += stored
        if stored and self.arrived:
            self.arrived.set()


class Receiver:
    """Watches one mailbox over one connection. Whoever runs it reconnects after errors."""

    def __init__(
        self,
        box: WatchedMailbox,
        store: Database,
        clock: Clock,
        crash: CrashPoints,
        restoration: Restoration | None = None,
        *,
        just_now: bool = False,
    ) -> None:
        """`restoration`: when the desk last went on from a backup, `just_now` if that was at this start."""
        self.box = box
        self._restoration = restoration
        self._first_look = just_now
        self._store = store
        self._clock = clock
        self._crash = crash
        self._conn: ImapConnection | None = None
        self._looked: ImapConnection | None = None  # the one that last showed us what is there
        self._selected: Selected | None = None
        self._processed = ProcessedFolder(box.name, box.processed)
        self._lone_failures: Counter[tuple[int, int]] = Counter()  # by UIDVALIDITY and UID

    async def look(self, stop: asyncio.Event, arrived: asyncio.Event | None = None) -> Intake:
        """List the folder to its end, or until `stop`, and store what is new; then move on what is filed.

        `arrived` is set at each commit of new mail: filing need not wait for the end of a long list.
        """
        was_open = self._conn
        conn, selected = await self._ready()
        if conn is was_open:
            await conn.noop()  # a server may search what the connection last saw (RFC 9051 §6.1.2)
        self._looked = conn
        record = await self._record(selected)
        if record is None:
            return Intake(undecided=True)
        intake = Intake(arrived=arrived)
        self._first_look = self._first_look or self._not_seen_since_restoration(record)
        await self._store_new(intake, selected, record, stop)
        await self.try_to_clear()
        return intake

    async def clear(self) -> None:
        """Move on every filed mail that still lies in the folder."""
        conn, selected = await self._ready()
        while rows := await self._store.read(
            lambda c: ledger.uncleared(c, self.box.identity, selected.uidvalidity, PAGE)
        ):
            await self._processed.take(conn, selected, [uid for _, uid in rows])
            ids = [ledger_id for ledger_id, _ in rows]
            await self._store.write(partial(ledger.clear, ids=ids, now=self._clock.now()))
            self._crash.here("cleared")

    async def try_to_clear(self) -> None:
        """As `clear`; but mail that the server does not move is no reason to take no more in."""
        try:
            await self.clear()
        except (CommandRefused, ServerBusy) as problem:
            if self._conn is None or self._conn.closed:
                raise
            _log.warning("filed mail not moved mailbox=%s problem=%r", self.box.name, str(problem))

    async def wait(self, until: asyncio.Event) -> bool:
        """Wait for the server to push something, for `until`, or for the next poll; True for a push."""
        conn, _ = await self._ready()
        if conn is not self._looked:
            return True  # a new connection tells nothing of what came before it
        return await conn.idle(until=until, at_most=self.box.poll.total_seconds())

    async def close(self) -> None:
        """End the connection, politely where it still works."""
        conn = self._let_go()
        if conn:
            await conn.close()

    def abort(self) -> None:
        """End the connection at once; the next call opens another."""
        conn = self._let_go()
        if conn:
            conn.abort()

    def _let_go(self) -> ImapConnection | None:
        """What we knew of the server's folders ends with the connection: somebody may rename them."""
        conn, self._conn, self._selected = self._conn, None, None
        self._processed.forget()
        return conn

    # --- storing ----------------------------------------------------------------------------------

    async def _store_new(
        self, intake: Intake, selected: Selected, record: MailboxRecord, stop: asyncio.Event
    ) -> None:
        """Pages of unknown UIDs, oldest first, each committed before the next is fetched."""
        identity, now = self.box.identity, self._clock.now()
        uids = await (await self._same(selected)).uids()
        unknown = await self._store.read(lambda c: ledger.unknown(c, identity, selected.uidvalidity, uids))
        for start in range(0, len(unknown), PAGE):
            if stop.is_set():
                return
            self._require_room()
            await self._store.prove()
            listed = await (await self._same(selected)).describe(unknown[start : start + PAGE])
            for part in deliveries.parts(sorted(listed, key=lambda one: one.uid), self.box.store_size):
                await self._store_some(intake, part, selected, record)
        if intake.problem is None:
            await self._store.write(lambda c: mailboxes.note_listing(c, identity, selected.uidvalidity, now))
            self._first_look = False

    async def _store_some(
        self, intake: Intake, some: Sequence[Listed], selected: Selected, record: MailboxRecord
    ) -> None:
        """Store what comes of these messages. What does not come in company is asked for alone."""
        arrived, problem = await self._take(await self._same(selected), some, record)
        came = {one.uid for one in arrived}
        missing = [one for one in some if one.uid not in came]
        if missing and len(some) == 1 and self._given_up(some[0], selected, problem):
            why = problem.message if problem else "it sends nothing"
            arrived = [deliveries.unfetchable(some[0], LONE_TRIES, why)]
            problem = None
        intake.alarms |= {one.reason for one in arrived if one.verdict == "quarantined" and one.reason}
        intake.count(await self._commit(arrived, selected))
        if problem and not isinstance(problem, _ABOUT_ONE_MAIL):
            raise problem
        if len(some) > 1:
            for one in missing:
                await self._store_some(intake, [one], selected, record)
        elif problem:
            intake.problem, intake.failures = problem, intake.failures + 1
            if intake.failures >= LONE_FAILURES:
                raise problem

    def _given_up(self, one: Listed, selected: Selected, problem: MaildeskError | None) -> bool:
        """Whether this message, asked for alone, has failed to come often enough."""
        if problem and not isinstance(problem, _ABOUT_ONE_MAIL):
            return False
        key = selected.uidvalidity, one.uid
        self._lone_failures[key] += 1
        if self._lone_failures[key] < LONE_TRIES:
            return False
        del self._lone_failures[key]
        return True

    async def _take(
        self, conn: ImapConnection, listed: Sequence[Listed], record: MailboxRecord
    ) -> tuple[list[Delivery], MaildeskError | None]:
        """What came of these messages, and what kept the others from coming."""
        arrived: list[Delivery] = []
        try:
            async with aclosing(self._deliveries(conn, listed, record)) as coming:
                async for one in coming:
                    arrived.append(one)  # noqa: PERF401 - what came before the trouble is kept
        except MaildeskError as problem:
            return arrived, problem
        return arrived, None

    async def _commit(self, arrived: Sequence[Delivery], selected: Selected) -> int:
        now = self._clock.now()

        def work(conn: Connection) -> list[int]:
            ids = ledger.receive(conn, self.box.identity, selected.uidvalidity, arrived, now)
            if self._restoration:
                restoring.note_reread(conn, ids, self._restoration, first_look=self._first_look)
            return ids

        ids = await self._store.write(work)
        self._crash.here("received")
        return len(ids)

    async def _deliveries(
        self, conn: ImapConnection, listed: Sequence[Listed], record: MailboxRecord
    ) -> AsyncGenerator[Delivery, None]:
        """What the ledger is to hold of these messages: their bytes, unless they are old or too large."""
        wanted: list[int] = []
        for one in listed:
            if self.box.leaves(one.internal_date, record.first_started_at):
                yield deliveries.left(one)
            elif one.size > self.box.store_size:
                header = await conn.header_block(one.uid, self.box.header_bytes)
                yield deliveries.too_large(one, header, self.box.store_size)
            else:
                wanted.append(one.uid)
        if wanted:
            async with aclosing(conn.fetch(wanted)) as coming:
                async for fetched in coming:
                    yield await deliveries.whole(fetched)

    def _not_seen_since_restoration(self, record: MailboxRecord) -> bool:
        """Whether this mailbox was not listed to its end since the desk went on from a backup."""
        if self._restoration is None:
            return False
        return record.last_listed_at is None or record.last_listed_at < self._restoration.restored_at

    def _require_room(self) -> None:
        """Pause before anything is fetched rather than fail in the middle of storing it."""
        free = self._store.free_space()
        needed = max(self.box.free_space, self.box.store_size * 3 // 2)
        if free is not None and free < needed:
            raise StoreFull(
                f"only {free // 2**20} MiB are free where the database lies, {needed // 2**20} are wanted",
                remedy="make room, or lower limits.free_space; mail waits on the server meanwhile",
            )

    # --- the connection ---------------------------------------------------------------------------

    async def _ready(self) -> tuple[ImapConnection, Selected]:
        if self._conn is None or self._conn.closed or self._selected is None:
            self.abort()
            conn = await ImapConnection.open(
                self.box.account, timing=self.box.timing, max_literal=self.box.store_size + 2**20
            )
            self._conn = conn
            self._selected = await conn.select(self.box.folder)
            _log.info("mailbox opened mailbox=%s messages=%d", self.box.name, self._selected.exists)
        return self._conn, self._selected

    async def _same(self, selected: Selected) -> ImapConnection:
        """The connection, opened anew where it was lost; UIDs must still mean what they meant."""
        conn, now = await self._ready()
        if now.uidvalidity != selected.uidvalidity:
            raise ConnectionLost("the server numbered the folder's messages anew while we were reading it")
        return conn

    async def _record(self, selected: Selected) -> MailboxRecord | None:
        """What we know of this mailbox; at its first start it is asked what shall become of old mail."""
        identity = self.box.identity
        record = await self._store.read(lambda c: mailboxes.mailbox(c, identity))
        if record is None and selected.exists and self.box.existing_mail is None:
            return None
        if record is None or record.name != self.box.name:
            now = self._clock.now()
            await self._store.write(lambda c: mailboxes.start_mailbox(c, identity, self.box.name, now))
            record = await self._store.read(lambda c: mailboxes.mailbox(c, identity))
            assert record is not None  # written just now
        if record.uidvalidity not in (None, selected.uidvalidity):
            _log.warning(
                "UIDVALIDITY changed mailbox=%s before=%s now=%d: all is listed anew, nothing filed twice",
                self.box.name,
                record.uidvalidity,
                selected.uidvalidity,
            )
        return record


_ABOUT_ONE_MAIL = (ConnectionLost, CommandRefused)
"""What a server may do at a mail it cannot read. One that is busy says nothing about the mail."""
