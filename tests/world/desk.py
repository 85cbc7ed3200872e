"""A whole desk in a test: real Dovecot, a real SMTP server, the real daemon, and a clock that we hold.

async with await DeskWorld.start() as world:
    ana = world.customer("ana@client.example", "Ana Souza")
    await ana.writes("Printer on fire", "Please help.")
    ack = await ana.hears("acknowledgement")
    await world.days_pass(3)
"""

from __future__ import annotations

import asyncio
import email.utils
import itertools
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import Any, Self

import yaml

from maildesk.config.loading import load
from maildesk.config.settings import Settings
from maildesk.daemon.once import OnceResult, run_once
from maildesk.daemon.service import Service, build
from maildesk.desk.case import Phase
from maildesk.mail.keys import KeyRing
from maildesk.store.case_views import case_list, case_show
from maildesk.store.inbox_views import inbox_rows
from maildesk.store.outbox_views import outbox_rows
from tests.world.dovecot import Dovecot
from tests.world.smtp_server import SmtpServer

MONDAY = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
"""When stories begin unless they say otherwise: a Monday morning, Lisbon time is UTC."""


class HeldClock:
    """Time stands still until the story says otherwise."""

    def __init__(self, at: datetime) -> None:
        self._at = at

    def now(self) -> datetime:
        return self._at

    def passes(self, span: timedelta) -> None:
        self._at += span

    async def pause(self, seconds: float, *, until: asyncio.Event) -> None:
        self.passes(timedelta(seconds=seconds))


@dataclass(slots=True)
class Customer:
    """Somebody outside who writes to the desk from their own mail program."""

    world: DeskWorld
    address: str
    name: str = ""
    read: int = 0

    async def writes(
        self,
        subject: str,
        text: str,
        *,
        answering: EmailMessage | None = None,
        to: str | None = None,
        cc: Iterable[str] = (),
        headers: Mapping[str, str] | None = None,
        mailbox: str = "support",
        message_id: str | None = None,
        raw_prefix: bytes = b"",
    ) -> EmailMessage:
        """A mail lies in the desk's mailbox, and the desk has looked. Answering quotes and threads as clients do."""
        mail = self.composes(
            subject, text, answering=answering, to=to, cc=cc, headers=headers, message_id=message_id
        )
        await self.world.arrives(raw_prefix + mail.as_bytes(policy=SMTP), mailbox=mailbox)
        return mail

    def composes(
        self,
        subject: str,
        text: str,
        *,
        answering: EmailMessage | None = None,
        to: str | None = None,
        cc: Iterable[str] = (),
        headers: Mapping[str, str] | None = None,
        message_id: str | None = None,
    ) -> EmailMessage:
        mail = EmailMessage()
        mail["From"] = email.utils.formataddr((self.name, self.address))
        mail["To"] = to or (answering["Reply-To"] or answering["From"] if answering else self.world.address)
        if cc := list(cc):
            mail["Cc"] = ", ".join(cc)
        mail["Subject"] = subject
        mail["Date"] = email.utils.format_datetime(self.world.clock.now())
        mail["Message-ID"] = message_id or f"<{next(self.world.numbers)}.{self.address}>"
        if answering:
            mail["In-Reply-To"] = answering["Message-ID"]
            mail["References"] = f"{answering.get('References', '')} {answering['Message-ID']}".strip()
            text += _quoted(answering)
        for name, value in (headers or {}).items():
            mail[name] = value
        mail.set_content(text)
        return mail

    async def replies(self, answering: EmailMessage, text: str, **more: Any) -> EmailMessage:
        """An answer to a letter of the desk, subject and quotation as a mail program makes them."""
        subject = str(answering["Subject"])
        subject = subject if subject.startswith("Re:") else f"Re: {subject}"
        return await self.writes(subject, text, answering=answering, **more)

    def letters(self) -> list[EmailMessage]:
        """Every letter the desk ever sent here."""
        return self.world.relay.letters_to(self.address)

    def hears(self) -> EmailMessage:
        """The next letter, and no more than that one."""
        (letter,) = self.hears_all()
        return letter

    def hears_all(self) -> list[EmailMessage]:
        """Every letter since the last time we looked."""
        letters = self.letters()
        news, self.read = letters[self.read :], len(letters)
        return news

    def hears_nothing(self) -> None:
        news = self.hears_all()
        assert not news, f"{self.address} heard: {[str(letter['Subject']) for letter in news]}"


def _quoted(letter: EmailMessage) -> str:
    said = letter.get_body(("plain",))
    assert said is not None
    lines = "\n".join(f"> {line}" for line in said.get_content().splitlines())
    return f"\n\nOn Mon, 23 Nov 2026 at 10:00, {letter['From']} wrote:\n\n{lines}\n"


