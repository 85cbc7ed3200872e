"""The database of a desk, opened for whoever works on it: made for a new desk, refused where it is lost."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from maildesk.config import building
from maildesk.config.desk_marker import DeskMarker
from maildesk.config.packaged import packaged
from maildesk.config.settings import Settings
from maildesk.daemon.crashing import crashing
from maildesk.errors import StoreUnusable
from maildesk.store import migrations
from maildesk.store.database import Database
from maildesk.store.engines import missing_file, place
from maildesk.store.erasure_list import ErasureList


def open_store(settings: Settings, environ: Mapping[str, str] = os.environ) -> Database:
    """The database, with its tables: a fresh desk's is set up, an older or newer one is refused.

    One that is missing or empty although this desk has had one is refused too, and not made.
    """
    folder = packaged("migrations")
    store = existing_store(settings, environ)
    try:
        found = migrations.status(store, folder)
        if found.state == "empty":
            require_fresh(settings, store)
            migrations.upgrade(store, folder)
        elif problem := migrations.refusal(found, store.place.shown):
            raise problem
        remember(settings, store)
    except BaseException:
        store.close_now()
        raise
    return store


def store_to_read(settings: Settings, environ: Mapping[str, str] = os.environ) -> Database:
    """The database of a desk that has one, to which nothing can be written."""
    store = existing_store(settings, environ, read_only=True)
    try:
        migrations.require_current(store, packaged("migrations"))
    except BaseException:
        store.close_now()
        raise
    return store


def existing_store(
    settings: Settings, environ: Mapping[str, str] = os.environ, *, read_only: bool = False
) -> Database:
    """The database with whatever tables it has. Its file is made only for a desk that never had one."""
    url = building.store_url(settings, environ)
    marker, missing = DeskMarker(settings), missing_file(url)
    if missing is not None and marker.stands:
        raise marker.lost(f"the database {missing} is not there")
    if missing is not None and not marker.can_be_set:
        raise marker.forgetful(f"there is no database {missing}")
    if missing is not None and read_only:
        raise StoreUnusable(f"there is no database {missing}", remedy="a desk has one once it ran")
    at = environ.get("MAILDESK_CRASH_AT") if settings.testing else None
    return crashing(url, at) if at else Database.open(url, read_only=read_only)


def new_store(settings: Settings, environ: Mapping[str, str] = os.environ) -> Database:
    """The database as it is, made if it is missing: an operator begins again."""
    return Database.open(building.store_url(settings, environ))


def require_fresh(settings: Settings, store: Database) -> None:
    """An empty database is that of a desk that never had another; StoreUnusable if it is not."""
    marker = DeskMarker(settings)
    if marker.stands:
        raise marker.lost(f"{store.place.shown} is empty")
    if not marker.can_be_set:
        raise marker.forgetful(f"{store.place.shown} is empty")


def erasure_list(settings: Settings, environ: Mapping[str, str] = os.environ) -> ErasureList:
    """The list of what was erased: in the file that is named, else beside an SQLite database, else beside
    the configuration.
    """
    if settings.store.erased:
        return ErasureList(settings.at(settings.store.erased))
    file = place(building.store_url(settings, environ)).path
    beside = settings.folder / f".{settings.file.name}"
    return ErasureList(Path(f"{file or beside}.erased"))


def remember(settings: Settings, store: Database) -> bool:
    """Note that a desk exists from now on; tell whether that could be written down."""
    marker = DeskMarker(settings)
    return marker.stands or marker.set(store.place.shown)
