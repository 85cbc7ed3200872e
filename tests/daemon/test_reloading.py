"""A daemon told to read its files anew: it goes on with them, or with the old ones if they are wrong."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from maildesk.cli.stopping import stoppable
from maildesk.config.loading import load
from maildesk.config.settings import Settings
from maildesk.daemon.notify import Notifier
from maildesk.daemon.reloading import DaemonRounds, held_until_a_restart, wanting_a_restart
from maildesk.daemon.service import planned, started
from maildesk.mail.identity.keys import KeyRing
from maildesk.transport.tokens import KeptTokens
from tests.cli.conftest import CommandedDesk, make_desk, relay, wired  # noqa: F401 - fixtures
from tests.world.forking import ForkedReader
from tests.world.smtp_server import SmtpServer

MAIL = b"From: Bo <bo@client.example>\r\nTo: support@acme.example\r\nSubject: %b\r\n\r\nHelp\r\n"
PATIENCE = 300


@dataclass
class Told(Notifier):
    """What systemd would hear."""

    def __post_init__(self) -> None:
        super().__init__({})
        self.words: list[str] = []
        self.readies: asyncio.Queue[str] = asyncio.Queue()

    def ready(self, status: str) -> None:
        self.words.append("ready")
        self.readies.put_nowait(status)

    def reloading(self) -> None:
        self.words.append("reloading")

    def stopping(self) -> None:
        self.words.append("stopping")

    async def is_ready(self) -> str:
        async with asyncio.timeout(PATIENCE):
            return await self.readies.get()


@dataclass
class Living:
    """A daemon in this process, and how it is spoken to."""

    desk: CommandedDesk
    rounds: DaemonRounds
    told: Told
    stop: asyncio.Event
    asked: asyncio.Event

    @property
    def logins(self) -> list[KeptTokens]:
        return [each for login in self.rounds.service.logins for each in login.sources]

    async def reloads(self) -> str:
        self.asked.set()
        return await self.told.is_ready()


@contextlib.asynccontextmanager
async def living(desk: CommandedDesk, reads: Callable[[Path], Settings] = load) -> AsyncIterator[Living]:
    environ = {"IMAP_PASSWORD": "secret"}
    plan = planned(load(desk.config), environ)
    told, stop, asked = Told(), asyncio.Event(), asyncio.Event()
    service = await asyncio.to_thread(started, plan, ForkedReader)
    rounds = DaemonRounds(plan, service, stop, asked, told, ForkedReader, reads)
    one = Living(desk, rounds, told, stop, asked)
    running = asyncio.create_task(rounds.run())
    try:
        await one.told.is_ready()
        yield one
    finally:
        one.stop.set()
        async with asyncio.timeout(PATIENCE):
            await running
        await rounds.service.close()


async def written(one: Living, relay: SmtpServer, subject: bytes, letters: int) -> list[str]:  # noqa: F811
    """A customer writes; the senders of all letters so far."""
    ended = await one.desk.process("deliver", stdin=MAIL % subject)
    assert ended.code == 0, ended.err
    await relay.wait_for(letters)
    return [str(mail.letter["From"]) for mail in relay.mails]


@pytest.mark.dovecot
async def test_a_changed_configuration_is_taken_up_and_a_wrong_one_is_not(
    wired: CommandedDesk,  # noqa: F811
    relay: SmtpServer,  # noqa: F811
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO, "maildesk")
    wired.change("    imap:", "    existing_mail: leave\n    imap:")
    async with living(wired) as one:
        letters = len(await written(one, relay, b"One", 2))
        wired.change("name: Acme Support", "name: Blue Support")
        assert await one.reloads() == "watching 1 mailboxes"
        senders = await written(one, relay, b"Two", letters + 2)
        assert ("Blue Support" in senders[0], any("Blue Support" in each for each in senders)) == (
            False,
            True,
        )

        wired.change("tag: Acme", "tga: Acme")
        assert "the old one stays" in await one.reloads()
        assert f"not taken up, the old one stays: {wired.config}:1:" in caplog.text
        wired.change("tga: Acme", "tag: Acme")  # for the command that delivers
        assert len(await written(one, relay, b"Three", len(senders) + 1)) > len(senders)

        (wired.folder / "secret.key").write_text(KeyRing.generate(bytes(range(1, 33))).render())
        assert "the old one stays" in await one.reloads()
        assert "references would change" in caplog.text
    assert one.told.words == ["ready", *["reloading", "ready"] * 3, "stopping"]
    lines = [line.getMessage() for line in caplog.records if line.name == "maildesk.daemon.reloading"]
    assert [line.split()[0] for line in (lines[0], lines[-1])] == ["started", "stopped"]
    ledger = [line.getMessage() for line in caplog.records if "mail filed ledger=" in line.getMessage()]
    assert all(f"ledger={number} case=" in line for number, line in enumerate(ledger, 1))
    assert len(ledger) == 3
    assert "kind=opened-team state=sent" in caplog.text


LOGIN = "logins: {m365: {provider: microsoft, flow: app, tenant: t, client_id: c, client_secret: hush%s}}\n"
RELAY = "operators_relay: {host: 127.0.0.1, username: support@acme.example, login: m365}\n"


@pytest.mark.dovecot
async def test_tokens_in_hand_outlive_a_reload(wired: CommandedDesk) -> None:  # noqa: F811
    """The disk was full when they came: nobody else has them."""
    wired.write(wired.config.read_text() + LOGIN % "" + RELAY)
    async with living(wired) as one:
        before = one.logins
        wired.change("name: Acme Support", "name: Blue Support")
        wired.change("sqlite:///desk.db", "sqlite:///../elsewhere.db")  # only a restart goes there
        await one.reloads()
        assert one.rounds.service.store.place.path == wired.folder / "desk.db"
        assert (len(before), one.logins) == (1, before)


@pytest.mark.dovecot
async def test_a_reload_that_breaks_changes_nothing_and_hinders_no_stop(
    wired: CommandedDesk,  # noqa: F811
    caplog: pytest.LogCaptureFixture,
) -> None:
    def breaks(_: Path) -> Settings:
        raise RecursionError("nobody thought of it")

    async with living(wired, breaks) as one:
        assert "the old one stays" in await one.reloads()
    assert one.told.words == ["ready", "reloading", "ready", "stopping"]
    assert "configuration not taken up, the old one stays" in caplog.text


def test_what_only_a_restart_changes_is_named(desk: CommandedDesk) -> None:
    before = load(desk.config)
    assert wanting_a_restart(before, before) == []
    desk.change("sqlite:///desk.db", "sqlite:///other.db")
    desk.change("testing: true", "log: json")
    now = load(desk.config)
    assert wanting_a_restart(before, now) == ["store.url", "testing", "log"]
    held = held_until_a_restart(before, now)
    assert (wanting_a_restart(before, held), held.file) == ([], now.file)


@pytest.fixture
def desk(tmp_path: Path) -> CommandedDesk:
    return make_desk(tmp_path)


# --- the signal -----------------------------------------------------------------------------------


@pytest.fixture
def without_nohup() -> Iterator[None]:
    """The tests themselves may run under nohup, where SIGHUP is ignored on purpose."""
    before = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    yield
    signal.signal(signal.SIGHUP, before)


@pytest.mark.usefixtures("without_nohup")
@pytest.mark.parametrize("terminal", [True, False], ids=["at a terminal", "as a service"])
async def test_a_hang_up_ends_what_has_a_terminal_and_reloads_what_has_none(terminal: bool) -> None:
    with stoppable(terminal=lambda: terminal) as stopping:
        if not terminal:
            os.kill(os.getpid(), signal.SIGHUP)  # before there is anything to reload
        stop, asked = stopping.event(), stopping.reload_event()
        os.kill(os.getpid(), signal.SIGHUP)
        async with asyncio.timeout(PATIENCE):
            await (stop if terminal else asked).wait()
        assert (stop.is_set(), asked.is_set()) == (terminal, not terminal)