@dataclass(slots=True)
class DeskWorld:
    """The desk of a test with everything around it."""

    folder: tempfile.TemporaryDirectory[str]
    dovecot: Dovecot
    relay: SmtpServer
    clock: HeldClock
    settings: Settings
    service: Service
    numbers: Any = field(default_factory=lambda: itertools.count(1))
    address: str = "support@acme.example"

    @classmethod
    async def start(
        cls,
        *,
        at: datetime = MONDAY,
        store: str | None = None,
        dovecot: Dovecot | None = None,
        policy: str | None = None,
        templates: Mapping[str, str] | None = None,
        **changes: Any,
    ) -> DeskWorld:
        """A desk called Acme with one mailbox, one agent, one leader and one operator; `changes` are its config."""
        folder = tempfile.TemporaryDirectory()
        place = Path(folder.name)
        dovecot = dovecot or await Dovecot.start(users={"support": "secret", "sales": "secret"})
        relay = await SmtpServer.start()
        key = place / "secret.key"
        key.write_text(KeyRing.generate(b"k" * 32).render())
        key.chmod(0o600)
        if policy:
            (place / "policy.yaml").write_text(policy)
            changes["policy"] = "policy.yaml"
        for name, text in (templates or {}).items():
            (place / "templates" / name).parent.mkdir(parents=True, exist_ok=True)
            (place / "templates" / name).write_text(text)
        config = config_of(place, dovecot, relay, store) | changes
        (place / "config.yaml").write_text(yaml.safe_dump(config))
        settings = load(place / "config.yaml")
        clock = HeldClock(at)
        return cls(folder, dovecot, relay, clock, settings, build(settings, {}, clock))

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def stop(self) -> None:
        await self.service.close()
        await self.relay.stop()
        await self.dovecot.stop()
        self.folder.cleanup()

    async def restarts(self, **changes: Any) -> None:
        """The daemon ends and starts again, perhaps with another configuration."""
        await self.service.close()
        if changes:
            path = Path(self.folder.name) / "config.yaml"
            path.write_text(yaml.safe_dump(yaml.safe_load(path.read_text()) | changes))
            self.settings = load(path)
        self.service = build(self.settings, {}, self.clock)

    # --- people -----------------------------------------------------------------------------------

    def customer(self, address: str, name: str = "") -> Customer:
        return Customer(self, address, name)

    @property
    def agent(self) -> Customer:
        return Customer(self, "agent@acme.example", "Ana Agent")

    @property
    def leader(self) -> Customer:
        return Customer(self, "leader@acme.example", "Lea Leader")

    @property
    def operator(self) -> Customer:
        return Customer(self, "ops@acme.example")

    # --- what happens -----------------------------------------------------------------------------

    async def arrives(self, raw: bytes, *, mailbox: str = "support", date: datetime | None = None) -> None:
        """Bytes lie in a mailbox, and the desk has looked."""
        await self.dovecot.append(mailbox, raw, date=date or self.clock.now())
        await self.works()

    async def works(self) -> OnceResult:
        """The desk works until it has nothing left to do; every mailbox and the relay must answer."""
        result = await self.works_as_it_can()
        assert not result.problems, result.problems
        return result

    async def works_as_it_can(self) -> OnceResult:
        return await run_once(self.service, asyncio.Event())

    async def passes(self, **span: float) -> None:
        """Time passes (`hours=2`), and the desk does what is due."""
        self.clock.passes(timedelta(**span))
        await self.works()

    # --- what is remembered -----------------------------------------------------------------------

    async def cases(self) -> list[dict[str, Any]]:
        return await self.service.store.read(lambda conn: case_list(conn, self._statuses))

    async def case(self, ref: str | None = None) -> dict[str, Any]:
        """One case as `case show --json` has it; without a reference the only one."""
        if ref is None:
            (only,) = await self.cases()
            ref = only["ref"]
        wanted = ref
        return await self.service.store.read(lambda conn: case_show(conn, wanted, self._statuses))

    async def inbox(self) -> list[dict[str, Any]]:
        return await self.service.store.read(lambda conn: inbox_rows(conn))

    async def outbox(self) -> list[dict[str, Any]]:
        return await self.service.store.read(lambda conn: outbox_rows(conn))

    @property
    def _statuses(self) -> dict[str, str]:
        return {phase.value: phase.value.title() for phase in Phase}


def config_of(place: Path, dovecot: Dovecot, relay: SmtpServer, store: str | None) -> dict[str, Any]:
    """The configuration of the test desk as plain YAML values."""
    return {
        "desk": {
            "name": "Acme Support",
            "address": "support@acme.example",
            "tag": "Acme",
            "timezone": "Europe/Lisbon",
            "secret": {"file": "secret.key"},
        },
        "store": {"url": store or "sqlite:///desk.db"},
        "mailboxes": [mailbox_of(dovecot, "support")],
        "smtp": {"host": relay.host, "port": relay.port, "security": "none"},
        "people": {
            "agents": [{"name": "Ana Agent", "address": "agent@acme.example"}],
            "leadership": [{"name": "Lea Leader", "address": "leader@acme.example"}],
            "operators": ["ops@acme.example"],
        },
        "limits": {"free_space": "1MiB"},
    }


def mailbox_of(dovecot: Dovecot, name: str, **changes: Any) -> dict[str, Any]:
    """One watched mailbox of the test server, user and address named alike."""
    return {
        "name": name,
        "address": f"{name}@acme.example",
        "existing_mail": "file",
        "imap": {
            "host": dovecot.host,
            "port": dovecot.imap_port,
            "security": "none",
            "username": name,
            "password": dovecot.users[name],
        },
    } | changes
