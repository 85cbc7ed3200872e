"""A mailbox as it is to be watched."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from maildesk.store import mailboxes
from maildesk.transport.imap import ImapAccount, ImapTiming


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

    def leaves(self, internal_date: datetime, first_started_at: datetime) -> bool:
        """Whether mail of this date lay there before the desk's first start and is to be left alone."""
        started = first_started_at.replace(microsecond=0)  # INTERNALDATE has whole seconds
        return self.existing_mail == "leave" and internal_date < started
