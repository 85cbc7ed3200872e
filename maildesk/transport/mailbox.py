"""The port to a mailbox: what the desk asks of the server where mail arrives, and what it is answered."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple, Protocol

MessageKey = tuple[int, int]
"""The ledger's key for a message in a folder. Only the wire and the store know what is in it: anybody else
passes it on, and compares it with others. Keys of one folder are ordered as their messages came.
"""


class Reach(NamedTuple):
    """The numbers of a folder so far: every message it ever had stands before `end`.

    None is what nobody knows. A `numbering` is another one after the server has numbered the folder anew.
    """

    numbering: int | None = None
    end: int | None = None

    def fell_behind(self, before: Reach) -> bool:
        """Tell whether the numbers went back from where they were."""
        if self.end is None or before.end is None or self.numbering != before.numbering:
            return False
        return self.end < before.end

    def including(self, keys: Iterable[MessageKey], earlier: Reach) -> Reach:
        """As far as these messages show it, and at least as far as `earlier` in the same numbering."""
        known = earlier.end if earlier.numbering == self.numbering else None
        shown = max(keys, default=(0, -1))[1] + 1
        return self._replace(end=max(self.end or 0, known or 0, shown) or None)

    def since(self, before: Reach) -> Iterator[MessageKey]:
        """Name what may have come after `before`, newest first and one by one: it may be millions."""
        for number in reversed(self._numbers_since(before)):
            yield self.numbering or 0, number

    def count_since(self, before: Reach) -> int:
        """Count what may have come after `before`."""
        return len(self._numbers_since(before))

    def _numbers_since(self, before: Reach) -> range:
        """The numbers given out after `before`; none where the two do not compare."""
        if None in (self.numbering, before.end) or before.numbering not in (None, self.numbering):
            return range(0)
        return range(before.end or 0, self.end or 0)

    def past(self, ours: set[MessageKey], moved: Sequence[MessageKey]) -> Reach:
        """Go on as far as we `moved` these here: up to the first message that is none of `ours`."""
        numbering, last = moved[-1]
        if self.end is None or self.numbering not in (None, numbering):
            return Reach(numbering, last + 1)
        ours.update(moved)
        end = self.end
        while (numbering, end) in ours:
            ours.discard((numbering, end))
            end += 1
        return Reach(numbering, end)


NO_FOLDER = Reach(None, 1)
"""The reach of a folder that is not there yet."""


def named(keys: Iterable[MessageKey], at_most: int) -> str:
    """Name these messages as mail programs do, the first of them one by one."""
    numbers = [str(number) for _, number in sorted(keys)]
    return ",".join(numbers[:at_most]) + (f" and {len(numbers) - at_most} more" if numbers[at_most:] else "")


@dataclass(frozen=True, slots=True)
class FolderState:
    """A folder as the server tells of it. `keywords_allowed`: it keeps keywords that we make up."""

    reach: Reach
    messages: int
    keywords_allowed: bool = False


@dataclass(frozen=True, slots=True)
class Listed:
    """One message as the server lists it; `size` is what the server says."""

    key: MessageKey
    internal_date: datetime
    size: int
    flags: frozenset[str]

    def __str__(self) -> str:
        return f"UID {self.key[1]}"


@dataclass(frozen=True, slots=True)
class Fetched(Listed):
    """One message with its bytes, exactly as the server keeps them."""

    raw: bytes = field(repr=False)


class MailboxConnection(Protocol):
    """A connection to one mailbox, one call at a time; after any trouble it is closed and stays so.

    CommandRefused (FolderMissing, ServerBusy) leaves it usable, ConnectionLost never. Messages that are gone
    are no error. A page has at most a thousand of them.
    """

    @property
    def closed(self) -> bool: ...
    @property
    def can_move(self) -> bool: ...
    @property
    def can_push(self) -> bool: ...
    @property
    def selected(self) -> str:
        """The server's own name of the folder that was opened last."""

    async def select(self, folder: str, *, look_only: bool = False) -> FolderState:
        """Open the folder that the calls below are about, by its own name or as people write it."""

    async def keys(self) -> list[MessageKey]:
        """Every message of the folder, oldest first."""

    async def describe(self, keys: Sequence[MessageKey]) -> list[Listed]: ...
    def fetch(self, keys: Sequence[MessageKey]) -> AsyncGenerator[Fetched, None]: ...
    async def header_block(self, key: MessageKey, limit: int) -> bytes: ...
    async def message_id_fields(self, keys: Sequence[MessageKey]) -> dict[MessageKey, bytes]: ...

    async def move(self, keys: Sequence[MessageKey], folder: str) -> list[MessageKey] | None:
        """Move messages; what they are in their new folder, if the server says so."""

    async def add_keyword(self, keys: Sequence[MessageKey], keyword: str) -> None: ...

    async def wait(self, *, until: asyncio.Event, at_most: float) -> bool:
        """Wait for news: True as soon as there is any, False at `until` or after `at_most` seconds."""

    async def refresh(self) -> None:
        """Let the server show what has come since the last call."""

    async def existing_folder(self, name: str) -> str | None: ...
    async def ensure_folder(self, name: str) -> str: ...
    async def state_of(self, folder: str) -> FolderState | None: ...
    async def quota(self) -> tuple[int, int] | None: ...
    async def close(self) -> None: ...
    def abort(self) -> None: ...


class MailServer(Protocol):
    """The place of a mailbox, and our name there; `described` says who lets whom in.

    `hurried`: a person waits for the answer.
    """

    @property
    def described(self) -> str: ...
    async def connect(self, *, hurried: bool = False) -> MailboxConnection: ...
