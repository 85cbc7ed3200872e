"""Hearing from the mailboxes: it is written down, and operators are told where it stops and begins again."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from maildesk.casework.alarms import place_of
from maildesk.casework.hearing import HearingBook
from maildesk.daemon.backoff import OURS, is_told_at_once
from maildesk.daemon.clock import Clock
from maildesk.daemon.receiving import Receiver
from maildesk.desk.case.told import Phrase
from maildesk.errors import MaildeskError
from maildesk.store import hearing
from maildesk.store.database import Database
from maildesk.store.hearing import Hearing

_log = logging.getLogger(__name__)

WRITTEN = timedelta(minutes=1)
"""The time after which hearing is written down again; sooner where silence is told soon."""


@dataclass(slots=True)
class _Ear:
    """One mailbox as this run of the desk knows it: when it was last heard, and what is wrong since then.

    `steady` are the seconds at which it was heard; None: not in this run.
    """

    receiver: Receiver
    known: Hearing
    heard: datetime | None
    steady: float | None = None
    problem: Exception | str = ""


class HearingDuty:
    """Knows since when each mailbox is silent. `steady` gives seconds that really passed."""

    def __init__(
        self,
        store: Database,
        book: HearingBook,
        receivers: Sequence[Receiver],
        clock: Clock,
        steady: Callable[[], float],
        outgoing: asyncio.Event,
    ) -> None:
        self._store = store
        self._book = book
        self._before = {each: each.heard_at for each in receivers}  # in an earlier run
        self._clock = clock
        self._steady = steady
        self._outgoing = outgoing
        self._started = steady()
        self._ears: dict[Receiver, _Ear] = {}

    async def look(self) -> None:
        """Write down what was heard, and tell of what has been silent for too long."""
        for ear in (await self._listening()).values():
            await self._look_at(ear)

    async def noted(self, receiver: Receiver, problem: Exception | str = "") -> None:
        """A look at a mailbox ended, well or with this problem. Trouble of our own is not told from here."""
        try:
            ear = (await self._listening())[receiver]
            ear.problem = problem
            await self._look_at(ear, at_once=isinstance(problem, Exception) and is_told_at_once(problem))
        except MaildeskError as trouble:  # the next tick tries again
            _log.warning("hearing not noted mailbox=%s problem=%r", receiver.box.name, str(trouble))

    async def _listening(self) -> dict[Receiver, _Ear]:
        if not self._ears and self._before:
            names, now = [each.box.identity for each in self._before], self._clock.now()
            known = await self._store.read(hearing.known)
            if known.keys() != set(names):
                known = await self._store.write(lambda conn: hearing.listen(conn, names, now))
            for each, before in self._before.items():
                self._ears.setdefault(each, _Ear(each, known[each.box.identity], before))
        return self._ears

    async def _look_at(self, ear: _Ear, *, at_once: bool = False) -> None:
        at = ear.receiver.heard_at
        if at is not None and at != ear.heard:
            await self._heard(ear, at)
        elif not ear.known.told_at and not isinstance(ear.problem, OURS):
            await self._silent(ear, at_once=at_once)

    async def _heard(self, ear: _Ear, at: datetime) -> None:
        steady, box, silent = self._steady(), ear.receiver.box, self._book.silent
        missed = ear.steady is None or steady - ear.steady >= silent.total_seconds()
        last = ear.known.heard_at
        if last is None or ear.known.told_at or abs(at - last) >= min(WRITTEN, silent / 4):
            told = await self._store.write(
                lambda conn: self._book.heard(conn, box.identity, box.name, at, missed=missed)
            )
            ear.known = replace(ear.known, heard_at=at, told_at=None)
            if told:
                _log.warning("mailbox heard again mailbox=%s", box.name)
                self._outgoing.set()
        ear.heard, ear.steady = at, steady

    async def _silent(self, ear: _Ear, *, at_once: bool) -> None:
        """Tell of a silence that has lasted, or that a person must end.

        Right after a start nobody is accused: something must have failed, or the time have passed since then.
        """
        now, steady, box = self._clock.now(), self._steady(), ear.receiver.box
        known = replace(ear.known, heard_at=ear.known.heard_at if ear.steady is None else ear.heard)
        silent, problem = self._book.silent.total_seconds(), ear.problem
        lasted = (now - known.since).total_seconds() if ear.steady is None else steady - ear.steady
        lasting = lasted >= silent and (problem or steady - self._started >= silent)
        if not (lasting or at_once):
            return
        words, once_a_day = _words(problem), not lasting
        told = await self._store.write(
            lambda conn: self._book.silence(conn, known, box.name, words, now, once_a_day=once_a_day)
        )
        if told:
            ear.known = replace(known, told_at=now)
            self._outgoing.set()


def _words(problem: Exception | str) -> str:
    """Say what is wrong; what nobody foresaw may hold somebody's words."""
    if isinstance(problem, Exception):
        return str(problem) if isinstance(problem, MaildeskError) else place_of(problem)
    return problem or Phrase("its server says nothing")
