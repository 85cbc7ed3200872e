"""The moments at which time alone makes something happen to a case, and what then happens."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from maildesk.desk.case.case import Case
from maildesk.desk.case.change import Change
from maildesk.desk.case.clocks import ClockKind
from maildesk.desk.case.events import DESK, Event
from maildesk.desk.case.letter_order import LetterOrder
from maildesk.desk.case.transitions import apply
from maildesk.desk.promises.table import TABLE, Happening

_NEAR = "-near"


@dataclass(frozen=True, slots=True, order=True)
class DeadlineKind:
    """A kind of thing that can come due: a clock, or (`near`) the warning before it."""

    clock: ClockKind
    near: bool = False

    def __str__(self) -> str:
        """Write it as the database keeps it."""
        return f"{self.clock.value}{_NEAR if self.near else ''}"

    @classmethod
    def parse(cls, kept: str) -> DeadlineKind:
        """Read what the database keeps."""
        return cls(ClockKind(kept.removesuffix(_NEAR)), kept.endswith(_NEAR))


@dataclass(frozen=True, slots=True)
class Deadline:
    """One moment (UTC) at which something is due for one case. With `began` it is this one and no other."""

    kind: DeadlineKind
    due_at: datetime
    began: datetime


def deadlines_of(case: Case) -> tuple[Deadline, ...]:
    """Every deadline the case has now. What has come due and been told is no longer one."""
    return tuple(_deadlines(case))


def _deadlines(case: Case) -> Iterator[Deadline]:
    for clock in case.clocks:
        if clock.due is None or clock.met_at or clock.told_at:
            continue
        kind, near = _KINDS[clock.kind]
        if clock.warn_at:
            yield Deadline(near, clock.warn_at, clock.began)
        yield Deadline(kind, clock.due, clock.began)


_KINDS: Final = {kind: (DeadlineKind(kind), DeadlineKind(kind, near=True)) for kind in ClockKind}


def deadline_of(case: Case, kind: DeadlineKind) -> Deadline | None:
    """The deadline of that kind that the case has now."""
    return next((one for one in deadlines_of(case) if one.kind == kind), None)


def come_due(case: Case, deadline: Deadline, now: datetime) -> Change | None:
    """Say what a deadline makes happen, where that is an event and a letter; None where it does not any more.

    Of what is overdue nobody is warned: that is told instead.
    """
    row, clock = TABLE[deadline.kind.clock], case.clock(deadline.kind.clock)
    happening = row.near if deadline.kind.near else row.over
    if happening is None or clock is None or clock.due is None or deadline.due_at > now:
        return None
    if deadline.kind.near and clock.due <= now:
        return None
    return _change(case, happening, deadline.kind.clock, clock.due, now)


def _change(case: Case, happening: Happening, kind: ClockKind, due: datetime, now: datetime) -> Change:
    event = Event(now, happening.event, DESK, {"promise": kind.value, "due": due.isoformat()})
    return Change(apply(case, event), (event,), (LetterOrder(happening.letter),))
