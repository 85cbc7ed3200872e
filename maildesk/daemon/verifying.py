"""`maildesk verify`: the guarantee held against mailboxes and database, which are only looked at."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Final

from maildesk.daemon.watched_mailbox import WatchedMailbox
from maildesk.desk.case.guarantee import Breach, Key, ShownMail, holds, of_the_inbox, of_the_processed
from maildesk.errors import MaildeskError
from maildesk.store import mailboxes, verifying
from maildesk.store.backup import integrity
from maildesk.store.database import Database
from maildesk.store.verifying import IntegrityQuestion
from maildesk.transport.mailbox import MailboxConnection, MessageKey

PAGE: Final = 100

Pause = Callable[[], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class VerifyReport:
    """The things held against each other, how many of each, and every exception.

    Of the rows of the ledger, `erased` keep no more than their keys.
    """

    messages: int
    ledger: int
    cases: int
    letters: int
    erased: int
    breaches: tuple[Breach, ...]


@dataclass(slots=True)
class _VerifyingLook:
    """The findings of one look at everything. `known` are the hashes that an earlier look read."""

    known: Mapping[Key, str]
    breaches: list[Breach] = field(default_factory=list)
    hashes: dict[Key, str] = field(default_factory=dict)
    processed: dict[Key, ShownMail] = field(default_factory=dict)
    in_inboxes: Counter[str] = field(default_factory=Counter)
    messages: int = 0


class Verifier:
    """Looks, and looks again before it accuses: mail arrives, is filed and moves while it looks.

    `boxes` are the mailboxes to compare with; none where the database alone is asked.
    """

    def __init__(self, store: Database, boxes: Sequence[WatchedMailbox], now: Callable[[], datetime]) -> None:
        self._store = store
        self._boxes = boxes
        self._now = now

    async def verify(self, pause: Pause) -> VerifyReport:
        """Everything that is wrong before and after the `pause`, in which a daemon may go on."""
        look = await self._look({})
        if look.breaches:
            await pause()
            suspected = set(look.breaches)
            look = await self._look(look.hashes)
            look.breaches = [each for each in look.breaches if each in suspected]
        counts = await self._store.read(verifying.counted)
        return VerifyReport(look.messages, **counts, breaches=tuple(dict.fromkeys(look.breaches)))

    async def _look(self, known: Mapping[Key, str]) -> _VerifyingLook:
        look = _VerifyingLook(known)
        for box in self._boxes:
            try:
                await self._mailbox(box, look)
            except MaildeskError as problem:
                what = f"mailbox {box.name} could not be read to its end: {problem.message}"
                look.breaches.append(Breach("not-compared", what, problem.remedy or "see maildesk check"))
        moved = list(look.processed.values())  # two mailboxes may move their mail into one folder
        hashes = {mail.sha256 for mail in moved if mail.sha256}
        rows = await self._store.read(partial(verifying.rows_of_bytes, hashes=hashes))
        look.breaches += of_the_processed(moved, rows, look.in_inboxes)
        await self._database(look)
        return look

    # --- the database -----------------------------------------------------------------------------

    async def _database(self, look: _VerifyingLook) -> None:
        """Only short transactions: a daemon beside us is kept from nothing."""
        questions: Sequence[IntegrityQuestion] = verifying.QUESTIONS
        while questions:
            some = partial(verifying.ask_some, questions, now=self._now())
            found, questions = await self._store.read(some)
            look.breaches += found
        after: str | None = ""
        while after is not None:
            page = partial(verifying.damaged_bytes, after=after, limit=PAGE)
            found, after = await self._store.read(page)
            look.breaches += found
        for problem in integrity(self._store):
            look.breaches.append(Breach("damaged", problem, "restore the newest backup that is sound"))

    # --- a mailbox --------------------------------------------------------------------------------

    async def _mailbox(self, box: WatchedMailbox, look: _VerifyingLook) -> None:
        """First where mail arrives: what is moved on meanwhile is then seen twice rather than never."""
        record = await self._store.read(partial(mailboxes.mailbox, identity=box.identity))
        async with _connected(box) as conn:
            if record is None:
                look.breaches += await _not_begun(conn, box)
                return
            async for page in self._pages(conn, box, box.folder, look):
                keys = [key for _, key in (mail.key for mail in page)]
                rows = await self._store.read(partial(verifying.kept, identity=box.identity, keys=keys))
                look.breaches += of_the_inbox(page, rows)
                matched = (mail for mail in page if any(holds(row, mail) for row in rows.get(mail.key, ())))
                look.in_inboxes.update(mail.sha256 for mail in matched if mail.sha256)
            folder = await conn.existing_folder(box.processed)
            if folder is not None:
                await self._processed_folder(conn, box, folder, record.first_started_at, look)

    async def _processed_folder(
        self,
        conn: MailboxConnection,
        box: WatchedMailbox,
        folder: str,
        started: datetime,
        look: _VerifyingLook,
    ) -> None:
        """Leave out what lay there before the desk's first start; servers tell whole seconds."""
        async for page in self._pages(conn, box, folder, look):
            ours = (mail for mail in page if mail.internal_date >= started.replace(microsecond=0))
            look.processed |= {mail.key: mail for mail in ours}

    async def _pages(
        self, conn: MailboxConnection, box: WatchedMailbox, folder: str, look: _VerifyingLook
    ) -> AsyncIterator[list[ShownMail]]:
        """The messages of a folder with the hashes of their bytes, a page at a time."""
        await conn.select(folder, look_only=True)
        lying, identity = await conn.keys(), box.identity_of(folder)
        for start in range(0, len(lying), PAGE):
            listed = await conn.describe(lying[start : start + PAGE])
            keys = {one.key: (identity, one.key) for one in listed}
            read = await self._put_aside(identity, keys) | look.known.keys()
            wanted = [one.key for one in listed if one.size <= box.store_size and keys[one.key] not in read]
            hashes = {key: look.known[key] for key in keys.values() if key in look.known}
            async with aclosing(conn.fetch(wanted)) as coming:
                async for one in coming:
                    hashes[keys[one.key]] = hashlib.sha256(one.raw).hexdigest()
            look.hashes |= hashes
            look.messages += len(listed)
            page = [
                ShownMail(
                    keys[one.key],
                    f"{box.name}/{folder} {one}",
                    one.internal_date,
                    one.size,
                    hashes.get(keys[one.key]),
                    one.size <= box.store_size,
                )
                for one in listed
            ]
            if page:
                yield page

    async def _put_aside(self, identity: str, keys: Collection[MessageKey]) -> set[Key]:
        """Find those that a row says could not be had whole: to ask for one may end the look."""
        rows = await self._store.read(partial(verifying.kept, identity=identity, keys=keys))
        return {key for key, kept in rows.items() if any(row.partly for row in kept)}


@asynccontextmanager
async def _connected(box: WatchedMailbox) -> AsyncIterator[MailboxConnection]:
    conn = await box.server.connect()
    try:
        yield conn
    finally:
        await conn.close()


async def _not_begun(conn: MailboxConnection, box: WatchedMailbox) -> list[Breach]:
    """Report what lies in a mailbox that the desk never began with: nothing of it can be compared."""
    processed = await conn.existing_folder(box.processed)
    breaches = []
    for folder in dict.fromkeys(filter(None, (box.folder, processed))):
        selected = await conn.select(folder, look_only=True)
        if selected.messages:
            what = f"mailbox {box.name} was never begun, and {selected.messages} messages lie in {folder}"
            breaches.append(Breach("not-begun", what, "set existing_mail, and start the daemon"))
    return breaches
