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


def by_kind(clocks: Iterable[Clock]) -> dict[ClockKind, Clock]:
    """The clocks of a case by their kinds: it has one of each at most."""
    return {each.kind: each for each in clocks}


def in_order(clocks: Mapping[ClockKind, Clock]) -> tuple[Clock, ...]:
    """These clocks as a case keeps them: in the order of their kinds."""
    return tuple([clocks[kind] for kind in _KEYS if kind in clocks])


def set_in(kind: ClockKind, clock: Clock | None) -> dict[str, Plain]:
    """The data of an event that starts, moves, stops or (None) ends a clock."""
    if clock is None:
        return {kind.value: ""}
    values: tuple[Plain, ...] = (
        _text(clock.due) or _STOPPED,
        _text(clock.began),
        _text(clock.warn_at),
        clock.left.total_seconds() if clock.left is not None else None,
        _text(clock.told_at),
        " ".join(map(datetime.isoformat, clock.more)) or None,
        clock.span or None,
        _text(clock.said),
        _text(clock.met_at),
        _text(clock.paused_at),
        clock.paused.total_seconds() or None,
    )
    return {key: value for key, value in zip(_KEYS[kind], values, strict=True) if value is not None}


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
    if _NAMES.isdisjoint(data):
        return clocks
    made = by_kind(clocks)
    for kind in _KEYS:
        if kind in data:
            put(made, kind, read_clock(kind, data))
    return in_order(made)


_NAMES = frozenset(kind.value for kind in ClockKind)


def put(clocks: dict[ClockKind, Clock], kind: ClockKind, clock: Clock | None) -> None:
    """Put this clock in the place of that of its kind; with None there is none."""
    if clock is None:
        clocks.pop(kind, None)
    else:
        clocks[kind] = clock


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


def _text(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
