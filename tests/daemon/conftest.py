"""A desk whose daemon is a process: started, listened to, killed, and looked at from beside it."""

from __future__ import annotations

import asyncio
import signal
import sqlite3
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import AsyncExitStack, closing, contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.policy import SMTP
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import inspect

from maildesk.daemon.desk_store import open_store
from maildesk.daemon.once import run_once
from maildesk.daemon.service import build, watched
from maildesk.store.database import Connection
from maildesk.store.mailboxes import start_mailbox
from tests.world.desk import DeskWorld
from tests.world.dovecot import Dovecot
from tests.world.fault_proxy import FaultProxy
from tests.world.forking import ForkedReader, maildesk
from tests.world.one_case import store as store
from tests.world.smtp_server import Delivered

ROOT = Path(__file__).parents[2]
PATIENCE = 120.0  # seconds after which a process that ought to have said or done something has failed
READY = "ready mailboxes="

BO, CY = "bo@client.example", "cy@client.example"


@dataclass(eq=False)
class Running:
    """One `maildesk` process, and every line it has written so far."""

    process: asyncio.subprocess.Process
    lines: list[str] = field(default_factory=list)
    _news: asyncio.Condition = field(default_factory=asyncio.Condition)
    _hearing: asyncio.Task[None] | None = None

    def listen(self) -> None:
        self._hearing = asyncio.create_task(self._hear(), name="hear")

    async def _hear(self) -> None:
        assert self.process.stderr is not None
        async for line in self.process.stderr:
            async with self._news:
                self.lines.append(line.decode().rstrip())
                self._news.notify_all()
        async with self._news:
            self._news.notify_all()

    def said(self, words: str) -> list[str]:
        return [line for line in self.lines if words in line]

    async def says(self, words: str, *, times: int = 1, within: float = PATIENCE) -> list[str]:
        """The lines with `words`, as soon as there are so many of them."""
        try:
            async with asyncio.timeout(within), self._news:
                await self._news.wait_for(lambda: len(self.said(words)) >= times or self._is_over)
        except TimeoutError:
            pass  # the assertion below says what was missing
        found = self.said(words)
        assert len(found) >= times, f"not {times} times {words!r} in:\n" + "\n".join(self.lines)
        return found

    @property
    def _is_over(self) -> bool:
        return self._hearing is not None and self._hearing.done()

    async def over(self) -> int:
        """The exit code, once the process has ended and all it said is read."""
        async with asyncio.timeout(PATIENCE):
            code = await self.process.wait()
            if self._hearing:
                await self._hearing
        return code

    async def stops(self, number: signal.Signals = signal.SIGTERM) -> list[str]:
        """All that it said, told to stop: it ends by itself, not by force, with exit code 0 and no trace."""
        self.process.send_signal(number)
        code = await self.over()
        assert code == 0, self.lines
        assert not self.said("Traceback"), self.lines
        return self.lines

    async def end(self) -> None:
        """Whatever it is doing, it ends now."""
        with suppress(ProcessLookupError):
            self.process.kill()
        await self.over()


