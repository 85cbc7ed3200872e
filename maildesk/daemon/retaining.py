"""Retention: the bytes of letters that are over go when their time is up, a little at a time."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from functools import partial

from maildesk.store import letter_bodies
from maildesk.store.database import Database

_log = logging.getLogger(__name__)

EVERY = timedelta(hours=1)
"""The time between two searches for what is of no more use."""


class RetentionDuty:
    """Drops the bytes of letters that were sent or dropped longer ago than `letters`."""

    def __init__(self, store: Database, letters: timedelta) -> None:
        self._store = store
        self._letters = letters
        self._looked: datetime | None = None

    async def drain(self, now: datetime) -> None:
        """All whose time is up, in steps between which others can write; nothing within the hour."""
        if self._looked and self._looked <= now < self._looked + EVERY:
            return
        before, letters = now - self._letters, 0
        after: int | None = 0
        while after is not None:
            step = await self._store.write(partial(letter_bodies.drop_ended, before=before, after=after))
            letters += step.letters
            after = step.last
        self._looked = now
        if letters:
            _log.info("the bytes of old letters were dropped letters=%d", letters)
