"""What the IMAP servers beside Dovecot have in common: one for many tests, each of which finds it empty."""

from __future__ import annotations

import asyncio
import os
import shutil
from abc import abstractmethod
from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar, Self

from tests.world.framed import Framed
from tests.world.imap_client import StoredMail
from tests.world.imap_server import ImapServer
from tests.world.processes import free_ports, until_listening

USERS = {"support": "secret", "sales": "secret"}


class FramedImap(ImapServer):
    """A running server in a frame. What a test leaves in it is gone for the next."""

    name: ClassVar[str]
    programs: ClassVar[Mapping[str, str]]
    """Its packages, and where each has its program."""

    def __init__(self, place: Framed) -> None:
        self.imap_port = free_ports(1)[0]
        self.users = dict(USERS)
        self.place = place

    @classmethod
    def begin(cls) -> Self:
        """A server that answers, with the users and nothing in their mailboxes."""
        server = cls(Framed.make(cls.name))
        try:
            server.configure()
            server.launch()
            server.empty()
        except BaseException:
            server.end()
            raise
        return server

    @abstractmethod
    def configure(self) -> None:
        """Write its files."""

    @abstractmethod
    def words(self) -> list[str]:
        """The command that runs it, in the foreground."""

    @abstractmethod
    def empty(self) -> None:
        """Take away every mail and folder; the INBOX of each user is there, with another UIDVALIDITY."""

    async def limit(self, user: str, kilobytes: int) -> bool:
        return False

    def launch(self) -> None:
        self.place.launch(self.words(), farewell="KILL")
        until_listening(self.place, [self.imap_port])

    def end(self) -> None:
        self.place.remove()

    async def crash(self) -> None:
        self.place.end()

    async def restart(self) -> None:
        await self.crash()
        await asyncio.to_thread(self.launch)

    async def stop(self) -> None:
        """Hand it back, running and empty."""
        await asyncio.to_thread(self.empty)

    async def restored(self, user: str) -> None:
        """Number every mail anew, and in another order."""
        before = await self.uidvalidity(user)
        mails: dict[str, list[StoredMail]] = {}
        for name in dict.fromkeys(["INBOX", *await self.folders(user)]):  # one lists no INBOX
            mails[name] = await self.folder(user, name)
        await asyncio.to_thread(self.empty)
        while await self.uidvalidity(user) == before:  # most count it in seconds
            await asyncio.to_thread(self.empty)
        for name, kept in mails.items():
            if name != "INBOX":
                await self.create(user, name)
            for mail in reversed(kept):
                await self.append(user, bytes(mail), name, sorted(mail.flags), mail.received)


class MaildirImap(FramedImap):
    """A server that keeps mails as Maildirs below `mail`, and does not mind when they vanish."""

    def maildir(self, user: str) -> Path:
        """The Maildir that is the user's INBOX."""
        return self.place.root / "mail" / user / "Maildir"

    def empty(self) -> None:
        for user in self.users:
            home = self.maildir(user).parent
            shutil.rmtree(home, ignore_errors=True)
            for name in ("cur", "new", "tmp"):
                self.place.folder(str((self.maildir(user) / name).relative_to(self.place.root)))


def owner_ids(place: Framed) -> tuple[int, int]:
    """The numbers of the user and group that own the server's folder."""
    stat = os.stat(place.root)
    return stat.st_uid, stat.st_gid
