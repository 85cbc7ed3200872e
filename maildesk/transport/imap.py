"""One IMAP connection: list a folder, fetch its messages, move them on, and wait for more."""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import AsyncGenerator, Sequence
from datetime import datetime

from aioimaplib.aioimaplib import AUTH, SELECTED

from maildesk.errors import CommandRefused, ConnectionLost, FolderMissing, MaildeskError
from maildesk.transport import imap_answers as answers
from maildesk.transport.imap_folders import ensure_folder, existing_folder
from maildesk.transport.imap_login import logged_in
from maildesk.transport.imap_names import folder_to_wire, keyword_to_wire, uid_set
from maildesk.transport.imap_refusals import refused
from maildesk.transport.imap_stream import LITERAL_MAX, Answer
from maildesk.transport.imap_values import (
    Fetched,
    FolderState,
    ImapAccount,
    ImapTiming,
    Listed,
    Moved,
    Selected,
)
from maildesk.transport.imap_wire import Reply, Wire

__all__ = [
    "Fetched",
    "FolderState",
    "ImapAccount",
    "ImapConnection",
    "ImapTiming",
    "Listed",
    "Moved",
    "Selected",
]

PAGE_MAX = 1000
GOODBYE = 2.0  # seconds LOGOUT may take

EXPUNGED = "EXPUNGEISSUED"  # RFC 5530 §3

_FETCH = frozenset({b"FETCH"})
_SEARCH = frozenset({b"SEARCH", b"ESEARCH"})
_SELECT = frozenset({b"OK", b"FLAGS"})
_MOVE = frozenset({b"OK"})
_STATUS = frozenset({b"STATUS"})
_QUOTA = frozenset({b"QUOTA"})
_HEADER_END = re.compile(rb"\A\r?\n|\r?\n\r?\n")


