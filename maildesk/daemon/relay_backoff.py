"""Relays out of reach are left alone for a while, each by itself: the letters of the others go out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from maildesk.daemon.backoff import pace_after
from maildesk.errors import MaildeskError, ServerBusy
from maildesk.transport.relay import Relay

LONGEST = 60.0
"""Seconds a relay rests at most, unless it asked for more."""


@dataclass(frozen=True, slots=True)
class _Rest:
    failures: int
    since: float
    until: float


@dataclass(frozen=True, slots=True)
class UnreachableRelay:
    """A relay that could not be reached, why, since when, and for how long it now rests. Times in seconds."""

    relay: Relay
    problem: MaildeskError
    silent: float
    pause: float


class RestingRelays:
    """The failures in a row of each relay to be reached, and until when it rests. Times are the loop's."""

    def __init__(self, random: Callable[[], float]) -> None:
        self._random = random
        self._rests: dict[Relay, _Rest] = {}

    def at(self, now: float) -> set[Relay]:
        """The relays that are to be left alone now."""
        return {relay for relay, rest in self._rests.items() if rest.until > now}

    def after(self, unreachable: Mapping[Relay, MaildeskError], now: float) -> list[UnreachableRelay]:
        """Learn what came of a drain that ended at `now`: who rests from now on."""
        rested = {relay: rest for relay, rest in self._rests.items() if rest.until > now}
        told = []
        for relay, problem in unreachable.items():
            before = self._rests.get(relay, _Rest(0, now, now))
            pause = self._pause(problem, before.failures + 1)
            rested[relay] = _Rest(before.failures + 1, before.since, now + pause)
            told.append(UnreachableRelay(relay, problem, now - before.since, pause))
        self._rests = rested
        return told

    def _pause(self, problem: MaildeskError, failures: int) -> float:
        pause = pace_after(problem).pause(failures, self._random)
        return pause if isinstance(problem, ServerBusy) else min(LONGEST, pause)
