"""Receiving: what a mailbox shows and the ledger does not have is stored; what is filed is moved on."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Literal

from maildesk.daemon.clock import Clock
from maildesk.daemon.crashing import CrashPoints
from maildesk.errors import StoreFull
from maildesk.store import ledger, mailboxes
from maildesk.store.database import Database
from maildesk.store.ledger import Delivery, pack
from maildesk.store.mailboxes import MailboxRecord
from maildesk.transport.imap import Fetched, ImapAccount, ImapConnection, ImapTiming, Listed, Selected

_log = logging.getLogger(__name__)

PAGE = 100
PAGE_BYTES = 16 * 2**20
KEYWORD = "$MaildeskFiled"
"""Set on filed mail where the server cannot move it."""


@dataclass(frozen=True, slots=True)
class WatchedMailbox:
    """A mailbox and how it is to be watched. `existing_mail` None: not decided yet."""

    name: str
    folder: str
    processed: str
    poll: timedelta
    account: ImapAccount
    existing_mail: Literal["file", "leave"] | None
    store_size: int
    header_bytes: int
    free_space: int
    timing: ImapTiming = field(default_factory=ImapTiming)

    @property
    def identity(self) -> str:
        """Which mailbox this is, whatever the configuration calls it (design §3)."""
        return mailboxes.identity_of(self.account.host, self.account.username, self.folder)


@dataclass(frozen=True, slots=True)
class Intake:
    """What one look at the mailbox brought: mails stored, mails moved on, mails too large to take."""

    stored: int = 0
    cleared: int = 0
    too_large: int = 0
    undecided: bool = False


class Receiver:
    """Watches one mailbox over one connection. Whoever runs it reconnects after errors."""

    def __init__(self, box: WatchedMailbox, store: Database, clock: Clock, crash: CrashPoints) -> None:
        self.box = box
        self._store = store
        self._clock = clock
        self._crash = crash
        self._conn: ImapConnection | None = None
        self._selected: Selected | None = None
        self._processed: str | None = None

    async def look(self, stop: asyncio.Event) -> Intake:
        """List the folder to its end, or until `stop`, and store what is new; then move on what is filed."""
        was_open = self._conn
        conn, selected = await self._ready()
        if conn is was_open:
            await conn.noop()  # a server may search what the connection last saw (RFC 9051 §6.1.2)
        record = await self._record(conn, selected)
        if record is None:
            return Intake(undecided=True)
        stored, too_large = await self._store_new(conn, selected, record, stop)
        cleared = await self.clear()
        return Intake(stored, cleared, too_large)

    async def clear(self) -> int:
        """Move on every filed mail that still lies in the folder; how many."""
        conn, selected = await self._ready()
        cleared = 0
        while rows := await self._store.read(
            lambda c: ledger.uncleared(c, self.box.identity, selected.uidvalidity, PAGE)
        ):
            await self._clear_page(conn, selected, [uid for _, uid in rows])
            ids = [ledger_id for ledger_id, _ in rows]
            await self._store.write(partial(ledger.clear, ids=ids, now=self._clock.now()))
            self._crash.here("cleared")
            cleared += len(rows)
        return cleared

    async def wait(self, until: asyncio.Event) -> bool:
        """Wait for the server to push something, for `until`, or for the next poll; True for a push."""
        conn, _ = await self._ready()
        return await conn.idle(until=until, at_most=self.box.poll.total_seconds())

    async def close(self) -> None:
        """End the connection, politely where it still works."""
        conn, self._conn, self._selected = self._conn, None, None
        if conn:
            await conn.close()

    def abort(self) -> None:
        """End the connection at once; the next call opens another."""
        conn, self._conn, self._selected = self._conn, None, None
        if conn:
            conn.abort()

    # --- storing ----------------------------------------------------------------------------------

    async def _store_new(
        self, conn: ImapConnection, selected: Selected, record: MailboxRecord, stop: asyncio.Event
    ) -> tuple[int, int]:
        """Pages of unknown UIDs, oldest first, each committed before the next is fetched."""
        identity, now = self.box.identity, self._clock.now()
        uids = await conn.uids()
        unknown = await self._store.read(lambda c: ledger.unknown(c, identity, selected.uidvalidity, uids))
        stored = too_large = 0
        for start in range(0, len(unknown), PAGE):
            if stop.is_set():
                return stored, too_large
            self._require_room()
            listed = await conn.describe(unknown[start : start + PAGE])
            for part in _parts(sorted(listed, key=lambda one: one.uid), self.box.store_size):
                deliveries = await self._deliveries(conn, part, record)
                stored += await self._commit(deliveries, selected)
                too_large += sum(one.reason == ledger.TOO_LARGE for one in deliveries)
        await self._store.write(
            lambda c: mailboxes.note_listing(c, identity, selected.uidvalidity, now, complete=True)
        )
        return stored, too_large

    async def _commit(self, deliveries: Sequence[Delivery], selected: Selected) -> int:
        now = self._clock.now()
        ids = await self._store.write(
            lambda c: ledger.receive(c, self.box.identity, selected.uidvalidity, deliveries, now)
        )
        self._crash.here("received")
        return len(ids)

    async def _deliveries(
        self, conn: ImapConnection, listed: Sequence[Listed], record: MailboxRecord
    ) -> list[Delivery]:
        """What the ledger is to hold of these messages: their bytes, unless they are old or too large."""
        wanted: list[int] = []
        deliveries: list[Delivery] = []
        for one in listed:
            if self._is_left(one.internal_date, record):
                deliveries.append(_left(one))
            elif one.size > self.box.store_size:
                header = await conn.header_block(one.uid, self.box.header_bytes)
                deliveries.append(_too_large(one, header, self.box.store_size))
            else:
                wanted.append(one.uid)
        if wanted:
            async for fetched in conn.fetch(wanted):
                deliveries.append(await _delivery(fetched))  # noqa: PERF401 - a stream: one mail at a time
        return deliveries

    def _is_left(self, internal_date: datetime, record: MailboxRecord) -> bool:
        return self.box.existing_mail == "leave" and internal_date < record.first_started_at

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

    async def _record(self, conn: ImapConnection, selected: Selected) -> MailboxRecord | None:
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

    async def _clear_page(self, conn: ImapConnection, selected: Selected, uids: Sequence[int]) -> None:
        if conn.can_move:
            if self._processed is None:
                self._processed = await conn.ensure_folder(self.box.processed)
            await conn.move(uids, self._processed)
        elif selected.keywords_allowed:
            await conn.add_keyword(uids, KEYWORD)
        else:
            _log.info("server can neither move nor mark mailbox=%s: filed mail stays", self.box.name)


def _parts(listed: Sequence[Listed], store_size: int) -> list[list[Listed]]:
    """Runs of messages that together fit into memory; one that is too large alone counts nothing."""
    parts: list[list[Listed]] = [[]]
    total = 0
    for one in listed:
        size = one.size if one.size <= store_size else 0
        if parts[-1] and total + size > PAGE_BYTES:
            parts.append([])
            total = 0
        parts[-1].append(one)
        total += size
    return [part for part in parts if part]


def _left(one: Listed) -> Delivery:
    note = "it was there before the desk's first start"
    return Delivery(one.uid, one.internal_date, one.size, None, "left", "existing-mail", note)


def _too_large(one: Listed, header: bytes, limit: int) -> Delivery:
    note = f"held: too large ({one.size} bytes, limits.store_size is {limit}); it stays on the server"
    return Delivery(one.uid, one.internal_date, one.size, pack(header), "quarantined", ledger.TOO_LARGE, note)


async def _delivery(fetched: Fetched) -> Delivery:
    """Packing a large mail takes a while: in a thread, so that nothing else waits."""
    small = len(fetched.raw) <= 2**16
    packed = pack(fetched.raw) if small else await asyncio.to_thread(pack, fetched.raw)
    return Delivery(fetched.uid, fetched.internal_date, fetched.size, packed)