class ImapConnection:
    """A connection that is logged in. One command at a time; after any trouble it is closed and stays so.

    NO and BAD raise CommandRefused (or FolderMissing, ServerBusy) and leave it usable. A time-out, nonsense
    from the server or a cancelled call close it: every later call raises ConnectionLost at once, and a new
    connection is the only cure.
    """

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    @classmethod
    async def open(
        cls, account: ImapAccount, timing: ImapTiming | None = None, *, max_literal: int = LITERAL_MAX
    ) -> ImapConnection:
        """Connect, encrypt, log in. `max_literal` is the largest message we are willing to receive."""
        return cls(await logged_in(account, timing or ImapTiming(), max_literal))

    # --- what the server is ------------------------------------------------------------------------

    @property
    def capabilities(self) -> frozenset[str]:
        return frozenset(self._wire.capabilities)

    @property
    def can_move(self) -> bool:
        return not self.capabilities.isdisjoint({"MOVE", "IMAP4REV2"})

    @property
    def can_idle(self) -> bool:
        return not self.capabilities.isdisjoint({"IDLE", "IMAP4REV2"})

    @property
    def closed(self) -> bool:
        return self._wire.lost is not None

    @property
    def news(self) -> bool:
        """The server told of a change in the selected folder that `uids` or `take_news` has not seen."""
        return self._wire.news

    def take_news(self) -> bool:
        told, self._wire.news = self._wire.news, False
        return told

    # --- reading a folder --------------------------------------------------------------------------

    async def select(self, folder: str, *, look_only: bool = False) -> Selected:
        """Open `folder` for reading and moving; what comes back tells its messages from others'.

        With `look_only` the server lets nothing of it be changed (EXAMINE, RFC 3501 §6.3.2).
        """
        wire = self._wire
        name = "EXAMINE" if look_only else "SELECT"
        exchange = wire.prepared(name, folder_to_wire(folder), wants=_SELECT)
        reply = await wire.run(exchange)
        # a failed SELECT leaves nothing selected (RFC 3501 §6.3.1)
        wire.state = SELECTED if reply.status.ok else AUTH
        _expect_ok(
            reply,
            f"cannot open folder {folder!r}",
            FolderMissing,
            "check the folder's name, and that this account may open it",
        )
        wire.news = False
        codes = {status.code: status.about for status in map(_status, reply.answers) if status is not None}
        uidvalidity = answers.number(codes.get("UIDVALIDITY"))
        if not uidvalidity:
            raise CommandRefused(f"folder {folder!r} has no UIDVALIDITY: its messages cannot be told apart")
        return Selected(
            uidvalidity=uidvalidity,
            exists=wire.exists,
            uidnext=answers.number(codes.get("UIDNEXT")),
            keywords_allowed=b"\\*" in codes.get("PERMANENTFLAGS", b""),
        )

    async def uids(self) -> list[int]:
        """Every UID of the folder, ascending. Without CHARSET, which some servers refuse."""
        self._wire.news = False  # what is told from now on may be missing in the answer
        words = ("RETURN", "(ALL)", "ALL") if "ESEARCH" in self.capabilities else ("ALL",)
        reply = await self._ask("SEARCH", *words, uid=True, wants=_SEARCH)
        return answers.searched(reply.answers)

    async def describe(self, uids: Sequence[int]) -> list[Listed]:
        """Date, size and flags of the messages that are still there."""
        wanted = _page(uids)
        if not wanted:
            return []
        items = "(UID FLAGS INTERNALDATE RFC822.SIZE)"
        reply = await self._ask("FETCH", uid_set(wanted), items, uid=True, wants=_FETCH)
        # a server may still describe what another client just removed, as empty (RFC 2180 §4.1.3)
        gone = reply.status.code == EXPUNGED
        found: dict[int, Listed] = {}
        for answer in reply.answers:
            one = _listed(answers.items_of(answer))
            if one is not None and one.uid in wanted and not (gone and one.size == 0):
                found.setdefault(one.uid, one)
        return list(found.values())

    async def fetch(self, uids: Sequence[int]) -> AsyncGenerator[Fetched, None]:
        """The messages that are still there, one by one, as they arrive and in the server's order.

        The connection belongs to this call until the last one is taken; to leave earlier ends it.
        """
        wanted = _page(uids)
        if not wanted:
            return
        wire = self._wire
        items = "(UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[])"
        exchange = wire.prepared("FETCH", uid_set(wanted), items, uid=True, wants=_FETCH, streams=True)
        empty: list[Fetched] = []  # mails without a byte, or mails that are gone: the last word tells
        async with contextlib.aclosing(wire.stream(exchange)) as stream:
            async for answer in stream:
                one = _fetched(answers.items_of(answer))
                if one is None or one.uid not in wanted:
                    continue
                wanted.discard(one.uid)  # once is enough, whatever the server repeats
                if one.raw:
                    yield one
                elif one.size == 0:
                    empty.append(one)
        status = exchange.status
        if status is not None and not status.ok:
            raise refused("cannot fetch messages", status)
        if status is not None and status.code != EXPUNGED:
            for one in empty:
                yield one

    async def header_block(self, uid: int, limit: int) -> bytes:
        """The header of a message with the empty line that ends it, or its first `limit` bytes."""
        items = f"(UID BODY.PEEK[]<0.{limit}>)"
        reply = await self._ask("FETCH", uid_set([uid]), items, uid=True, wants=_FETCH)
        for answer in reply.answers:
            values = answers.items_of(answer)
            start = values.get(b"BODY[]<0>", values.get(b"BODY[]"))
            if answers.number(values.get(b"UID")) == uid and isinstance(start, bytes):
                end = _HEADER_END.search(start, 0, limit)
                return start[: end.end() if end else limit]
        raise CommandRefused(f"message {uid} is no longer in the folder")

    async def message_id_fields(self, uids: Sequence[int]) -> dict[int, bytes]:
        """The Message-ID header field of each message that is still there, as it stands in the mail."""
        wanted = _page(uids)
        if not wanted:
            return {}
        items = "(UID BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)])"
        reply = await self._ask("FETCH", uid_set(wanted), items, uid=True, wants=_FETCH)
        found: dict[int, bytes] = {}
        for answer in reply.answers:
            values = answers.items_of(answer)
            uid = answers.number(values.get(b"UID"))
            if uid in wanted:
                found.setdefault(uid, answers.header_field(values))
        return found

    # --- other folders -----------------------------------------------------------------------------

    async def existing_folder(self, name: str) -> str | None:
        """The server's real name of folder `name`; None where there is none, and none is made."""
        return await existing_folder(self._wire, name)

    async def state_of(self, folder: str) -> FolderState | None:
        """How far another folder's UIDs have come; None where there is no such folder."""
        wire = self._wire
        items = "(MESSAGES UIDNEXT UIDVALIDITY)"
        reply = await wire.run(wire.prepared("STATUS", folder_to_wire(folder), items, wants=_STATUS))
        if not reply.status.ok:
            problem = refused(f"cannot ask for folder {folder!r}", reply.status)
            if isinstance(problem, CommandRefused):
                return None
            raise problem
        found = (answers.folder_state(answer) for answer in reply.answers)
        return next((state for state in found if state is not None), None)

    # --- changing it -------------------------------------------------------------------------------

    async def ensure_folder(self, name: str) -> str:
        """The server's real name of folder `name`; it is created and subscribed if it is missing."""
        return await ensure_folder(self._wire, name)

    async def move(self, uids: Sequence[int], folder: str) -> Moved | None:
        """Move messages (RFC 6851), and where they went, if the server says so. Gone UIDs are no error."""
        page = _page(uids)
        if not page:
            return None
        where = folder_to_wire(folder)
        reply = await self._ask("MOVE", uid_set(page), where, uid=True, wants=_MOVE, code=b"[COPYUID ")
        told = (_status(answer) for answer in reply.answers)
        return answers.moved([*(status for status in told if status is not None), reply.status])

    async def add_keyword(self, uids: Sequence[int], keyword: str) -> None:
        page = _page(uids)
        if page:
            await self._ask("STORE", uid_set(page), "+FLAGS.SILENT", keyword_to_wire(keyword), uid=True)

    async def append(self, folder: str, raw: bytes) -> None:
        """Put a message into a folder (used to prove that a mailbox works, never for customers' mail)."""
        await self._ask("APPEND", folder_to_wire(folder), f"{{{len(raw)}}}", payloads=(raw,))

    # --- waiting -----------------------------------------------------------------------------------

    async def idle(self, *, until: asyncio.Event, at_most: float) -> bool:
        """Wait for news: True as soon as there is any, False at `until` or after `at_most` seconds.

        IDLE is renewed before middle boxes forget the connection, and its end is awaited with a deadline, so
        a dead peer is noticed. A server without IDLE is asked once, at the end.
        """
        loop = asyncio.get_running_loop()
        end = loop.time() + at_most
        while not self.news and not until.is_set() and (left := end - loop.time()) > 0:
            if self.can_idle:
                status = await self._wire.idle(until, min(left, self._wire.timing.idle_renew))
                if not status.ok:
                    raise refused("cannot wait for new mail", status)
            else:
                with contextlib.suppress(TimeoutError):  # nobody asked us to stop: the wait is simply over
                    await asyncio.wait_for(until.wait(), left)
                await self.noop()
                break
        self._wire.refuse_if_lost()
        return self.take_news()

    async def noop(self) -> None:
        await self._ask("NOOP")

    async def quota(self, folder: str = "INBOX") -> tuple[int, int] | None:
        """KiB used and allowed, where the server tells."""
        if "QUOTA" not in self.capabilities:
            return None
        wire = self._wire
        reply = await wire.run(wire.prepared("GETQUOTAROOT", folder_to_wire(folder), wants=_QUOTA))
        found = (answers.storage_quota(answer) for answer in reply.answers)
        return next((quota for quota in found if quota is not None), None)

    # --- the end -----------------------------------------------------------------------------------

    async def close(self) -> None:
        """Say LOGOUT if nothing is under way, then close. Never takes long and never raises."""
        if not self.closed and not self._wire.in_use:
            # LOGOUT is a courtesy: whatever it meets, the connection is over
            with contextlib.suppress(TimeoutError, MaildeskError):
                async with asyncio.timeout(GOODBYE):
                    await self._wire.run(self._wire.prepared("LOGOUT"))
        self.abort()
        # the transport is aborted already; only its last call-back is waited for
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._wire.gone.wait(), GOODBYE)

    def abort(self) -> None:
        """Close at once. A command under way in another task fails with ConnectionLost."""
        self._wire.end(ConnectionLost("we closed the connection"))

    # --- one command -------------------------------------------------------------------------------

    async def _ask(
        self,
        name: str,
        *args: str,
        uid: bool = False,
        wants: frozenset[bytes] = frozenset(),
        payloads: tuple[bytes, ...] = (),
        code: bytes = b"",
    ) -> Reply:
        wire = self._wire
        reply = await wire.run(wire.prepared(name, *args, uid=uid, wants=wants, payloads=payloads, code=code))
        _expect_ok(reply, f"{'UID ' if uid else ''}{name}")
        return reply


