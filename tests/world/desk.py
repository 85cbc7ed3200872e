"""A whole desk in a test: real Dovecot, a real SMTP server, the real daemon, and a clock that we hold.

async with await DeskWorld.start() as world:
    bo = world.person("bo@client.example", "Bo Lund")
    await bo.writes("Printer on fire", "Please help.")
    ack = bo.hears("received")
    await world.passes(days=3)
"""

from __future__ import annotations

import asyncio
import itertools
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property, partial
from pathlib import Path
from typing import Any, Self

import yaml

from maildesk.casework.acting import Act, Keep, act
from maildesk.casework.office import Office
from maildesk.config.loading import load
from maildesk.config.packaged import packaged
from maildesk.config.settings import Settings
from maildesk.config.yaml_file import read_yaml
from maildesk.daemon.once import OnceResult, run_once
from maildesk.daemon.parts import office_of
from maildesk.daemon.service import Service, build, watched
from maildesk.daemon.verifying import Pause, Verifier
from maildesk.desk.case.guarantee import Breach
from maildesk.store.case_views import case_list, case_show
from maildesk.store.inbox_views import inbox_rows
from maildesk.store.outbox_views import outbox_rows
from maildesk.store.refolding import refold
from tests.world.dovecot import Dovecot
from tests.world.imap_server import ImapServer
from tests.world.kept_readers import KeptReader
from tests.world.people import BORDER, Person
from tests.world.smtp_server import SmtpServer
from tests.world.tables import lay_tables
from tests.world.usual_desk import config_of, make_key, written
from tests.world.usual_desk import mailbox_of as mailbox_of

MONDAY = datetime(2025, 11, 24, 9, 30, tzinfo=UTC)
"""When stories begin unless they say otherwise: a Monday morning, Lisbon time is UTC.

In the past, since Dovecot takes no INTERNALDATE that lies ahead of the machine's clock.
"""

TRUSTING = {"authserv_id": BORDER}
"""The `trust` of a desk whose mail server vouches for senders."""


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


