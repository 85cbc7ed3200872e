"""One IMAP connection: list a folder, fetch its messages, move them on, and wait for more."""

from __future__ import annotations

import asyncio
import contextlib
import math
import re
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, field, replace

from aioimaplib.aioimaplib import AUTH, SELECTED

from maildesk.errors import CommandRefused, ConnectionLost, FolderMissing, MaildeskError
from maildesk.transport import imap_answers as answers
from maildesk.transport.imap_folders import ensure_folder, existing_folder
from maildesk.transport.imap_login import logged_in
from maildesk.transport.imap_names import folder_to_wire, keyword_to_wire, uid_set
from maildesk.transport.imap_refusals import refused
from maildesk.transport.imap_stream import LITERAL_MAX, Answer
from maildesk.transport.imap_values import ImapAccount, ImapTiming
from maildesk.transport.imap_wire import ImapReply, Wire
from maildesk.transport.mailbox import Fetched, FolderState, Listed, MessageKey, Reach

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


@dataclass(frozen=True, slots=True)
class ImapServer:
    """A mailbox behind IMAP. `largest` is the size of the largest message that is fetched.

    `hurry`: the seconds that each step has where a person waits.
    """

    login: ImapAccount
    timing: ImapTiming = field(default_factory=ImapTiming)
    largest: int = LITERAL_MAX
    hurry: float = 10.0

    @property
    def described(self) -> str:
        return f"{self.login.place} ({self.login.security}) lets {self.login.username} in"

    async def connect(self, *, hurried: bool = False) -> ImapConnection:
        timing = replace(self.timing, connect=self.hurry, command=self.hurry) if hurried else self.timing
        return await ImapConnection.open(self.login, timing, max_literal=self.largest + 2**20)


