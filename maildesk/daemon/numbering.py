"""What one connection has shown of a folder's UIDs: what is certain, what is awaited, what is odd."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence

from maildesk.store.mailboxes import MailboxRecord
from maildesk.store.used_uids import UidRow
from maildesk.transport.imap import ImapConnection, Listed, Selected

_log = logging.getLogger(__name__)

_NAMED = 10
"""How many UIDs a line of the log names."""


class Numbering:
    """The UIDs of one mailbox's folder.

    Within a session a UID keeps its message (RFC 3501 §2.3.1.1), so each known one is compared once per
    connection, and again before its mail is moved: a folder with many mails that stay costs nothing between.
    """

    def __init__(self, mailbox: str) -> None:
        self._mailbox = mailbox
        self._validity: int | None = None
        self._opened: ImapConnection | None = None
        self._fresh = False
        self._sure: set[int] = set()
        self._unsure: list[int] = []
        self.awaited: dict[int, Listed | None] = {}

    def forget(self, selected: Selected) -> None:
        """The folder was selected anew: nothing is certain; what is awaited still is, by the same numbers."""
        self._sure = set()
        if selected.uidvalidity != self._validity:
            self.awaited = {}
        self._validity = selected.uidvalidity

    # --- a look -----------------------------------------------------------------------------------

    def opened(self, conn: ImapConnection, selected: Selected, record: MailboxRecord) -> dict[str, str]:
        """At the first look of a connection: do the server's numbers go on where they were? Else an alarm."""
        self._fresh = conn is not self._opened
        self._opened = conn
        before, now = record.uidnext, selected.uidnext
        if not self._fresh or record.uidvalidity != selected.uidvalidity:
            return {}
        if before is None or now is None or now >= before:
            return {}
        _log.warning(
            "UIDNEXT went backwards mailbox=%s before=%d now=%d: the server was put back to an older state",
            *(self._mailbox, before, now),
        )
        return self._alarm(f"The next number it gives out was {before} and is {now}.")

    def uidnext(self, selected: Selected, record: MailboxRecord, uids: Sequence[int]) -> int | None:
        """How far the numbers have come, as far as this connection shows."""
        seen = [selected.uidnext or 0, max(uids, default=0) + 1 if uids else 0]
        if not self._fresh and record.uidvalidity == selected.uidvalidity:
            seen.append(record.uidnext or 0)
        return max(seen) or None

    def listed(self, uids: Sequence[int], unknown: Iterable[int]) -> None:
        """The folder shows these; what is unknown is awaited, what is known is to be compared."""
        new = set(unknown)
        self._sure &= set(uids)
        self._unsure = [uid for uid in uids if uid not in new and uid not in self._sure]
        for uid in new:
            self.awaited.setdefault(uid, None)

    def unsure(self) -> list[int]:
        """Known UIDs that this connection has not compared yet, ascending."""
        return self._unsure

    def sure(self, uids: Iterable[int]) -> None:
        """Under these lies what the ledger has under them."""
        for uid in uids:
            self._sure.add(uid)
            self.awaited.pop(uid, None)

    def described(self, listed: Iterable[Listed]) -> None:
        for one in listed:
            if one.uid in self.awaited:
                self.awaited[one.uid] = one

    def missed(self, uids: Iterable[int]) -> Mapping[int, Listed | None]:
        """What was listed earlier, never came, and is listed no more; it is awaited no longer."""
        gone = {uid: self.awaited[uid] for uid in self.awaited.keys() - set(uids)}
        for uid in gone:
            del self.awaited[uid]
        return gone

    # --- what is odd ------------------------------------------------------------------------------

    def used_again(self, selected: Selected, others: Mapping[int, UidRow]) -> dict[str, str]:
        """Say that UIDs were given to other mails, in the log and by an alarm; nothing is sure of those."""
        self._sure -= others.keys()
        uids = sorted(uid for uid, other in others.items() if not other.never_came)
        if not uids:
            return {}
        named = ",".join(map(str, uids[:_NAMED])) + (
            f" and {len(uids) - _NAMED} more" if uids[_NAMED:] else ""
        )
        _log.warning(
            "UIDs used again mailbox=%s uidvalidity=%d uids=%s: other mails than the ledger has under them, "
            "taken as new",
            *(self._mailbox, selected.uidvalidity, named),
        )
        return self._alarm(f"Other mails now have numbers that we know: {named}.")

    def _alarm(self, what: str) -> dict[str, str]:
        return {f"uids:{self._mailbox}": f"Mailbox {self._mailbox}. {what}"}