@dataclass
class DeskWorld:
    """The desk of a test with everything around it."""

    folder: tempfile.TemporaryDirectory[str]
    server: ImapServer
    relay: SmtpServer
    clock: HeldClock
    settings: Settings
    service: Service
    numbers: Any = field(default_factory=lambda: itertools.count(1))
    address: str = "support@acme.example"
    known: dict[str, Person] = field(default_factory=dict)
    provoked: set[str] = field(default_factory=set)
    """The kinds of exception to the guarantee that the story provokes on purpose."""
    ends_verified: bool = True
    ends_folded: bool = True

    @classmethod
    async def start(
        cls,
        *,
        at: datetime = MONDAY,
        store: str | None = None,
        dovecot: ImapServer | None = None,
        imap_port: int | None = None,
        smtp_port: int | None = None,
        policy: Mapping[str, Any] | None = None,
        policy_file: str = "default",
        calendar: Mapping[str, Any] | None = None,
        templates: Mapping[str, str] | None = None,
        mailbox: Mapping[str, Any] | None = None,
        mailboxes: Iterable[Mapping[str, Any]] = (),
        **changes: Any,
    ) -> DeskWorld:
        """A desk called Acme with a mailbox, an agent, a leader and an operator.

        `changes` are sections of its configuration, `mailbox` of its mailbox, `mailboxes` more of them,
        `policy` of the packaged policy called `policy_file`, `calendar` of its calendar; `imap_port` and
        `smtp_port` lead to the servers some other way.
        """
        folder = tempfile.TemporaryDirectory()
        place = Path(folder.name)
        dovecot = dovecot or await Dovecot.start(users={"support": "secret", "sales": "secret"})
        relay = await SmtpServer.start()
        make_key(place)
        if policy or calendar or policy_file != "default":
            ours = read_yaml(packaged("policies") / f"{policy_file}.yaml").data | dict(policy or {})
            ours["calendar"] |= dict(calendar or {})
            (place / "policy.yaml").write_text(written(ours))
            changes["policy"] = "policy.yaml"
        for name, text in (templates or {}).items():
            (place / "templates" / name).parent.mkdir(parents=True, exist_ok=True)
            (place / "templates" / name).write_text(text)
        if templates:
            changes["templates"] = "templates"
        config = config_of(smtp_port or relay.port, store) | changes
        config["mailboxes"] = [
            mailbox_of(dovecot, "support", imap_port, **(mailbox or {})),
            *(dict(each) for each in mailboxes),
        ]
        (place / "config.yaml").write_text(written(config))
        settings = load(place / "config.yaml")
        if store is None:
            lay_tables(place / "desk.db")
        clock = HeldClock(at)
        return cls(folder, dovecot, relay, clock, settings, built(settings, clock))

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, kind: type[BaseException] | None, *_: object) -> None:
        """Every story ends in the guarantee: `maildesk verify` finds what the story provoked, and no more;
        and every case is what its events say.

        Where processes of their own may still be at work, whoever knows that all is done asks (`breaches`).
        """
        try:
            if kind is None and self.ends_verified:
                found = {breach.kind: str(breach) for breach in await self.breaches()}
                assert found.keys() == self.provoked, found
                if self.ends_folded:
                    assert not await self.service.store.read(partial(refold, write=False))
        finally:
            await self.stop()

    async def breaches(self, meanwhile: Pause | None = None) -> Sequence[Breach]:
        """What `maildesk verify` finds now; `meanwhile` is what happens between its two looks."""

        async def nothing() -> None:
            """Nobody is at work."""

        boxes = watched(self.settings, {})
        return (
            await Verifier(self.service.store, boxes, self.clock.now).verify(meanwhile or nothing)
        ).breaches

    async def stop(self) -> None:
        await self.service.close()
        await self.relay.stop()
        await self.server.stop()
        self.folder.cleanup()

    async def restarts(self, **changes: Any) -> None:
        """The daemon ends and starts again, perhaps with another configuration."""
        await self.service.close()
        self.configure(**changes)
        self.reopens()

    def reopens(self) -> None:
        """The daemon starts on what lies in its folder."""
        self.service = built(self.settings, self.clock)

    def configure(self, **changes: Any) -> None:
        """Rewrite sections of the configuration file; the daemon reads it at its next start."""
        path = self.config_file
        path.write_text(written(yaml.load(path.read_text(), yaml.CSafeLoader) | changes))
        self.settings = load(path)

    @property
    def dovecot(self) -> Dovecot:
        """The mailboxes' server, where it is the usual one."""
        assert isinstance(self.server, Dovecot)
        return self.server

    @property
    def config_file(self) -> Path:
        return Path(self.folder.name) / "config.yaml"

    @cached_property
    def office(self) -> Office:
        """What the command line writes letters with."""
        return office_of(self.settings, {})

    # --- people -----------------------------------------------------------------------------------

    def person(self, address: str, name: str = "") -> Person:
        """Who has this address; always the same one, who remembers what they have read."""
        return self.known.setdefault(address, Person(self, address, name))

    @property
    def agent(self) -> Person:
        return self.person("agent@acme.example", "Ana Agent")

    @property
    def leader(self) -> Person:
        return self.person("leader@acme.example", "Lea Leader")

    @property
    def operator(self) -> Person:
        return self.person("ops@acme.example")

    # --- what happens -----------------------------------------------------------------------------

    async def arrives(self, raw: bytes, *, mailbox: str = "support", date: datetime | None = None) -> None:
        """Bytes lie in a mailbox, and the desk has looked."""
        await self.lies(raw, mailbox=mailbox, date=date)
        await self.works()

    async def lies(self, *mails: bytes, mailbox: str = "support", date: datetime | None = None) -> None:
        """Mails lie in a mailbox, and nobody has looked yet."""
        await self.server.append_all(mailbox, mails, date=date or self.clock.now())

    async def works(self) -> OnceResult:
        """The desk works until it has nothing left to do; every mailbox and the relay must answer."""
        result = await self.works_as_it_can()
        assert not result.problems, result.problems
        return result

    async def works_as_it_can(self) -> OnceResult:
        return await run_once(self.service, asyncio.Event())

    async def receives_and_files(self) -> None:
        """Only the first two steps of the walk: mail is filed and still lies where it was."""
        (receiver,) = self.service.receivers
        await receiver.look(asyncio.Event())
        await self.service.filer.drain(asyncio.Event())

    async def passes(self, **span: float) -> None:
        """Time passes (`hours=2`), and the desk does what is due."""
        self.clock.passes(timedelta(**span))
        await self.works()

    async def acts(self, *steps: Act, ref: str | None = None, keep: Keep | None = None) -> None:
        """Somebody acts on a case as the command line does, and the desk sends what follows."""
        ref = ref or (await self.case())["ref"]
        await asyncio.to_thread(act, self.service.store, self.office, ref, steps, self.clock.now(), keep)
        await self.works()

    # --- what is remembered -----------------------------------------------------------------------

    async def cases(self) -> list[dict[str, Any]]:
        return await self.service.store.read(lambda conn: case_list(conn, self.office.desk.policy))

    async def case(self, ref: str | None = None) -> dict[str, Any]:
        """One case as `case show --json` has it; without a reference the only one."""
        if ref is None:
            (only,) = await self.cases()
            ref = only["ref"]
        wanted = ref
        return await self.service.store.read(lambda conn: case_show(conn, wanted, self.office.desk.policy))

    async def happened(self, ref: str | None = None) -> list[str]:
        """The kinds of everything that happened to a case, in order."""
        return [event["kind"] for event in (await self.case(ref))["events"]]

    async def inbox(self) -> list[dict[str, Any]]:
        return await self.service.store.read(lambda conn: inbox_rows(conn))

    async def verdicts(self) -> list[str]:
        """The verdict on every mail that ever came, in order."""
        return [row["verdict"] for row in await self.inbox()]

    async def outbox(self) -> list[dict[str, Any]]:
        return await self.service.store.read(lambda conn: outbox_rows(conn))

    async def letter_states(self, recipient: str) -> list[tuple[str, str]]:
        """Kind and state of every letter to somebody, in order."""
        return [(row["kind"], row["state"]) for row in await self.outbox() if row["to"] == recipient]


def built(settings: Settings, clock: HeldClock) -> Service:
    """The daemon's service, put together as ever; the child that reads its mails may have read others."""
    return build(settings, {}, clock, KeptReader)
