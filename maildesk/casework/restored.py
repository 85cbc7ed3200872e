"""The first start on a copy of the database: what it holds as due is held for a person, and that is said."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime

from maildesk.casework.alarms import AlarmWriter
from maildesk.casework.erased_again import ErasedBefore
from maildesk.desk.case.told import Joined, Phrase
from maildesk.store import outbox, restoring
from maildesk.store.database import Connection, Database
from maildesk.store.restoring import Restoration

_log = logging.getLogger(__name__)


def go_on_from_a_copy(
    store: Database, alarms: AlarmWriter, erased: Callable[[], ErasedBefore], now: datetime
) -> Restoration | None:
    """The restoration that this start is, if the database is a marked copy; its letters wait from now on.

    What was `erased` since the copy was made is erased again.
    """
    if not store.read_now(restoring.is_marked):
        return None

    def work(conn: Connection) -> Restoration | None:
        restoration = restoring.go_on(conn, now)
        if restoration:
            erased().again(conn, restoration.made_at, now)
            outbox.add(
                conn, alarms.raised(conn, _kind(restoration), now, Joined("", (in_words(restoration), ".")))
            )
        return restoration

    restoration = store.write_now(work)
    if restoration:
        _log.warning("%s", in_words(restoration))
    return restoration


def go_on(
    conn: Connection, erased: ErasedBefore, now: datetime, made_at: datetime | None
) -> tuple[Restoration, int]:
    """Go on from what somebody says is a copy, made at `made_at` or when it last knew of anything.

    Gives what was held, and how much was erased again.
    """
    made = made_at or restoring.last_sign_of_life(conn) or now
    restoration = restoring.go_on(conn, now, made)
    assert restoration is not None  # somebody has just said so
    return restoration, erased.again(conn, restoration.made_at, now)


def in_words(restoration: Restoration) -> Phrase:
    """Say what happened, in a sentence for people."""
    made = f"{restoration.made_at:%Y-%m-%d %H:%M} UTC"
    if not restoration.held:
        return Phrase(
            "the database is a backup of {made}: letters of mails that are read again may have been sent "
            "since; they are held",
            made=made,
        )
    count = restoration.held
    return Phrase(
        "the database is a backup of {made}: {letters} that it holds as due may have been sent since, and so "
        "may those of mails that are read again; they are held",
        made=made,
        letters=Phrase("{count} letter" if count == 1 else "{count} letters", count=count),
    )


def _kind(restoration: Restoration) -> str:
    """One alarm for each copy, whatever alarms the copy remembers."""
    return f"restored:{restoration.restored_at:%Y%m%dT%H%M%S}"
