"""A real IMAP server of a test, seen from outside: its ports, its users, and what lies in their folders."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import TypeVar

from tests.world.imap_client import Imap, StoredMail, quoted

T = TypeVar("T")


class ImapServer:
    """Whatever answers IMAP on loopback. Folder names are the server's own, with prefix and separator."""

    host = "127.0.0.1"
    imap_port: int
    users: dict[str, str]

    async def stop(self) -> None:
        """Done with it."""
        raise NotImplementedError

    async def crash(self) -> None:
        """Kill every process of the server; its mails stay, and its ports refuse until `restart`."""
        raise NotImplementedError

    async def restart(self) -> None:
        """Start again on the same ports with the same mails; return once it answers."""
        raise NotImplementedError

    async def restored(self, user: str) -> None:
        """Number the user's mails anew, as a server does that a backup was put back on."""
        raise NotImplementedError

    async def limit(self, user: str, kilobytes: int) -> bool:
        """Give a user a quota; whether the server knows such a thing."""
        raise NotImplementedError

    async def append(
        self,
        user: str,
        raw: bytes,
        folder: str = "INBOX",
        flags: Iterable[str] = (),
        date: datetime | None = None,
    ) -> int:
        """Put one mail into a folder, bytes as given, and say under which UID."""
        return (await self.append_all(user, [raw], folder, flags, date))[0]

    async def append_all(
        self,
        user: str,
        mails: Iterable[bytes],
        folder: str = "INBOX",
        flags: Iterable[str] = (),
        date: datetime | None = None,
    ) -> list[int]:
        """Put many mails into a folder over one connection; the UIDs in the same order."""
        marks = f"({' '.join(flags)})"

        def work(imap: Imap) -> list[int]:
            return [imap.put(folder, raw, marks, date) for raw in mails]

        return await self.handing_in(user, work)

    async def handing_in(self, user: str, work: Callable[[Imap], T]) -> T:
        """Put mails into folders on a connection of the user's that has none open."""
        return await self.with_imap(user, work)

    async def folder(self, user: str, name: str = "INBOX") -> list[StoredMail]:
        """Every mail in a folder by UID, none marked as seen; a folder that does not exist is empty."""
        return await self.with_imap(user, lambda imap: imap.everything(name))

    async def folders(self, user: str) -> list[str]:
        """The names of all folders, decoded."""
        return await self.with_imap(user, lambda imap: imap.names("LIST"))

    async def subscribed(self, user: str) -> list[str]:
        """The names of the folders that the user's mail program will show, decoded."""
        return await self.with_imap(user, lambda imap: imap.names("LSUB"))

    async def create(self, user: str, name: str) -> None:
        await self.with_imap(user, lambda imap: imap.must("CREATE", quoted(name)))

    async def rename(self, user: str, old: str, new: str) -> None:
        await self.with_imap(user, lambda imap: imap.must("RENAME", quoted(old), quoted(new)))

    async def uidvalidity(self, user: str, folder: str = "INBOX") -> int:
        def work(imap: Imap) -> int:
            answer = imap.ask("STATUS", quoted(folder), "(UIDVALIDITY)")
            return int(answer[0].rpartition(b"UIDVALIDITY ")[2].rstrip(b")"))

        return await self.with_imap(user, work)

    async def with_imap(self, user: str, work: Callable[[Imap], T]) -> T:
        """Do something on a connection of the user's."""

        def call() -> T:
            with Imap(self.host, self.imap_port, timeout=120) as imap:
                self.sign_in(imap, user)
                return work(imap)

        return await asyncio.to_thread(call)

    def sign_in(self, imap: Imap, user: str) -> None:
        imap.sign_in(user, self.users[user])
