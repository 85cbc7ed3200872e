"""The daemon put together: which part gets what, and in which order it all starts and ends."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from maildesk.casework.alarms import AlarmWriter
from maildesk.casework.erased_again import ErasedBefore
from maildesk.casework.erased_noted import finish_earlier
from maildesk.casework.office import Office
from maildesk.casework.recording import OutcomeRecorder
from maildesk.casework.restored import go_on_from_a_copy
from maildesk.config import building
from maildesk.config.settings import MailboxSection, Settings
from maildesk.config.token_sources import TokenSources
from maildesk.daemon.beside import Beside, beside
from maildesk.daemon.clock import Clock, since_boot
from maildesk.daemon.crashing import CrashPoints
from maildesk.daemon.desk_store import erasure_list, open_store
from maildesk.daemon.filing import Filer
from maildesk.daemon.key_watch import KeyWatch
from maildesk.daemon.login_watched import WatchedLogin, watched_logins
from maildesk.daemon.monitor_pages import Pulse
from maildesk.daemon.neighbours import sharing
from maildesk.daemon.parts import clock_of, office_of, report_wish
from maildesk.daemon.reader_frames import Setup
from maildesk.daemon.reading import MailReader
from maildesk.daemon.receiving import Receiver
from maildesk.daemon.retaining import RetentionDuty
from maildesk.daemon.sending import Sender
from maildesk.daemon.timekeeping import Timekeeper
from maildesk.daemon.watched_mailbox import WatchedMailbox
from maildesk.desk.policy.desk import Desk
from maildesk.desk.screening.heard import WordsWanted
from maildesk.mail.addr_spec import ByAddress
from maildesk.mail.mime.limits import ReadingLimits
from maildesk.store import outbox, restoring
from maildesk.store.database import Database
from maildesk.store.locking import DaemonLock
from maildesk.transport.relay import Relay

READING_SECONDS = 20
"""The time for which one mail may be read before the child that reads it is ended."""


@dataclass(slots=True)
class Service:
    """Every part of a running desk. `silent`: the time after which a server that says nothing is told of.

    `beside`: what goes on beside the walk of a mail, by name.
    """

    store: Database
    clock: Clock
    reader: MailReader
    receivers: list[Receiver]
    filer: Filer
    sender: Sender
    timekeeper: Timekeeper
    alarms: AlarmWriter
    logins: Sequence[WatchedLogin]
    lock: DaemonLock
    silent: timedelta
    pulse: Pulse
    beside: Mapping[str, Beside]

    @property
    def boxes(self) -> list[str]:
        """The mailboxes that are watched, by their identities."""
        return [receiver.box.identity for receiver in self.receivers]

    async def part(self) -> None:
        """Let go of everything but the database and its lock."""
        await asyncio.gather(*(receiver.close() for receiver in self.receivers))
        await self.sender.close()
        await self.reader.close()

    async def close(self) -> None:
        """Let go of everything. A renewal of tokens that has begun comes to its end without the database."""
        await self.part()
        self.lock.release()
        await self.store.close()
        await asyncio.gather(*(each.settled() for login in self.logins for each in login.sources))


@dataclass(frozen=True, slots=True)
class Plan:
    """The parts of a desk as its configuration says, before its database is opened: nothing is held yet."""

    settings: Settings
    environ: Mapping[str, str]
    office: Office
    clock: Clock
    boxes: list[WatchedMailbox]
    relays: ByAddress[Relay]
    tokens: TokenSources
    logins: Sequence[WatchedLogin]


def planned(
    settings: Settings,
    environ: Mapping[str, str] = os.environ,
    clock: Clock | None = None,
    *,
    tried: bool = False,
    steady: Callable[[], float] = time.monotonic,
    tokens_before: TokenSources | None = None,
) -> Plan:
    """Read policy, letters and secrets; every error is one that a person mends in a file.

    `tried`: each letter of the operator's is written with samples, and the first that fails is raised.
    `steady`: seconds that really pass, by which a token endpoint is left alone after a failure.
    `tokens_before`: those of the plan that this one takes the place of.
    """
    clock = clock or clock_of(settings, environ)
    office = office_of(settings, environ, try_at=clock.now() if tried else None)
    tokens = building.token_sources(settings, environ, lambda: clock.now().timestamp(), steady, tokens_before)
    boxes, relays = watched(settings, environ, tokens), _relays(settings, environ, tokens)
    return Plan(settings, environ, office, clock, boxes, relays, tokens, watched_logins(settings, tokens))


def build(
    settings: Settings,
    environ: Mapping[str, str] = os.environ,
    clock: Clock | None = None,
    reads_with: Callable[[Setup], MailReader] = MailReader,
) -> Service:
    """A service ready to run: secrets resolved, database open, locked and current, nothing connected."""
    return started(planned(settings, environ, clock), reads_with)


def started(plan: Plan, reads_with: Callable[[Setup], MailReader] = MailReader) -> Service:
    """The service of a plan, with its database opened, locked and current."""
    store = open_store(plan.settings, plan.environ)
    try:
        lock = DaemonLock.acquire(store.place)
    except BaseException:
        store.close_now()
        raise
    try:
        return assembled(plan, store, lock, reads_with)
    except BaseException:
        lock.release()
        store.close_now()
        raise


def assembled(
    plan: Plan, store: Database, lock: DaemonLock, reads_with: Callable[[Setup], MailReader] = MailReader
) -> Service:
    """The service of a plan on a database that is open and locked."""
    settings, office, clock, boxes = plan.settings, plan.office, plan.clock, plan.boxes
    crash = CrashPoints(plan.environ.get("MAILDESK_CRASH_AT") if settings.testing else None)
    noted = erasure_list(settings, plan.environ)
    restored = go_on_from_a_copy(
        store,
        office.alarms,
        lambda: ErasedBefore(noted.notes(), office.desk.people, office.keys),
        clock.now(),
    )
    finish_earlier(store, noted, clock.now())
    restoration = restored or store.read_now(restoring.newest)
    reader = reads_with(reading_setup(settings, office.desk))
    recorder = OutcomeRecorder(office)
    sender, pulse = Sender(store, plan.relays, recorder, clock, crash), Pulse(since_boot)
    retention = RetentionDuty(store, office, settings.retention, noted)
    return Service(
        store=store,
        clock=clock,
        reader=reader,
        receivers=[
            Receiver(box, store, clock, crash, restoration, just_now=bool(restored), shared=shared)
            for box, shared in zip(boxes, sharing(boxes), strict=True)
        ],
        filer=Filer(store, reader, office, clock, crash, KeyWatch(settings, plan.environ, office.writer)),
        sender=sender,
        timekeeper=Timekeeper(
            store, office, recorder, clock, retention, [box.identity for box in boxes], report_wish(settings)
        ),
        alarms=office.alarms,
        logins=plan.logins,
        lock=lock,
        silent=settings.limits.silent_mailbox,
        pulse=pulse,
        beside=beside(settings, store, office.desk, clock, pulse, sender.sent),
    )


def reading_setup(settings: Settings, desk: Desk) -> Setup:
    """Say what the child that reads mails is told."""
    limits = ReadingLimits(parse_size=settings.limits.parse_size)
    policy = desk.policy
    listening = WordsWanted(
        policy.vocabulary,
        desk.people,
        policy.escalation,
        policy.reopening.thanks,
        tuple(policy.forms.values()),
    )
    several = len(desk.policy.languages) > 1
    return Setup(building.trust(settings), limits, READING_SECONDS, desk.people.own, listening, several)


def watched(
    settings: Settings, environ: Mapping[str, str], tokens: TokenSources | None = None
) -> list[WatchedMailbox]:
    """The mailboxes of the configuration that we look into; mail that is piped in comes by itself.

    None is looked at so seldom that its silence would be noticed late.
    """
    seldom = settings.limits.silent_mailbox / 2
    return [
        WatchedMailbox(
            name=box.name,
            folder=box.folder,
            processed=box.processed,
            poll=min(box.poll, seldom),
            account=box.account,
            server=building.mail_server(settings, box, environ, tokens),
            existing_mail=box.existing_mail.value if box.existing_mail else None,
            store_size=settings.limits.store_size,
            header_bytes=ReadingLimits().header_bytes,
            free_space=settings.limits.free_space,
        )
        for box in settings.mailboxes
        if box.watched
    ]


def _relays(settings: Settings, environ: Mapping[str, str], tokens: TokenSources) -> ByAddress[Relay]:
    """The relay of each address; the desk's own is the common one, else the first. Alarms may have theirs."""

    def relay(box: MailboxSection | None) -> Relay:
        return building.relay(settings, box, environ, tokens)

    relays = ByAddress({box.address: relay(box) for box in settings.mailboxes})
    common = relay(None) if settings.smtp else next(iter(relays.values()))
    if not settings.operators_relay:
        return relays | {"": common}
    return relays | {"": common, outbox.OPERATORS: building.operators_relay(settings, environ, tokens)}
