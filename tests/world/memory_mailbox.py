"""A mailbox that is a plain object: what the port asks for, without a wire and without a server."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from maildesk.errors import CommandRefused, ConnectionLost
from maildesk.transport.mailbox import Fetched, FolderState, Listed, MessageKey, Reach

NOON = datetime(2025, 11, 24, 12, tzinfo=UTC)


@dataclass
class Folder:
    """Messages by their keys."""

    numbering: int = 1
    messages: dict[MessageKey, Fetched] = field(default_factory=dict)
    numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))
    last: int = 0

    def add(self, raw: bytes, date: datetime = NOON, flags: frozenset[str] = frozenset()) -> MessageKey:
        self.last = next(self.numbers)
        key = self.numbering, self.last
        self.messages[key] = Fetched(key, date, len(raw), flags, raw)
        return key

    @property
    def state(self) -> FolderState:
        return FolderState(Reach(self.numbering, self.last + 1), len(self.messages), keywords_allowed=True)


@dataclass(eq=False)
class MemoryMailbox:
    """The server: its folders, and whoever is connected."""

    folders: dict[str, Folder] = field(default_factory=lambda: {"INBOX": Folder()})
    can_move: bool = True
    open: list[MemoryConnection] = field(default_factory=list)
    described = "memory.example lets support in"

    async def connect(self, *, hurried: bool = False) -> MemoryConnection:
        self.open.append(MemoryConnection(self))
        return self.open[-1]

    @property
    def inbox(self) -> Folder:
        return self.folders["INBOX"]

    def delivers(self, raw: bytes) -> MessageKey:
        """A mail arrives, and whoever waits is told."""
        key = self.inbox.add(raw)
        for each in self.open:
            each.news.set()
        return key

    def numbers_anew(self) -> None:
        """Every message gets another key, as after a restored backup."""
        raws = [one.raw for one in self.inbox.messages.values()]
        self.folders["INBOX"] = Folder(self.inbox.numbering + 1)
        for raw in raws:
            self.inbox.add(raw)
        for each in self.open:
            each.abort()


class MemoryConnection:
    """One connection to it."""

    can_push = True

    def __init__(self, server: MemoryMailbox) -> None:
        self.server = server
        self.news = asyncio.Event()
        self.closed = False
        self.selected = ""

    @property
    def can_move(self) -> bool:
        return self.server.can_move

    async def select(self, folder: str, *, look_only: bool = False) -> FolderState:
        self.selected = folder
        return self._folder.state

    async def keys(self) -> list[MessageKey]:
        self.news.clear()
        return sorted(self._folder.messages)

    async def describe(self, keys: Sequence[MessageKey]) -> list[Listed]:
        found = (self._folder.messages.get(key) for key in keys)
        return [Listed(one.key, one.internal_date, one.size, one.flags) for one in found if one]

    async def fetch(self, keys: Sequence[MessageKey]) -> AsyncGenerator[Fetched, None]:
        for key in keys:
            if key in self._folder.messages:
                yield self._folder.messages[key]

    async def header_block(self, key: MessageKey, limit: int) -> bytes:
        if key not in self._folder.messages:
            raise CommandRefused("it is no longer in the folder")
        return self._folder.messages[key].raw.partition(b"\r\n\r\n")[0][:limit]

    async def message_id_fields(self, keys: Sequence[MessageKey]) -> dict[MessageKey, bytes]:
        found = {}
        for key in keys:
            if one := self._folder.messages.get(key):
                lines = one.raw.partition(b"\r\n\r\n")[0].split(b"\r\n")
                found[key] = b"".join(line for line in lines if line.lower().startswith(b"message-id:"))
        return found

    async def move(self, keys: Sequence[MessageKey], folder: str) -> list[MessageKey] | None:
        there = self.server.folders[folder]
        gone = [one for one in (self._folder.messages.pop(key, None) for key in keys) if one]
        return [there.add(one.raw, one.internal_date, one.flags) for one in gone]

    async def add_keyword(self, keys: Sequence[MessageKey], keyword: str) -> None:
        for key in keys:
            one = self._folder.messages[key]
            marked = Fetched(key, one.internal_date, one.size, one.flags | {keyword}, one.raw)
            self._folder.messages[key] = marked

    async def wait(self, *, until: asyncio.Event, at_most: float) -> bool:
        waits = [asyncio.ensure_future(each.wait()) for each in (self.news, until)]
        await asyncio.wait(waits, timeout=at_most, return_when=asyncio.FIRST_COMPLETED)
        for each in waits:
            each.cancel()
        told = self.news.is_set()
        self.news.clear()
        return told

    async def refresh(self) -> None:
        """Nothing is hidden."""

    async def existing_folder(self, name: str) -> str | None:
        return name if name in self.server.folders else None

    async def ensure_folder(self, name: str) -> str:
        self.server.folders.setdefault(name, Folder())
        return name

    async def state_of(self, folder: str) -> FolderState | None:
        return self.server.folders[folder].state if folder in self.server.folders else None

    async def quota(self) -> tuple[int, int] | None:
        return None

    async def close(self) -> None:
        self.abort()

    def abort(self) -> None:
        self.closed = True

    @property
    def _folder(self) -> Folder:
        if self.closed:
            raise ConnectionLost("it was closed")
        return self.server.folders[self.selected]
