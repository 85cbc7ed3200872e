"""The place of an IMAP mailbox, and our patience with its server."""

from __future__ import annotations

from dataclasses import dataclass, field

from maildesk.transport.security import Security
from maildesk.transport.tokens import TokenSource


@dataclass(frozen=True, slots=True)
class ImapAccount:
    """The place of a mailbox and who we are there: by a password, or by the tokens of a `bearer`."""

    host: str
    port: int
    security: Security
    username: str
    password: str = field(repr=False)
    ca_file: str | None = None
    bearer: TokenSource | None = field(default=None, repr=False)

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
