"""Promises of a case as its events set them, and what became of each: kept, broken, or neither."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from maildesk.desk.case.clocks import Clock, ClockKind, read_clock
from maildesk.desk.case.events import Event

_JUDGED: Final = (ClockKind.FIRST_RESPONSE, ClockKind.NEXT_RESPONSE, ClockKind.RESOLUTION)
_NAMED: Final = tuple((kind, kind.value) for kind in _JUDGED)
_NAMES: Final = frozenset(name for _, name in _NAMED)


@dataclass(frozen=True, slots=True)
class PromiseVerdict:
    """A promise that was decided `at` a moment: kept when it was done, broken when it was due."""

    kind: ClockKind
    kept: bool
    at: datetime
    began: datetime
    due: datetime | None
    done_at: datetime | None


@dataclass(slots=True)
class _Promise:
    """One promise: its kind and the moment it began are its identity."""

    kind: ClockKind
    began: datetime
    due: datetime | None = None
    set_at: datetime | None = None
    """The event that set this due moment, which may have been over by then."""
    promised: bool = False
    met_at: datetime | None = None
    broken_at: datetime | None = None

    def passes(self, at: datetime) -> None:
        """Time goes on until `at`: what was due before and was not done is broken."""
        if self.broken_at is None and self.met_at is None and self.due and self.due < at:
            self.broken_at = self.due

    def set_by(self, clock: Clock, at: datetime) -> None:
        """An event moved it, met it, or undid what met it."""
        self.set_at = self.set_at if self.set_at and clock.due == self.due else at
        self.due, self.promised = clock.due, self.promised or clock.promised
        self.met(clock.met_at)

    def met(self, at: datetime | None) -> None:
        self.met_at = at
        if at and self.due:
            self.broken_at = None if at <= self.due else self.due

    @property
    def verdict(self) -> PromiseVerdict | None:
        kept = self.broken_at is None
        at = self.met_at if self.broken_at is None else max(self.broken_at, self.set_at or self.broken_at)
        if at is None or not self.promised:
            return None
        return PromiseVerdict(self.kind, kept, at, self.began, self.due, self.met_at)


class PromiseBook:
    """All promises of one case, as far as its events have been heard."""

    def __init__(self) -> None:
        self._running: dict[ClockKind, _Promise] = {}
        self._over: list[_Promise] = []
        self._first: _Promise | None = None
        self._told: set[tuple[ClockKind, datetime]] = set()

    @property
    def of_first_answer(self) -> tuple[datetime, datetime | None] | None:
        """The newest promise of a first answer: when it began, and when it was due."""
        return (self._first.began, self._first.due) if self._first else None

    def hear(self, event: Event, *, ended: bool) -> None:
        """An event happens; `ended`: the case has ended after it."""
        self.passes(event.at)
        if _NAMES.isdisjoint(event.data):
            return
        for kind, name in _NAMED:
            if name in event.data:
                self._take(kind, read_clock(kind, event.data), event, ended=ended)

    def _take(self, kind: ClockKind, clock: Clock | None, event: Event, *, ended: bool) -> None:
        known = self._running.get(kind)
        if known and (clock is None or clock.began != known.began):
            done = ended if kind is ClockKind.RESOLUTION else event.answers
            if done and known.met_at is None:
                known.met(event.at)
            self._over.append(self._running.pop(kind))
            known = None
        if clock is None:
            return
        if known is None:
            known = self._running[kind] = _Promise(kind, clock.began)
            self._first = known if kind is ClockKind.FIRST_RESPONSE else self._first
        known.set_by(clock, event.at)

    def passes(self, at: datetime) -> None:
        """Time goes on until `at`, and no event happened."""
        for each in self._running.values():
            each.passes(at)

    def decided(self, begin: datetime, end: datetime) -> Iterator[PromiseVerdict]:
        """All that were decided in that time, as they stand at its end; ask for one time after the other.

        What was told of one time is not decided again in a later one.
        """
        return (each for each in self.first_decided(end) if begin <= each.at)

    def late(self, at: datetime) -> datetime | None:
        """The moment at which an answer was due for which the customer waits, if that has passed."""
        waits = (each for kind in _JUDGED[:2] if (each := self._running.get(kind)) and not each.met_at)
        return next((each.due for each in waits if each.due and each.due < at), None)

    def first_decided(self, end: datetime | None = None) -> Iterator[PromiseVerdict]:
        """Verdicts since this was asked last, of each promise once: what undoes one takes nothing back."""
        for each in (*self._over, *self._running.values()):
            verdict = each.verdict
            if verdict is None or (end and verdict.at >= end) or (each.kind, each.began) in self._told:
                continue
            self._told.add((each.kind, each.began))
            yield verdict
        self._over.clear()
