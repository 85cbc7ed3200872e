"""The numbers of a folder as one connection has shown them: certain ones, awaited ones, odd ones."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence

from maildesk.desk.case.told import Phrase
from maildesk.store.mailboxes import MailboxRecord
from maildesk.store.used_uids import UidRow
from maildesk.transport.mailbox import FolderState, Listed, MailboxConnection, MessageKey, Reach, named

_log = logging.getLogger(__name__)

_NAMED = 10
"""The most messages that a line of the log names."""


class UidNumbering:
    """The messages of one mailbox's folder by their keys.

    Within a session a key keeps its message (RFC 3501 §2.3.1.1), so each known one is compared once per
    connection, and again before its mail is moved: a folder with many mails that stay costs nothing between.
    """

    def __init__(self, mailbox: str) -> None:
        self._mailbox = mailbox
        self._numbering: int | None = None
        self._opened: MailboxConnection | None = None
        self._fresh = False
        self._sure: set[MessageKey] = set()
        self._unsure: list[MessageKey] = []
        self.awaited: dict[MessageKey, Listed | None] = {}

    def forget(self, selected: FolderState) -> None:
        """The folder was selected anew: nothing is certain; what is awaited still is, by the same numbers."""
        self._sure = set()
        if selected.reach.numbering != self._numbering:
            self.awaited = {}
        self._numbering = selected.reach.numbering

    # --- a look -----------------------------------------------------------------------------------

    def opened(self, conn: MailboxConnection, selected: FolderState, record: MailboxRecord) -> dict[str, str]:
        """At the first look of a connection: do the server's numbers go on where they were? Else an alarm."""
        self._fresh = conn is not self._opened
        self._opened = conn
        before, now = Reach(*record.reach), selected.reach
        if not (self._fresh and now.fell_behind(before)):
            return {}
        _log.warning(
            "UIDNEXT went backwards mailbox=%s before=%d now=%d: the server was put back to an older state",
            *(self._mailbox, before.end, now.end),
        )
        odd = Phrase(
            "The next number it gives out was {before} and is {now}.", before=before.end, now=now.end
        )
        return self._alarm(odd)

    def reach(self, selected: FolderState, record: MailboxRecord, keys: Iterable[MessageKey]) -> Reach:
        """Tell how far the numbers have come, as far as this connection shows."""
        return selected.reach.including(keys, Reach() if self._fresh else Reach(*record.reach))

    def listed(self, keys: Sequence[MessageKey], unknown: Iterable[MessageKey]) -> None:
        """The folder shows these; what is unknown is awaited, what is known is to be compared."""
        new = set(unknown)
        self._sure.intersection_update(keys)
        self._unsure = [key for key in keys if key not in new and key not in self._sure]
        for key in new:
            self.awaited.setdefault(key, None)

    def unsure(self) -> list[MessageKey]:
        """Known messages that this connection has not compared yet, oldest first."""
        return self._unsure

    def sure(self, keys: Iterable[MessageKey]) -> None:
        """Under these lies what the ledger has under them."""
        for key in keys:
            self._sure.add(key)
            self.awaited.pop(key, None)

    def described(self, listed: Iterable[Listed]) -> None:
        for one in listed:
            if one.key in self.awaited:
                self.awaited[one.key] = one

    def missed(self, keys: Iterable[MessageKey]) -> Mapping[MessageKey, Listed | None]:
        """Return what was listed earlier, never came, and is listed no more; it is awaited no longer."""
        gone = {key: self.awaited[key] for key in set(self.awaited).difference(keys)}
        for key in gone:
            del self.awaited[key]
        return gone

    # --- what is odd ------------------------------------------------------------------------------

    def used_again(self, others: Mapping[MessageKey, UidRow]) -> dict[str, str]:
        """Say that keys were given to other mails, in the log and by an alarm; nothing is sure of those."""
        self._sure -= others.keys()
        numbers = named([key for key, other in others.items() if not other.never_came], _NAMED)
        if not numbers:
            return {}
        _log.warning(
            "UIDs used again mailbox=%s uidvalidity=%d uids=%s: other mails than the ledger has under them, "
            "taken as new",
            *(self._mailbox, self._numbering, numbers),
        )
        return self._alarm(Phrase("Other mails now have numbers that we know: {numbers}.", numbers=numbers))

    def _alarm(self, what: Phrase) -> dict[str, str]:
        return {f"uids:{self._mailbox}": Phrase("Mailbox {name}. {what}", name=self._mailbox, what=what)}
