"""Does another desk, with another database, work on this mailbox? Its processed folder tells.

Nothing is asked of processes or machines: the folder is held against what this database put into it. Each of
our moves says where the mail came to lie, so whatever else appears there somebody else moved.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from itertools import islice

from maildesk.daemon.processed_folder import KEYWORD, ProcessedFolder
from maildesk.daemon.watched_mailbox import WatchedMailbox
from maildesk.desk.case.told import Phrase
from maildesk.errors import CommandRefused, MaildeskError, ServerBusy
from maildesk.mail.mime.message_ids import message_id_of
from maildesk.store import mailboxes, used_uids
from maildesk.store.database import Connection, Database
from maildesk.store.mailboxes import MailboxRecord
from maildesk.transport.mailbox import NO_FOLDER, FolderState, Listed, MailboxConnection, MessageKey, Reach

_log = logging.getLogger(__name__)

LOOKED_AT = 500
"""The number of messages looked at to tell whose they are; where there are more, one of these tells."""


@dataclass(slots=True)
class SharedFolder:
    """The state shared by the mailboxes of this desk that move their mail into one folder.

    Each counts what the others moved as ours, so one of them at a time moves or looks.
    """

    identities: tuple[str, ...]
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    ours: set[MessageKey] = field(default_factory=set)  # moved by us, and not yet accounted for


def sharing(boxes: Sequence[WatchedMailbox]) -> list[SharedFolder]:
    """For each of these mailboxes what it shares, with itself at least."""

    def folder(box: WatchedMailbox) -> tuple[str, str, str]:
        return *box.account, box.processed

    found = {
        key: SharedFolder(tuple(b.identity for b in boxes if folder(b) == key)) for key in map(folder, boxes)
    }
    return [found[folder(box)] for box in boxes]


class Neighbours:
    """Watches the processed folder of one mailbox for mail that this desk did not put there."""

    def __init__(
        self,
        box: WatchedMailbox,
        store: Database,
        processed: ProcessedFolder,
        shared: SharedFolder | None = None,
    ) -> None:
        self._box = box
        self.shared = shared or SharedFolder((box.identity,))
        self._store = store
        self._processed = processed
        self._looked: MailboxConnection | None = None
        self._first: tuple[FolderState, str] | None = None  # what was found before the first start
        self._uncounted = 0  # mails that somebody else moved, and nobody was told of yet

    # --- before the first start -------------------------------------------------------------------

    async def there_before(self, conn: MailboxConnection) -> str:
        """Tell why this mailbox is left alone at its first start, if the processed folder says so."""
        try:
            return await self._there_before(conn)
        except (CommandRefused, ServerBusy) as problem:
            if conn.closed:
                raise
            self._not_looked(problem)
            return ""

    async def _there_before(self, conn: MailboxConnection) -> str:
        folder = await self._processed.found(conn) if conn.can_move else None
        state = await conn.state_of(folder) if folder is not None else None
        if folder is None or state is None or not state.messages:
            return ""
        if self._first is None or self._first[0] != state:
            self._first = state, THERE.format(folder=folder) if await self._never_filed(folder) else ""
        return self._first[1]

    async def _never_filed(self, folder: str) -> bool:
        """Tell whether the newest mail in the folder is mail that this database has never had."""
        async with self._beside(folder) as conn:
            fields = await conn.message_id_fields((await conn.keys())[-LOOKED_AT:])
        ids = [message_id_of(each) for each in fields.values()]
        named = {each for each in ids if each is not None}
        known = await self._store.read(lambda c: used_uids.known_ids(c, list(named)))
        return None in ids or bool(named - known)

    # --- from then on -----------------------------------------------------------------------------

    async def look(self, conn: MailboxConnection, record: MailboxRecord) -> dict[str, str]:
        """The alarm to raise, if mail lies in the processed folder that we did not move there.

        At the first look of a connection some of it may be ours: what a move brought that was cut off.
        """
        fresh, self._looked = conn is not self._looked, conn
        try:
            async with self.shared.turn:
                if len(self.shared.identities) > 1:  # another mailbox may have moved mail meanwhile
                    record, fresh = await self._record() or record, True
                return await self._look(conn, record, fresh=fresh)
        except (CommandRefused, ServerBusy) as problem:
            if conn.closed:
                raise
            self._not_looked(problem)
            return {}

    async def _record(self) -> MailboxRecord | None:
        return await self._store.read(lambda c: mailboxes.mailbox(c, self._box.identity))

    async def _look(self, conn: MailboxConnection, record: MailboxRecord, *, fresh: bool) -> dict[str, str]:
        folder = await self._processed.found(conn) if conn.can_move else None
        state = await conn.state_of(folder) if folder is not None else None
        if folder is None or state is None:
            self._processed.forget()
            if folder is None and conn.can_move and record.processed_reach == Reach():
                await self._note(NO_FOLDER)
            return {}
        reach, now = Reach(*record.processed_reach), state.reach
        if None in now:
            return {}
        sizes = await self._sizes(folder, self._not_ours(now.since(reach)))
        if sizes is None:
            return {}
        if fresh and sizes:
            sizes -= await self._store.read(partial(_owed_sizes, identities=self.shared.identities))
        self._uncounted += sizes.total()
        if now != reach:
            await self._note(now)
        self.shared.ours.clear()
        count, self._uncounted = self._uncounted, 0
        what = Phrase(
            "{count} of them: folder {folder}, mailbox {name}.",
            count=count,
            folder=folder,
            name=self._box.name,
        )
        return self._told(what) if count else {}

    async def taken(
        self, conn: MailboxConnection, selected: FolderState, keys: Sequence[MessageKey]
    ) -> Reach | None:
        """Move or mark these mails of ours; how far the processed folder is accounted for by that.

        None where it is not: the next look sees to what lies between. Called and noted in `shared.turn`.
        """
        moved = await self._processed.take(conn, selected, keys)
        if not conn.can_move:
            return None
        record = await self._record()
        reach = Reach(*record.processed_reach) if record is not None else Reach()
        if moved is None:
            return await self._counted(conn, reach, len(keys))
        return reach.past(self.shared.ours, moved) if moved else None

    async def _counted(self, conn: MailboxConnection, reach: Reach, ours: int) -> Reach | None:
        """A server that does not say where mail went: it can only be counted."""
        folder = await self._processed.found(conn)
        state = await conn.state_of(folder) if folder is not None else None
        if state is None or None in state.reach:
            return None
        self._uncounted += max(0, state.reach.count_since(reach) - ours)
        return state.reach

    def marked(self, listed: Iterable[Listed]) -> dict[str, str]:
        """The alarm to raise, if mail that we never had bears the mark of filed mail."""
        mark = KEYWORD.casefold()
        count = sum(mark in {flag.casefold() for flag in one.flags} for one in listed)
        what = Phrase(
            "{count} of them, marked {mark} in mailbox {name}.",
            count=count,
            mark=KEYWORD,
            name=self._box.name,
        )
        return self._told(what) if count else {}

    def _told(self, detail: str) -> dict[str, str]:
        _log.warning(
            "filed mail that we did not file mailbox=%s: another desk works here? %s", self._box.name, detail
        )
        return {f"neighbour:{self._box.name}": detail}

    # --- small pieces -----------------------------------------------------------------------------

    def _not_ours(self, keys: Iterable[MessageKey]) -> list[MessageKey]:
        """The newest of these that no move of ours brought."""
        return list(islice((key for key in keys if key not in self.shared.ours), LOOKED_AT))

    async def _sizes(self, folder: str, keys: Sequence[MessageKey]) -> Counter[int] | None:
        """The sizes of those messages that are there; None where they cannot be looked at now."""
        if not keys:
            return Counter()
        try:
            async with self._beside(folder) as conn:
                return Counter(one.size for one in await conn.describe(keys))
        except MaildeskError as problem:
            self._not_looked(problem)
            return None

    def _not_looked(self, problem: MaildeskError) -> None:
        """Mail is taken in all the same; what could not be looked at is looked at the next time."""
        _log.info("processed folder not looked at mailbox=%s problem=%r", self._box.name, str(problem))

    @asynccontextmanager
    async def _beside(self, folder: str) -> AsyncIterator[MailboxConnection]:
        """A connection of its own: the other one keeps its folder and what it knows of it."""
        conn = await self._box.server.connect()
        try:
            await conn.select(folder)
            yield conn
        finally:
            await conn.close()

    async def _note(self, reach: Reach) -> None:
        await self._store.write(lambda c: mailboxes.note_reach(c, self.shared.identities, reach))


def _owed_sizes(conn: Connection, identities: Sequence[str]) -> Counter[int]:
    """The sizes of the mails that are filed and still to be moved."""
    sizes = Counter[int]()
    for identity in identities:
        record = mailboxes.mailbox(conn, identity)
        if record is not None:
            owed = used_uids.uncleared(conn, identity, Reach(*record.reach).numbering, LOOKED_AT)
            sizes.update(mail.size for mail in owed)
    return sizes


THERE = (
    "the folder {folder} holds mail that this database never filed: another desk may work here, with a "
    "database of its own, and every customer would be answered twice; stop that desk, or, if there is none, "
    "set existing_mail: file to make cases of what lies in the mailbox, or existing_mail: leave to leave it"
)
