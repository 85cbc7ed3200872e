"""A mailbox as it is to be watched."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from maildesk.store import mailboxes
from maildesk.transport.mailbox import MailServer


@dataclass(frozen=True, slots=True)
class WatchedMailbox:
    """A mailbox and how it is to be watched. `existing_mail` None: not decided yet.

    `account` (which server, which login) and a folder's name say which mailbox it is.
    """

    name: str
    folder: str
    processed: str
    poll: timedelta
    account: tuple[str, str]
    server: MailServer
    existing_mail: Literal["file", "leave"] | None
    store_size: int
    header_bytes: int
    free_space: int

    @property
    def identity(self) -> str:
        """The mailbox's identity, whatever the configuration calls it (design §3)."""
        return self.identity_of(self.folder)

    def identity_of(self, folder: str) -> str:
        """The same of another folder of its server."""
        return mailboxes.identity_of(*self.account, folder)

    def leaves(self, internal_date: datetime, first_started_at: datetime) -> bool:
        """Tell whether mail of this date lay there before the desk's first start and is to be left alone."""
        started = first_started_at.replace(microsecond=0)  # servers tell whole seconds
        return self.existing_mail == "leave" and internal_date < started
