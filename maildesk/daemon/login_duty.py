"""The watch over logins with tokens: operators, log and systemd hear of one that fails or is about to end."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from maildesk.casework.login_alarms import LoginBook
from maildesk.daemon.clock import Clock
from maildesk.daemon.login_ends import LoginEnd
from maildesk.daemon.login_watched import WatchedLogin
from maildesk.daemon.notify import Notifier
from maildesk.errors import TokenRefused
from maildesk.store.database import Database
from maildesk.transport.tokens import TokenTrouble

_log = logging.getLogger(__name__)

EVERY = timedelta(seconds=15)
ENOUGH = 3
"""The failures after which somebody is told; once is an accident at the provider."""
LASTING = timedelta(minutes=10)
"""The time after which somebody is told, however seldom it was tried."""


@dataclass(slots=True)
class LoginDuty:
    """Looks at the logins of a running desk, a few times a minute."""

    logins: Sequence[WatchedLogin]
    store: Database
    book: LoginBook
    clock: Clock
    notifier: Notifier
    outgoing: asyncio.Event
    usual: str = ""
    """Status that systemd shows while every login works."""
    _looked: datetime | None = None
    _status: str = ""

    async def look(self) -> None:
        """Tell what is to be told."""
        now = self.clock.now()
        if not self.logins or (self._looked and abs(now - self._looked) < EVERY):
            return
        self._looked = now
        for login in self.logins:
            if trouble := _lasting(login, now):
                await self._failing(login, trouble, now)
            for end in login.ends():
                await self._ending(end, now)
        self._say_how_it_stands(now)

    async def _failing(self, login: WatchedLogin, trouble: TokenTrouble, now: datetime) -> None:
        why = str(trouble.problem)
        told = await self.store.write(
            lambda conn: self.book.failing(conn, login.name, why, now, login.senders)
        )
        if told:
            _log.error("login failed login=%s failures=%d problem=%r", login.name, trouble.failures, why)
            self.outgoing.set()

    async def _ending(self, end: LoginEnd, now: datetime) -> None:
        since, days = end.warned_since(now), end.days(now)
        if since is None:
            return
        told = await self.store.write(
            lambda conn: self.book.ending(
                conn, end.login, end.part, end.what, days=days, since=since, now=now
            )
        )
        if told:
            _log.error("login ends login=%s days=%d: %s", end.login, days, end.what)
            self.outgoing.set()

    def _say_how_it_stands(self, now: datetime) -> None:
        failing = [(each.name, trouble) for each in self.logins if (trouble := _lasting(each, now))]
        status = "; ".join(f"login {name}: {trouble.problem}" for name, trouble in failing)
        if status != self._status:
            self._status = status
            self.notifier.status(status or self.usual)


def _lasting(login: WatchedLogin, now: datetime) -> TokenTrouble | None:
    """The trouble that only a person can end, if it is more than a moment's."""
    found = [each for each in login.troubles() if isinstance(each.problem, TokenRefused)]
    for trouble in found:
        since = datetime.fromtimestamp(trouble.since, UTC)
        if trouble.failures >= ENOUGH or now - since >= LASTING:
            return trouble
    return None
