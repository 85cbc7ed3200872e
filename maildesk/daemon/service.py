"""The daemon put together: which part gets what, and in which order it all starts and ends."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from maildesk.config import building
from maildesk.config.letter_files import read_templates
from maildesk.config.packaged import packaged
from maildesk.config.settings import Mailbox as MailboxSettings
from maildesk.config.settings import Settings, Subaddress
from maildesk.daemon.alarms import AlarmWriter
from maildesk.daemon.clock import Clock, SystemClock
from maildesk.daemon.crashing import CrashPoints
from maildesk.daemon.filing import Filer, FilingTools
from maildesk.daemon.reader_child import Setup
from maildesk.daemon.reading import MailReader
from maildesk.daemon.receiving import Receiver, WatchedMailbox
from maildesk.daemon.recording import OutcomeRecorder
from maildesk.daemon.sending import Relay, Sender
from maildesk.daemon.timekeeping import Timekeeper
from maildesk.desk.desk import Desk, Mailbox
from maildesk.desk.letters import LetterWriter
from maildesk.desk.limits import LetterLimits
from maildesk.desk.templates import LetterTemplates
from maildesk.errors import BadInput
from maildesk.mail.reading import ReadingLimits
from maildesk.store import migrations
from maildesk.store.database import Database
from maildesk.store.locking import DaemonLock

READING_SECONDS = 20
"""How long one mail may be read before the child that reads it is ended."""


@dataclass(frozen=True, slots=True)
class Pen:
    """What writing letters takes: the daemon and the command line write with the same."""

    desk: Desk
    writer: LetterWriter
    limits: LetterLimits


@dataclass(slots=True)
class Service:
    """Every part of a running desk."""

    store: Database
    clock: Clock
    reader: MailReader
    receivers: list[Receiver]
    filer: Filer
    sender: Sender
    timekeeper: Timekeeper
    alarms: AlarmWriter
    lock: DaemonLock

    async def close(self) -> None:
        """Let go of everything, the database last."""
        for receiver in self.receivers:
            await receiver.close()
        await self.sender.close()
        await self.reader.close()
        self.lock.release()
        await self.store.close()


def build(settings: Settings, environ: Mapping[str, str] = os.environ, clock: Clock | None = None) -> Service:
    """A service ready to run: secrets resolved, database open, locked and current, nothing connected."""
    pen = pen_of(settings, environ)
    keys = building.keyring(settings, environ)
    clock = clock or clock_of(settings, environ)
    crash = CrashPoints(environ.get("MAILDESK_CRASH_AT") if settings.testing else None)
    boxes = [_watched(settings, box, environ) for box in settings.mailboxes]
    relays = _relays(settings, environ)
    reader = MailReader(
        Setup(building.trust(settings), ReadingLimits(parse_size=settings.limits.parse_size), READING_SECONDS)
    )
    store = open_store(settings, environ)
    try:
        lock = DaemonLock.acquire(store.place)
    except BaseException:
        store.close_now()
        raise
    alarms = AlarmWriter(pen.desk, pen.writer)
    recorder = OutcomeRecorder(pen.desk, pen.writer, pen.limits)
    host_named = settings.trust.authserv_id is not None
    tools = FilingTools(pen.desk, pen.writer, keys, pen.limits, alarms, host_named)
    return Service(
        store=store,
        clock=clock,
        reader=reader,
        receivers=[Receiver(box, store, clock, crash) for box in boxes],
        filer=Filer(store, reader, tools, clock, crash),
        sender=Sender(store, relays, recorder, clock, crash),
        timekeeper=Timekeeper(store, pen.desk, pen.writer, pen.limits, recorder, clock),
        alarms=alarms,
        lock=lock,
    )


def open_store(settings: Settings, environ: Mapping[str, str] = os.environ) -> Database:
    """The database, with its tables: an empty one is set up, an older or newer one is refused."""
    store = Database.open(building.store_url(settings, environ))
    try:
        folder = packaged("migrations")
        if migrations.status(store, folder).state == "empty":
            migrations.upgrade(store, folder)
        migrations.require_current(store, folder)
    except BaseException:
        store.close_now()
        raise
    return store


def pen_of(settings: Settings, environ: Mapping[str, str] = os.environ) -> Pen:
    """The desk and the writer of its letters."""
    desk = desk_of(settings)
    templates = LetterTemplates(read_templates(settings), desk.zone)
    keys = building.keyring(settings, environ)
    writer = LetterWriter(desk, templates, keys, settings.limits.escalation_size)
    section = settings.limits
    limits = LetterLimits(
        per_address_day=section.acks_per_address_day,
        per_case_hour=section.acks_per_case_hour,
        per_hour=section.acks_per_hour,
        per_domain_hour=section.acks_per_domain_hour,
    )
    return Pen(desk, writer, limits)


def desk_of(settings: Settings) -> Desk:
    """The desk as decisions see it."""
    mailboxes = {box.name: Mailbox(box.name, box.address, _separator(box)) for box in settings.mailboxes}
    return Desk(
        name=settings.desk.name,
        address=settings.desk.address,
        tag=settings.desk.tag,
        zone=settings.desk.timezone,
        policy=building.policy(settings),
        people=building.people(settings),
        mailboxes=mailboxes,
        ack_max_age=settings.limits.ack_max_age,
    )


def clock_of(settings: Settings, environ: Mapping[str, str] = os.environ) -> SystemClock:
    """The machine's clock; with `testing: true` it may start at $MAILDESK_NOW."""
    start = environ.get("MAILDESK_NOW") if settings.testing else None
    if not start:
        return SystemClock()
    try:
        at = datetime.fromisoformat(start)
    except ValueError as problem:
        raise BadInput(f"MAILDESK_NOW={start} is no time", remedy="write 2026-11-22T08:30:00Z") from problem
    if at.tzinfo is None:
        raise BadInput(f"MAILDESK_NOW={start} has no time zone", remedy="write 2026-11-22T08:30:00Z")
    return SystemClock(at)


def _separator(box: MailboxSettings) -> str:
    return "" if box.subaddress is Subaddress.NONE else box.subaddress.value


def _watched(settings: Settings, box: MailboxSettings, environ: Mapping[str, str]) -> WatchedMailbox:
    return WatchedMailbox(
        name=box.name,
        folder=box.folder,
        processed=box.processed,
        poll=box.poll,
        account=building.imap_account(settings, box, environ),
        existing_mail=box.existing_mail.value if box.existing_mail else None,
        store_size=settings.limits.store_size,
        header_bytes=ReadingLimits().header_bytes,
        free_space=settings.limits.free_space,
    )


def _relays(settings: Settings, environ: Mapping[str, str]) -> dict[str, Relay]:
    """Which relay takes whose letters; alarms take the desk's own, else that of the first mailbox."""
    relays = {}
    for box in settings.mailboxes:
        section = building.smtp_section(settings, box)
        relays[box.name] = Relay(building.smtp_account(settings, box, environ), section.connections)
    if settings.smtp:
        common = building.smtp_account(settings, None, environ)
        return {"": Relay(common, settings.smtp.connections), **relays}
    return {"": relays[settings.mailboxes[0].name], **relays}
