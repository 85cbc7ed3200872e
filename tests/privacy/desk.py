"""A desk without mail servers: the real daemon files what is handed to it, and its outbox is read."""

from __future__ import annotations

import asyncio
import email
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.parser import BytesHeaderParser
from email.policy import default
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import yaml
from sqlalchemy import Connection, select, update

from maildesk.casework import requirements
from maildesk.casework.office import Office
from maildesk.config.loading import load
from maildesk.config.packaged import packaged
from maildesk.daemon.parts import office_of
from maildesk.daemon.service import Service, build
from maildesk.desk.decisions.actor import Actor
from maildesk.mail.identity.keys import KeyRing
from maildesk.store.ledger import deliver_one, pack
from maildesk.store.mailboxes import start_mailbox
from maildesk.store.outbox import LetterState
from maildesk.store.requirements import all_requirements
from maildesk.store.schema import events, ledger, letter_bodies, outbox
from tests.privacy.leaks import everything_in
from tests.world.forking import ForkedReader

ANA, BEN = "zqprivate-ana@acme.example", "zqprivate-ben@acme.example"
SAM = "zqprivate-sam@acme.example"
BORDER = "mx.acme.example"
LEA, OPS, DEV = "zqprivate-lea@acme.example", "zqprivate-ops@acme.example", "zqbuilder@makers.example"
DESK = "support@acme.example"
_MANY = 1_000_000

INSIDE = """\
fields: {zqscope: text, zqsum: text}
forms:
  Escalate My Case:
    fields:
      Case number: required case
      Business impact:
        Limited: It does not impede your work.
        Critical: It halts your work.
      Reason for the escalation: text
    then: {escalate: true}
requirements: {type: request, team: zqteam, statuses: [zqfirst, zqdoing, zqlast], shipped: {status: Resolved}}
plans: {everybody: [email, phone, chat]}
summaries:
  - {name: zqsummary, at: "16:00", tells: leadership, counts: zqsum}
questions:
  look closer:
    sets: zqscope
    steps:
      browser: Does it burn in another browser?
      zqisp: {team: zqasked do others on the same ISP burn?}
      zqregion: {team: zqasked do others in the region burn?}
"""
ESCALATION = """\
  approval: required
  path: [{level: second-line, within: 1bd}, {level: leadership}]
  updates: 1bd
  afterwards: zqasked what would have avoided it?
"""
"""What the policy adds to the one that is shipped: words of its own, most of which stay inside."""


class StandingClock:
    """Time goes on when the story says so."""

    def __init__(self) -> None:
        self.at = datetime(2025, 11, 24, 9, 30, tzinfo=UTC)

    def now(self) -> datetime:
        return self.at

    async def pause(self, seconds: float, *, until: asyncio.Event) -> None:
        self.at += timedelta(seconds=seconds)


@dataclass(frozen=True)
class Sent:
    """One letter of the outbox."""

    number: int
    ref: str | None
    to: str
    kind: str
    content: bytes

    @cached_property
    def reply_to(self) -> str:
        """The address an answer goes to."""
        head = BytesHeaderParser().parsebytes(self.content)
        return str(head["Reply-To"] or "").rpartition("<")[2].rstrip(">")

    @cached_property
    def mail(self) -> EmailMessage:
        """The letter as its reader's program sees it. Nobody changes it."""
        parsed = email.message_from_bytes(self.content, policy=default)
        assert isinstance(parsed, EmailMessage)
        return parsed

    @cached_property
    def everything(self) -> str:
        """All that stands in it, however it is packed."""
        return everything_in(self.content)


@dataclass
class PrivateDesk:
    """The desk, which reads what is handed to it and writes letters that are kept here."""

    folder: tempfile.TemporaryDirectory[str]
    clock: StandingClock
    service: Service
    office: Office
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
        policy = packaged("policies/default.yaml").read_text(encoding="utf-8")
        policy = policy.replace("\nescalation:\n", f"\nescalation:\n{ESCALATION}")
        (place / "own.yaml").write_text(f"{policy}\n{INSIDE}", encoding="utf-8")
        (place / "config.yaml").write_text(yaml.safe_dump(_config(templates=bool(templates))))
        settings = load(place / "config.yaml")
        return cls(folder, clock, build(settings, {}, clock, ForkedReader), office_of(settings, {}))

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

    async def waits(self, passes: timedelta) -> list[Sent]:
        """So much time passes, and what is due is done."""
        self.clock.at += passes
        await self.service.timekeeper.drain()
        return await self._news()

    async def knows(self, requirement: str) -> bool:
        """Whether somebody made this requirement."""
        known = await self.service.store.read(all_requirements)
        return requirement in {each.name for each in known}

    async def ships(self, name: str) -> list[Sent]:
        """A requirement is described by operators, begun and shipped."""
        store, office, hand = self.service.store, self.office, Actor("cli:zqops", self.clock.now())
        said = {"description": "zqinside: what it costs", "status": "zqdoing", "item": "zqinside 7"}
        requirements.change(store, office, name, list(said.items()))
        requirements.ship(store, office, name, lambda: hand)
        return await self._news()

    async def happened(self) -> Counter[str]:
        """How often each kind of thing happened: events, of questions with their names, mails and letters."""

        def counted(conn: Connection) -> Counter[str]:
            history = conn.execute(select(events.c.kind, events.c.data))
            mails = conn.execute(select(ledger.c.verdict, ledger.c.reason))
            named = (f"{kind} {data.get('question', '')}".strip() for kind, data in history)
            return Counter((*named, *(f"mail {verdict} {reason}" for verdict, reason in mails)))

        letters = Counter(f"letter {each.kind}" for each in self.letters)
        return await self.service.store.read(counted) + letters

    async def _news(self) -> list[Sent]:
        c = outbox.c
        query = select(c.id, c.case_ref, c.recipient, c.kind, c.head, letter_bodies.c.content)
        query = query.join(letter_bodies).where(c.id > self.seen).order_by(c.id)
        gone = (
            update(outbox).where(c.id > self.seen).values(state=LetterState.SENT, ended_at=self.clock.now())
        )

        def taken(conn: Connection) -> list[Sent]:
            rows = conn.execute(query).all()
            conn.execute(gone)
            return [
                Sent(row.id, row.case_ref, row.recipient, row.kind, row.head + row.content) for row in rows
            ]

        news = await self.service.store.write(taken)
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
        "policy": "own.yaml",
        "store": {"url": "sqlite:///desk.db"},
        "mailboxes": [box],
        "trust": {"authserv_id": BORDER},
        "smtp": {"host": "127.0.0.1", "port": 1, "security": "none"},
        "people": {
            "agents": [
                {"name": "Ana Souza", "address": ANA},
                {"name": "Ben Okri", "address": BEN, "teams": ["zqteam"]},
                {"name": "Sam Roe", "address": SAM, "teams": ["second-line"]},
            ],
            "teams": [{"name": "second-line"}, {"name": "zqteam"}],
            "leadership": [{"name": "Lea Dias", "address": LEA}],
            "operators": [OPS],
        },
        "limits": {**limits, "free_space": "1MiB"},
        **({"templates": "templates"} if templates else {}),
    }
