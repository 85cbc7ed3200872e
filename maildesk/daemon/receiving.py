"""Receiving: what a mailbox shows and the ledger does not have is stored; what is filed is moved on."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial

from maildesk.daemon import deliveries
from maildesk.daemon.clock import Clock
from maildesk.daemon.comparing import compared
from maildesk.daemon.crashing import CrashPoints
from maildesk.daemon.intake import UNDECIDED, Intake
from maildesk.daemon.neighbours import Neighbours, SharedFolder
from maildesk.daemon.numbering import UidNumbering
from maildesk.daemon.processed_folder import ProcessedFolder
from maildesk.daemon.watched_mailbox import WatchedMailbox
from maildesk.errors import CommandRefused, ConnectionLost, MaildeskError, ServerBusy, StoreFull
from maildesk.store import ledger, mailboxes, restoring, used_uids
from maildesk.store.database import Connection, Database
from maildesk.store.ledger import Delivery
from maildesk.store.mailboxes import MailboxRecord
from maildesk.store.restoring import Restoration
from maildesk.store.used_uids import UidRow
from maildesk.transport.mailbox import FolderState, Listed, MailboxConnection, MessageKey, Reach

_log = logging.getLogger(__name__)

PAGE = 100
COMPARED = 1000
"""The number of known messages that are described at a time, to see whether they are what they were."""
LONE_TRIES = 3
"""The number of times a mail that is asked for alone may fail to come, before it is put aside."""
LONE_FAILURES = 10
"""Such failures that one look bears: a server that hands nothing out is not asked for every mail."""


@dataclass(slots=True)
class _MailboxLook:
    """One look under way. `others`: keys that were given to mails other than those the ledger has there."""

    intake: Intake
    selected: FolderState
    record: MailboxRecord
    others: dict[MessageKey, UidRow] = field(default_factory=dict)


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
        shared: SharedFolder | None = None,
    ) -> None:
        """`restoration`: when the desk last went on from a backup, `just_now` if that was at this start.

        `shared`: with which mailboxes it shares its processed folder.
        """
        self.box = box
        self._restoration = restoration
        self._first_look = just_now
        self._store = store
        self._clock = clock
        self._crash = crash
        self._conn: MailboxConnection | None = None
        self._looked: MailboxConnection | None = None  # the one that last showed us what is there
        self._selected: FolderState | None = None
        self._processed = ProcessedFolder(box.name, box.processed)
        self._neighbours = Neighbours(box, store, self._processed, shared)
        self._numbers = UidNumbering(box.name)
        self._alarms: dict[str, str] = {}  # told by the next look that comes to its end
        self._lone_failures: Counter[MessageKey] = Counter()
        self.heard_at: datetime | None = None
        """The moment when the folder was last listed to its end or handed out mail."""

    async def look(self, stop: asyncio.Event, arrived: asyncio.Event | None = None) -> Intake:
        """List the folder to its end, or until `stop`, and store what is new; then move on what is filed.

        `arrived` is set at each commit of new mail: filing need not wait for the end of a long list.
        """
        was_open = self._conn
        conn, selected = await self._ready()
        if conn is was_open:
            await conn.refresh()  # a server may search what the connection last saw (RFC 9051 §6.1.2)
        self._looked = conn
        intake = Intake(arrived=arrived)
        record = await self._record(intake, conn, selected)
        if record is None:
            return intake
        self._alarms |= self._numbers.opened(conn, selected, record)
        self._alarms |= await self._neighbours.look(conn, record)
        self._first_look = self._first_look or self._not_seen_since_restoration(record)
        await self._store_new(_MailboxLook(intake, selected, record), stop)
        intake.unmoved = await self.try_to_clear()
        intake.alarms |= self._alarms
        self._alarms = {}
        return intake

    async def clear(self) -> None:
        """Move on every filed mail that still lies in the folder, once it is seen to be what lies there."""
        conn, selected = await self._ready()
        identity, numbering = self.box.identity, selected.reach.numbering
        while owed := await self._store.read(lambda c: used_uids.uncleared(c, identity, numbering, PAGE)):
            known = {mail.key: mail for mail in owed}
            listed = await conn.describe(list(known))
            found = await compared(conn, self._store, listed, known, self.box.store_size)
            keys = [key for key in known if key in found.same]
            shared, now = self._neighbours.shared, self._clock.now()
            async with shared.turn:
                reach = await self._neighbours.taken(conn, selected, keys) if keys else None
                done = partial(_note_cleared, identities=shared.identities, owed=owed, reach=reach, now=now)
                await self._store.write(done)
            self._crash.here("cleared")
            if found.other:
                self._alarms |= self._numbers.used_again(found.other)
                self._looked = None  # so that nobody waits before those are listed
            if len(owed) < PAGE:
                return

    async def try_to_clear(self) -> MaildeskError | None:
        """As `clear`; but mail that the server does not move, and why, is no reason to take no more in."""
        try:
            await self.clear()
        except (CommandRefused, ServerBusy) as problem:
            throttled = (
                isinstance(problem, ServerBusy) and problem.wait
            )  # it wants to be left alone altogether
            if self._conn is None or self._conn.closed or throttled:
                raise
            _log.warning("filed mail not moved mailbox=%s problem=%r", self.box.name, str(problem))
            return problem
        return None

    async def wait(self, until: asyncio.Event) -> bool:
        """Wait for the server to push something, for `until`, or for the next poll; True for a push."""
        conn, _ = await self._ready()
        if conn is not self._looked:
            return True  # a new connection tells nothing of what came before it
        return await conn.wait(until=until, at_most=self.box.poll.total_seconds())

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

    def _let_go(self) -> MailboxConnection | None:
        """Forget the server's folders with the connection: somebody may rename them."""
        conn, self._conn, self._selected = self._conn, None, None
        self._processed.forget()
        return conn

    # --- storing ----------------------------------------------------------------------------------

    async def _store_new(self, look: _MailboxLook, stop: asyncio.Event) -> None:
        """Pages of unknown messages, oldest first, each committed before the next is fetched."""
        identity, selected = self.box.identity, look.selected
        keys = await (await self._same(selected)).keys()
        unknown = await self._store.read(lambda c: ledger.unknown(c, identity, keys)) if keys else []
        await self._store_vanished(look, self._numbers.missed(keys))
        self._numbers.listed(keys, unknown)
        await self._compare(look, stop)
        unknown = sorted({*unknown, *look.others})
        for start in range(0, len(unknown), PAGE):
            if stop.is_set():
                return
            self._require_room()
            await self._store.prove()
            listed = await (await self._same(selected)).describe(unknown[start : start + PAGE])
            self._numbers.described(listed)
            self._notice_marks(look, listed)
            for part in deliveries.parts(sorted(listed, key=lambda one: one.key), self.box.store_size):
                await self._store_some(look, part)
        await self._look_for_the_rest(look)
        if look.intake.problem is None:
            await self._note_listing(look, keys)
            self._first_look = False

    async def _compare(self, look: _MailboxLook, stop: asyncio.Event) -> None:
        """Once per connection: is what we know by its key still there under it?"""
        unsure = self._numbers.unsure()
        for start in range(0, len(unsure), COMPARED):
            if stop.is_set():
                return
            some = unsure[start : start + COMPARED]
            known = await self._store.read(partial(used_uids.known, identity=self.box.identity, keys=some))
            conn = await self._same(look.selected)
            listed = [one for one in await conn.describe(some) if one.key in known]
            found = await compared(conn, self._store, listed, known, self.box.store_size)
            self._numbers.sure(found.same)
            look.others |= found.other
        self._alarms |= self._numbers.used_again(look.others)

    async def _look_for_the_rest(self, look: _MailboxLook) -> None:
        """Look for what was listed and did not come: is it still there? If not, a row says that it was."""
        if not self._numbers.awaited or self._conn is None or self._conn.closed:
            return  # a lost connection: the next list tells
        keys = await (await self._same(look.selected)).keys()
        await self._store_vanished(look, self._numbers.missed(keys))

    async def _store_vanished(self, look: _MailboxLook, gone: Mapping[MessageKey, Listed | None]) -> None:
        if gone:
            now = self._clock.now()
            _log.info("vanished before it was fetched mailbox=%s mails=%d", self.box.name, len(gone))
            await self._commit([deliveries.vanished(key, one, now) for key, one in gone.items()], look)

    async def _note_listing(self, look: _MailboxLook, keys: Sequence[MessageKey]) -> None:
        reach, now = self._numbers.reach(look.selected, look.record, keys), self._clock.now()
        await self._store.write(lambda c: mailboxes.note_listing(c, self.box.identity, reach, now))
        self.heard_at = now

    def _notice_marks(self, look: _MailboxLook, listed: Sequence[Listed]) -> None:
        """A mail that we do not know and that bears the mark of filed mail was filed by somebody else."""
        if Reach(*look.record.reach).numbering == look.selected.reach.numbering:
            self._alarms |= self._neighbours.marked(listed)

    async def _store_some(self, look: _MailboxLook, some: Sequence[Listed]) -> None:
        """Store what comes of these messages. What does not come in company is asked for alone."""
        intake = look.intake
        arrived, problem = await self._take(await self._same(look.selected), some, look)
        came = {one.key for one in arrived}
        missing = [one for one in some if one.key not in came]
        if missing and len(some) == 1 and self._given_up(some[0], problem):
            why = problem.message if problem else "it sends nothing"
            arrived = [deliveries.unfetchable(some[0], LONE_TRIES, why)]
            problem = None
        intake.alarms |= {one.reason: "" for one in arrived if one.verdict == "quarantined" and one.reason}
        intake.count(await self._commit(arrived, look))
        if problem and not isinstance(problem, _ABOUT_ONE_MAIL):
            raise problem
        if len(some) > 1:
            for one in missing:
                await self._store_some(look, [one])
        elif problem:
            intake.problem, intake.failures = problem, intake.failures + 1
            if intake.failures >= LONE_FAILURES:
                raise problem

    def _given_up(self, one: Listed, problem: MaildeskError | None) -> bool:
        """Tell whether this message, asked for alone, has failed to come often enough."""
        if problem and not isinstance(problem, _ABOUT_ONE_MAIL):
            return False
        self._lone_failures[one.key] += 1
        if self._lone_failures[one.key] < LONE_TRIES:
            return False
        del self._lone_failures[one.key]
        return True

    async def _take(
        self, conn: MailboxConnection, listed: Sequence[Listed], look: _MailboxLook
    ) -> tuple[list[Delivery], MaildeskError | None]:
        """Take what comes of these messages, and say what kept the others from coming."""
        arrived: list[Delivery] = []
        try:
            async with aclosing(self._deliveries(conn, listed, look.record)) as coming:
                async for one in coming:
                    arrived.append(one)  # noqa: PERF401 - what came before the trouble is kept
        except MaildeskError as problem:
            return arrived, problem
        return arrived, None

    async def _commit(self, arrived: Sequence[Delivery], look: _MailboxLook) -> int:
        now = self._clock.now()
        some = [replace(one, instead_of=look.others.get(one.key)) for one in arrived]

        def work(conn: Connection) -> list[int]:
            ids = ledger.receive(conn, self.box.identity, some, now)
            if self._restoration:
                restoring.note_reread(conn, ids, self._restoration, first_look=self._first_look)
            return ids

        ids = await self._store.write(work)
        self._crash.here("received")
        self._numbers.sure([one.key for one in arrived])
        if arrived:
            self.heard_at = now
        return len(ids)

    async def _deliveries(
        self, conn: MailboxConnection, listed: Sequence[Listed], record: MailboxRecord
    ) -> AsyncGenerator[Delivery, None]:
        """Make the ledger's part of these messages: their bytes, unless they are old or too large."""
        wanted: list[MessageKey] = []
        old = {one.key for one in listed if self.box.leaves(one.internal_date, record.first_started_at)}
        fields = await conn.message_id_fields(list(old))
        for one in listed:
            if one.key in old:
                yield deliveries.left(one, fields.get(one.key, b""))
            elif one.size > self.box.store_size:
                header = await conn.header_block(one.key, self.box.header_bytes)
                yield deliveries.too_large(one, header, self.box.store_size)
            else:
                wanted.append(one.key)
        if wanted:
            async with aclosing(conn.fetch(wanted)) as coming:
                async for fetched in coming:
                    yield await deliveries.whole(fetched)

    def _not_seen_since_restoration(self, record: MailboxRecord) -> bool:
        """Tell whether this mailbox was not listed to its end since the desk went on from a backup."""
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

    async def _ready(self) -> tuple[MailboxConnection, FolderState]:
        if self._conn is None or self._conn.closed or self._selected is None:
            self.abort()
            self._conn = conn = await self.box.server.connect()
            self._selected = await conn.select(self.box.folder)
            self._numbers.forget(self._selected)
            _log.info("mailbox opened mailbox=%s messages=%d", self.box.name, self._selected.messages)
        return self._conn, self._selected

    async def _same(self, selected: FolderState) -> MailboxConnection:
        """The connection, opened anew where it was lost; keys must still mean what they meant."""
        conn, now = await self._ready()
        if now.reach.numbering != selected.reach.numbering:
            raise ConnectionLost("the server numbered the folder's messages anew while we were reading it")
        return conn

    async def _record(
        self, intake: Intake, conn: MailboxConnection, selected: FolderState
    ) -> MailboxRecord | None:
        """Load what we know of this mailbox; at its first start it is asked what shall become of old mail."""
        identity = self.box.identity
        record = await self._store.read(lambda c: mailboxes.mailbox(c, identity))
        if record is None and self.box.existing_mail is None:
            intake.undecided = await self._neighbours.there_before(conn) or (
                UNDECIDED if selected.messages else ""
            )
            if intake.undecided:
                return None
        if record is None or record.name != self.box.name:
            now = self._clock.now()
            await self._store.write(lambda c: mailboxes.start_mailbox(c, identity, self.box.name, now))
            record = await self._store.read(lambda c: mailboxes.mailbox(c, identity))
            assert record is not None  # written just now
        before, numbering = Reach(*record.reach).numbering, selected.reach.numbering
        if before not in (None, numbering):
            _log.warning(
                "UIDVALIDITY changed mailbox=%s before=%s now=%d: all is listed anew, nothing filed twice",
                *(self.box.name, before, numbering),
            )
        return record


def _note_cleared(
    conn: Connection, identities: Sequence[str], owed: Sequence[UidRow], reach: Reach | None, now: datetime
) -> None:
    """Nothing is owed to these any more, and so far is the processed folder accounted for."""
    ledger.clear(conn, [mail.id for mail in owed], now)
    if reach is not None:
        mailboxes.note_reach(conn, identities, reach)


_ABOUT_ONE_MAIL = (ConnectionLost, CommandRefused)
"""Failures of a server at a mail that it cannot read. One that is busy says nothing about the mail."""
