"""Erasing again, before anything goes on from a backup, what was erased after it was made."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime

from maildesk.casework.erasing import erase_cases
from maildesk.desk.case.erasing import Why
from maildesk.desk.case.events import DESK
from maildesk.desk.decisions.actor import Actor
from maildesk.desk.policy.people import People
from maildesk.store import erasing, erasure_list
from maildesk.store.database import Connection, Database
from maildesk.store.erasure_list import ErasureNote

_log = logging.getLogger(__name__)


def erase_again(store: Database, people: People, now: datetime) -> int:
    """Erase in this copy what the list beside it says was erased; how many cases and mails it still had."""
    notes = erasure_list.written_down(store.place)
    if not notes:
        return 0
    found = store.write_now(lambda conn: _erased(conn, people, notes, now))
    if found:
        _log.warning("the copy had what was erased since it was made: erased again things=%d", found)
        store.empty_log()
    return found


def _erased(conn: Connection, people: People, notes: Sequence[ErasureNote], now: datetime) -> int:
    refs = erasing.living(conn, list(dict.fromkeys(ref for note in notes for ref in note.cases)))
    keys = list(dict.fromkeys(key for note in notes for key in note.mails))
    with erasing.leaving_nothing(conn):
        cases = erase_cases(conn, people, refs, Actor(DESK, now), Why.AGAIN).cases if refs else ()
        return len(cases) + erasure_list.erase_keys(conn, keys)
