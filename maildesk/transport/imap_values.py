"""The values the IMAP side takes and gives."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from maildesk.transport.security import Security


@dataclass(frozen=True, slots=True)
class ImapAccount:
    """Where a mailbox lives and who we are there."""

    host: str
    port: int
    security: Security
    username: str
    password: str = field(repr=False)
    ca_file: str | None = None

    @property
    def place(self) -> str:
        return f"{self.host}:{self.port}"


@dataclass(frozen=True, slots=True)
class ImapTiming:
    """Seconds. `silence` is the longest gap between bytes inside one answer.

    `min_rate`, bytes a second, ends a peer that drips: a command takes no longer than `command` plus the time
    its useful bytes take at that rate.
    """

    connect: float = 30
    command: float = 30
    silence: float = 30
    idle_renew: float = 540  # middle boxes forget a silent connection after ten minutes or more
    idle_grace: float = 30
    min_rate: float = 8192


@dataclass(frozen=True, slots=True)
class Selected:
    """A selected folder. `keywords_allowed`: it keeps keywords we make up (PERMANENTFLAGS has `\\*`)."""

    uidvalidity: int
    exists: int
    uidnext: int | None
    keywords_allowed: bool


@dataclass(frozen=True, slots=True)
class Listed:
    """One message as the server lists it; `size` is the server's RFC822.SIZE."""

    uid: int
    internal_date: datetime
    size: int
    flags: frozenset[str]


@dataclass(frozen=True, slots=True)
class Fetched:
    """One message with its bytes, exactly as the server keeps them."""

    uid: int
    internal_date: datetime
    size: int
    flags: frozenset[str]
    raw: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class FolderState:
    """What a server tells of a folder that is not selected; None where it keeps a number to itself."""

    uidvalidity: int | None
    uidnext: int | None
    messages: int


@dataclass(frozen=True, slots=True)
class Moved:
    """Under which UIDs moved messages came to lie in their new folder (RFC 4315 §3, COPYUID)."""

    uidvalidity: int
    uids: tuple[int, ...]
