"""The clocks of a case: each promise and each stay that is being timed, as events have set it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from maildesk.desk.case.events import Plain


class ClockKind(StrEnum):
    """Kinds of thing that are timed; the value is what the database and the events keep."""

    FIRST_RESPONSE = "first_response"
    NEXT_RESPONSE = "next_response"
    RESOLUTION = "resolution"
    UPDATE = "update"
    WAIT = "wait"
    REMIND = "remind"
    AFTER = "after"
    QUIET = "quiet"
    ACKNOWLEDGE = "acknowledge"
    NEXT_LEVEL = "next_level"


@dataclass(frozen=True, slots=True)
class Clock:
    """One thing that is timed. All moments are UTC.

    `began` is the moment of the event that started it, and with the kind its identity in the case. `due` is
    when it is over; None while it is stopped, with `left` of its time to go. `warn_at` is when people are
    warned, None once they were. `told_at` is when we told that it was missed. `more` are moments that follow
    `due`, of the same kind. `span` is what was promised, as the policy file writes it, and `said` the moment
    that the customer was told. `paused_at` is since when it is stopped, `paused` for how long it was before.
    `met_at` is when a promise was kept that may turn out not to have been: an answer may fail to arrive.
    With neither `due` nor `left` nothing is promised yet: another priority, type or plan may do so.
    """

    kind: ClockKind
    began: datetime
    due: datetime | None
    warn_at: datetime | None = None
    left: timedelta | None = None
    told_at: datetime | None = None
    more: tuple[datetime, ...] = ()
    span: str = ""
    said: datetime | None = None
    met_at: datetime | None = None
    paused_at: datetime | None = None
    paused: timedelta = timedelta(0)

    @property
    def promised(self) -> bool:
        """Tell whether it has a due moment, or will have when it goes on."""
        return self.due is not None or self.left is not None


def clock_of(clocks: Iterable[Clock], kind: ClockKind) -> Clock | None:
    """The clock of that kind, of which a case has one at most."""
    for each in clocks:
        if each.kind is kind:
            return each
    return None


def set_in(kind: ClockKind, clock: Clock | None) -> dict[str, Plain]:
    """The data of an event that starts, moves, stops or (None) ends a clock."""
    name = kind.value
    if clock is None:
        return {name: ""}
    said: dict[str, Plain] = {
        name: clock.due.isoformat() if clock.due else _STOPPED,
        f"{name}_began": clock.began.isoformat(),
        f"{name}_warn": clock.warn_at.isoformat() if clock.warn_at else None,
        f"{name}_left": clock.left.total_seconds() if clock.left is not None else None,
        f"{name}_told": clock.told_at.isoformat() if clock.told_at else None,
        f"{name}_more": " ".join(each.isoformat() for each in clock.more) or None,
        f"{name}_span": clock.span or None,
        f"{name}_said": clock.said.isoformat() if clock.said else None,
        f"{name}_met": clock.met_at.isoformat() if clock.met_at else None,
        f"{name}_paused_at": clock.paused_at.isoformat() if clock.paused_at else None,
        f"{name}_paused": clock.paused.total_seconds() or None,
    }
    return {key: value for key, value in said.items() if value is not None}


_STOPPED = "stopped"

_ENDS = (
    "", "_began", "_warn", "_left", "_told", "_more", "_span", "_said", "_met", "_paused_at", "_paused"
)  # fmt: skip
_KEYS = {kind: tuple(f"{kind.value}{end}" for end in _ENDS) for kind in ClockKind}
_KEPT = frozenset(key for keys in _KEYS.values() for key in keys)


def without_clocks(data: Mapping[str, Plain]) -> dict[str, Plain]:
    """The data of an event but for what settling adds: what it does to clocks, and whether it begins any."""
    return {key: value for key, value in data.items() if key not in _KEPT and key not in _SETTLED}


_SETTLED = ("promised_from", "too_little")


def after_event(clocks: tuple[Clock, ...], data: Mapping[str, Plain]) -> tuple[Clock, ...]:
    """The clocks of a case after an event with this data; those that it does not name go on as they are."""
    for name in _NAMES & data.keys():
        kind = ClockKind(name)
        clocks = with_clock(clocks, kind, read_clock(kind, data))
    return clocks


_NAMES = frozenset(kind.value for kind in ClockKind)


def with_clock(clocks: tuple[Clock, ...], kind: ClockKind, clock: Clock | None) -> tuple[Clock, ...]:
    """The clocks with this one in the place of that of its kind; with None there is none."""
    kept = [each for each in clocks if each.kind is not kind]
    return tuple(sorted((*kept, clock), key=lambda each: _ORDER[each.kind])) if clock else tuple(kept)


_ORDER = {kind: at for at, kind in enumerate(ClockKind)}


def read_clock(kind: ClockKind, data: Mapping[str, Plain]) -> Clock | None:
    """The clock of a kind as the data of an event that names it says; None where it stops to be one."""
    name, began, warn, left, told, more, span, said, met, paused_at, paused = _KEYS[kind]
    due = str(data[name] or "")
    if not due:
        return None
    get, rest = data.get, data.get(left)
    return Clock(
        kind,
        began=datetime.fromisoformat(str(data[began])),
        due=None if due == _STOPPED else datetime.fromisoformat(due),
        warn_at=_moment(get(warn)),
        left=timedelta(seconds=float(rest)) if isinstance(rest, int | float) else None,
        told_at=_moment(get(told)),
        more=tuple(map(datetime.fromisoformat, str(get(more) or "").split())),
        span=str(get(span) or ""),
        said=_moment(get(said)),
        met_at=_moment(get(met)),
        paused_at=_moment(get(paused_at)),
        paused=timedelta(seconds=float(get(paused) or 0)),
    )


def _moment(value: Plain) -> datetime | None:
    return datetime.fromisoformat(str(value)) if value else None