class ImapConnection:
    """A connection that is logged in. One command at a time; after any trouble it is closed and stays so.

    NO and BAD raise CommandRefused (or FolderMissing, ServerBusy) and leave it usable. A time-out, nonsense
    from the server or a cancelled call close it: every later call raises ConnectionLost at once, and a new
    connection is the only cure.
    """

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._uidvalidity: int | None = None  # of the selected folder
        self._tells = False  # it has told of a change since the folder was opened
        self._look_only = False
        self.selected = "INBOX"

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
    def can_push(self) -> bool:
        return not self.capabilities.isdisjoint({"IDLE", "IMAP4REV2"})

    @property
    def closed(self) -> bool:
        return self._wire.lost is not None

    @property
    def news(self) -> bool:
        """The server told of a change in the selected folder that `keys` or `take_news` has not seen."""
        return self._wire.news

    def take_news(self) -> bool:
        told, self._wire.news = self._wire.news, False
        return told

    # --- reading a folder --------------------------------------------------------------------------

    async def select(self, folder: str, *, look_only: bool = False) -> FolderState:
        """Open `folder` for reading and moving; what comes back tells its messages from others'.

        With `look_only` the server lets nothing of it be changed (EXAMINE, RFC 3501 §6.3.2). A name that is
        not the server's own is looked for in our namespace, as `ensure_folder` does.
        """
        try:
            return await self._select(folder, look_only=look_only)
        except FolderMissing:
            native = None
            with contextlib.suppress(CommandRefused):  # that it is missing says more
                native = await self.existing_folder(folder)
            if native is None or native == folder:
                raise
        return await self._select(native, look_only=look_only)

    async def _select(self, folder: str, *, look_only: bool) -> FolderState:
        wire = self._wire
        name = "EXAMINE" if look_only else "SELECT"
        exchange = wire.prepared(name, folder_to_wire(folder), wants=_SELECT)
        reply = await wire.run(exchange)
        # a failed SELECT leaves nothing selected (RFC 3501 §6.3.1)
        wire.state = SELECTED if reply.status.ok else AUTH
        self._uidvalidity = None
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
        self._uidvalidity, self.selected, self._look_only = uidvalidity, folder, look_only
        return FolderState(
            Reach(uidvalidity, answers.number(codes.get("UIDNEXT"))),
            wire.exists,
            keywords_allowed=b"\\*" in codes.get("PERMANENTFLAGS", b""),
        )

    async def keys(self) -> list[MessageKey]:
        """Every message of the folder by its UID, ascending. Without CHARSET, which some servers refuse."""
        self._wire.news = False  # what is told from now on may be missing in the answer
        words = ("RETURN", "(ALL)", "ALL") if "ESEARCH" in self.capabilities else ("ALL",)
        reply = await self._ask("SEARCH", *words, uid=True, wants=_SEARCH)
        return [self._key(uid) for uid in answers.searched(reply.answers)]

    async def describe(self, keys: Sequence[MessageKey]) -> list[Listed]:
        """Date, size and flags of the messages that are still there."""
        wanted = self._page(keys)
        if not wanted:
            return []
        items = "(UID FLAGS INTERNALDATE RFC822.SIZE)"
        reply = await self._ask("FETCH", uid_set(wanted), items, uid=True, wants=_FETCH)
        # a server may still describe what another client just removed, as empty (RFC 2180 §4.1.3)
        gone = reply.status.code == EXPUNGED
        found: dict[MessageKey, Listed] = {}
        for answer in reply.answers:
            one = answers.described(answers.items_of(answer))
            if one is not None and one[0] in wanted and not (gone and one[2] == 0):
                key = self._key(one[0])
                found.setdefault(key, Listed(key, *one[1:]))
        return list(found.values())

    async def fetch(self, keys: Sequence[MessageKey]) -> AsyncGenerator[Fetched, None]:
        """The messages that are still there, one by one, as they arrive and in the server's order.

        The connection belongs to this call until the last one is taken; to leave earlier ends it.
        """
        wanted = self._page(keys)
        if not wanted:
            return
        wire = self._wire
        items = "(UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[])"
        exchange = wire.prepared("FETCH", uid_set(wanted), items, uid=True, wants=_FETCH, streams=True)
        empty: list[Fetched] = []  # mails without a byte, or mails that are gone: the last word tells
        async with contextlib.aclosing(wire.stream(exchange)) as stream:
            async for answer in stream:
                values = answers.items_of(answer)
                described, raw = answers.described(values), values.get(b"BODY[]")
                if described is None or described[0] not in wanted or not isinstance(raw, bytes):
                    continue
                wanted.discard(described[0])  # once is enough, whatever the server repeats
                one = Fetched(self._key(described[0]), *described[1:], raw)
                if raw:
                    yield one
                elif one.size == 0:
                    empty.append(one)
        status = exchange.status
        if status is not None and not status.ok:
            raise refused("cannot fetch messages", status)
        if status is not None and status.code != EXPUNGED:
            for one in empty:
                yield one

    async def header_block(self, key: MessageKey, limit: int) -> bytes:
        """The header of a message with the empty line that ends it, or its first `limit` bytes."""
        items = f"(UID BODY.PEEK[]<0.{limit}>)"
        for uid in self._page([key]):
            reply = await self._ask("FETCH", uid_set([uid]), items, uid=True, wants=_FETCH)
            for answer in reply.answers:
                values = answers.items_of(answer)
                start = values.get(b"BODY[]<0>", values.get(b"BODY[]"))
                if answers.number(values.get(b"UID")) == uid and isinstance(start, bytes):
                    end = _HEADER_END.search(start, 0, limit)
                    return start[: end.end() if end else limit]
        raise CommandRefused(f"message {key[1]} is no longer in the folder")

    async def message_id_fields(self, keys: Sequence[MessageKey]) -> dict[MessageKey, bytes]:
        """The Message-ID header field of each message that is still there, as it stands in the mail."""
        wanted = self._page(keys)
        if not wanted:
            return {}
        items = "(UID BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)])"
        reply = await self._ask("FETCH", uid_set(wanted), items, uid=True, wants=_FETCH)
        found: dict[MessageKey, bytes] = {}
        for answer in reply.answers:
            values = answers.items_of(answer)
            uid = answers.number(values.get(b"UID"))
            if uid is not None and uid in wanted:
                found.setdefault(self._key(uid), answers.header_field(values))
        return found

    # --- other folders -----------------------------------------------------------------------------

    async def existing_folder(self, name: str) -> str | None:
        """The server's real name of folder `name`; None where there is none, and none is made."""
        return await existing_folder(self._wire, name)

    async def state_of(self, folder: str) -> FolderState | None:
        """Ask how far another folder's UIDs have come; None where there is no such folder."""
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

    async def move(self, keys: Sequence[MessageKey], folder: str) -> list[MessageKey] | None:
        """Move messages (RFC 6851), and where they went, if the server says so. Gone UIDs are no error."""
        page = self._page(keys)
        if not page:
            return None
        where = folder_to_wire(folder)
        reply = await self._ask("MOVE", uid_set(page), where, uid=True, wants=_MOVE, code=b"[COPYUID ")
        told = (_status(answer) for answer in reply.answers)
        return answers.moved([*(status for status in told if status is not None), reply.status])

    async def add_keyword(self, keys: Sequence[MessageKey], keyword: str) -> None:
        page = self._page(keys)
        if page:
            await self._ask("STORE", uid_set(page), "+FLAGS.SILENT", keyword_to_wire(keyword), uid=True)

    async def append(self, folder: str, raw: bytes) -> None:
        """Put a message into a folder (used to prove that a mailbox works, never for customers' mail)."""
        await self._ask("APPEND", folder_to_wire(folder), f"{{{len(raw)}}}", payloads=(raw,))

    # --- waiting -----------------------------------------------------------------------------------

    async def wait(self, *, until: asyncio.Event, at_most: float) -> bool:
        """Wait for news: True as soon as there is any, False at `until` or after `at_most` seconds.

        IDLE is renewed before middle boxes forget the connection, and its end is awaited with a deadline, so
        a dead peer is noticed. A server that has told of nothing is asked once, at the end, also one that
        offers IDLE: some never tell, or late. A session whose token is to be renewed ends here, and that is
        news: a new one has to look.
        """
        loop = asyncio.get_running_loop()
        end = min(loop.time() + at_most, self._wire.ends_at or math.inf)
        while not self.news and not until.is_set() and (left := end - loop.time()) > 0:
            if self.can_push:
                await self._idle(until, left)
            else:
                with contextlib.suppress(TimeoutError):  # nobody asked us to stop: the wait is simply over
                    await asyncio.wait_for(until.wait(), left)
                break
        if not self.news and not until.is_set() and not self._wire.outlived:
            await self.refresh()
        self._wire.refuse_if_lost()
        if self._wire.outlived:
            await self.close()  # before the server ends it; who looks next begins another session
            return True
        return self.take_news()

    async def _idle(self, until: asyncio.Event, at_most: float) -> None:
        status = await self._wire.idle(until, min(at_most, self._wire.timing.idle_renew))
        if not status.ok:
            raise refused("cannot wait for new mail", status)
        self._tells = self._tells or self.news

    async def refresh(self) -> None:
        """Ask for what has come, also of a server that has told of nothing."""
        await self._ask("NOOP")
        self._tells = self._tells or self.news
        if not self._tells and self._uidvalidity:
            await self._reopen(self._uidvalidity, self._wire.exists)

    async def _reopen(self, numbering: int, messages: int) -> None:
        """Open the folder again: imap4d shows one that is open as it was, whatever it is asked."""
        state = await self._select(self.selected, look_only=self._look_only)
        if state.reach.numbering != numbering:
            self.abort()
            raise ConnectionLost("the folder was numbered anew while it was open")
        self._wire.news = state.messages != messages

    async def quota(self) -> tuple[int, int] | None:
        """KiB used and allowed of the selected folder, where the server tells."""
        if "QUOTA" not in self.capabilities:
            return None
        wire = self._wire
        reply = await wire.run(wire.prepared("GETQUOTAROOT", folder_to_wire(self.selected), wants=_QUOTA))
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

    def _key(self, uid: int) -> MessageKey:
        return self._uidvalidity or 0, uid

    def _page(self, keys: Sequence[MessageKey]) -> set[int]:
        """The UIDs of these messages; what had its key under another UIDVALIDITY is there no more."""
        if len(keys) > PAGE_MAX:
            raise ValueError(f"{len(keys)} messages in one call; at most {PAGE_MAX}, better 100")
        return {uid for uidvalidity, uid in keys if uidvalidity == self._uidvalidity}

    async def _ask(
        self,
        name: str,
        *args: str,
        uid: bool = False,
        wants: frozenset[bytes] = frozenset(),
        payloads: tuple[bytes, ...] = (),
        code: bytes = b"",
    ) -> ImapReply:
        wire = self._wire
        reply = await wire.run(wire.prepared(name, *args, uid=uid, wants=wants, payloads=payloads, code=code))
        _expect_ok(reply, f"{'UID ' if uid else ''}{name}")
        return reply


def _expect_ok(
    reply: ImapReply, doing: str, otherwise: type[MaildeskError] = CommandRefused, remedy: str = ""
) -> None:
    if not reply.status.ok:
        raise refused(doing, reply.status, otherwise, remedy)


def _status(answer: Answer) -> answers.Status | None:
    return answers.status_of(answer[0])
