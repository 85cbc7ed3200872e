"""A desk without mail servers: the real daemon files what is handed to it, and its outbox is read."""

from __future__ import annotations

import asyncio
import email
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import yaml
from sqlalchemy import Connection, select

from maildesk.config.loading import load
from maildesk.daemon.service import Service, build
from maildesk.mail.identity.keys import KeyRing
from maildesk.store.ledger import deliver_one, pack
from maildesk.store.mailboxes import start_mailbox
from maildesk.store.schema import letter_bodies, outbox

ANA, BEN = "zqprivate-ana@acme.example", "zqprivate-ben@acme.example"
LEA, OPS, DEV = "zqprivate-lea@acme.example", "zqprivate-ops@acme.example", "zqdev@makers.example"
DESK = "support@acme.example"
_MANY = 1_000_000


class StandingClock:
    """Time goes on when the story says so."""

    def __init__(self) -> None:
        self.at = datetime(2025, 11, 24, 9, 30, tzinfo=UTC)

    def now(self) -> datetime:
        return self.at

    async def pause(self, seconds: float, *, until: asyncio.Event) -> None:
        self.at += timedelta(seconds=seconds)


@dataclass(frozen=True, slots=True)
class Sent:
    """One letter of the outbox."""

    number: int
    ref: str | None
    to: str
    kind: str
    content: bytes

    @property
    def reply_to(self) -> str:
        """The address an answer goes to."""
        return str(email.message_from_bytes(self.content)["Reply-To"] or "").rpartition("<")[2].rstrip(">")

    @property
    def mail(self) -> EmailMessage:
        parsed = email.message_from_bytes(self.content, policy=default)
        assert isinstance(parsed, EmailMessage)
        return parsed


@dataclass
class PrivateDesk:
    """The desk, which reads what is handed to it and writes letters that nobody takes."""

    folder: tempfile.TemporaryDirectory[str]
    clock: StandingClock
    service: Service
    seen: int = 0
    letters: list[Sent] = field(default_factory=list)

    @classmethod
    def start(cls, templates: Mapping[str, str] | None = None) -> PrivateDesk:
        folder = tempfile.TemporaryDirectory()
        place, clock = Path(folder.name), StandingClock()
        key = place / "secret.key"
        key.write_text(KeyRing.generate(b"k" * 32).render())
        key.chmod(0o600)
        for name, text in (templates or {}).items():
            (place / "templates" / name).parent.mkdir(parents=True, exist_ok=True)
            (place / "templates" / name).write_text(text)
        (place / "config.yaml").write_text(yaml.safe_dump(_config(templates=bool(templates))))
        return cls(folder, clock, build(load(place / "config.yaml"), {}, clock))

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.service.close()
        self.folder.cleanup()

    async def takes(self, raws: Sequence[bytes]) -> list[Sent]:
        """These mails arrive and are filed; the letters they led to."""
        self.clock.at += timedelta(hours=1)
        now = self.clock.now()

        def work(conn: Connection) -> None:
            start_mailbox(conn, "box", "support", now)
            for raw in raws:
                deliver_one(conn, "box", pack(raw), now)

        await self.service.store.write(work)
        await self.service.filer.drain(asyncio.Event())
        return await self._news()

    async def _news(self) -> list[Sent]:
        c = outbox.c
        query = select(c.id, c.case_ref, c.recipient, c.kind, c.head, letter_bodies.c.content)
        query = query.join(letter_bodies).where(c.id > self.seen).order_by(c.id)
        rows = await self.service.store.read(lambda conn: list(conn.execute(query)))
        news = [Sent(row.id, row.case_ref, row.recipient, row.kind, row.head + row.content) for row in rows]
        self.seen = news[-1].number if news else self.seen
        self.letters += news
        return news


def _config(*, templates: bool) -> dict[str, Any]:
    imap = {"host": "127.0.0.1", "port": 1, "security": "none", "username": "support", "password": "x"}
    box = {"name": "support", "address": DESK, "existing_mail": "file", "subaddress": "+", "imap": imap}
    names = ("acks_per_address_day", "acks_per_case_hour", "acks_per_domain_hour", "acks_per_hour")
    limits = dict.fromkeys((*names, "notices_per_agent_hour", "notices_at_once"), _MANY)
    return {
        "desk": {"name": "Acme Support", "address": DESK, "tag": "Acme", "secret": {"file": "secret.key"}},
        "store": {"url": "sqlite:///desk.db"},
        "mailboxes": [box],
        "smtp": {"host": "127.0.0.1", "port": 1, "security": "none"},
        "people": {
            "agents": [{"name": "Ana Souza", "address": ANA}, {"name": "Ben Okri", "address": BEN}],
            "leadership": [{"name": "Lea Dias", "address": LEA}],
            "operators": [OPS],
        },
        "limits": {**limits, "free_space": "1MiB"},
        **({"templates": "templates"} if templates else {}),
    }
