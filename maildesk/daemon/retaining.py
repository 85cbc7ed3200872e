"""Retention: what its time is up for goes, a little at a time: bytes of letters, cases, loose mail."""

from __future__ import annotations

import asyncio
import logging
from datetime import datetime, timedelta
from functools import partial
from typing import Final, Protocol

from maildesk.casework.erased_noted import Erasure, finish_earlier, note_down
from maildesk.casework.erasing import erase_loose, erase_over
from maildesk.casework.office import Office
from maildesk.errors import StoreUnusable
from maildesk.store import erasing, letter_bodies, loose_mails, unlisted
from maildesk.store.database import Database
from maildesk.store.erasure_list import ErasureList

_log = logging.getLogger(__name__)

EVERY: Final = timedelta(hours=1)
"""The time between two searches for what is of no more use."""
STEPS: Final = 10
"""Transactions of erasing that one search makes at most: the next one goes on."""


class Kept(Protocol):
    """The time for which each is kept; None for what is never erased."""

    @property
    def letters(self) -> timedelta: ...
    @property
    def closed(self) -> timedelta | None: ...
    @property
    def resolved(self) -> timedelta | None: ...
    @property
    def no_case(self) -> timedelta | None: ...


class RetentionDuty:
    """Drops the bytes of letters that were sent or dropped long ago, and erases cases that ended long ago and
    mail about none, where that is wished."""

    def __init__(self, store: Database, office: Office, kept: Kept, noted: ErasureList) -> None:
        self._store = store
        self._office = office
        self._kept = kept
        self._noted = noted
        self._looked: datetime | None = None
        self._last = 0  # the last row of the ledger that was looked at for mail about no case

    async def drain(self, now: datetime) -> None:
        """All whose time is up, in steps between which others can write; nothing within the hour."""
        if self._looked and self._looked <= now < self._looked + EVERY:
            return
        await self._drop_bytes(now)
        if await self._store.read(unlisted.waiting):
            await asyncio.to_thread(finish_earlier, self._store, self._noted, now)
        cases = await self._erase_cases(now)
        mails = await self._erase_loose(now)
        self._looked = now if cases and mails else None

    async def _drop_bytes(self, now: datetime) -> None:
        before, letters = now - self._kept.letters, 0
        after: int | None = 0
        while after is not None:
            step = await self._store.write(partial(letter_bodies.drop_ended, before=before, after=after))
            letters += step.letters
            after = step.last
        if letters:
            _log.info("the bytes of old letters were dropped letters=%d", letters)

    async def _erase_cases(self, now: datetime) -> bool:
        """Erase some of the cases that ended long ago; False where there may be more."""
        closed, resolved = (now - each if each else None for each in (self._kept.closed, self._kept.resolved))
        if not await self._store.read(lambda conn: erasing.over_before(conn, closed, resolved, 1)):
            return True
        people = self._office.desk.people
        naming = await self._store.read(erasing.naming_others)
        cases = mails = 0
        more = True
        for _ in range(STEPS):
            step = await self._store.write(
                lambda conn: erase_over(conn, people, (closed, resolved), now, naming)
            )
            await self._note(step)
            cases, mails, more = cases + len(step.cases), mails + step.mails, bool(step.cases)
            if not more:
                break
        if cases:
            _log.info("cases that ended long ago were erased cases=%d mails=%d", cases, mails)
        return not more

    async def _erase_loose(self, now: datetime) -> bool:
        """Erase some of the mail about no case that came in long ago; False where there may be more."""
        if self._kept.no_case is None:
            return True
        before, mails, letters, more = now - self._kept.no_case, 0, 0, True
        for _ in range(STEPS):
            found = await self._store.read(partial(loose_mails.loose_mails, before=before, after=self._last))
            if found.ids:
                step = await self._store.write(partial(erase_loose, ids=found.ids, now=now))
                await self._note(step)
                mails += step.mails
            gone = await self._store.write(partial(loose_mails.erase_loose_letters, before=before))
            letters, more, self._last = letters + gone, found.more or gone > 0, found.last
            if not more:
                break
        if mails or letters:
            _log.info("mail about no case was erased mails=%d letters=%d", mails, letters)
        return not more

    async def _note(self, step: Erasure) -> None:
        try:
            await asyncio.to_thread(note_down, self._store, self._noted, step)
        except StoreUnusable as problem:
            _log.warning("%s", problem)  # it stays noted in the database until it can be written
