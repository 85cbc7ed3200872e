"""The kinds of real IMAP servers over which the tests of this folder run."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from maildesk.daemon.processed_folder import KEYWORD
from tests.world.courier import Courier
from tests.world.cyrus import Cyrus, CyrusAlternative
from tests.world.dovecot import Dovecot
from tests.world.framed import frames_work, missing
from tests.world.framed_imap import USERS, FramedImap
from tests.world.gnu_imap import GnuImap
from tests.world.imap_server import ImapServer

UNPACK = "as root on Debian or Ubuntu, packaging/tools/test_servers.sh unpacks what lacks"


@dataclass(frozen=True)
class Kind:
    """A server and how it is set up, as docs/servers.md calls it."""

    title: str
    start: Callable[[], Awaitable[ImapServer]]
    programs: Mapping[str, str] = field(default_factory=dict)
    below_inbox: bool = False
    """Whether its folders lie below `INBOX.`, with dots between their levels."""
    moves: bool = True
    keyword: str = ""
    """What marks filed mail where it is not moved; empty where the server keeps no such word."""
    tells_at_once: bool = True
    """Whether it tells of a mail within seconds when we wait with IDLE."""
    quota: bool = True
    full: str = "moved"
    """What becomes of filed mail in a mailbox that is full."""

    def folder(self, *levels: str) -> str:
        """What a folder is called there."""
        return ".".join(("INBOX", *levels)) if self.below_inbox else "/".join(levels)

    @property
    def processed(self) -> str:
        """What the processed folder is called there."""
        return self.folder("Processed")


RUNNING: dict[type[FramedImap], FramedImap] = {}


def shared(kind: type[FramedImap]) -> Callable[[], Awaitable[ImapServer]]:
    """The one server of a kind, begun by the first test that asks for it."""

    async def start() -> ImapServer:
        if kind not in RUNNING:
            RUNNING[kind] = await asyncio.to_thread(kind.begin)
        return RUNNING[kind]

    return start


async def _dovecot() -> ImapServer:
    return await Dovecot.start(users=USERS)


async def _dovecot_below_inbox() -> ImapServer:
    return await Dovecot.start(users=USERS, separator=".", prefix="INBOX.")


async def _dovecot_without_move() -> ImapServer:
    return await Dovecot.start(users=USERS, move=False, without=["UIDPLUS"])


KINDS = {
    "dovecot": Kind("Dovecot", _dovecot),
    "dovecot-below-inbox": Kind("Dovecot, folders below `INBOX.`", _dovecot_below_inbox, below_inbox=True),
    "dovecot-without-move": Kind(
        "Dovecot, MOVE and UIDPLUS hidden",
        _dovecot_without_move,
        moves=False,
        keyword=KEYWORD,
        quota=False,
        full="stays",
    ),
    "cyrus": Kind("Cyrus", shared(Cyrus), Cyrus.programs, below_inbox=True),
    "cyrus-beside-inbox": Kind(
        "Cyrus, `altnamespace` and `unixhierarchysep`", shared(CyrusAlternative), Cyrus.programs
    ),
    "courier": Kind(
        "Courier",
        shared(Courier),
        Courier.programs,
        below_inbox=True,
        moves=False,
        keyword=KEYWORD,
        tells_at_once=False,
        full="stays",
    ),
    "imap4d": Kind(
        "GNU Mailutils imap4d",
        shared(GnuImap),
        GnuImap.programs,
        moves=False,
        tells_at_once=False,
        quota=False,
        full="",
    ),
}


def absence(kind: Kind) -> str:
    """Why a server cannot run here; empty where it can."""
    return lacking(kind.title, kind.programs)


def lacking(title: str, programs: Mapping[str, str]) -> str:
    """What is not here of these packages and their programs; empty where nothing lacks."""
    if packages := missing(programs):
        return f"{title} wants {' and '.join(packages)}: {UNPACK}"
    if programs and not frames_work():
        return f"{title} needs namespaces of its own, which only root may make"
    return ""
