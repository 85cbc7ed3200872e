"""The place of filed mail on the server: it goes into the processed folder, or it is marked where it lies."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from maildesk.errors import CommandRefused
from maildesk.transport.mailbox import FolderState, MailboxConnection, MessageKey

_log = logging.getLogger(__name__)

KEYWORD = "$MaildeskFiled"
"""Set on filed mail where the server cannot move it."""


class ProcessedFolder:
    """The processed folder of one mailbox; which one it is on the server is known as long as a connection."""

    def __init__(self, mailbox: str, wanted: str) -> None:
        self._mailbox = mailbox
        self._wanted = wanted
        self._known: str | None = None

    def forget(self) -> None:
        """The connection is over: somebody may rename the server's folders before the next."""
        self._known = None

    async def found(self, conn: MailboxConnection) -> str | None:
        """Its name on the server; None where it is not there yet."""
        if self._known is None:
            self._known = await conn.existing_folder(self._wanted)
        return self._known

    async def take(
        self, conn: MailboxConnection, selected: FolderState, keys: Sequence[MessageKey]
    ) -> list[MessageKey] | None:
        """Move these mails out of the selected folder, or mark them as far as the server lets us.

        Where they came to lie, if the server says so.
        """
        if conn.can_move:
            return await self._move(conn, keys)
        if selected.keywords_allowed:
            await conn.add_keyword(keys, KEYWORD)
        else:
            _log.info("server can neither move nor mark mailbox=%s: filed mail stays", self._mailbox)
        return None

    async def _move(self, conn: MailboxConnection, keys: Sequence[MessageKey]) -> list[MessageKey] | None:
        """To the processed folder; one that was renamed or deleted meanwhile is made again, once."""
        known, self._known = self._known, None
        if known is not None:
            try:
                moved = await self._moved(conn, keys, known)
            except CommandRefused as problem:
                _log.info("folder looked for again mailbox=%s problem=%r", self._mailbox, str(problem))
            else:
                self._known = known
                return moved
        folder = await conn.ensure_folder(self._wanted)
        moved = await self._moved(conn, keys, folder)
        self._known = folder
        return moved

    async def _moved(
        self, conn: MailboxConnection, keys: Sequence[MessageKey], folder: str
    ) -> list[MessageKey] | None:
        """Refuse to move them to where they are: each would come as a new mail, for ever."""
        if folder == conn.selected:
            raise CommandRefused(
                f"{self._wanted} is {folder} on this server, which is the folder that is watched",
                remedy="name another folder as processed",
            )
        return await conn.move(keys, folder)
