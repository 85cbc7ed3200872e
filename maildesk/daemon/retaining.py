"""Retention: what its time is up for goes, a little at a time: bytes of letters, words of closed cases."""

from __future__ import annotations

import asyncio
import logging
from datetime import datetime, timedelta
from functools import partial

from maildesk.casework.erasing import erase_closed
from maildesk.casework.office import Office
from maildesk.store import erasing, erasure_list, letter_bodies
from maildesk.store.database import Database
from maildesk.store.erasure_list import ErasureNote

_log = logging.getLogger(__name__)

EVERY = timedelta(hours=1)
"""The time between two searches for what is of no more use."""
STEPS = 10
"""Transactions of erasing that one search makes at most: the next one goes on."""


class RetentionDuty:
    """Drops the bytes of letters that were sent or dropped longer ago than `letters`, and erases the cases
    that were closed longer ago than `closed`, if that is set."""

    def __init__(
        self, store: Database, office: Office, letters: timedelta, closed: timedelta | None = None
    ) -> None:
        self._store = store
        self._office = office
        self._letters = letters
        self._closed = closed
        self._looked: datetime | None = None

    async def drain(self, now: datetime) -> None:
        """All whose time is up, in steps between which others can write; nothing within the hour."""
        if self._looked and self._looked <= now < self._looked + EVERY:
            return
        await self._drop_bytes(now)
        whole = self._closed is None or await self._erase(now, now - self._closed)
        self._looked = now if whole else None

    async def _drop_bytes(self, now: datetime) -> None:
        before, letters = now - self._letters, 0
        after: int | None = 0
        while after is not None:
            step = await self._store.write(partial(letter_bodies.drop_ended, before=before, after=after))
            letters += step.letters
            after = step.last
        if letters:
            _log.info("the bytes of old letters were dropped letters=%d", letters)

    async def _erase(self, now: datetime, before: datetime) -> bool:
        """Erase some of the cases that were closed before that moment; False where there may be more."""
        if not await self._store.read(lambda conn: erasing.closed_before(conn, before, 1)):
            return True
        people = self._office.desk.people
        naming = await self._store.read(erasing.naming_others)
        place = self._store.place
        cases = mails = 0
        more = True
        for _ in range(STEPS):
            step = await self._store.write(lambda conn: erase_closed(conn, people, before, now, naming))
            note = ErasureNote(now, step.cases, step.keys)
            await asyncio.to_thread(erasure_list.write_down, place, note)
            cases, mails, more = cases + len(step.cases), mails + step.mails, bool(step.cases)
            if not more:
                break
        if cases:
            _log.info("cases that were closed long ago were erased cases=%d mails=%d", cases, mails)
        return not more
