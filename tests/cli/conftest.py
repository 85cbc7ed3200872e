"""A desk in a folder of its own, and both ways to command it: in this process, and as people do."""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from maildesk.cli.main import cli
from maildesk.config.loading import load
from maildesk.daemon.desk_store import open_store
from maildesk.mail.identity.keys import KeyRing
from maildesk.store.database import Database
from tests.world.dovecot import Dovecot
from tests.world.forking import maildesk
from tests.world.mail_provider import MICROSOFT, MailProvider
from tests.world.smtp_server import SmtpServer
from tests.world.tables import lay_tables
from tests.world.token_endpoint import TokenEndpoint
from tests.world.usual_desk import AT_A_KEYBOARD

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)


ADDRESS = "support@acme.example"
LOGINS = """\
logins:
  anna: {provider: microsoft, flow: person, tenant: acme.example, client_id: desk, issuer: "ISSUER"}
  gmail: {provider: google, flow: person, client_id: gmail, client_secret: hush, issuer: "ISSUER"}
  app:
    {provider: microsoft, flow: app, tenant: t.example, client_id: app, client_secret: hush, issuer: "ISSUER"}
"""


@dataclass(frozen=True, slots=True)
class Ended:
    """What became of a command that ran as a process of its own."""

    code: int
    out: str
    err: str


@dataclass(frozen=True, slots=True)
class CommandedDesk:
    """A desk whose only user sits at a keyboard."""

    folder: Path
    environ: dict[str, str] = field(default_factory=dict)
    seconds: Iterator[int] = field(default_factory=itertools.count)

    @property
    def config(self) -> Path:
        return self.folder / "config.yaml"

    def write(self, text: str) -> None:
        self.config.write_text(text, encoding="utf-8")

    def change(self, old: str, new: str) -> None:
        text = self.config.read_text(encoding="utf-8")
        assert old in text
        self.write(text.replace(old, new))

    def try_(self, *words: str, stdin: str | bytes = "", **environ: str) -> Result:
        """Run a command in this process, whatever comes of it."""
        at = NOW + timedelta(seconds=next(self.seconds))  # later with each command, as in life
        env = {"MAILDESK_NOW": at.isoformat(), **self.environ, **environ}
        runner = CliRunner(env=env)
        return runner.invoke(cli, ["-c", str(self.config), *words], input=stdin, catch_exceptions=False)

    def run(self, *words: str, stdin: str | bytes = "", **environ: str) -> str:
        """What a command prints that must work."""
        result = self.try_(*words, stdin=stdin, **environ)
        assert result.exit_code == 0, result.output
        return result.stdout

    def json(self, *words: str) -> Any:
        return json.loads(self.run(*words, "--json"))

    def new(self, subject: str = "It does not print", *words: str) -> str:
        """The reference of a new case of bo@client.example."""
        line = self.run("case", "new", "--from", "bo@client.example", "--subject", subject, *words)
        return line.split()[0]

    def open_store(self) -> Database:
        return open_store(load(self.config), {})

    async def process(self, *words: str, stdin: bytes = b"", **environ: str) -> Ended:
        """Run a command as a process of its own, to its end."""
        child = await self.start(*words, **environ)
        async with asyncio.timeout(120):
            out, err = await child.communicate(stdin)
        assert child.returncode is not None
        return Ended(child.returncode, out.decode(), err.decode())

    async def start(self, *words: str, **environ: str) -> asyncio.subprocess.Process:
        return await maildesk(words, self.folder, {**self.environ, **environ})


def make_desk(folder: Path) -> CommandedDesk:
    desk = CommandedDesk(folder, {"IMAP_PASSWORD": "secret", "MAILDESK_AGENT": ""})
    key = folder / "secret.key"
    key.touch(mode=0o600)
    key.write_text(KeyRing.generate(bytes(range(32))).render())
    desk.write(AT_A_KEYBOARD)
    return desk


@pytest.fixture
def desk(tmp_path: Path) -> CommandedDesk:
    """A desk without mail, at half past nine on a Monday."""
    lay_tables(tmp_path / "desk.db")
    return make_desk(tmp_path)


@pytest.fixture
def never_ran(desk: CommandedDesk) -> None:
    """The desk has no database: its first command is to make one, or must not."""
    (desk.folder / "desk.db").unlink()


@pytest.fixture
async def relay() -> AsyncIterator[SmtpServer]:
    async with await SmtpServer.start() as server:
        yield server


@pytest.fixture
def wired(tmp_path: Path, dovecot: Dovecot, relay: SmtpServer) -> CommandedDesk:
    """A desk whose mailbox and relay are there."""
    folder = tmp_path / "wired"
    folder.mkdir()
    desk = make_desk(folder)
    desk.change("imap: {host: 127.0.0.1, port: 1,", f"imap: {{host: 127.0.0.1, port: {dovecot.imap_port},")
    desk.change("smtp: {host: 127.0.0.1, port: 1,", f"smtp: {{host: 127.0.0.1, port: {relay.port},")
    return desk


@dataclass(eq=False)
class Mailbox365:
    """A desk whose mailbox is at Microsoft 365."""

    desk: CommandedDesk
    sso: TokenEndpoint
    provider: MailProvider

    @property
    def file(self) -> Path:
        return self.desk.folder / "tokens" / "anna.json"

    @property
    def app(self) -> Path:
        return self.desk.folder / "tokens" / "app.json"

    def by(self, login: str) -> None:
        """The mailbox and the relay use another login."""
        self.desk.change("login: anna", f"login: {login}")


@pytest.fixture
def sso() -> Iterator[TokenEndpoint]:
    with TokenEndpoint.start() as endpoint:
        endpoint.register("desk")
        endpoint.register("app", "hush")
        endpoint.register("gmail", "hush")
        yield endpoint


@pytest.fixture
async def m365(tmp_path: Path, dovecot: Dovecot, sso: TokenEndpoint) -> AsyncIterator[Mailbox365]:
    async with await MailProvider.start(MICROSOFT, sso, dovecot, [ADDRESS]) as provider:
        desk = make_desk(tmp_path)
        old = 'port: 1, security: none, username: support, password: "${IMAP_PASSWORD}"'
        desk.change(old, f"port: {provider.imap.port}, security: none, username: {ADDRESS}, login: anna")
        new = f"port: {provider.relay.port}, security: none, username: {ADDRESS}, login: anna"
        desk.change("port: 1, security: none", new)
        alarms = f"operators_relay: {{host: 127.0.0.1, port: {provider.relay.port}, security: none}}\n"
        desk.write(desk.config.read_text() + LOGINS.replace("ISSUER", sso.issuer) + alarms)
        yield Mailbox365(desk, sso, provider)