@dataclass(eq=False)
class Desk:
    """A desk on disk with its servers. Its daemon is whatever `run` starts; we only look."""

    world: DeskWorld
    exits: AsyncExitStack
    python: str = sys.executable
    root: Path = ROOT

    # --- processes --------------------------------------------------------------------------------

    async def command(self, *words: str, stdin: bytes = b"", **environ: str) -> tuple[int, str, str]:
        """A command to its end: exit code, what it printed, what it complained of."""
        process = await self._spawn(words, environ)
        async with asyncio.timeout(PATIENCE * 2):
            out, err = await process.communicate(stdin)
        assert process.returncode is not None
        return process.returncode, out.decode(), err.decode()

    async def once(self, **environ: str) -> str:
        """`run --once`, which must come to its end; what it printed."""
        code, out, err = await self.command("run", "--once", stdin=b"", **environ)
        assert code == 0, out + err
        return out

    async def works(self) -> None:
        """The same in this process, which is quicker."""
        service = build(self.world.settings, {}, reads_with=ForkedReader)
        try:
            result = await run_once(service, asyncio.Event())
        finally:
            await service.close()
        assert not result.problems

    async def dies(self, point: str, **environ: str) -> None:
        """`run --once`, killed at a crash point."""
        code, out, err = await self.command("run", "--once", stdin=b"", MAILDESK_CRASH_AT=point, **environ)
        assert code == -signal.SIGKILL, out + err

    async def run(self, *words: str, ready: bool = True, **environ: str) -> Running:
        """The daemon, which ends with the test."""
        running = Running(await self._spawn(("run", *words), environ))
        running.listen()
        self.exits.push_async_callback(running.end)
        if ready:
            await running.says(READY)
        return running

    async def _spawn(self, words: tuple[str, ...], environ: Mapping[str, str]) -> asyncio.subprocess.Process:
        return await maildesk((*words, "-c", str(self.world.config_file)), ROOT, environ)

    # --- mails ------------------------------------------------------------------------------------

    def mail(self, sender: str = BO, subject: str = "Printer", text: str = "It burns.", **more: Any) -> bytes:
        return self.world.person(sender).composes(subject, text, **more).as_bytes(policy=SMTP)

    async def lies(self, *mails: bytes, mailbox: str = "support") -> None:
        """Mails lie in a mailbox from now on."""
        await self.world.dovecot.append_all(mailbox, mails)

    def copies(self, recipient: str) -> list[Delivered]:
        """What the relay has for somebody."""
        return [mail for mail in self.world.relay.mails if recipient in mail.recipients]

    # --- what is remembered -----------------------------------------------------------------------

    async def outbox(self, recipient: str | None = None) -> list[dict[str, Any]]:
        rows = await self.world.outbox()
        return [row for row in rows if recipient in (None, row["to"])]

    async def filed(self, mailbox: str = "support") -> None:
        """Wait until nothing lies in the mailbox any more: letters go out before their mail is moved."""
        async with asyncio.timeout(PATIENCE):
            while await self.world.dovecot.folder(mailbox):  # noqa: ASYNC110 - it sets no event
                await asyncio.sleep(0.05)

    async def is_whole(self, mails: int, *, mailbox: str = "support") -> None:
        """So many mails came; each is on one case of its own, and all lie in the processed folder."""
        assert await self.world.verdicts() == ["opened"] * mails
        cases = [await self.world.case(each["ref"]) for each in await self.world.cases()]
        assert [[mail["direction"] for mail in case["mails"]].count("in") for case in cases] == [1] * mails
        assert await self.world.dovecot.folder(mailbox) == []
        assert len(await self.world.dovecot.folder(mailbox, "Processed")) == mails
        assert await self.world.breaches() == ()


async def until(happened: Callable[[], bool], *, within: float = PATIENCE) -> None:
    """Wait for something that tells nobody when it happens."""
    async with asyncio.timeout(within):
        while not happened():  # noqa: ASYNC110 - what we wait for sets no event
            await asyncio.sleep(0.02)


MakeDesk = Callable[..., Awaitable[Desk]]


async def proxied(make_desk: MakeDesk) -> tuple[Desk, FaultProxy]:
    """A desk whose mail server is reached over a network that we hold in our hands."""
    dovecot = await Dovecot.start()
    proxy = await FaultProxy.start(dovecot.host, dovecot.imap_port)
    desk = await make_desk(dovecot, imap_port=proxy.port)
    desk.exits.push_async_callback(proxy.stop)
    return desk, proxy


@contextmanager
def locked(desk: Desk) -> Iterator[None]:
    """Another process holds the database's write lock."""
    path = Path(desk.world.folder.name) / "desk.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


@pytest.fixture
async def make_desk() -> AsyncIterator[MakeDesk]:
    """Desks by their configuration, as DeskWorld.start takes it; everything ends with the test."""
    async with AsyncExitStack() as exits:

        async def make(dovecot: Dovecot | None = None, **choices: Any) -> Desk:
            # Speed is what matters here: no mail of these tests has to outlive the machine.
            dovecot = dovecot or await Dovecot.start(users=USERS)
            world = await exits.enter_async_context(
                await DeskWorld.start(at=datetime.now(UTC), dovecot=dovecot, testing=True, **choices)
            )
            world.ends_verified = False  # `is_whole` asks
            await world.service.close()  # nobody is at work but the processes a test starts
            world.service = replace(world.service, store=open_store(world.settings, {}))
            if (choices.get("mailbox") or {}).get("existing_mail", "file"):
                await world.service.store.write(partial(_known_since_yesterday, world=world))
            return Desk(world, exits)

        yield make


def _known_since_yesterday(conn: Connection, world: DeskWorld) -> None:
    """What a test lays into a mailbox is no mail from before the desk."""
    if not inspect(conn).has_table("mailboxes"):
        return  # the test begins without tables
    for box in watched(world.settings, {}):
        start_mailbox(conn, box.identity, box.name, world.clock.now() - timedelta(days=1))


USERS = {"support": "secret", "sales": "secret"}


@pytest.fixture
async def desk(make_desk: MakeDesk) -> Desk:
    """A desk on SQLite."""
    return await make_desk()