def _expect_ok(
    reply: Reply, doing: str, otherwise: type[MaildeskError] = CommandRefused, remedy: str = ""
) -> None:
    if not reply.status.ok:
        raise refused(doing, reply.status, otherwise, remedy)


def _page(uids: Sequence[int]) -> set[int]:
    if len(uids) > PAGE_MAX:
        raise ValueError(f"{len(uids)} UIDs in one call; at most {PAGE_MAX}, better 100")
    return set(uids)


def _status(answer: Answer) -> answers.Status | None:
    return answers.status_of(answer[0])


def _described(items: dict[bytes, answers.Value]) -> tuple[int, datetime, int, frozenset[str]] | None:
    """UID, date, size and flags; None when somebody else changed a flag and this is not our answer."""
    uid, size = answers.number(items.get(b"UID")), answers.number(items.get(b"RFC822.SIZE"))
    if uid is None or size is None:
        return None
    return uid, answers.internal_date(items.get(b"INTERNALDATE")), size, answers.flags(items.get(b"FLAGS"))


def _listed(items: dict[bytes, answers.Value]) -> Listed | None:
    described = _described(items)
    return Listed(*described) if described is not None else None


def _fetched(items: dict[bytes, answers.Value]) -> Fetched | None:
    described, raw = _described(items), items.get(b"BODY[]")
    return Fetched(*described, raw) if described is not None and isinstance(raw, bytes) else None
