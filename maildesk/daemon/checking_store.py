"""The part of the check about the database: its place, its schema and pages, its room and its clock."""

from __future__ import annotations

import asyncio
import os
import tempfile
from collections.abc import AsyncIterator, Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path

from maildesk.config import building
from maildesk.config.desk_marker import DeskMarker
from maildesk.config.packaged import packaged
from maildesk.config.settings import Settings
from maildesk.daemon.desk_store import erasure_list
from maildesk.daemon.findings import Finding, fail, ok, warn
from maildesk.errors import MaildeskError
from maildesk.store import migrations, restoring
from maildesk.store.backup import damage
from maildesk.store.database import Database
from maildesk.store.engines import missing_file, place
from maildesk.store.failures import os_words
from maildesk.store.locking import lock_file

LOCK_PATIENCE = 5.0
"""Seconds a check waits for the database's write lock; a daemon holds it for milliseconds."""

LEAP = timedelta(minutes=5)
"""The time by which the database may be ahead of the clock."""


async def check_database(
    settings: Settings, environ: Mapping[str, str], now: datetime
) -> AsyncIterator[Finding]:
    """Look at the database in a thread of its own: a server that hangs keeps no other check."""
    found: list[Finding] = []
    problem: MaildeskError | OSError | None = None
    try:
        await asyncio.to_thread(lambda: found.extend(_findings(settings, environ, now)))
    except (MaildeskError, OSError) as trouble:
        problem = trouble
    for finding in found:
        yield finding
    if problem is not None:
        raise problem


def _findings(settings: Settings, environ: Mapping[str, str], now: datetime) -> Iterator[Finding]:
    url, marker = building.store_url(settings, environ), DeskMarker(settings)
    if (missing := missing_file(url)) is not None and lock_file(missing.absolute()).exists():
        # A daemon has worked here, and may still write into the file under its other name.
        message = (
            f"the database {missing} is gone: it was renamed or deleted, or its disk is not there any more"
        )
        yield fail("database", message, "put it back under this name, or restore a backup")
        return
    if missing is not None and marker.stands:
        yield _no_database(marker, f"the database {missing} is not there")
        return
    where = place(url)
    if where.path is not None and (fault := _folder_fault(where.path.parent)):
        yield fault
        return
    if where.path is not None and missing is not None:
        # Not made here: who checks as root must not leave a file that the daemon cannot open.
        yield _no_database(marker, f"the database {where.path} is not there")
        return
    if where.path is not None and (fault := _owner_fault(where.path)):
        yield fault
        return
    store = Database.open(url, patience=LOCK_PATIENCE)
    try:
        yield from _of_store(store, marker, now, settings.limits.check_patience.total_seconds())
        free = store.free_space()
    finally:
        store.close_now()
    if free is not None:
        yield _room(settings, free)
    noted = erasure_list(settings, environ)
    if not noted.can_be_written:
        yield warn(
            "database",
            f"{noted.path} cannot be written: an older backup would bring back what was erased",
            "name a file that this user can write: store.erased (docs/privacy.md)",
        )


def _of_store(store: Database, marker: DeskMarker, now: datetime, patience: float) -> Iterator[Finding]:
    folder, shown = packaged("migrations"), store.place.shown
    found = migrations.status(store, folder)
    if found.state == "empty":
        yield _no_database(marker, f"{shown} is empty")
        return
    migrations.require_current(store, folder)
    if fault := damage(store, patience):
        yield fail("database", f"{shown} is damaged: {fault}", "restore a backup")
        return
    store.prove_now()
    yield ok("database", f"{shown} can be written; schema {found.current} is current")
    last = store.read_now(restoring.last_sign_of_life)
    if last and last > now + LEAP:
        message = (
            f"the desk has written at {last:%Y-%m-%d %H:%M} UTC, which for this machine is still to come"
        )
        yield warn("clock", message, "see `date`: set the clock, unless it was wrong then")


def _folder_fault(folder: Path) -> Finding | None:
    """Try whether a file can be made where the database lies: its log and its lock are made there too."""
    try:
        descriptor, name = tempfile.mkstemp(prefix=".maildesk-check-", dir=folder)
        os.close(descriptor)
        os.unlink(name)
    except OSError as error:
        message = f"no file can be made in {folder}, where the database lies: {os_words(error)}"
        return fail(
            "database", message, f"let the user who runs the daemon write there (see ls -ld {folder})"
        )
    return None


def _owner_fault(database: Path) -> Finding | None:
    """Find what root put into the daemon's folder, as a restored copy: root writes it, the daemon cannot."""
    folder = database.parent
    uid = folder.stat().st_uid
    if os.geteuid() != 0 or uid == 0:
        return None
    names = (database.name, f"{database.name}-wal", f"{database.name}-shm", lock_file(database).name)
    for path in (folder / name for name in names):
        if path.exists() and path.stat().st_uid != uid:
            message = f"{path} does not belong to the user who owns {folder}, so the daemon cannot write it"
            return fail("database", message, f"chown --reference={folder} {path}")
    return None


def _no_database(marker: DeskMarker, what: str) -> Finding:
    if marker.stands:
        problem = marker.lost(what)
    elif not marker.can_be_set:
        problem = marker.forgetful(what)
    else:
        return ok("database", f"{what} yet; the first start makes it")
    return fail("database", problem.message, problem.remedy)


def _room(settings: Settings, free: int) -> Finding:
    needed = settings.limits.room
    if free < needed:
        message = f"{free // 2**20} MiB are free where the database lies, {needed // 2**20} MiB are wanted"
        return fail("disk", message, "make room, or lower limits.free_space")
    return ok("disk", f"{free / 2**30:.1f} GiB are free where the database lies")
